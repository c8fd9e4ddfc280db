"""Imports of treasury (导入)."""
