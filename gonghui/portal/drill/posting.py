"""The drill of posting (记账演练): vouchers made, checked, posted and every third reversed, until the process is killed.

Source: assurance fault 3: sum zero, numbers gapless, the audit row paired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from django.apps import apps

from gonghui.accounts.actor import Actor
from gonghui.finance import services
from gonghui.finance.rules import Line
from gonghui.finance.selectors import books

SINCE = date(2025, 1, 1)
DAYS = 300


def _rows(label: str) -> Any:
    return apps.get_model(label)._default_manager


def _hand(name: str) -> Actor:
    return Actor.system(f"drill.{name}")


def work(facts: Mapping[str, Any], book: dict[str, Any], say: Callable[[Mapping[str, Any]], None]) -> None:
    """One voucher after the other; one cut off is finished first."""
    union = _rows("orgs.Union").get(pk=facts["unions"][0])
    kept = books.book_of(union) or services.book_open(actor=_hand("make"), union=union, since=SINCE)
    again = sorted(int(k) for k in book["begun"].keys() - book["done"].keys())
    for n in [*again, *range(book["start"], book["start"] + 100_000)]:
        say({"what": "begun", "key": n, "n": n})
        lines = [Line("50105", 100 + n), Line("102", credit=100 + n)]
        day = date.fromordinal(SINCE.toordinal() + n % DAYS)
        row = services.voucher_draft(actor=_hand("make"), book=kept, on=day, words=f"演练 {n}", lines=lines, source=f"drill:{n}")
        _finish(row)
        if n % 3 == 0 and not _rows("finance.Voucher").filter(reverses=row).exists():
            _finish(services.voucher_reverse(actor=_hand("make"), voucher=row))
        say({"what": "done", "key": n, "n": n})


def _finish(row: Any) -> None:
    """From wherever it stands to posted."""
    if row.state == "draft":
        row = services.voucher_check(actor=_hand("check"), voucher=row)
    if row.state == "checked":
        services.voucher_post(actor=_hand("post"), voucher=row)


def check(facts: Mapping[str, Any], book: dict[str, Any]) -> Iterator[str]:
    """What was acknowledged is posted once, and every move of a voucher has its audit row."""
    rows = {v.source: v for v in _rows("finance.Voucher").filter(source__startswith="drill:")}
    for key in book["done"]:
        found = rows.get(f"drill:{key}")
        if found is None or found.state != "posted":
            yield f"凭证 {key} 已回报记账，却是 {found.state if found else '不在'}"
        elif int(key) % 3 == 0 and not _rows("finance.Voucher").filter(reverses=found).exists():
            yield f"凭证 {key} 已回报冲销，却没有冲销凭证"
    posted = _rows("finance.Voucher").filter(state="posted").count()
    told = _rows("core.AuditEntry").filter(verb="finance.voucher.posted").count()
    if posted != told:
        yield f"已记账 {posted} 张，审计记录 {told} 条"
