"""Rules whose figure is set by the province: what is filled in never beats what is loaded, what is not loaded is unknown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gonghui.accounts.enums import Role
from gonghui.finance.rules.charts import charts
from gonghui.policy import rules, services
from gonghui.policy.engine import run
from gonghui.policy.engine.decision import Decision
from gonghui.policy.engine.records import PackError
from gonghui.policy.tests import make
from gonghui.policy.tests.test_expr import ev
from gonghui.policy.tests.test_loader import two, version
from gonghui.spending.selectors.answers import STALE

MAY = date(2026, 5, 1)
DAY = timedelta(days=1)
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


NOW = date(2026, 11, 21)
LOCAL: dict[tuple[str, str], dict[str, list[tuple[str, int]]]] = {
    ("festival_total", "limit_fen"): {
        "37": [("2018-07-10", 1600)],
        "51": [("2018-01-01", 2100)],
        "34": [("2018-01-01", 1500), ("2025-08-21", 2200)],
        "52": [("2018-01-01", 1700)],
        "41": [("2017-12-15", 1000), ("2018-02-11", 2000)],
        "21": [("2018-01-01", 1800), ("2025-05-01", 2000)],
        "23": [("2018-01-01", 1500), ("2025-04-30", 1800)],
        "65": [("2019-01-01", 1500), ("2025-01-01", 2000)],
    },
    ("birthday", "limit_fen"): {
        "11": [("2017-12-15", 200), ("2019-01-01", 300)],
        "37": [("2018-07-10", 300)],
        "51": [("2018-01-01", 300)],
        "34": [("2018-01-01", 300), ("2025-08-21", 500)],
        "52": [("2018-01-01", 300)],
        "44": [("2018-01-01", 400)],
        "41": [("2018-02-11", 300)],
        "23": [("2018-01-01", 200), ("2025-04-30", 300)],
    },
    ("wedding", "limit_fen"): {
        "51": [("2018-01-01", 500)],
        "34": [("2018-01-01", 600), ("2025-08-21", 2000)],
        "41": [("2018-02-11", 500)],
        "21": [("2025-05-01", 800)],
    },
    ("childbirth", "limit_fen"): {
        "51": [("2018-01-01", 500)],
        "34": [("2018-01-01", 600), ("2025-08-21", 2000)],
        "41": [("2018-02-11", 500)],
    },
    ("childbirth", "second_fen"): {"23": [("2025-04-30", 1000)]},
    ("hospital", "limit_fen"): {"34": [("2018-01-01", 1000), ("2025-08-21", 2000)], "41": [("2018-02-11", 1000)]},
    ("bereavement", "member_limit_fen"): {"51": [("2018-01-01", 2000)], "34": [("2018-01-01", 2000)], "41": [("2018-02-11", 2000)]},
    ("bereavement", "relative_limit_fen"): {
        "51": [("2018-01-01", 1000)],
        "34": [("2018-01-01", 1000), ("2025-08-21", 2000)],
        "41": [("2018-02-11", 1000)],
    },
    ("retirement", "limit_fen"): {
        "51": [("2018-01-01", 1000)],
        "34": [("2018-01-01", 1000), ("2025-08-21", 2000)],
        "41": [("2018-02-11", 1000)],
    },
    ("participation_prize", "limit_fen"): {"11": [("2019-01-01", 150)]},
    ("event_prize", "individual_fen"): {
        "37": [("2018-07-10", 500)],
        "51": [("2018-01-01", 300)],
        "433122": [("2018-01-01", 800)],
        "41": [("2018-02-11", 400)],
        "21": [("2025-05-01", 1000)],
    },
    ("event_prize", "team_fen"): {
        "37": [("2018-07-10", 300)],
        "433122": [("2018-01-01", 500)],
        "41": [("2018-02-11", 300)],
        "21": [("2025-05-01", 500)],
    },
    ("event_prize", "first_fen"): {"52": [("2025-05-26", 400)]},
    ("event_prize", "second_fen"): {"52": [("2025-05-26", 300)]},
    ("event_prize", "third_fen"): {"52": [("2025-05-26", 200)]},
    ("training_award", "limit_fen"): {"37": [("2018-07-10", 500)], "433122": [("2018-01-01", 300)], "33": [("2018-01-01", 300)]},
    ("souvenir", "limit_fen"): {
        "37": [("2018-07-10", 100)],
        "51": [("2018-01-01", 100)],
        "433122": [("2018-01-01", 100)],
        "21": [("2025-05-01", 100)],
        "52": [("2025-05-26", 100)],
    },
    ("clothing", "limit_fen"): {
        "11": [("2022-01-01", 1000)],
        "37": [("2018-07-10", 800)],
        "433122": [("2018-01-01", 500)],
        "44": [("2018-01-01", 500)],
        "33": [("2018-01-01", 500)],
        "52": [("2025-05-26", 600)],
    },
    ("meal_ceiling", "limit_fen"): {"37": [("2018-07-10", 40)]},
    ("outing", "day_fen"): {
        "37": [("2018-07-10", 200)],
        "433122": [("2018-01-01", 200)],
        "31": [("2025-01-01", 300)],
        "610200": [("2025-07-01", 230)],
    },
    ("outing", "two_fen"): {"31": [("2025-01-01", 900)]},
    ("film", "limit_fen"): {"433122": [("2018-01-01", 200)], "21": [("2025-05-01", 300)]},
    ("show_ticket", "limit_fen"): {"31": [("2025-01-01", 300)]},
    ("annual_pass", "limit_fen"): {"31": [("2025-01-01", 300)]},
    ("consumption_voucher", "limit_fen"): {"31": [("2025-01-01", 1000)], "52": [("2025-05-26", 300)]},
    ("referee_fee", "limit_fen"): {"52": [("2025-05-26", 300)]},
}
"""Yuan by place and first day, written out a second time from the regulations (§8.0, §8.1), apart from the rule files."""
PLACES = (*(f"{n}" for n in (11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65)),
          "433122", "610200")  # fmt: skip
DOUBTFUL = {"44", "65"}
"""A guide that is no text of the union, and reports that contradict each other: they never refuse."""


def figure(key: str, param: str, place: str, on: date) -> run.Value | None:
    try:
        return run.value(rules.live(), f"finance.{key}.{param}", on=on, at=place)
    except run.NotInForce:
        return None


@pytest.mark.engine_free
@pytest.mark.parametrize("named", sorted(LOCAL), ids=lambda n: ".".join(n))
def test_every_local_figure_is_that_of_the_table_and_a_dash_stays_unknown(named: tuple[str, str]) -> None:
    for place in PLACES:
        steps = [(date.fromisoformat(day), yuan * 100) for day, yuan in LOCAL[named].get(place, [])]
        for n, (since, fen) in enumerate(steps):
            last = steps[n + 1][0] - DAY if n + 1 < len(steps) else NOW
            for on in (since, last):
                found = figure(*named, place, on)
                assert found is not None and found.value == fen, (place, on, found and found.value)
                if place in DOUBTFUL:
                    assert found.version.confidence == "U" and found.version.weight != "block", place
        before = figure(*named, place, (steps[0][0] - DAY) if steps else NOW)
        assert before is None, (place, before)


@pytest.mark.engine_free
def test_the_figures_written_out_are_all_there_are() -> None:
    """No place has a figure in yuan that the table does not know."""
    found = {
        (rule.key.split(".")[1], name)
        for rule in rules.live().rules.values()
        for v in rule.versions
        for name in v.params
        if rule.area == "finance" and v.jurisdiction != "000000" and name.endswith("_fen")
    }
    assert found - set(LOCAL) == {("cash_limit", "limit_fen"), ("festival_total", "spring_fen"), ("festival_total", "other_fen"), ("refund_small_payer", "limit_fen")}  # fmt: skip


OLD_TEXTS = {
    "京收支2019",
    "案例004",
    "鲁收支2018",
    "川收支",
    "皖收支2018",
    "黔收支旧",
    "湘泸溪收支",
    "粤指引2018",
    "浙收支",
    "豫收支2018",
    "新收支2019",
}


@pytest.mark.engine_free
def test_a_local_figure_of_a_text_from_before_the_national_papers_says_so() -> None:
    """FNX-4: kept, and said so on the slip, where nothing newer of the place is loaded."""
    silent = [
        (rule.key, v.clause, v.jurisdiction, v.source.text)
        for rule in rules.live().rules.values()
        for v in rule.versions
        if rule.area == "finance"
        and v.source.text in OLD_TEXTS
        and v.in_force(NOW)
        and v.norm_level == "union_norm"
        and v.severity != "info"
        if v.confidence != "U" and not any(mark in v.note for mark in STALE)
    ]
    assert silent == []


@pytest.mark.engine_free
def test_the_chart_of_a_day_is_that_of_the_rule_base() -> None:
    for table in charts():
        for on in (table.since, table.until or NOW):
            assert run.value(rules.live(), "finance.accounting_chart", on=on).value == table.key
