"""Closing months (结账): sealed with a digest and a running chain; reopening is the audit committee's and leaves a trace."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.finance.enums import PeriodState, Perm, VoucherState
from gonghui.finance.models import Balance, Book, Period, Voucher
from gonghui.finance.rules.digest import month_of, seal
from gonghui.finance.selectors import statements
from gonghui.finance.services import duties

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def seal_of(period: Period, prev: str) -> str:
    """The seal of a month as its rows stand now."""
    rows = Balance.objects.filter(book_id=period.book_id, month=period.month).order_by("account", "stream", "project")
    balances = rows.values_list("account", "stream", "project", "debit_fen", "credit_fen")
    return seal(
        prev=prev, book=period.book_id, month=period.month, last_number=period.last_number, head=period.head, balances=list(balances)
    )


@transaction.atomic
def period_close(*, actor: Actor, book: Book, month: int) -> Period:
    """Close a month (结账): earlier months first, nothing waiting, then sealed.

    Raises: Conflict finance.period_closed, finance.period_waiting, finance.period_order; RuleViolation finance.period_running.
    """
    duties.hand(actor, Perm.PERIOD_CLOSE, book)
    if not month_of(book.since) <= month <= 209912 or not 1 <= month % 100 <= 12:
        raise RuleViolation("finance.period_unknown", "账套里没有这个月份，请从列表里选。")
    _months(book, month)
    period = Period.objects.select_for_update().get(book=book, month=month)
    _may_close(book, period)
    before = Period.objects.filter(book=book, month__lt=month).order_by("-month").first()
    prev = before.seal if before is not None else ""
    values = {"state": PeriodState.CLOSED, "seal": seal_of(period, prev), "seal_prev": prev}
    Period.objects.filter(pk=period.pk, state=PeriodState.OPEN).update(**values, closed_at=clock.now(), closed_by=actor.ref)
    period.refresh_from_db()
    audit.record(actor, "finance.period.closed", period, org_path=book.union.path, month=month, seal=period.seal)
    return period


def _months(book: Book, until: int) -> None:
    """Every month from the book's first to `until` has its row, so that none is closed over a gap."""
    held = set(Period.objects.filter(book=book, month__lte=until).values_list("month", flat=True))
    year, month = book.since.year, book.since.month
    while (number := year * 100 + month) <= until:
        if number not in held:
            Period.objects.get_or_create(book=book, month=number)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _may_close(book: Book, period: Period) -> None:
    if period.state == PeriodState.CLOSED:
        raise Conflict("finance.period_closed", f"{period}已经结账。")
    today = clock.today()
    if period.month > today.year * 100 + today.month:
        raise RuleViolation("finance.period_running", f"{period}还没有到，不能结账。")
    waiting = Voucher.objects.filter(
        book=book, state__in=[VoucherState.DRAFT, VoucherState.CHECKED], on__year=period.month // 100, on__month=period.month % 100
    ).count()
    if waiting:
        raise Conflict("finance.period_waiting", f"{period}还有 {waiting} 张凭证没有记账，不能结账。请先记账或作废。")
    earlier = Period.objects.filter(book=book, month__lt=period.month, state=PeriodState.OPEN).order_by("month").first()
    if earlier is not None:
        raise Conflict("finance.period_order", f"{earlier}还没有结账。请按月份先后结账。")


@transaction.atomic
def periods_close(*, actor: Actor, book: Book, until: int) -> int:
    """Close every open month up to `until` in one go (结到某月), for agents with many books. Returns how many.

    Raises: as `period_close`.
    """
    duties.hand(actor, Perm.PERIOD_CLOSE, book)
    last = statements.last_day(until)
    if last.replace(day=1) > clock.today():
        return 0
    _months(book, until)
    open_ = list(Period.objects.select_for_update().filter(book=book, month__lte=until, state=PeriodState.OPEN).order_by("month"))
    waiting = Voucher.objects.filter(book=book, state__in=[VoucherState.DRAFT, VoucherState.CHECKED], on__lte=last).count()
    if waiting:
        raise Conflict("finance.period_waiting", f"{last:%Y年%m月} 以前还有 {waiting} 张凭证没有记账，不能结账。请先记账或作废。")
    if not open_:
        return 0
    before = Period.objects.filter(book=book, month__lt=open_[0].month).order_by("-month").first()
    prev = before.seal if before is not None else ""
    cells: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    rows = Balance.objects.filter(book=book, month__gte=open_[0].month, month__lte=until).order_by("month", "account", "stream", "project")
    for month, *cell in rows.values_list("month", "account", "stream", "project", "debit_fen", "credit_fen"):
        cells[month].append(tuple(cell))
    now = clock.now()
    for p in open_:
        made = seal(prev=prev, book=book.pk, month=p.month, last_number=p.last_number, head=p.head, balances=cells[p.month])
        p.state, p.seal, p.seal_prev, p.closed_at, p.closed_by = PeriodState.CLOSED, made, prev, now, actor.ref
        prev = made
    Period.objects.bulk_update(open_, ["state", "seal", "seal_prev", "closed_at", "closed_by"])
    audit.record(actor, "finance.period.closed_through", book, org_path=book.union.path, months=[p.month for p in open_], seal=prev)
    return len(open_)


@transaction.atomic
def period_reopen(*, actor: Actor, book: Book, month: int, reason: str) -> Period:
    """Reopen the last closed month (反结账): the audit committee's right, with a reason on record (LED-06)."""
    actor.require(Perm.PERIOD_REOPEN, book.union)
    period = Period.objects.select_for_update().filter(book=book, month=month).first()
    if period is None:
        raise NotFound()
    if len(reason.strip()) < 4:
        raise RuleViolation("finance.reopen_reason", "反结账要写明原因（至少 4 个字），会留在审计记录里。")
    if Period.objects.filter(book=book, month__gt=month, state=PeriodState.CLOSED).exists():
        raise Conflict("finance.reopen_order", "后面的月份已经结账，请从最后一个月开始反结账。")
    opened = Period.objects.filter(pk=period.pk, state=PeriodState.CLOSED).update(
        state=PeriodState.OPEN, seal="", seal_prev="", reopened=F("reopened") + 1, reopen_reason=reason.strip()[:200], closed_at=None
    )
    if not opened:
        raise Conflict("finance.period_open", f"{period}没有结账，不用反结账。")
    old = period.seal
    period.refresh_from_db()
    audit.record(actor, "finance.period.reopened", period, org_path=book.union.path, month=month, seal=old, why=reason)
    return period
