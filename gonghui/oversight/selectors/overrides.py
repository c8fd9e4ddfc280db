"""The list of all overrides, of vouchers and of plans (例外清单)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse

from gonghui.accounts import selectors as accounts
from gonghui.finance.selectors import vouchers
from gonghui.spending.selectors import overrides as plans

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

STATES = {"asked": "待批准", "granted": "已批准", "refused": "未批准", "void": "已失效"}
TONES = {"asked": "info", "granted": "warn", "refused": "bad", "void": "line"}
SAME = {"denied": "refused", "stale": "void"}


@dataclass(frozen=True)
class Row:
    """One override, wherever it comes from."""

    origin: str
    union: str
    what: str
    fen: int
    words: str
    reason: str
    state: str
    asker: str
    asked_at: datetime
    approver: str
    decided_at: datetime | None
    opinion: str
    url: str

    @property
    def state_label(self) -> str:
        return STATES.get(self.state, self.state)

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "line")


def rows(
    actor: Actor, *, q: str = "", state: str = "", origin: str = "", since: date | None = None, until: date | None = None
) -> list[Row]:
    """Overrides in scope by the filters of the page, newest first."""
    found: list[Row] = []
    if origin in ("", "voucher"):
        found += _of_vouchers(actor, q, since, until)
    if origin in ("", "plan"):
        found += _of_plans(actor, q, since, until)
    if state:
        found = [r for r in found if r.state == state]
    return sorted(found, key=lambda r: r.asked_at, reverse=True)


def _of_vouchers(actor: Actor, q: str, since: date | None, until: date | None) -> list[Row]:
    rows: Any = vouchers.overrides(actor)
    if q:
        rows = rows.filter(
            Q(voucher__words__icontains=q) | Q(text__icontains=q) | Q(reason__icontains=q) | Q(voucher__book__union__name__icontains=q)
        )
    rows = rows.filter(asked_at__date__gte=since) if since else rows
    rows = list(rows.filter(asked_at__date__lte=until) if until else rows)
    names = accounts.names_of({r for o in rows for r in (o.asker_ref, o.approver_ref) if r})
    return [
        Row(
            "凭证", o.voucher.book.union.name, o.voucher.words, o.voucher.total_fen, o.text, o.reason, o.state, names.get(o.asker_ref, ""), o.asked_at,
            names.get(o.approver_ref, ""), o.decided_at, o.opinion, reverse("oversight:trail", args=[o.voucher_id]),
        )
        for o in rows
    ]  # fmt: skip


def _of_plans(actor: Actor, q: str, since: date | None, until: date | None) -> list[Row]:
    rows = plans.overrides(actor, since, until)
    if q:
        rows = rows.filter(
            Q(plan__title__icontains=q) | Q(verdict__icontains=q) | Q(reason__icontains=q) | Q(plan__union__name__icontains=q)
        )
    return [
        Row(
            "计划", o.plan.union.name, o.plan.title, o.plan.total_fen, o.verdict, o.reason, SAME.get(o.state, o.state), o.asked_name, o.asked_at,
            o.decided_name, o.decided_at, o.opinion,
            reverse("oversight:trail", args=[o.plan.voucher_pk]) if o.plan.voucher_pk else reverse("spending:plan", args=[o.plan_id]),
        )
        for o in rows
    ]  # fmt: skip
