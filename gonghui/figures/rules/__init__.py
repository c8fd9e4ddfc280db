"""Pure rules of figures (指标规则)."""
