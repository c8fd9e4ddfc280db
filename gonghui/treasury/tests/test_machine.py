"""Payments, batches, the bank, budgets and projects in any order (AID-01…04, AID-07, LED-09, LED-10), foretold by an oracle of its own.

More examples: GONGHUI_EXAMPLES=10 (so many times the usual number).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from gonghui.core import clock
from gonghui.finance import hooks
from gonghui.finance.models import Voucher
from gonghui.treasury import verify
from gonghui.treasury.models import BatchLine, Payment, PaymentBatch
from gonghui.treasury.rules import duties
from gonghui.treasury.selectors import budgets as reads
from gonghui.treasury.services import batches, grounds, payments, projects
from gonghui.treasury.tests.lives import NOW, WORDS, Batch, Pay, World
from gonghui.treasury.tests.machine import Money

EXAMPLES = int(os.environ.get("GONGHUI_EXAMPLES", "1"))


def told(_format: str, content: bytes) -> list[dict[str, Any]]:
    """The bank's file, read without the reader: `test_payments` reads real ones."""
    outcomes = {word: to for to, word in WORDS.items()}
    pairs = [line.split(",") for line in content.decode().splitlines()]
    return [{"transfer_no": number, "outcome": outcomes[word]} for number, word in pairs]


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(batches, "read_answer", told)
    with clock.at(NOW):
        Money.world = World()
    return Money.world


@pytest.mark.invariant("AID-01", "AID-02", "AID-03", "AID-04", "AID-07", "LED-09", "LED-10")
def test_whatever_is_done_in_whatever_order_money_goes_out_once_and_by_three(world: World) -> None:
    run_state_machine_as_test(Money, settings=settings(
        max_examples=2 * EXAMPLES, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]))  # fmt: skip


# -- negative controls: with a guard taken away the machine says so ------------------------------------------------


@contextmanager
def led() -> Iterator[Money]:
    """A machine led by hand."""
    found = Money()
    try:
        yield found
    finally:
        found.leave()


@pytest.fixture
def money(world: World) -> Iterator[Money]:
    with led() as found:
        yield found


def approved(money: Money, fen: int = 50_000) -> Pay:
    """A payment that awaits its batch, on a posted voucher."""
    paper = money.vouchers(0, fen, further=3)
    pay = money.requests(paper, "", 0, fen)
    assert paper is not None and pay is not None
    money.submits(pay, "accountant")
    money.decides(pay, "chair")
    return pay


def batched(money: Money) -> Batch:
    batch = money.batch_of(0, [approved(money)])
    assert batch is not None
    money.approves(batch, "chair")
    return batch


def spends_what_is_not_there(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "findings", lambda voucher, **k: [])
    for _ in range(3):
        money.vouchers(0, 400_000)


def is_not_told(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "findings", lambda voucher, **k: [])
    for _ in range(3):
        money.vouchers(1, 400_000)


def counts_on_a_reversal(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checked reversal would free the budget before it is posted; returned afterwards, the money is spent twice."""

    def either_way(union: Any, year: int, *, without: int | None = None) -> dict[tuple[str, str, str], int]:
        rows = Voucher.objects.filter(book__union=union, state="checked", on__year=year).exclude(pk=without or 0)
        lines = [(row.event, x) for row in rows for x in row.lines if x.account[0] == "5"]
        return {(x.account, event, x.project): sum(y.debit - y.credit for e, y in lines if e == event) for event, x in lines}

    monkeypatch.setattr(reads, "checked_not_posted", either_way)
    for _ in range(2):
        money.vouchers(0, 400_000, further=3)
    money.reverse(n=6, further=1)
    money.vouchers(0, 400_000)


def asks_for_more(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grounds, "ground", lambda *a, **k: None)
    money.requests(money.vouchers(0, 100), "", 0, 101)


def pays_a_plan_twice(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once on what the plan holds, once more on its voucher."""
    monkeypatch.setattr(grounds, "_plan", lambda *a: ("", 0, 10**9))
    money.hold(0, "plan:1", 100)
    money.requests(None, "plan:1-0", 0, 100)
    money.requests(money.vouchers(0, 100, "plan:1"), "", 0, 100)


def pays_what_was_reversed(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    pay = approved(money)
    money.reverse(n=0, further=2)
    monkeypatch.setattr(grounds, "ground", lambda *a, **k: None)
    money.batch_of(0, [pay])


def returns_what_is_paid(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "_ties", {})
    paper = money.vouchers(0, 100)
    money.requests(paper, "", 0, 100)
    money.give_back(n=0, by="chair")


def checks_what_he_made(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payments, "apart", lambda *a, **k: None)
    pay = money.requests(money.vouchers(0, 100), "", 0, 100, by="chair")
    assert pay is not None
    money.submits(pay, "accountant")
    money.decides(pay, "chair")


def pays_under_another_account(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payments, "hands_of", lambda people: duties.hands((user, None) for user, _person in people))
    monkeypatch.setattr(batches, "me", lambda actor: duties.hands([(actor.user_id, None)]))
    pay = money.requests(money.vouchers(0, 100), "", 0, 100, by="mover")
    assert pay is not None
    money.submits(pay, "accountant")
    money.decides(pay, "chair")
    batch = money.batch_of(0, [pay])
    assert batch is not None
    money.approves(batch, "chair")
    money.changes_account(0)
    money.sends(batch, "mover")


def changes_it_unseen(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payments, "digest", lambda pk: "")  # the one who changes it is not seen to have made it
    pay = money.requests(money.vouchers(0, 100), "", 0, 100)
    assert pay is not None
    money.edit(n=0, by="chair", fen=99, payee="乙店", same=False)
    money.submits(pay, "accountant")
    money.decides(pay, "chair")


def sends_what_was_changed(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = batched(money)
    batch.pays[0].payee = "别人"
    Payment.objects.filter(pk=batch.pays[0].pk).update(payee="别人")
    monkeypatch.setattr(batches, "compare", lambda *a: None)
    money.sends(batch, "cashier")


def sends_twice(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = batched(money)
    money.sends(batch, "cashier")
    with connection.cursor() as cursor:
        cursor.execute('DROP TRIGGER "batchline_once"' + (' ON "treasury_batchline"' if connection.vendor == "postgresql" else ""))
    BatchLine.objects.update(state="waiting")
    PaymentBatch.objects.update(state="approved")
    Payment.objects.filter(pk=batch.pays[0].pk).update(state="batched")
    money.sends(batch, "cashier")


def loses_an_answer(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = batched(money)
    money.sends(batch, "cashier")
    monkeypatch.setattr(batches, "settle", lambda *a, **k: None)
    money.answer(n=1, by="accountant", said=["paid", "", ""])


def buys_on_credit(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projects, "money_of", lambda row: {"left": 10**9})
    money.buys(union=0, quantity=1, fen=1)


@pytest.mark.invariant("AID-01", "AID-02", "AID-03", "AID-04", "AID-07", "LED-09", "LED-10")
def test_the_machine_notices_when_a_guard_is_gone(world: World) -> None:
    """The same acts with the guard in place are foretold to the end; what changes the tables by hand has no such other side."""
    silent = []
    for broken in (
        spends_what_is_not_there, is_not_told, counts_on_a_reversal, asks_for_more, pays_a_plan_twice, pays_what_was_reversed, returns_what_is_paid,
        checks_what_he_made, pays_under_another_account, changes_it_unseen, sends_what_was_changed, sends_twice, loses_an_answer, buys_on_credit,
    ):  # fmt: skip
        if broken not in {sends_what_was_changed, sends_twice}:
            with led() as money, pytest.MonkeyPatch.context() as patch:
                patch.setattr = lambda *a, **k: None  # type: ignore[method-assign]  # nothing is broken this time
                broken(money, patch)
                money.the_tables_say_what_the_oracle_says()
        with led() as money, pytest.MonkeyPatch.context() as patch:
            try:
                broken(money, patch)
                money.the_tables_say_what_the_oracle_says()
            except AssertionError:
                continue
            silent.append(broken.__name__)
    assert silent == []


@pytest.mark.invariant("LED-10")
def test_a_plan_that_is_booked_holds_nothing_more(money: Money) -> None:
    """Found by the machine: a plan booked before it had held anything could still take its part of the budget a second time."""
    money.vouchers(0, 100, "plan:1", further=3)
    money.hold(0, "plan:1", 100)
    assert "plan:1-0" not in money.holds and [f for _id, _title, look in verify.CHECKS for f in look()] == []
    money.reverse(n=0, further=2)
    money.hold(0, "plan:1", 100)
    assert money.holds["plan:1-0"] == (0, 100, "open")
    money.the_tables_say_what_the_oracle_says()
