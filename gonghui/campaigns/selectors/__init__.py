"""Reads of campaigns (集中行动的查询)."""
