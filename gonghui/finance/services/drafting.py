"""Many drafts at once (成批制单、成批作废): imports. The same rules and guards as one by one; the audit log is written last, once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict
from gonghui.finance import hooks
from gonghui.finance.enums import OverrideState, PeriodState, Perm, VoucherState
from gonghui.finance.models import Book, Override, Period, Voucher
from gonghui.finance.services import duties
from gonghui.finance.services.bringing import Bring
from gonghui.finance.services.vouchers import ready, said, void_overrides

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

STEP = 500


@transaction.atomic
def vouchers_draft(*, actor: Actor, book: Book, items: Sequence[Bring]) -> list[Voucher]:
    """Make vouchers of one book (成批制单). The audit chain is held only at the end, so that others go on working meanwhile.

    Every guard is asked: those that clear a voucher among all of them have nothing to say to it, the others are asked voucher by voucher.
    Raises: as `voucher_draft`; Conflict finance.source_taken also where a voucher of this source is there already.
    """
    mine = duties.hand(actor, Perm.VOUCHER_MAKE, book)
    closed = set(Period.objects.filter(book=book, state=PeriodState.CLOSED).values_list("month", flat=True))
    now = clock.now()
    rows = [
        Voucher(
            book=book, kind=item.kind, on=item.on, words=item.words.strip()[:80], event=item.event, source=item.source,
            total_fen=ready(book, item.on, item.words, item.lines, item.kind, closed=closed), draft=[line.as_dict() for line in item.lines],
            facts=dict(item.facts), maker_id=mine.user_id, maker_person_id=mine.person_id, maker_ref=mine.ref, created_at=now,
        )
        for item in items
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Voucher.objects.bulk_create(rows, batch_size=STEP)
    except IntegrityError:
        raise Conflict("finance.source_taken", "其中有凭证刚刚已经做过，请刷新后查看。") from None
    free = hooks.cleared(rows)
    for row in rows:
        row.findings = said(hooks.findings(row, cleared=row.pk in free))
    Voucher.objects.bulk_update([row for row in rows if row.findings], ["findings"], batch_size=STEP)
    if rows:
        _told(actor, "finance.voucher.made", book, rows)
    return rows


@transaction.atomic
def vouchers_drop(*, actor: Actor, book: Book, vouchers: Sequence[Voucher], reason: str) -> int:
    """Give up drafts of one book, all or none (成批作废). Raises Conflict finance.wrong_state when one is no draft any more."""
    duties.hand(actor, Perm.VOUCHER_MAKE, book)
    pks = [v.pk for v in vouchers]
    live = Override.objects.filter(voucher__book=book, state__in=[OverrideState.ASKED, OverrideState.GRANTED])
    with_exceptions = set(live.values_list("voucher_id", flat=True))
    for row in vouchers:
        if row.pk in with_exceptions:
            void_overrides(actor, row)
    done, values = 0, {"state": VoucherState.DROPPED, "reverses": None, "note": reason.strip()[:200]}
    for at in range(0, len(pks), STEP):
        done += Voucher.objects.filter(book=book, pk__in=pks[at : at + STEP], state=VoucherState.DRAFT).update(**values)
    if done != len(pks):
        raise Conflict("finance.wrong_state", "其中有凭证刚刚被别人办理过，一张也没有作废。请刷新后再看。")
    if vouchers:
        _told(actor, "finance.voucher.dropped", book, vouchers, why=reason)
    return done


def _told(actor: Actor, verb: str, book: Book, rows: Sequence[Voucher], **more: str) -> None:
    """One entry for all of them: how many, which, and a digest over their sources."""
    sources = hashlib.sha256("\n".join(row.source for row in rows).encode()).hexdigest()
    audit.record(
        actor, verb, rows[0], org_path=book.union.path, count=len(rows), first=rows[0].pk, last=rows[-1].pk,
        total=sum(row.total_fen for row in rows), sources=sources, **more,
    )  # fmt: skip
