"""Writes of figures (指标写入). Other apps: `from gonghui.figures import services as figures`."""

from gonghui.figures.recount import register as register_recount
from gonghui.figures.services.reported import reported_import, reported_put
from gonghui.figures.services.reports import period_put, report_check, report_correct, report_prepare, report_release
from gonghui.figures.services.rolls import apply, post, rebuild, union_moved
from gonghui.figures.sources import Source
from gonghui.figures.sources import register as register_source
from gonghui.figures.stars import register_stars
from gonghui.figures.words import register as register_labels

__all__ = [
    "Source", "apply", "period_put", "post", "rebuild", "register_labels", "register_recount", "register_source", "register_stars", "report_check", "report_correct",
    "report_prepare", "report_release", "reported_import", "reported_put", "union_moved",
]  # fmt: skip
