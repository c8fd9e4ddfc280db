"""Vouchers that come together are weighed together (成批入账的预算关): ten small sums do not pass where one large would not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connections, transaction

from gonghui.core import clock
from gonghui.core.errors import Conflict, RuleViolation, Unavailable
from gonghui.finance import hooks
from gonghui.finance import services as finance
from gonghui.finance.models import Posting, Voucher
from gonghui.finance.rules import Line
from gonghui.policy import services as policy
from gonghui.treasury import services
from gonghui.treasury.selectors import budgets as reads
from gonghui.treasury.services import guard
from gonghui.treasury.tests import make

DAY = date(2025, 9, 2)
ANHUI = "340100"  # a verified rule stops spending above the budget there, from 2025-08-21 on
HARDSHIP = 1_000_000  # fen, item 50404 of the budget


@pytest.fixture
def union() -> Iterator[Any]:
    with clock.at(date(2025, 10, 1)):
        made = make.union(area=ANHUI)
        make.in_force(made)
        yield made


def item(fen: int, *, on: date = DAY, account: str = "50404", event: str = "hardship", source: str = "") -> finance.Bring:
    return finance.Bring(on, "慰问困难职工", [Line(account, fen), Line("102", credit=fen)], event=event, source=source)


def bring(of: Any, *items: finance.Bring) -> list[Voucher]:
    return finance.vouchers_bring(
        actor=make.cashier(of), book=make.book(of), items=items, maker=make.maker(of), checker=make.chair(of), poster=make.cashier(of)
    )


@pytest.mark.django_db
@pytest.mark.invariant("LED-10")
@pytest.mark.parametrize("most", [HARDSHIP - 1, HARDSHIP])
def test_what_the_item_suffices_for_is_cleared_at_once(union: Any, most: int) -> None:
    brought = bring(union, *[item(100_000) for _ in range(9)], item(most - 900_000))
    assert [v.state for v in brought] == ["posted"] * 10 and [v.number for v in brought] == list(range(1, 11))
    assert reads.item_left(union, 2025, "50404").left == HARDSHIP - most


@pytest.mark.django_db
@pytest.mark.invariant("LED-10")
def test_one_fen_more_and_none_of_them_is_posted(union: Any) -> None:
    with pytest.raises(RuleViolation, match=r"超出 ¥0\.01"):
        bring(union, *[item(100_000) for _ in range(9)], item(100_001))
    assert not Voucher.objects.exists() and not Posting.objects.exists()


@pytest.mark.django_db
@pytest.mark.invariant("LED-10")
def test_if_each_were_asked_before_any_is_posted_all_would_pass(union: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: what holds them back is that the sum is asked, and each after those before it."""
    monkeypatch.setattr(hooks, "cleared", lambda rows: {row.pk for row in rows})
    bring(union, *[item(100_000) for _ in range(9)], item(100_001))
    assert reads.item_left(union, 2025, "50404").left == -1


@pytest.mark.django_db
@pytest.mark.invariant("LED-10")
@pytest.mark.parametrize(("second", "severities"), [(400_000, []), (400_001, ["block"])])
def test_two_lines_of_one_voucher_that_fall_on_one_item_are_weighed_together(union: Any, second: int, severities: list[str]) -> None:
    lines = [Line("50404", 600_000, project="春送岗位"), Line("50404", second, project="秋助学"), Line("102", credit=600_000 + second)]
    voucher = finance.voucher_draft(actor=make.maker(union), book=make.book(union), on=DAY, words="慰问困难职工", lines=lines)
    found = list(guard.check(voucher))
    assert [f.severity for f in found] == severities
    if found:
        assert "超出 ¥0.01" in found[0].text


@pytest.mark.django_db
def test_other_items_of_the_batch_go_on_together_and_a_reservation_serves_its_own_plan(union: Any) -> None:
    services.reserve(actor=make.maker(union), union=union, item="50404", amount=600_000, source="spending.plan:7")
    rows = [item(600_000, source="spending.plan:7"), item(400_000), item(5_000, account="50102", event="")]
    drafts = [Voucher(pk=n, book=make.book(union), kind="normal", on=i.on, event=i.event, source=i.source) for n, i in enumerate(rows, 1)]
    for row, brought in zip(drafts, rows, strict=True):
        row.in_hand = list(brought.lines)
    assert guard.clears(drafts) == {3}
    assert len(bring(union, *rows)) == 3
    assert reads.item_left(union, 2025, "50404").left == 0


@pytest.mark.django_db
def test_the_rule_is_asked_on_every_day_it_changes_between_the_first_and_the_last(union: Any) -> None:
    assert policy.changes("finance.no_budget", date(2025, 8, 20), DAY) == [date(2025, 8, 20), date(2025, 8, 21)]
    assert policy.changes("finance.no_budget", date(2025, 8, 21), DAY) == [date(2025, 8, 21)]
    # too much for the year, but told only before the rule of the place was in force: the first goes through with a warning
    (warned,) = bring(union, item(HARDSHIP + 1, on=date(2025, 8, 20)))
    warned.refresh_from_db()
    assert [f["severity"] for f in warned.findings] == ["warn"] and "超出 ¥0.01" in warned.findings[0]["text"]
    with pytest.raises(RuleViolation, match="超出"):
        bring(union, item(1, on=date(2025, 8, 21)))


@pytest.mark.invariant("LED-10")
def test_two_checkers_at_once_do_not_both_spend_the_same_rest(own_database: None) -> None:
    """The second waits until the first has committed, and then sees what is left. Without the union's lock both would pass."""
    with clock.at(date(2025, 10, 1)):
        union = make.union(area=ANHUI)
        make.in_force(union)
        first, second = (make.voucher(union, 600_000, "hardship", DAY, checked=False) for _ in range(2))
        said: list[str] = []
        chair = make.chair(union)
        thread = threading.Thread(target=_elsewhere, args=(lambda: _check(chair, second), said))
        with transaction.atomic():
            finance.voucher_check(actor=chair, voucher=first)
            thread.start()
            thread.join(0.7)  # it waits for the lock, or has already said what it says
        thread.join()
    assert said == ["finance.blocked"]


def _check(chair: Any, row: Voucher) -> str:
    while True:
        try:
            return str(finance.voucher_check(actor=chair, voucher=row).state)
        except Unavailable:
            continue
        except (RuleViolation, Conflict) as fault:
            return fault.code


def _elsewhere(do: Callable[[], str], said: list[str]) -> None:
    try:
        with clock.at(date(2025, 10, 1)):
            said.append(do())
    finally:
        connections.close_all()
