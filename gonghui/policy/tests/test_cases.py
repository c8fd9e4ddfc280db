"""Every worked case of every rule, and that the set is complete."""

from __future__ import annotations

from typing import Any

import pytest

from gonghui.policy import examples, rules

pytestmark = pytest.mark.engine_free
ALL = examples.every()


@pytest.mark.parametrize(("key", "case"), ALL, ids=[f"{key}: {case['name']}" for key, case in ALL])
def test_the_rule_answers_as_worked_out_by_hand(key: str, case: dict[str, Any]) -> None:
    assert examples.faults(rules.live(), key, case) == []


def test_every_rule_has_cases_and_every_case_file_a_rule() -> None:
    assert {key for key, _ in ALL} == set(rules.live().rules)


def test_every_gate_and_duty_has_a_case_on_each_side() -> None:
    for key, rule in rules.live().rules.items():
        answers = {case.get("outcome") for k, case in ALL if k == key}
        if rule.kind == "decision":
            assert {True, False} <= answers or ("unknown" in answers and len(answers) > 1), key
