"""What must hold on live data (核对): run by `gonghui verify`."""

from __future__ import annotations

from collections.abc import Generator

from django.db.models import F, Sum

from gonghui.spending.enums import OverrideState, PlanState
from gonghui.spending.models import Override, Plan, Spent


def totals() -> Generator[str, None, int]:
    """A plan's total is the sum of its lines."""
    checked = 0
    rows = Plan.objects.annotate(found=Sum(F("lines__unit_fen") * F("lines__quantity"))).values_list("number", "total_fen", "found")
    for number, total, found in rows.iterator(chunk_size=2000):
        checked += 1
        if total != (found or 0):
            yield f"{number}：总额 {total} 分，明细合计 {found or 0} 分。"
    return checked


def two_people() -> Generator[str, None, int]:
    """Nobody granted an own override."""
    rows = Override.objects.filter(state=OverrideState.GRANTED)
    for pk in rows.filter(asked_by=F("decided_by")).values_list("pk", flat=True):
        yield f"例外 {pk} 的申请和批准是同一人。"
    return rows.count()


def once() -> Generator[str, None, int]:
    """No voucher counts twice: through its plan and as a voucher without plan."""
    planned = Plan.objects.filter(state=PlanState.POSTED).exclude(voucher_pk=None).values("voucher_pk")
    for pk in Spent.objects.filter(voucher_pk__in=planned, undone_on=None).values_list("voucher_pk", flat=True):
        yield f"凭证 {pk} 计了两次。"
    return Spent.objects.count()


CHECKS = [
    ("SPE-01", "支出计划的总额等于明细合计", totals),
    ("SPE-02", "例外由另一人批准", two_people),
    ("SPE-03", "一笔支出只计一次", once),
]
