"""Doors of figures (指标的页面与接口)."""
