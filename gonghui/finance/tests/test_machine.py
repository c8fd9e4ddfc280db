"""Two books, ten hands, any order: after every step an oracle of its own says what must hold (LED-01…06, 11, 12, AID-02).

More examples: GONGHUI_EXAMPLES=10 (so many times the usual number).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from gonghui.finance import hooks, services, verify
from gonghui.finance.models import Balance, Period, Voucher, VoucherFile
from gonghui.finance.services import duties, posting, vouchers
from gonghui.finance.tests.lives import World
from gonghui.finance.tests.machine import Books

EXAMPLES = int(os.environ.get("GONGHUI_EXAMPLES", "1"))


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> World:
    """Only the books' own guard: what the apps above add is theirs to test."""
    monkeypatch.setattr(hooks, "_guards", {k: v for k, v in hooks._guards.items() if k == "finance"})
    monkeypatch.setattr(hooks, "_done", {})
    Books.world = World(getattr(request, "param", date(2025, 11, 1)))
    return Books.world


@pytest.mark.invariant("LED-01", "LED-02", "LED-03", "LED-04", "LED-05", "LED-06", "LED-11", "LED-12", "AID-02")
@pytest.mark.parametrize("world", [date(2025, 11, 1), date(2021, 11, 1)], indirect=True, ids=["usual", "change-of-charts"])
def test_whatever_is_done_in_whatever_order_the_books_hold(world: World) -> None:
    run_state_machine_as_test(Books, settings=settings(
        max_examples=3 * EXAMPLES, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]))  # fmt: skip


# -- negative controls: with a guard taken away the machine says so ------------------------------------------------

PLAIN = ("spend", 10_000, "", "")


@contextmanager
def lived() -> Iterator[Books]:
    """A machine led by hand, with one posted voucher that has a paper."""
    found = Books()
    try:
        sheet = found.drafts(0, "accountant", PLAIN, 3)
        assert sheet is not None
        found.attach(n=0, hand="accountant", paper=1, twice=False)
        found.through(sheet)
        found.the_tables_say_what_the_oracle_says()
        yield found
    finally:
        found.leave()


@pytest.fixture
def life(world: World) -> Iterator[Books]:
    with lived() as found:
        yield found


def unguarded(table: str, *names: str) -> None:
    """Take triggers away, as one with the database in his hands could."""
    with connection.cursor() as cursor:
        for name in names:
            on = f' ON "finance_{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER "finance_{table}_{name}"{on}')


def voucher_unguarded() -> None:
    unguarded("voucher", "frozen", "even", "open")


def uneven(life: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vouchers, "check_lines", lambda rows, *a, **k: sum(x.debit for x in rows))
    life.drafts(0, "accountant", ("spend", 10_000, "", "uneven"), 3)


def unfolded(life: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "fold", lambda rows: None)
    life.all_the_way(book=0, shape=PLAIN, day=4, source="")


def reworded(life: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    voucher_unguarded()
    Voucher.objects.update(words="改了")


def skipped(life: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    real = posting.number_it

    def number_it(row: Any, period: Any, *a: Any, **k: Any) -> None:
        period.last_number += 1
        real(row, period, *a, **k)

    monkeypatch.setattr(posting, "number_it", number_it)
    life.all_the_way(book=0, shape=PLAIN, day=4, source="")


def reversed_twice(life: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    life.reverse(n=0, hand="accountant", through=True)
    voucher_unguarded()
    Voucher.objects.filter(kind="reversal").update(reverses=None)
    life.reverse(n=0, hand="accountant", through=True)


def opened_behind(life: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    life.close(book=0, hand="accountant", ahead=0)
    assert life.o.closed[0] == {202511}
    Period.objects.filter(month=202511).update(state="open", seal="")
    life.drafts(0, "accountant", PLAIN, 3)


def misreported(life: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    Balance.objects.filter(account="102").update(credit_fen=1)
    life.reports(book=0, day=75)


def paperless(life: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    unguarded("voucherfile", "kept")
    VoucherFile.objects.all()._raw_delete("default")


def one_person(life: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duties, "apart", lambda *a, **k: None)
    sheet = life.drafts(0, "accountant", PLAIN, 3)
    assert sheet is not None
    life.checks(sheet, "accountant_again")  # another account, the same human


def delegated(life: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duties.Hand, "marks", lambda self: {self.user_id})
    sheet = life.drafts(0, "chair", PLAIN, 3)
    assert sheet is not None
    life.checks(sheet, "helper_for_chair")  # for the one who made it


def left_behind(life: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vouchers, "ready", lambda book, *a, **k: Period.objects.create(book=book, month=209901) and a[99])
    with pytest.raises(IndexError):  # no refusal at all: a crash comes out as it is
        life.drafts(0, "accountant", ("spend", 1, "", "few"), 3)
    real = duties.hand

    def hand(*a: Any, **k: Any) -> Any:
        Period.objects.create(book_id=life.pks[0], month=209901)
        return real(*a, **k)

    monkeypatch.setattr(duties, "hand", hand)
    monkeypatch.setattr(services, "voucher_drop", services.voucher_drop.__wrapped__)  # type: ignore[attr-defined]  # without its transaction
    life.drop(n=0, hand="accountant")


@pytest.mark.invariant("LED-01", "LED-02", "LED-03", "LED-04", "LED-05", "LED-06", "LED-11", "LED-12", "AID-02")
def test_the_machine_notices_when_a_guard_is_gone(world: World) -> None:
    silent = []
    for broken in (
        uneven, unfolded, reworded, skipped, reversed_twice, opened_behind, misreported, paperless, one_person, delegated, left_behind,
    ):  # fmt: skip
        with lived() as life, pytest.MonkeyPatch.context() as patch:
            try:
                broken(life, patch)
                life.the_tables_say_what_the_oracle_says()
            except (AssertionError, DatabaseError):
                continue
            silent.append(broken.__name__)
    assert silent == []


# -- between looking and writing -------------------------------------------------------------------------------------


@pytest.mark.invariant("LED-01", "AID-02")
def test_what_was_changed_while_the_month_was_waited_for_is_posted_as_it_is_now(life: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is returned, changed and checked again by others just when the poster waits for the month."""
    sheet = life.drafts(0, "accountant", PLAIN, 3)
    assert sheet is not None
    life.checks(sheet, "chair")
    real = posting.lock_period

    def lock_period(*a: Any) -> Any:
        monkeypatch.setattr(posting, "lock_period", real)
        life.give_back(1, "chair")
        life.edit(1, "chair", ("spend", 20_000, "", ""), 3, "")
        life.checks(sheet, "everything")
        return real(*a)

    monkeypatch.setattr(posting, "lock_period", lock_period)
    life.posts(sheet, "cashier")
    life.the_tables_say_what_the_oracle_says()
    assert sheet.total == 20_000 and "".join(verify.digests()) == ""


# -- what the machine once found ----------------------------------------------------------------------------------------


@pytest.mark.invariant("LED-01", "LED-06", "LED-12")
def test_what_came_as_a_crash_is_a_refusal_that_changes_nothing(life: Books) -> None:
    """A month before the book, a paper twice, one matter twice in a batch or by a change, an opening in a book that runs."""
    life.close(book=0, hand="accountant", ahead=-1)
    draft = life.drafts(0, "accountant", PLAIN, 4, "spending.plan:1", "sports")
    assert draft is not None
    for twice in (True, False, False):
        life.attach(n=1, hand="accountant", paper=2, twice=twice)
    assert draft.papers == {2}
    life.drafts(0, "accountant", PLAIN, 4, "spending.plan:1")
    life.edit(n=7, hand="accountant", shape=PLAIN, day=4, event="sports")
    same, other = (PLAIN, 5, "spending.plan:2"), (("spend", 7, "", ""), 6, "spending.plan:2")
    for items in ([same, other], [same, same], [other]):
        life.bring(book=0, three=[], usual=True, items=items)
    life.bring(book=1, three=[], usual=True, items=[same])  # the book that is kept for another union
    life.draft(0, "accountant", PLAIN, 40, "", "", "opening")
    life.the_tables_say_what_the_oracle_says()
    assert [s.source for s in life.o.living(words="成批")] == ["spending.plan:2"] * 2


@pytest.mark.invariant("LED-02", "LED-11")
def test_a_year_may_be_closed_again_when_something_came_into_it_afterwards(life: Books) -> None:
    for day in (4, 5):
        life.year_end(book=0, hand="accountant", through=True)
        life.year_end(book=0, hand="accountant", through=True)  # nothing is left to close
        life.all_the_way(book=0, shape=("earn", 700, "建家", ""), day=day, source="")
    closings = life.o.living(kind="closing", state="posted")
    assert [s.source for s in closings] == ["finance.year:2025", "finance.year:2025/2"]
    life.the_tables_say_what_the_oracle_says()
    life.reports(book=0, day=75)


@pytest.mark.invariant("LED-02", "LED-11")
@pytest.mark.parametrize("world", [date(2021, 11, 1)], indirect=True)
def test_the_change_of_charts_may_be_taken_back_and_made_again(life: Books) -> None:
    life.year_end(book=0, hand="accountant", through=True)
    life.new_chart(book=0, hand="accountant", through=True)
    life.new_chart(book=0, hand="accountant", through=True)  # the one already made is given back
    life.reverse(n=2, hand="accountant", through=True)
    life.new_chart(book=0, hand="accountant", through=True)
    assert [s.source for s in life.o.living(kind="transition")] == ["finance.transition:2022", "finance.transition:2022/2"]
    life.the_tables_say_what_the_oracle_says()
    life.reports(book=0, day=75)
