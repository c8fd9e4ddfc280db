"""Writes of figures (指标写入). Other apps: `from gonghui.figures import services as figures`."""

from gonghui.figures.recount import register as register_recount
from gonghui.figures.services.rolls import apply, post, rebuild, union_moved
from gonghui.figures.words import register as register_labels

__all__ = ["apply", "post", "rebuild", "register_labels", "register_recount", "union_moved"]
