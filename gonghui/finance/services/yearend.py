"""Year end and the change of charts (年终结转、新旧衔接): drafted by the platform, checked and posted by people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.core.errors import RuleViolation
from gonghui.finance.enums import VoucherKind, VoucherState
from gonghui.finance.models import Book, Voucher
from gonghui.finance.rules import transition
from gonghui.finance.rules.closing import closing_lines
from gonghui.finance.selectors import ledger
from gonghui.finance.services.vouchers import voucher_draft

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from gonghui.accounts.actor import Actor


@transaction.atomic
def year_close(*, actor: Actor, book: Book, year: int) -> Voucher:
    """Draft the year-end transfer (年终结转). What is posted into the year after it, or comes back by its reversal, takes a further one.

    Raises: RuleViolation finance.closing_empty, finance.closing_by_hand; Conflict finance.source_taken.
    """
    first, last = max(date(year, 1, 1), book.since.replace(day=1)), date(year, 12, 31)
    net: dict[tuple[str, bool], int] = {}
    for project in (False, True):
        for code, (debit, credit) in ledger.sums(book, first, last, project=project).items():
            if code[:1] in "45":
                net[code, project] = debit - credit
    lines = closing_lines(net, last)
    if not lines:
        raise RuleViolation("finance.closing_empty", f"{year} 年没有收入和支出要结转，或已经结转过。")
    return voucher_draft(
        actor=actor, book=book, on=last, words=f"{year} 年收入支出结转", lines=lines, event="year_close",
        source=_next(f"finance.year:{year}", _posted(book, f"finance.year:{year}", "year_close").count()), kind=VoucherKind.CLOSING,
    )  # fmt: skip


@transaction.atomic
def transition_draft(*, actor: Actor, book: Book, facts: Mapping[str, int] | None = None) -> Voucher:
    """Draft the opening voucher of the chart of 2021 (新旧衔接), from the balances of the last day of the old one (ACC-5).

    Once; after its reversal it may be made again.
    """
    day = transition.day()
    old = {code: d - c for code, (d, c) in ledger.sums(book, None, day - timedelta(days=1)).items()}
    lines = transition.lines(transition.mapped(old, facts))
    done = _posted(book, "finance.transition:2022", "transition")
    undone = done.filter(reversal__state=VoucherState.POSTED).count()
    return voucher_draft(
        actor=actor, book=book, on=day, words="按新制度转入期初余额", lines=lines, event="transition",
        source=_next("finance.transition:2022", undone), kind=VoucherKind.TRANSITION, facts=facts,
    )  # fmt: skip


def _posted(book: Book, source: str, event: str) -> QuerySet[Voucher]:
    """Those of this matter that stand in the books."""
    return Voucher.objects.filter(book=book, source__startswith=source, event=event, state=VoucherState.POSTED)


def _next(source: str, done: int) -> str:
    """The matter's first voucher bears its plain name, a later one its number: `finance.year:2025/2`."""
    return f"{source}/{done + 1}" if done else source
