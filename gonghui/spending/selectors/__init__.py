"""Reads of spending (支出查询)."""
