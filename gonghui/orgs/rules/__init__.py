"""Pure rules of the register: tree, status, coverage, duplicates (登记规则)."""
