"""Invariants of the books on the live data (账务核验): LED-01, 02, 03, 04, 06, 11, 12; each failure names the voucher."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum

from gonghui.finance.enums import PeriodState, VoucherState
from gonghui.finance.models import Balance, Book, Period, Posting, Voucher, VoucherFile
from gonghui.finance.rules import Line
from gonghui.finance.rules.digest import is_project, month_of, stream_of, voucher_digest
from gonghui.finance.selectors import statements
from gonghui.finance.services.periods import seal_of

CHUNK = 5000


def even() -> Generator[str, None, int]:
    """LED-01: every posted voucher's lines sum to zero and to its total; no lines without a posted voucher."""
    found = Posting.objects.order_by().values("voucher_id").annotate(d=Sum("debit_fen"), c=Sum("credit_fen"))
    for row in found.exclude(d=F("c"))[:1000]:
        yield f"凭证 {row['voucher_id']} 借方 {row['d']} 分，贷方 {row['c']} 分，不平。"
    for other in found.exclude(d=F("voucher__total_fen"))[:1000]:
        yield f"凭证 {other['voucher_id']} 的分录合计与凭证合计不符。"
    for pk in Posting.objects.exclude(voucher__state=VoucherState.POSTED).values_list("voucher_id", flat=True).distinct()[:1000]:
        yield f"凭证 {pk} 没有记账却有分录。"
    empty = Voucher.objects.filter(state=VoucherState.POSTED, postings__isnull=True)
    for pk in empty.values_list("pk", flat=True)[:1000]:
        yield f"凭证 {pk} 已记账却没有分录。"
    return Voucher.objects.filter(state=VoucherState.POSTED).count()


def balances() -> Generator[str, None, int]:
    """LED-02: running balances equal a recount from zero, cell by cell, and sum to zero in each book."""
    counted: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
    columns = ("book_id", "account", "on", "project", "voucher__kind", "voucher__reverses__kind")
    rows = Posting.objects.order_by().values_list(*columns).annotate(d=Sum("debit_fen"), c=Sum("credit_fen"))
    for book, account, on, project, kind, reversed_kind, d, c in rows.iterator(chunk_size=CHUNK):
        stream = str(stream_of(kind, reversed_kind or ""))
        cell = counted[book, account, month_of(on), stream, is_project(Line(account, project=project))]
        cell[0], cell[1] = cell[0] + d, cell[1] + c
    stored = Balance.objects.values_list("book_id", "account", "month", "stream", "project", "debit_fen", "credit_fen")
    seen = 0
    for *key, d, c in stored.iterator(chunk_size=CHUNK):
        seen += 1
        if counted.pop(tuple(key), [0, 0]) != [d, c]:
            yield f"账套 {key[0]} 科目 {key[1]} {key[2]} 的发生额与分录重算不符。"
    for lost in [k for k, cell in counted.items() if cell != [0, 0]]:
        yield f"账套 {lost[0]} 科目 {lost[1]} {lost[2]} 有分录，没有记入余额。"
    uneven = Balance.objects.order_by().values("book_id").annotate(d=Sum("debit_fen"), c=Sum("credit_fen")).exclude(d=F("c"))
    for row in uneven:
        yield f"账套 {row['book_id']} 的全部科目借贷不平。"
    return seen


def digests() -> Generator[str, None, int]:
    """LED-03: each posted voucher still has the digest it was posted with, and chains to the one before; closed months keep their seal."""
    checked, period, head = 0, 0, ""
    for row, lines, files in _posted():
        checked += 1
        if row.period_id != period:
            period, head = row.period_id or 0, ""
        if row.prev != head:
            yield f"账套 {row.book_id} {row.period} 第 {row.number} 号凭证与前一张接不上。"
        if digest_of(row, lines, files) != row.digest:
            yield f"账套 {row.book_id} {row.period} 第 {row.number} 号凭证（编号 {row.pk}）的内容与记账时的摘要不符，已被改动。"
        head = row.digest
    yield from _heads()
    return checked


def digest_of(row: Voucher, lines: list[Line], files: list[str]) -> str:
    """The digest of a voucher as it stands now."""
    assert row.period is not None and row.number is not None  # posted ones have both, by constraint
    return voucher_digest(
        prev=row.prev, book=row.book_id, month=row.period.month, number=row.number, on=row.on, kind=row.kind, event=row.event,
        source=row.source, words=row.words, reverses=row.reverses_id, people=[row.maker_ref, row.checker_ref, row.poster_ref],
        lines=lines, files=files,
    )  # fmt: skip


def _posted() -> Iterator[tuple[Voucher, list[Line], list[str]]]:
    """All posted vouchers in the order of their numbers, with lines and attachment hashes, a few thousand at a time."""
    books = Book.objects.order_by("pk").values_list("pk", flat=True)
    hashes: dict[int, list[str]] = defaultdict(list)
    for voucher, sha in VoucherFile.objects.values_list("voucher_id", "sha256").iterator(chunk_size=CHUNK):
        hashes[voucher].append(sha)
    for book in books:
        rows = Voucher.objects.filter(book_id=book, state=VoucherState.POSTED).select_related("period")
        for month in Period.objects.filter(book_id=book).order_by("month"):
            some = list(rows.filter(period=month).order_by("number"))
            lines: dict[int, list[Line]] = defaultdict(list)
            for posting in Posting.objects.filter(voucher__period=month).order_by("voucher_id", "n"):
                lines[posting.voucher_id].append(posting.as_line())
            for row in some:
                yield row, lines[row.pk], hashes.get(row.pk, [])


def _heads() -> Iterator[str]:
    """A month's head is its last voucher; a closed month's seal is what its rows give, chained to the month before."""
    prev: dict[int, str] = {}
    last = dict(Voucher.objects.filter(state=VoucherState.POSTED, number=F("period__last_number")).values_list("period_id", "digest"))
    for period in Period.objects.order_by("book_id", "month"):
        if period.head != last.get(period.pk, ""):
            yield f"账套 {period.book_id} {period} 的末张凭证摘要不符，可能少了凭证。"
        if period.state == PeriodState.CLOSED:
            if period.seal_prev != prev.get(period.book_id, ""):
                yield f"账套 {period.book_id} {period} 的封存与上一期接不上。"
            if seal_of(period, period.seal_prev) != period.seal:
                yield f"账套 {period.book_id} {period} 已结账，内容与封存摘要不符，已被改动。"
        prev[period.book_id] = period.seal


def gapless() -> Generator[str, None, int]:
    """LED-04: numbers of a month are 1 to n without gaps or repeats."""
    rows = Voucher.objects.filter(number__isnull=False).order_by().values("period_id", "period__last_number")
    checked = 0
    for row in rows.annotate(n=Count("pk"), low=Min("number"), high=Max("number"), kinds=Count("number", distinct=True)):
        checked += 1
        n = row["period__last_number"]
        if (row["n"], row["low"], row["high"], row["kinds"]) != (n, 1, n, n):
            yield f"期间 {row['period_id']} 的凭证号不连续：共 {row['n']} 张，{row['low']} 至 {row['high']}，应为 1 至 {n}。"
    for period in Period.objects.filter(last_number__gt=0, vouchers__isnull=True):
        yield f"期间 {period.pk} 记有末号 {period.last_number}，却没有凭证。"
    return checked


def months() -> Generator[str, None, int]:
    """LED-06: a voucher lies in the month of its date, in its own book; closed months have nothing waiting; reopening has its reason."""
    rows = Voucher.objects.filter(period__isnull=False)
    wrong = rows.exclude(period__book=F("book")) | rows.exclude(period__month=F("on__year") * 100 + F("on__month"))
    for pk in wrong.values_list("pk", flat=True)[:1000]:
        yield f"凭证 {pk} 不在它日期所在的月份。"
    for period in Period.objects.filter(Q(reopened__gt=0, reopen_reason="")):
        yield f"期间 {period.pk} 反结账没有写原因。"
    return rows.count()


def reports() -> Generator[str, None, int]:
    """LED-11: the balance sheet of each book is even, and equals a fresh sum over the postings."""
    books, total = Book.objects.filter(balances__isnull=False).distinct(), 0
    last = dict(Balance.objects.order_by().values_list("book_id").annotate(m=Max("month")))
    fresh: dict[int, int] = dict(
        Posting.objects.order_by().filter(account__startswith="10").values_list("book_id").annotate(n=Sum(F("debit_fen") - F("credit_fen")))
    )
    old = set(Balance.objects.filter(month__lt=202201).order_by().values_list("book_id", flat=True).distinct())
    for book in books:
        total += 1
        month = last[book.pk]
        day = statements.last_day(month)
        sheet = statements.balance_sheet(book, day)
        if not sheet.even:
            yield f"账套 {book.pk} {month} 的资产负债表不平。"
        money = sum(i.closing for i in sheet.assets if i.code in {"101", "102"})
        if book.pk not in old and money != fresh.get(book.pk, 0):
            yield f"账套 {book.pk} 的货币资金 {money} 分与分录重算 {fresh.get(book.pk, 0)} 分不符。"
    return total


def attachments() -> Generator[str, None, int]:
    """LED-12: attachments of posted vouchers are there, and their recorded hash is the file's."""
    rows = VoucherFile.objects.filter(voucher__state=VoucherState.POSTED)
    for pk, name in rows.exclude(sha256=F("file__sha256")).values_list("voucher_id", "name")[:1000]:
        yield f"凭证 {pk} 的附件“{name}”与记账时的摘要不符。"
    for pk, name in rows.filter(Q(file__removed_at__isnull=False) | Q(file__place="")).values_list("voucher_id", "name")[:1000]:
        yield f"凭证 {pk} 的附件“{name}”已被删除。"
    return rows.count()


CHECKS = (
    ("LED-01", "每张凭证借贷相等", even),
    ("LED-02", "科目余额与分录重算一致", balances),
    ("LED-03", "已记账凭证和结账期间未被改动", digests),
    ("LED-04", "凭证号连续", gapless),
    ("LED-06", "凭证在所属期间", months),
    ("LED-11", "报表与重算一致", reports),
    ("LED-12b", "凭证附件齐全", attachments),
)
