"""Writes of benefits (办理)."""
