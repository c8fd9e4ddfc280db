"""Many vouchers at once (批量入账): imports, agents that keep hundreds of books, the demo city. Same numbers, digests, guards."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from gonghui.core import audit, bulk, clock
from gonghui.core.errors import Conflict, NotPermitted
from gonghui.finance import hooks
from gonghui.finance.enums import Perm, VoucherKind, VoucherState
from gonghui.finance.models import Book, Period, Posting, Voucher
from gonghui.finance.rules.digest import month_of
from gonghui.finance.rules.lines import Line
from gonghui.finance.services import duties
from gonghui.finance.services.posting import POSTING, fold, lock_period, number_it, postings_of, tell
from gonghui.finance.services.vouchers import one_at_a_time, ready, refuse_blocked, said

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

VOUCHER = tuple(f.attname for f in Voucher._meta.concrete_fields)
JSON = tuple(VOUCHER.index(name) for name in ("draft", "facts", "findings"))
STAMPS = tuple(VOUCHER.index(name) for name in ("created_at", "checked_at", "posted_at"))
MOMENTS = (*STAMPS, VOUCHER.index("on"))
_text = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Bring:
    """One voucher to bring in."""

    on: date
    words: str
    lines: Sequence[Line]
    event: str = ""
    source: str = ""
    kind: str = VoucherKind.NORMAL
    facts: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def vouchers_bring(
    *, actor: Actor, book: Book, items: Iterable[Bring], maker: Actor, checker: Actor, poster: Actor, guarded: bool = True
) -> list[Voucher]:
    """Make, check and post vouchers of one book in one go, signed by three persons (批量入账).

    What the guards clear for all of them together is written at once; any other voucher is asked by itself, after those before it
    are posted, so that ten small sums do not pass where one large would not.

    Args: guarded: False only for system jobs that bring books already audited elsewhere.
    Raises: as `voucher_draft`, `voucher_check`, `voucher_post`; sources already there, or a second time among the items, are left out.
    """
    duties.hand(actor, Perm.VOUCHER_POST, book)
    if not guarded and not actor.is_system:
        raise NotPermitted("finance.unguarded", "只有系统任务可以不经提示批量入账。")
    hands = _hands(book, maker, checker, poster)
    one_at_a_time(book)
    fresh = _fresh(book, sorted(items, key=lambda item: item.on))
    rows = _rows(book, fresh, hands)
    free = hooks.cleared(rows) if guarded else {row.pk for row in rows}
    for alone, some in _runs(rows, free):
        if alone is not None:
            _look(alone)
        _write(some, hands[2])
        for row in some:
            tell(row)
    audit.record(
        actor, "finance.voucher.brought", book, org_path=book.union.path, count=len(rows),
        people=[h.ref for h in hands], last=rows[-1].digest if rows else "",
    )  # fmt: skip
    return rows


def _runs(rows: list[Voucher], free: set[int]) -> Iterator[tuple[Voucher | None, list[Voucher]]]:
    """In their order: those without a question together, any other by itself."""
    for is_free, group in groupby(rows, key=lambda row: row.pk in free):
        if is_free:
            yield None, list(group)
        else:
            yield from ((row, [row]) for row in group)


def _look(row: Voucher) -> None:
    """Ask the guards that bind; what they say stays with the voucher. Raises RuleViolation finance.blocked."""
    found = hooks.findings(row, binding=True)
    refuse_blocked(row, found)
    row.findings = said(found)


def _hands(book: Book, maker: Actor, checker: Actor, poster: Actor) -> tuple[duties.Hand, duties.Hand, duties.Hand]:
    one = duties.hand(maker, Perm.VOUCHER_MAKE, book)
    two = duties.hand(checker, Perm.VOUCHER_CHECK, book)
    three = duties.hand(poster, Perm.VOUCHER_POST, book)
    duties.apart(two, [("制单", one)], duty="审核")
    duties.apart(three, [("制单", one), ("审核", two)], duty="记账付款")
    return one, two, three


def _fresh(book: Book, items: list[Bring]) -> list[Bring]:
    known = set(
        Voucher.objects.filter(book=book, source__in={i.source for i in items if i.source})
        .exclude(state=VoucherState.DROPPED)
        .values_list("source", "event")
    )
    first: dict[tuple[str, str], Bring] = {}
    fresh = []
    for item in items:
        key = (item.source, item.event)
        if item.source and key in known:
            continue
        if item.source and list(first.setdefault(key, item).lines) != list(item.lines):
            raise Conflict("finance.source_taken", "同一件事在这一批里出现两次，金额或科目不同。请先核对这一批。", source=item.source)
        if not item.source or first[key] is item:
            fresh.append(item)
    return fresh


def _rows(book: Book, items: list[Bring], hands: tuple[duties.Hand, duties.Hand, duties.Hand]) -> list[Voucher]:
    one, two, three = hands
    now, rows = clock.now(), []
    closed = set(Period.objects.filter(book=book, state="closed").values_list("month", flat=True))
    signed = {
        "maker_id": one.user_id, "maker_person_id": one.person_id, "maker_ref": one.ref,
        "checker_id": two.user_id, "checker_person_id": two.person_id, "checker_ref": two.ref,
        "poster_id": three.user_id, "poster_person_id": three.person_id, "poster_ref": three.ref,
        "created_at": now, "checked_at": now, "posted_at": now,
    }  # fmt: skip
    for item, pk in zip(items, bulk.reserve_ids(Voucher, len(items)), strict=True):
        total = ready(book, item.on, item.words, item.lines, item.kind, closed=closed)
        row = Voucher(
            pk=pk, book=book, kind=item.kind, state=VoucherState.CHECKED, on=item.on, words=item.words[:80], event=item.event,
            source=item.source, total_fen=total, facts=dict(item.facts), **signed,
        )  # fmt: skip
        row.in_hand = list(item.lines)
        rows.append(row)
    return rows


def _write(rows: list[Voucher], poster: duties.Hand) -> None:
    by_month: dict[int, list[Voucher]] = defaultdict(list)
    for row in rows:
        by_month[month_of(row.on)].append(row)
    pairs = [(row, row.lines) for row in rows]
    for month, some in sorted(by_month.items()):
        period = lock_period(some[0].book, month)
        for row in some:
            number_it(row, period, row.lines, poster)
        Period.objects.filter(pk=period.pk).update(last_number=period.last_number, head=period.head)
    sqlite = connection.vendor == "sqlite"
    bulk.insert(Voucher, VOUCHER, [_raw(row, sqlite) for row in rows])
    bulk.insert(Posting, POSTING, postings_of(pairs))
    fold(pairs)
    pks = [row.pk for row in rows]
    for at in range(0, len(pks), 500):
        Voucher.objects.filter(pk__in=pks[at : at + 500]).update(state=VoucherState.POSTED)
    for row in rows:
        row.state = VoucherState.POSTED


def _raw(row: Voucher, sqlite: bool) -> list[Any]:
    """The row as the database takes it."""
    held = row.__dict__
    found = [held[name] for name in VOUCHER]
    for n in JSON:
        found[n] = _text(found[n])
    if sqlite:
        for n in MOMENTS:
            found[n] = str(found[n].astimezone(UTC).replace(tzinfo=None)) if n in STAMPS else found[n].isoformat()
    return found
