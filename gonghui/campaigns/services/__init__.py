"""Writes of campaigns (集中行动的办理)."""
