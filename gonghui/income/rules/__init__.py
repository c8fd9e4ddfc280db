"""Pure rules of income (经费收缴的规则): facts in, verdict out, no database."""
