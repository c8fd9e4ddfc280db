"""Reads of membership (会籍查询), cut to what the actor may see."""
