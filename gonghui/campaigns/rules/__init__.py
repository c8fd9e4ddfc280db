"""Pure rules of campaigns (集中行动的规则)."""
