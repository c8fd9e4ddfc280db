"""The same request twice has one effect (BK-03, faults 24 and 25)."""

from __future__ import annotations

import pytest

from gonghui.accounts.actor import Actor
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.core.idempotency import once
from gonghui.core.models import IdempotencyKey

A, B = Actor.system("a"), Actor.system("b")
pytestmark = pytest.mark.django_db


@pytest.mark.fault(24)
def test_the_same_key_and_body_get_the_stored_answer() -> None:
    done: list[int] = []
    answers = [once(A, "k", {"slot": 1}, lambda: done.append(1) or {"ticket": 7}) for _ in range(5)]
    assert answers == [{"ticket": 7}] * 5 and done == [1]


@pytest.mark.fault(25)
def test_another_body_under_the_key_is_refused_and_keys_are_per_actor() -> None:
    once(A, "k", {"slot": 1}, lambda: 1)
    with pytest.raises(Conflict) as refusal:
        once(A, "k", {"slot": 2}, lambda: 2)
    assert refusal.value.code == "core.idempotency_reused" and once(B, "k", {"slot": 2}, lambda: 3) == 3


def test_a_refused_request_may_come_again() -> None:
    def refuse() -> None:
        raise RuleViolation("t.full", "名额已满。")

    with pytest.raises(RuleViolation):
        once(A, "k", {}, refuse)
    assert not IdempotencyKey.objects.exists() and once(A, "k", {}, lambda: 1) == 1
