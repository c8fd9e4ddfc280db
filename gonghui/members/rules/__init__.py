"""Pure rules of membership (会籍规则): facts in, verdicts out, no database."""
