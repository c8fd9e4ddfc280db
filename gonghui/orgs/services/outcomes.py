"""Outcomes of a rebuilding and what shows that each was done (重建的处理方式). Source: S026."""

from __future__ import annotations

from gonghui.orgs.models import Matter, UnionEvent
from gonghui.orgs.services.common import violate

OUTCOMES: dict[str, tuple[str, frozenset[str]]] = {
    "rebuild": ("重建", frozenset({"term"})),
    "reform": ("改建", frozenset({"rename", "kind", "mode", "move"})),
    "merge": ("合并", frozenset({"merged"})),
    "dissolve": ("撤销", frozenset({"dissolved"})),
}
"""Each outcome with the history rows that show it was done."""


def must_be_done(matter: Matter) -> None:
    """Refuse to close a rebuilding whose outcome is not chosen, or chosen and not done."""
    if matter.outcome not in OUTCOMES:
        violate("orgs.outcome_missing", "请先选定处理方式：重建、改建、合并或撤销。")
    label, kinds = OUTCOMES[matter.outcome]
    if not UnionEvent.objects.filter(union=matter.union, kind__in=kinds, on__gte=matter.opened_on).exists():
        violate("orgs.outcome_undone", f"选定的是“{label}”，但还没有办。请先从“下一步”办理，再来办结。")
