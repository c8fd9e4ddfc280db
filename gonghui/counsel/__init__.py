"""Psychological care (心理关爱)."""
