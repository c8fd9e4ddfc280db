"""Many workers on the same books (并发记账): every voucher posted once, every reversal sent three times and won once.

Commits, so it runs on a scratch database only: in tests (`own_database`), or in a place of its own (`core.scratch`).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import count
from time import perf_counter
from typing import Any

from django.db import connection, connections
from django.db.models import Sum

from gonghui.accounts.actor import Actor
from gonghui.core import bench, clock
from gonghui.core.errors import Conflict, Unavailable
from gonghui.finance import services, verify
from gonghui.finance.models import Book, Posting, Voucher
from gonghui.finance.rules import Line
from gonghui.orgs import services as orgs

TRIES = 3


def _hand(name: str) -> Actor:
    return Actor.system(f"race.{name}")


def scratch_union() -> Any:
    """A union to try things on, under the city or, where there is none, a city of its own."""
    from django.apps import apps

    root = apps.get_model("orgs", "Union").objects.filter(depth=0).first()
    root = root or orgs.union_build(actor=_hand("make"), parent=None, kind="city", name="性能测试总工会", founded_on=date(2010, 1, 1))
    return orgs.union_build(actor=_hand("make"), parent=root, kind="township", name="性能测试镇工会", founded_on=date(2010, 1, 1))


def run(book: Book, *, workers: int, vouchers: int, day: date) -> dict[str, Any]:
    """Post `vouchers` with `workers` threads, then send every reversal three times, the three next to each other in the queue.

    The document: posted, reversals won and lost, sums over all lines, faults of the invariants, seconds.
    """
    start, pks = perf_counter(), dict[int, Voucher]()

    def post(n: int) -> str:
        pks[n] = _post(book, n, day)
        return "posted"

    said = _crew(workers, vouchers, post, day)
    said += _crew(workers, vouchers * TRIES, lambda n: _reverse(pks[n // TRIES]), day)
    left = Posting.objects.filter(book=book).aggregate(d=Sum("debit_fen"), c=Sum("credit_fen"))
    faults = [f for check in (verify.even, verify.balances, verify.gapless, verify.digests) for f in check()]
    return {
        **said, "debit": int(left["d"] or 0), "credit": int(left["c"] or 0), "faults": faults, "seconds": perf_counter() - start,
        "vouchers": Voucher.objects.filter(book=book, state="posted").count(),
    }  # fmt: skip


def _crew(workers: int, tickets: int, do: Callable[[int], str], day: date) -> Counter[str]:
    """Threads with a connection each take tickets until none is left; what they say, counted."""
    said: Counter[str] = Counter()
    lock, numbers = threading.Lock(), count()

    def work() -> None:
        try:
            with clock.at(day):
                while (n := next(numbers)) < tickets:
                    word = do(n)
                    with lock:
                        said[word] += 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def _post(book: Book, n: int, day: date) -> Voucher:
    lines = [Line("50105", 100 + n % 997), Line("102", credit=100 + n % 997)]
    draft = _patient(
        lambda: services.voucher_draft(actor=_hand("make"), book=book, on=day, words=f"并发 {n}", lines=lines, source=f"race:{n}")
    )
    return _finish(draft)


def _finish(row: Voucher) -> Voucher:
    _patient(lambda: services.voucher_check(actor=_hand("check"), voucher=row))
    found: Voucher = _patient(lambda: services.voucher_post(actor=_hand("post"), voucher=row))
    return found


def _reverse(row: Voucher) -> str:
    """One of three senders: the winner's reversal is checked and posted."""
    try:
        made = _patient(lambda: services.voucher_reverse(actor=_hand("make"), voucher=row))
    except Conflict as conflict:
        return "lost" if conflict.code == "finance.reversed_already" else "odd"
    _finish(made)
    return "won"


def _patient(do: Callable[[], Any]) -> Any:
    """Try again when the store is busy, as the browser does on 503."""
    while True:
        try:
            return do()
        except Unavailable:
            continue


def bench_row(workers: int, vouchers: int) -> dict[str, Any]:
    """The race as a bench (并发记账), in a scratch place (`core.scratch`)."""
    day = date(2025, 12, 31)
    with clock.at(day):
        book = services.book_open(actor=_hand("make"), union=scratch_union(), since=date(2025, 1, 1))
        found = run(book, workers=workers, vouchers=vouchers, day=day)
    ok = (found["posted"], found["won"], found["lost"], found["debit"], found["credit"], found["faults"]) == (
        vouchers, vouchers, vouchers * (TRIES - 1), 0, 0, [],
    )  # fmt: skip
    return {
        "name": "ledger.race", "engine": connection.vendor, "value": round(found["vouchers"] / found["seconds"], 1), "unit": "张/秒",
        "floor": None, "ratio": None, "n": found["vouchers"], "ok": ok, "peak_mib": bench.peak_mib(), "workers": workers,
        "seconds": round(found["seconds"], 1), **{k: v for k, v in found.items() if k != "seconds"},
    }  # fmt: skip
