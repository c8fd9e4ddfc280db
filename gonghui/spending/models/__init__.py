"""Tables of spending (支出把关)."""

from __future__ import annotations

from gonghui.spending.models.figures import LocalFigure
from gonghui.spending.models.plans import Override, Participant, Plan, PlanLine, PlanNumber, PlanSlip, Spent

__all__ = ["LocalFigure", "Override", "Participant", "Plan", "PlanLine", "PlanNumber", "PlanSlip", "Spent"]
