"""Tables of spending (支出把关)."""

from __future__ import annotations

from gonghui.spending.models.figures import LocalFigure
from gonghui.spending.models.plans import Override, Participant, Plan, PlanLine, PlanNumber, PlanSlip, Spent
from gonghui.spending.models.quotes import Goods, Inquiry, Quote, QuotePrice

__all__ = [
    "Goods",
    "Inquiry",
    "LocalFigure",
    "Override",
    "Participant",
    "Plan",
    "PlanLine",
    "PlanNumber",
    "PlanSlip",
    "Quote",
    "QuotePrice",
    "Spent",
]
