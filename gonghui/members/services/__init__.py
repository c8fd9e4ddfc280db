"""Writes of membership (会籍办理). Public names of this package are what other apps call."""
