"""Rules whose figure is set by the province: what is filled in never beats what is loaded, what is not loaded is unknown."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.accounts.enums import Role
from gonghui.policy import rules, services
from gonghui.policy.engine import run
from gonghui.policy.engine.decision import Decision
from gonghui.policy.engine.records import PackError
from gonghui.policy.tests import make
from gonghui.policy.tests.test_expr import ev
from gonghui.policy.tests.test_loader import two, version

MAY = date(2026, 5, 1)
PRIZE = {"total_fen": 1_600_000, "people": 100}


def decide(key: str, at: str, on: date = MAY, **given: object) -> Decision:
    return run.decide(rules.live(), key, on=on, at=at, given=given)


def test_a_prize_of_160_yuan_is_refused_with_its_source_and_the_nearest_plan() -> None:
    got = decide("finance.participation_prize", "11", **PRIZE)
    assert got.blocks and got.nearest and "降到 ¥15,000.00" in got.nearest.text
    assert any("文档 004" in str(u.version.source) for u in got.used) and got.values["average"] == 16000


def test_a_figure_the_place_has_fixed_is_not_asked_for_nor_shown_as_unknown() -> None:
    loaded, not_loaded = (decide("finance.participation_prize", at, **PRIZE) for at in ("11", "37"))
    within = {place: next(c for c in got.clauses if c.clause.key == "within") for place, got in (("11", loaded), ("37", not_loaded))}
    assert within["11"].reads == ("total_fen", "people")
    assert (
        within["37"].reads == ("total_fen", "people", "limit_fen") and not_loaded.missing == ("limit_fen",) and not_loaded.outcome is None
    )


def test_only_the_branch_taken_is_named_as_missing() -> None:
    got = decide("finance.bereavement", "11", who="relative", amount_fen=1)
    assert got.missing == ("relative_limit_fen",)


def test_every_amount_and_date_can_be_shown_on_the_slip() -> None:
    got = decide(
        "finance.clothing",
        "11",
        total_fen=100_000,
        people=20,
        had_before=True,
        last_on=date(2023, 5, 10),
        only_participants=True,
        owner="unit",
    )
    assert {r["key"]: r["shown"] for r in got.as_slip()["rows"]}["next"] == "2026年5月10日"
    fee = decide("finance.late_fee", "11", on=date(2026, 2, 25), arrears_fen=800_000, due_on=date(2026, 2, 15))
    assert {r["key"]: r["shown"] for r in fee.as_slip()["rows"]} == {"days": "10 天", "fee": "¥400.00"}


def test_every_finance_rule_gives_a_slip_for_its_worked_cases() -> None:
    from gonghui.policy import examples

    for key, case in examples.every():
        if key.startswith("finance.") and "facts" in case:
            slip = run.decide(rules.live(), key, on=case["on"], at=case.get("at", "000000"), given=case["facts"]).as_slip()
            assert slip["verdict"], (key, case["name"])


@pytest.mark.django_db
def test_a_unit_may_lower_the_figure_of_its_province_and_not_raise_it() -> None:
    for value, since, outcome in (("12000", date(2026, 1, 1), False), ("20000", date(2026, 6, 1), True)):
        services.local_value_set(actor=make.actor(Role.CHAIR, "00010001"), key="finance.participation_prize", param="limit_fen", unit_path="00010001",
                                 unit_name="甲厂工会", value=value, since=since, until=None if outcome else date(2026, 5, 31), source="甲厂工会财务制度")  # fmt: skip
    lower, higher = (
        services.decide(
            "finance.participation_prize", on=on, at="110000", unit_path="00010001", facts={"total_fen": 1_500_000, "people": 100}
        )
        for on in (MAY, date(2026, 6, 1))
    )
    assert lower.outcome is False and lower.values["allowed"] == 1_200_000
    assert higher.outcome is True and higher.values["allowed"] == 1_500_000


def test_the_first_day_of_a_month() -> None:
    assert ev("month_start(d)", d=date(2026, 2, 28)) == date(2026, 2, 1) and ev("month_start(d)", d=None) is None


def test_a_local_figure_without_a_formula_needs_a_national_one_in_force_by_then() -> None:
    text = two(version(**{"from": "2021-01-01"}), version(**{"from": "2021-01-01", "formula": '""', "jurisdiction": '"310000"'}))
    make.rule(text)
    with pytest.raises(PackError, match="没有可继承的全国公式"):
        make.rule(text.replace('from: 2021-01-01, formula: ""', 'from: 2020-12-31, formula: ""'))
