"""Reads of the register (登记查询), cut to what the actor may see."""
