"""Doors of accounts (账号的入口)."""
