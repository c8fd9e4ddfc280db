"""Writes of figures (指标写入). Other apps: `from gonghui.figures import services as figures`."""

from gonghui.figures.services.rolls import apply, post, rebuild, union_moved

__all__ = ["apply", "post", "rebuild", "union_moved"]
