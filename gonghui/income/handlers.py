"""How the approvals of income behave (减免、返还的审批)."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from gonghui.approvals.services import Handler, Level
from gonghui.income.enums import Perm
from gonghui.income.selectors import levy
from gonghui.income.services import demands, refunds


def _waiver_url(pk: str) -> str:
    return reverse("income:demand", args=[levy.waiver_get(pk).demand_id])


def _waiver_levels(pk: str) -> Iterable[Level]:
    return [Level("减免审批", levy.waiver_get(pk).demand.union.path, perm=str(Perm.WAIVE_DECIDE))]


def _refund_url(pk: str) -> str:
    return reverse("income:refund", args=[pk])


def _refund_levels(pk: str) -> Iterable[Level]:
    return [Level("返还审批", levy.refund_row(pk).union.path, perm=str(Perm.WAIVE_DECIDE))]


WAIVER = Handler(
    "滞纳金减免", _waiver_url, _waiver_levels, demands.waiver_digest, on_approved=demands.waiver_approved, on_refused=demands.waiver_refused,
    on_withdrawn=demands.waiver_refused,
)  # fmt: skip
REFUND = Handler(
    "经费返还", _refund_url, _refund_levels, refunds.refund_digest, on_approved=refunds.refund_approved, on_refused=refunds.refund_refused,
    on_withdrawn=refunds.refund_refused,
)  # fmt: skip
