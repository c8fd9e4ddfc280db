"""Posting (记账): number, digest, postings and balances in one transaction; posted once, never changed.

Order of locks: the union (for a reversal), the month, the voucher, then the balances of the book. Source: LED-01…LED-06.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from gonghui.core import bulk, clock
from gonghui.core.errors import Conflict
from gonghui.finance import flows, hooks
from gonghui.finance.enums import PeriodState, Perm, VoucherKind, VoucherState
from gonghui.finance.models import Balance, Book, Period, Posting, Voucher
from gonghui.finance.rules.digest import is_project, month_of, stream_of, voucher_digest
from gonghui.finance.rules.lines import Line
from gonghui.finance.services import duties
from gonghui.finance.services.vouchers import one_at_a_time

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

POSTING = ("voucher_id", "book_id", "on", "n", "account", "debit_fen", "credit_fen", "detail", "project", "words")
FOLDED = ("book_id", "account", "month", "stream", "project", "debit_fen", "credit_fen")


@transaction.atomic
def voucher_post(*, actor: Actor, voucher: Voucher, on_behalf: int | None = None) -> Voucher:
    """Post a checked voucher (记账): the number is given here, gapless.

    Raises: RuleViolation finance.duties_apart; Conflict finance.wrong_state, finance.period_closed.
    Source: policy finance.three_duties.
    """
    seen = Voucher.objects.select_related("book__union", "book__agent").filter(pk=voucher.pk).first() or voucher
    mine = duties.hand(actor, Perm.VOUCHER_POST, seen.book, on_behalf=on_behalf)
    if seen.kind == VoucherKind.REVERSAL:  # its bank lines come loose under the union's lock, which comes before the others
        one_at_a_time(seen.book)
    period = lock_period(seen.book, month_of(seen.on))
    # Read under its lock: while the month was waited for it may have been returned, changed and checked anew.
    row = Voucher.objects.select_for_update(of=("self",)).select_related("book__union", "reverses").get(pk=seen.pk)
    if row.on != seen.on:
        raise Conflict("finance.wrong_state", "凭证刚刚改过日期，没有记账。请刷新后再看。", state=row.state)
    if row.state != VoucherState.CHECKED:
        raise Conflict("finance.wrong_state", f"凭证现在是“{row.get_state_display()}”，不能记账。请刷新后再看。", state=row.state)
    duties.apart(mine, [("制单", duties.maker_of(row)), ("审核", duties.checker_of(row))], duty="记账付款")
    lines = row.lines
    number_it(row, period, lines, mine, files=[f.sha256 for f in row.files.all()])
    bulk.insert(Posting, POSTING, postings_of([(row, lines)]))
    fold([(row, lines)])
    Period.objects.filter(pk=period.pk).update(last_number=period.last_number, head=period.head)
    changes: dict[str, Any] = {
        "period": period, "number": row.number, "prev": row.prev, "digest": row.digest, "poster_id": mine.user_id, "draft": [],
        "poster_person_id": mine.person_id, "poster_ref": mine.ref, "poster_for": mine.giver, "posted_at": clock.now(),
    }  # fmt: skip
    flows.VOUCHER.advance(row, VoucherState.POSTED, actor=actor, org_path=row.book.union.path, changes=changes, number=row.number)
    tell(row)
    return row


def vouchers_post(*, actor: Actor, vouchers: Iterable[Voucher]) -> list[Voucher]:
    """Post several, one by one (批量记账); the first refusal stops the rest and says which it was."""
    return [voucher_post(actor=actor, voucher=voucher) for voucher in sorted(vouchers, key=lambda v: (v.on, v.pk))]


def tell(row: Voucher) -> None:
    """Word to the apps above."""
    if row.reverses is not None:
        hooks.done(row.reverses, reversed=True)
    else:
        hooks.done(row)


def lock_period(book: Book, month: int) -> Period:
    """The month, locked; opened on first use. Raises Conflict finance.period_closed (LED-06)."""
    period = Period.objects.select_for_update().filter(book=book, month=month).first()
    if period is None:
        Period.objects.get_or_create(book=book, month=month)
        period = Period.objects.select_for_update().get(book=book, month=month)
    if period.state != PeriodState.OPEN:
        raise Conflict("finance.period_closed", f"{period}已经结账，不能再记账。请记到没有结账的月份。")
    return period


def number_it(row: Voucher, period: Period, lines: Sequence[Line], poster: duties.Hand, *, files: Sequence[str] = ()) -> None:
    """The next number and the digest that chains it to the voucher before (LED-03, LED-04)."""
    row.period, row.number, row.prev = period, period.last_number + 1, period.head
    row.digest = voucher_digest(
        prev=period.head, book=row.book_id, month=period.month, number=row.number, on=row.on, kind=row.kind, event=row.event,
        source=row.source, words=row.words, reverses=row.reverses_id, people=[row.maker_ref, row.checker_ref, poster.ref],
        lines=lines, files=files,
    )  # fmt: skip
    period.last_number, period.head = row.number, row.digest


def postings_of(pairs: Iterable[tuple[Voucher, Sequence[Line]]]) -> list[tuple[object, ...]]:
    """Raw rows of `Posting`."""
    sqlite, found = connection.vendor == "sqlite", list[tuple[object, ...]]()
    for row, lines in pairs:
        pk, book, day = row.pk, row.book_id, row.on.isoformat() if sqlite else row.on
        found += [(pk, book, day, n, x.account, x.debit, x.credit, x.detail, x.project, x.words) for n, x in enumerate(lines, 1)]
    return found


def fold(rows: Iterable[tuple[Voucher, Sequence[Line]]]) -> None:
    """Add to the running balances, in the same transaction (LED-02)."""
    found: dict[tuple[int, str, int, str, bool], list[int]] = defaultdict(lambda: [0, 0])
    for row, lines in rows:
        reversed_kind = row.reverses.kind if row.kind == VoucherKind.REVERSAL and row.reverses is not None else ""
        stream, month = str(stream_of(row.kind, reversed_kind)), month_of(row.on)
        for x in lines:
            cell = found[row.book_id, x.account, month, stream, is_project(x)]
            cell[0] += x.debit
            cell[1] += x.credit
    data = [(*key, *cell) for key, cell in sorted(found.items())]
    bulk.upsert(Balance, FOLDED, data, key=FOLDED[:5], add=("debit_fen", "credit_fen"))
