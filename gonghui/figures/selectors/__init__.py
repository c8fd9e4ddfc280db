"""Reads of figures (指标查询), cut to what the actor may see."""

from gonghui.figures.selectors.periods import default_date, period_current, period_list
from gonghui.figures.selectors.values import Row, Snapshot, figures, snapshot, snapshots

__all__ = ["Row", "Snapshot", "default_date", "figures", "period_current", "period_list", "snapshot", "snapshots"]
