"""Reads of treasury (预算与资金查询): what other apps may ask."""

from gonghui.treasury.selectors.assets import last_clothing
from gonghui.treasury.selectors.budgets import budget_in_force, item_left

__all__ = ["budget_in_force", "item_left", "last_clothing"]
