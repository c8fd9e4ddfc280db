"""Which event of the books a plan is, and what a voucher without a plan is taken for (计划与记账事项)."""

from __future__ import annotations

from gonghui.spending.enums import PlanKind, Use

EVENTS: dict[str, str] = {
    PlanKind.ACTIVITY: "sports",
    PlanKind.FESTIVAL: "festival",
    PlanKind.OUTING: "outing",
    PlanKind.MEAL: "meal",
    PlanKind.CLOTHING: "clothing",
    PlanKind.BIRTHDAY: "birthday",
    PlanKind.WEDDING: "wedding",
    PlanKind.CHILDBIRTH: "childbirth",
    PlanKind.HOSPITAL: "hospital",
    PlanKind.BEREAVEMENT: "bereavement",
    PlanKind.RETIREMENT: "retirement",
    PlanKind.CULTURE: "film",
    PlanKind.TRAINING: "education",
    PlanKind.PURCHASE: "other_expense",
}
"""Which event of the books a plan of a kind is."""
BARE: dict[str, tuple[str, str]] = {
    "prize": (PlanKind.ACTIVITY, Use.PARTICIPATION),
    "sports": (PlanKind.ACTIVITY, Use.OTHER),
    "festival": (PlanKind.FESTIVAL, Use.GIFT),
    "outing": (PlanKind.OUTING, Use.TRIP),
    "meal": (PlanKind.MEAL, Use.MEAL),
    "clothing": (PlanKind.CLOTHING, Use.CLOTHING),
    "film": (PlanKind.CULTURE, Use.FILM),
    "annual_pass": (PlanKind.CULTURE, Use.PASS),
    "birthday": (PlanKind.BIRTHDAY, Use.CARE),
    "wedding": (PlanKind.WEDDING, Use.CARE),
    "childbirth": (PlanKind.CHILDBIRTH, Use.CARE),
    "hospital": (PlanKind.HOSPITAL, Use.CARE),
    "bereavement": (PlanKind.BEREAVEMENT, Use.CARE),
    "retirement": (PlanKind.RETIREMENT, Use.CARE),
    "education": (PlanKind.TRAINING, Use.OTHER),
}
"""Guarded events of a voucher without a plan: what they are taken for."""
