"""Reads of benefits, cut to the actor (查询)."""
