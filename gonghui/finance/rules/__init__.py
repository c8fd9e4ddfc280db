"""Pure rules of the books (账务规则)."""

from __future__ import annotations

from gonghui.finance.enums import Level
from gonghui.finance.rules.charts import Account, Chart, chart, chart_of, level_of
from gonghui.finance.rules.events import EVENTS, Event, amount_of, event, lines_for
from gonghui.finance.rules.lines import LIMIT, Finding, Line, check_lines

__all__ = [
    "EVENTS",
    "LIMIT",
    "Account",
    "Chart",
    "Event",
    "Finding",
    "Level",
    "Line",
    "amount_of",
    "chart",
    "chart_of",
    "check_lines",
    "event",
    "level_of",
    "lines_for",
]
