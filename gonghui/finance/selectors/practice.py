"""How far somebody is with the practice cases (练习进度)."""

from __future__ import annotations

from django.db.models import Count, Q

from gonghui.finance.models import PracticeTry


def progress(user_id: int | None) -> dict[str, tuple[int, bool]]:
    """Tries and success by case."""
    rows = PracticeTry.objects.filter(user_id=user_id or 0).values("case").annotate(n=Count("pk"), ok=Count("pk", filter=Q(right=True)))
    return {row["case"]: (row["n"], row["ok"] > 0) for row in rows}
