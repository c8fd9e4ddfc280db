"""Reads of the portal (门户查询)."""
