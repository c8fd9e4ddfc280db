"""Decisions: jurisdiction, override, caps, conflicts, what is nearest, and their speed."""

from __future__ import annotations

from datetime import date
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.core.errors import BadInput, NotFound
from gonghui.policy import rules, services
from gonghui.policy.engine import places, run
from gonghui.policy.tests import make
from gonghui.policy.tests.test_loader import two, version

DAY = make.DAY


def decide(key: str, at: str = "000000", **facts: Any) -> services.Decision:
    return services.decide(key, on=DAY, at=at, facts=facts)


@given(st.integers(0, 10_000))
def test_the_nearest_change_flips_the_outcome_and_nothing_nearer_does(members: int) -> None:
    pack = rules.live()
    decision = run.decide(pack, "orgs.committee_form", on=DAY, given={"members": members})
    assert decision.nearest is not None
    to = decision.nearest.after
    assert run.decide(pack, "orgs.committee_form", on=DAY, given={"members": to}).outcome is (not decision.outcome)
    step = 1 if to > members else -1
    assert run.decide(pack, "orgs.committee_form", on=DAY, given={"members": to - step}).outcome is decision.outcome


def test_the_slip_says_what_flips_it_in_words() -> None:
    nearest = decide("orgs.committee_form", members=24).nearest
    assert nearest and nearest.text == "会员人数再增加 1 人（达到 25 人），结果变为：须建立基层工会委员会。"


def test_the_json_is_exactly_the_contract() -> None:
    data = decide("orgs.committee_form", members=24).as_json()
    assert set(data) == {"key", "outcome", "severity", "values", "arithmetic", "rules", "missing", "nearest"}
    assert set(data["rules"][0]) == {"key", "version", "source", "norm_level", "jurisdiction", "confidence"}
    assert data["outcome"] is False and decide("orgs.committee_form").as_json()["outcome"] == "unknown"


@pytest.mark.parametrize(
    ("confidence", "level", "severity"), [("V", "law", "block"), ("K", "law", "warn"), ("U", "law", "warn"), ("V", "kpi", "warn")]
)
def test_only_a_verified_norm_blocks(confidence: str, level: str, severity: str) -> None:
    text = f"label: 一\nkind: decision\nfacts: {{n: {{type: int, label: 人数}}}}\nvalues:\n{version(severity='block', confidence=confidence, norm_level=level)}\nreviewed_on: 2026-01-01\n"
    got = run.decide(make.rule(text), "test.rule", on=DAY, given={"n": 1})
    assert (got.outcome, got.severity, got.blocks) == (False, severity, severity == "block")


def test_a_value_that_is_not_verified_takes_the_block_away() -> None:
    got = decide("members.card_in_time", approved_on=date(2025, 1, 1))
    assert got.outcome is False and got.severity == "warn"
    assert [u.version.key for u in got.used].count("members.card_days") >= 1 and got.values["members.card_days"] == 30


def test_places_inherit_from_the_nation_down() -> None:
    assert places.chain("440306") == ("000000", "440000", "440300", "440306")
    assert places.chain("37") == ("000000", "370000") and places.chain("110105001") == ("000000", "110000", "110100", "110105")
    assert decide("orgs.womens_committee", at="110105", women_members=12, women_workers=24).outcome is False


def test_a_local_statute_against_a_union_norm_is_reported_with_both() -> None:
    got = decide("orgs.womens_committee", at="11", women_members=12, women_workers=24)
    texts = {r["source"] for r in got.conflicts[0].as_dict()["readings"]}
    assert len(texts) == 2 and got.overridden[0].result is True and "就近适用" in got.overridden[0].why


def test_tighten_only_takes_what_is_stricter() -> None:
    head = "label: 严\nkind: decision\nfacts: {n: {type: int, label: 人数}}\nclauses: {main: {label: 不超过, kind: condition, tighter: {most: lower}}}\nvalues:\n"
    national = version(formula='"n <= most"', params="{most: 10}")
    for most, used in ((8, 8), (12, 10)):
        local = version(jurisdiction='"370000"', override="tighten", params=f"{{most: {most}}}", formula='""')
        pack = make.rule(f"{head}{national}\n{local}\nreviewed_on: 2026-01-01\n")
        got = run.decide(pack, "test.rule", on=DAY, at="37", given={"n": 9})
        assert got.values["most"] == used and len(got.overridden) == 1
    assert "放宽" in got.overridden[0].why


def test_add_joins_one_more_condition() -> None:
    pack = make.rule(two(version(formula='"n > 3"'), version(jurisdiction='"370000"', override="add", formula='"n > 10"')))
    assert [run.decide(pack, "test.rule", on=DAY, at=at, given={"n": 5}).outcome for at in ("000000", "370000")] == [True, False]


def test_before_any_version_the_answer_is_unknown() -> None:
    got = services.decide("orgs.committee_form", on=date(1990, 1, 1), facts={"members": 30})
    assert got.outcome is None and "没有已录入的规则版本" in got.arithmetic[0].text and got.used == ()


def test_values_carry_their_source_and_refuse_what_is_not_there() -> None:
    found = services.value("orgs.committee_form.threshold", on=DAY)
    assert found.value == 25 and "第十一条" in found.source
    assert services.value("orgs.womens_committee.threshold", on=DAY, at="11").chain[0].result == 10
    for key, code in (("orgs.nothing", "policy.unknown_key"), ("orgs.committee_form.nothing", "policy.unknown_key")):
        with pytest.raises(NotFound) as caught:
            services.value(key, on=DAY)
        assert caught.value.code == code
    with pytest.raises(NotFound, match="没有生效"):
        services.value("members.card_days", on=date(1990, 1, 1))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"membrs": 1}, "不认识事实"),
        ({"members": "许多"}, "应是整数"),
        ({"members": -1}, "不能小于 0"),
        ({"members": True}, "应是整数"),
        ({"members": 10**16}, "太大"),
    ],
)
def test_facts_that_cannot_be_read_are_refused_in_words(facts: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        services.decide("orgs.committee_form", on=DAY, facts=facts)
    assert caught.value.code == "policy.bad_fact" and caught.value.message.endswith("。")


def test_a_bad_region_is_refused() -> None:
    with pytest.raises(BadInput, match="地区代码"):
        services.decide("orgs.committee_form", on=DAY, at="山东", facts={})


def test_slips_put_what_fails_first_and_tell_the_kinds_of_norm_apart() -> None:
    slip = decide("orgs.chair_eligible", unit_kind="enterprise", relative=True, retained=False).as_slip()
    assert [r["tone"] for r in slip["rows"]][:2] == ["bad", "bad"] and slip["rows"][0]["sources"][0]["family"] == "state"
    kpi = decide("figures.joining_rate", members=1, workers=100).as_slip()
    assert kpi["kpi"] and kpi["rows"][0]["sources"][0]["family"] == "kpi" and not kpi["blocks"]


def test_one_decision_takes_about_a_millisecond() -> None:
    pack, best = rules.live(), 1.0
    for _ in range(5):
        start = perf_counter()
        for _ in range(50):
            run.decide(pack, "orgs.committee_form", on=DAY, given={"members": 24})
        best = min(best, (perf_counter() - start) / 50)
    assert best < 0.004, f"{best * 1000:.2f} ms"
