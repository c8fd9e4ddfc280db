"""Writes of treasury that other apps use (预算与资金办理)."""

from gonghui.treasury.services.holds import release, reserve

__all__ = ["release", "reserve"]
