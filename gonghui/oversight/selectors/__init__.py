"""Reads of oversight (经审与公开)."""
