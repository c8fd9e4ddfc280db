"""Pure functions of benefits (纯函数)."""
