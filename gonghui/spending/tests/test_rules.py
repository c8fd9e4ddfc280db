"""Pure rules: the nearest plan really passes and one step less does not; counters of the year; who is asked what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.spending.enums import Outcome, PlanKind, Use
from gonghui.spending.rules import catalogue, knobs, nearest, verdict
from gonghui.spending.rules.draft import Draft, Figure, History, Line, Member, Past, figure_at
from gonghui.spending.rules.questions import questions

DAY = date(2026, 3, 10)


def down(at: int, plan: tuple[int, ...], n: int) -> tuple[int, ...]:
    return tuple(x - n if i == at else x for i, x in enumerate(plan))


def knobs_of(plan: tuple[int, ...]) -> list[nearest.Knob[tuple[int, ...]]]:
    return [nearest.Knob(f"k{i}", x, partial(down, i), lambda n, i=i: f"k{i} 少 {n}", i + 1) for i, x in enumerate(plan) if x]


plans = st.lists(st.integers(0, 500), min_size=1, max_size=4).map(tuple)


@settings(max_examples=60, deadline=None)
@given(plans, st.integers(0, 900))
def test_a_proposal_passes_and_one_step_less_does_not(plan, limit):
    def passes(p: tuple[int, ...]) -> bool:
        return sum(p) <= limit

    found = nearest.nearest(plan, knobs_of(plan), passes)
    assert bool(found) is (sum(plan) > limit)
    for proposal in found:
        assert passes(proposal.plan)
        for knob, n in proposal.turns:
            others = [(k, m) for k, m in proposal.turns if k is not knob]
            less = knob.turn(plan, n - 1)
            for k, m in others:
                less = k.turn(less, m)
            assert not passes(less), (proposal.text, knob.name)


@settings(max_examples=60, deadline=None)
@given(plans, st.lists(st.integers(0, 300), min_size=4, max_size=4))
def test_several_limits_at_once_give_one_plan_that_is_no_smaller_than_needed(plan, limits):
    def passes(p: tuple[int, ...]) -> bool:
        return all(x <= m for x, m in zip(p, limits, strict=False))

    for proposal in nearest.nearest(plan, knobs_of(plan), passes):
        assert passes(proposal.plan)
        assert all(proposal.plan[i] == min(x, limits[i]) for i, x in enumerate(plan))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4000), st.sets(st.integers(0, 4000), max_size=12))
def test_even_with_a_rule_that_goes_up_and_down_the_answer_is_an_edge(most, good):
    n = nearest.least(lambda i: i in good or i >= most, most)
    assert n is not None and (n in good or n >= most) and (n == 0 or not (n - 1 in good or n - 1 >= most))


def test_nothing_helps_nothing_is_proposed():
    assert nearest.nearest((5, 5), knobs_of((5, 5)), lambda _p: False) == []
    assert nearest.nearest((5, 5), knobs_of((5, 5)), lambda _p: True) == []


def test_a_search_without_the_lower_check_would_propose_too_much():
    """Negative control: a proposal two steps below the edge breaks the promise the property tests."""
    plan, limit = (10,), 7
    sloppy = nearest.Proposal((5,), ((knobs_of(plan)[0], 5),), 0.5)
    assert sum(sloppy.plan) <= limit and sum(knobs_of(plan)[0].turn(plan, 4)) <= limit  # one step less passes too: not an edge
    assert nearest.nearest(plan, knobs_of(plan), lambda p: sum(p) <= limit)[0].turns[0][1] == 3


def draft(**more):
    base = Draft(kind=PlanKind.ACTIVITY, on=DAY, at="110105", lines=(Line(Use.PARTICIPATION, 16000, 40, "参与奖"),), count=40)
    return replace(base, **more)


def asked(d, history=None):
    return {q.key: {k: v[0] for k, v in q.facts.items()} for q in questions(d, history or History())}


@pytest.mark.system("S213")
def test_an_average_is_the_total_over_those_on_the_list():
    found = asked(draft(members=tuple(Member(f"p{i}") for i in range(20)), count=99))
    assert found["finance.participation_prize"] == {"total_fen": 640000, "people": 20}
    assert found["finance.eight_prohibitions"] == {"nature": "none"}
    assert "finance.cash_limit" not in found and "finance.no_budget" not in found


def test_cash_is_asked_with_what_else_went_to_the_same_payee_that_day():
    rows = (
        Past(DAY, "cash", 60000, "a", payee="青石商店", cash=True),
        Past(DAY - timedelta(1), "cash", 5, "b", payee="青石商店", cash=True),
    )
    found = asked(draft(method="cash", payee="青石商店", lines=(Line(Use.OTHER, 90000, 1),)), History(rows))
    assert found["finance.cash_limit"] == {"amount_fen": 90000, "related_fen": 150000, "purpose": "other"}
    assert "related_fen" not in asked(draft(method="cash", payee="别家"), History(rows))["finance.cash_limit"]


def test_the_years_festival_money_counts_and_last_years_does_not():
    rows = (
        Past(date(2026, 2, 1), Use.GIFT, 500, "a"),
        Past(date(2025, 12, 31), Use.GIFT, 900, "b"),
        Past(date(2026, 1, 1), Use.TRIP, 7, "c"),
    )
    d = draft(
        kind=PlanKind.FESTIVAL, lines=(Line(Use.GIFT, 100, 3, "粮油"),), count=3, roll=3, facts={"festival": "spring", "form": "goods"}
    )
    found = asked(d, History(rows))["finance.festival_total"]
    assert (found["spent_fen"], found["plan_fen"], found["members"], found["festival"]) == (500, 300, 3, "spring")
    assert asked(replace(d, count=2), History(rows))["finance.festival_form"]["to_all"] is False


@pytest.mark.system("S214")
def test_clothing_asks_for_the_last_time_of_those_on_the_list_only():
    rows = (Past(date(2023, 3, 10), Use.CLOTHING, 80000, "a", ref="p1"), Past(date(2025, 1, 1), Use.CLOTHING, 1, "b", ref="p9"))
    d = draft(kind=PlanKind.CLOTHING, lines=(Line(Use.CLOTHING, 90000, 2),), members=(Member("p1"), Member("p2")), count=0)
    found = asked(d, History(rows))["finance.clothing"]
    assert (found["had_before"], found["last_on"], found["people"], found["total_fen"]) == (True, date(2023, 3, 10), 2, 180000)
    fresh = asked(replace(d, members=(Member("p2"),)), History(rows))["finance.clothing"]
    assert fresh["had_before"] is False and "last_on" not in fresh


def test_people_away_from_this_unit_are_asked_about_once_for_each_kind():
    d = draft(
        kind=PlanKind.BIRTHDAY, lines=(Line(Use.CARE, 20000, 1),),
        members=(Member("p1"), Member("p2", "retired"), Member("p3", "retired"), Member("p4", "dispatched", True)),
    )  # fmt: skip
    keys = [(q.key, q.facts["kind"][0]) for q in questions(d, History()) if q.key == "finance.one_place"]
    assert keys == [("finance.one_place", "dispatched"), ("finance.one_place", "retired")]


def test_a_local_figure_is_that_of_the_nearest_place_and_day():
    rows = (
        Figure("travel_meal", "370000", 10000, date(2020, 1, 1)), Figure("travel_meal", "371000", 8000, date(2025, 1, 1), date(2025, 12, 31)),
        Figure("travel_meal", "000000", 12000, date(2010, 1, 1)),
    )  # fmt: skip
    at = [
        figure_at(rows, "travel_meal", area, on)
        for area, on in (("371002", date(2025, 6, 1)), ("371002", DAY), ("110105", DAY), ("371002", date(2012, 1, 1)))
    ]
    assert [f.fen if f else None for f in at] == [8000, 10000, 12000, 12000]
    assert figure_at(rows, "unit_meal", "371002", DAY) is None


def test_where_nobody_knows_how_many_the_fact_is_missing_and_not_zero():
    assert "people" not in asked(draft(count=0))["finance.participation_prize"]
    gift = draft(kind=PlanKind.FESTIVAL, lines=(Line(Use.GIFT, 100, 1, "粮油"),), count=0, roll=9, facts={"form": "goods"})
    assert "to_all" not in asked(gift)["finance.festival_form"]


def test_the_worst_slip_decides():
    assert verdict.overall([]) == Outcome.ALLOWED
    assert verdict.overall([Outcome.ALLOWED, Outcome.REASON, Outcome.UNKNOWN]) == Outcome.UNKNOWN
    assert verdict.overall([Outcome.UNKNOWN, Outcome.REFUSED]) == Outcome.REFUSED


def test_taking_people_off_takes_their_share_off():
    d = draft(kind=PlanKind.CLOTHING, lines=(Line(Use.CLOTHING, 90000, 2),), members=(Member("p1"), Member("p2")))
    rows = (Past(date(2025, 3, 10), Use.CLOTHING, 80000, "a", ref="p1"),)
    knob = next(k for k in knobs.knobs(d, History(rows)) if k.name == "recent")
    fewer = knob.turn(d, 1)
    assert [m.ref for m in fewer.members] == ["p2"] and fewer.lines[0].quantity == 1 and knob.turn(d, 0) == d


def test_every_question_of_the_catalogue_has_a_rule():
    from gonghui.policy import rules

    assert [key for _title, asks in catalogue.GROUPS for key, _q in asks if key not in rules.live().rules] == []
