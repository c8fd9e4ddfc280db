"""`gonghui bench ledger` (账务性能): posting against raw inserts, trial balance of a million postings, consolidation of 5,000 books.

It commits, since nothing posts inside a savepoint but a test, and SQLite keeps a copy of every page while one is open; so it runs in a
scratch place of its own (`core.scratch`). Figure and floor are measured in the same run.
"""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from gonghui.accounts.actor import Actor
from gonghui.core import bench, bulk, clock
from gonghui.finance import race, services
from gonghui.finance.enums import BookKind, VoucherState
from gonghui.finance.rules import Line
from gonghui.finance.selectors import ledger, statements
from gonghui.finance.services.posting import POSTING
from gonghui.treasury.enums import BudgetState, Side
from gonghui.treasury.models import Budget, BudgetLine

DAY, SINCE = date(2025, 12, 31), date(2025, 1, 1)
SPENT = ("50101", "50102", "50103", "50105", "50301", "50401", "50405", "50501", "50502", "50504")
DRAFT = (
    "id", "book_id", "kind", "state", "on", "words", "event", "source", "total_fen", "draft", "facts", "findings", "prev", "digest",
    "maker_ref", "checker_ref", "poster_ref", "note", "created_at",
)  # fmt: skip
WIDE, NARROW = 200, 4
RICH = 9 * 10**14


def _row(
    name: str, value: float, unit: str, n: int, *, floor: float | None = None, ratio: float | None = None, ok: bool = True
) -> dict[str, Any]:
    return {
        "name": name, "engine": connection.vendor, "value": round(value, 2), "unit": unit, "n": n, "ok": ok, "peak_mib": bench.peak_mib(),
        "floor": None if floor is None else round(floor, 2), "ratio": None if ratio is None else round(ratio, 3),
    }  # fmt: skip


def system(name: str) -> Actor:
    """Three hands of the bench."""
    return Actor.system(f"bench.{name}")


def _table(name: str) -> Any:
    """A table of the books below."""
    return apps.get_model("finance", name)


def _book() -> Any:
    """A book of a union with a budget that suffices: the guards look at every voucher, and none is in the way."""
    union = race.scratch_union()
    budget = Budget.objects.create(
        union=union, year=SINCE.year, state=BudgetState.IN_FORCE, approved_on=SINCE, maker_ref="bench", created_at=clock.now()
    )
    BudgetLine.objects.bulk_create(BudgetLine(budget=budget, side=Side.SPENDING, account=a, name=a, amount_fen=RICH) for a in SPENT)
    return services.book_open(actor=system("make"), union=union, since=SINCE)


def bring(book: Any, items: list[services.Bring]) -> list[Any]:
    """Through the same service imports use, guards included."""
    return services.vouchers_bring(
        actor=system("post"), book=book, items=items, maker=system("make"), checker=system("check"), poster=system("post")
    )


def _items(count: int, lines: int, first: int = 0) -> list[services.Bring]:
    """Vouchers of `lines` lines each, spread over the year and the accounts."""
    found = []
    for i in range(first, first + count):
        spent = [Line(SPENT[(i + j) % len(SPENT)], 100 + (i * 7 + j) % 9000, words="性能测试") for j in range(lines - 1)]
        total = sum(x.debit for x in spent)
        found.append(services.Bring(SINCE + timedelta(days=i % 365), f"性能测试 {i}", [*spent, Line("102", credit=total)]))
    return found


def run(
    rows: int | str = 20_000,
    million: int | str = 1_000_000,
    books: int | str = 5_000,
    workers: int | str = 0,
    random: int | str = 0,
    seed: int | str = 1,
    **_options: Any,
) -> list[dict[str, Any]]:
    """All three; `--set workers=32` runs the race of 20,000 vouchers instead; `--set random=1000000` posts so many random lines instead
    and proves that they balance.
    """
    if int(workers):
        return [race.bench_row(int(workers), int(rows))]
    if int(random):
        return [_random(int(random), int(seed))]
    with clock.at(DAY):
        return [_posting(int(rows)), _trial(int(million)), _consolidation(int(books))]


def _posting(rows: int) -> dict[str, Any]:
    """Postings a second, whole pipeline, beside inserting the same rows into the same tables and nothing else; each time a fresh book."""
    count = rows // NARROW
    items = _items(count, NARROW)
    floors, spent = [], []
    for _ in range(3):
        floors.append(_raw(_book(), items))
        book, start = _book(), perf_counter()
        bring(book, items)
        spent.append(perf_counter() - start)
    n = count * NARROW
    floor, value = n / median(floors), n / median(spent)
    ratio = floor / value
    return _row("ledger.posting", value, "分录/秒", n, floor=floor, ratio=ratio, ok=ratio <= 4)


def _raw(book: Any, items: list[services.Bring]) -> float:
    """Seconds to insert the same vouchers and lines as they are."""
    now, sqlite = clock.now().isoformat(), connection.vendor == "sqlite"
    pks = list(bulk.reserve_ids(_table("Voucher"), len(items)))
    drafts, lines = [], []
    for pk, item in zip(pks, items, strict=True):
        day = item.on.isoformat() if sqlite else item.on
        total = sum(x.debit for x in item.lines)
        drafts.append((pk, book.pk, "normal", "checked", day, item.words, "", "", total, "[]", "{}", "[]", "", "", "m", "c", "p", "", now))
        lines += [(pk, book.pk, day, n, x.account, x.debit, x.credit, "", "", x.words) for n, x in enumerate(item.lines, 1)]
    start = perf_counter()
    with transaction.atomic():
        bulk.insert(_table("Voucher"), DRAFT, drafts)
        bulk.insert(_table("Posting"), POSTING, lines)
    return perf_counter() - start


def _trial(million: int) -> dict[str, Any]:
    """Trial balance of a book with a million postings, equal to a recount of them."""
    book = _book()
    count = million // WIDE
    for at in range(0, count, 500):
        bring(book, _items(min(500, count - at), WIDE, at))
    n = _table("Posting").objects.filter(book=book).count()
    value = bench.median_ms(lambda: ledger.trial_balance(book, DAY), 20)
    start = perf_counter()
    recount = ledger.recount(book, DAY)
    spent = (perf_counter() - start) * 1000
    same = recount == ledger.sums(book, None, DAY)
    zero = sum(d - c for d, c in recount.values()) == 0
    return _row("ledger.trial_balance", value, "ms", n, floor=spent, ratio=value / spent, ok=value <= 50 and same and zero)


def _consolidation(count: int) -> dict[str, Any]:
    """Both statements of 5,000 books together, from their balances of twelve months."""
    union, now = race.scratch_union(), clock.now()
    table = _table("Book")
    books = table.objects.bulk_create(
        [table(union=union, kind=BookKind.PRACTICE, since=SINCE, created_at=now) for _ in range(count)], batch_size=500
    )
    false = 0 if connection.vendor == "sqlite" else False
    cells: list[tuple[Any, ...]] = []
    for i, book in enumerate(books):
        for month in range(202501, 202513):
            for j, account in enumerate(("402", *SPENT[: 5 + i % 5])):
                fen = 1000 + (i + j + month) % 977
                cells.append((book.pk, account, month, "n", false, 0 if j == 0 else fen, fen * 20 if j == 0 else 0))
            spent = sum(c[5] - c[6] for c in cells[-(6 + i % 5) :])
            cells.append((book.pk, "102", month, "n", false, max(-spent, 0), max(spent, 0)))
    bulk.insert(_table("Balance"), ("book_id", "account", "month", "stream", "project", "debit_fen", "credit_fen"), cells)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE finance_balance")
    value = bench.median_ms(lambda: statements.consolidated(table.objects.filter(union=union), DAY), 5)
    sheet, _income = statements.consolidated(table.objects.filter(union=union), DAY)
    even = sheet.even and sheet.assets_closing == sum(c[5] - c[6] for c in cells if c[1] == "102")
    return _row("ledger.consolidation", value, "ms", count, ok=value <= 1000 and even)


def _random(postings: int, seed: int) -> dict[str, Any]:
    """So many random lines: their sum is zero, the running balances are those of a recount, nothing is left unposted."""
    start = perf_counter()
    found = random_books(postings, seed)
    spent = perf_counter() - start
    ok = found["postings"] >= postings and (found["sum"], found["different"], found["open"]) == (0, 0, 0)
    return {**_row("ledger.random", found["postings"] / spent, "分录/秒", found["postings"], ok=ok), "seconds": round(spent, 1), **found}


def random_books(postings: int, seed: int = 1) -> dict[str, int]:
    """Random vouchers, reversals among them; the sums that must be zero or equal (LED-01, LED-02)."""
    import random

    chance = random.Random(seed)  # noqa: S311  # test data
    with clock.at(DAY):
        book = _book()
        left = postings
        while left > 0:
            items = []
            for _ in range(min(500, max(left // 2, 1))):
                size = min(chance.randint(2, 60), max(left, 2))
                cut = [chance.randint(1, 10**9) for _ in range(size - 1)]
                lines = [Line(chance.choice(SPENT), fen) for fen in cut] + [Line("102", credit=sum(cut))]
                items.append(services.Bring(SINCE + timedelta(days=chance.randrange(365)), "随机", lines))
                left -= size
                if left <= 0:
                    break
            bring(book, items)
        recount = ledger.recount(book, DAY)
        return {
            "postings": _table("Posting").objects.filter(book=book).count(),
            "sum": sum(d - c for d, c in recount.values()),
            "different": int(recount != ledger.sums(book, None, DAY)),
            "open": _table("Voucher").objects.filter(book=book).exclude(state=VoucherState.POSTED).count(),
        }
