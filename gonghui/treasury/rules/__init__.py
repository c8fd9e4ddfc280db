"""Pure rules of treasury (预算与资金规则)."""
