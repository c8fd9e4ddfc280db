"""Writes of income (经费收缴的办理)."""
