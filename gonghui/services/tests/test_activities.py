"""Activities and matches (S186): sign-up, draw, bouts, places, prizes judged by the rules of spending."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.members.tests import make
from gonghui.services.enums import ActivityState, Stage
from gonghui.services.models import Activity, Bout, Entry
from gonghui.services.rules import fixtures
from gonghui.services.selectors import activities as reads
from gonghui.services.selectors import todo
from gonghui.services.services import activities
from gonghui.spending.models import Plan

pytestmark = pytest.mark.django_db
TEAMS = [f"第{n}车间" for n in "一二三四五六七八九十"] + ["机关", "后勤"]


@pytest.fixture(autouse=True)
def _autumn():
    with clock.at(datetime(2026, 9, 1, 9, 0, tzinfo=clock.SHANGHAI)):
        yield


def match(union, **more):
    values = {
        "title": "秋季篮球赛", "kind": "basketball", "venue": "市体育馆", "since": date(2026, 9, 20), "until": date(2026, 9, 30),
        "sign_up_until": date(2026, 9, 10), "mode": "team", "divisions": ["men"], "format": "pools", "pools": 2, "through": 3, **more,
    }  # fmt: skip
    return activities.activity_open(actor=make.system, activity=activities.activity_make(actor=make.system, union=union, values=values))


def drawn(union, **more):
    row = match(union, **more)
    for name in TEAMS:
        activities.entry_add(actor=make.system, activity=row, division="men", name=name, people=10)
    return activities.activity_draw(actor=make.system, activity=row, seed="20260911")


def play(activity):
    """Everybody plays; the smaller lot wins."""
    while True:
        bout = Bout.objects.filter(activity=activity, played_at=None, home__isnull=False, away__isnull=False).order_by("number").first()
        if bout is None:
            return
        first = (bout.home.lot or 0) < (bout.away.lot or 0)
        activities.bout_result(actor=make.system, bout=bout, home=3 if first else 1, away=1 if first else 3)


@pytest.mark.system("S186")
def test_twelve_teams_are_drawn_play_thirty_six_bouts_and_the_places_follow() -> None:
    _firm, union = make.shop()
    row = drawn(union)
    order = [e.pk for e in reads.entries(row, "men")]
    assert order == fixtures.drawn(sorted(order), "20260911"), "anybody recomputes the lots"
    assert row.bouts.count() == 36 and {b.on for b in row.bouts.all()} <= {date(2026, 9, d) for d in range(20, 31)}
    knock = row.bouts.filter(stage=Stage.KNOCKOUT).order_by("number").first()
    with pytest.raises(RuleViolation, match="对阵还没有出来"):
        activities.bout_result(actor=make.system, bout=knock, home=1, away=0)
    play(row)
    assert not row.bouts.filter(played_at=None).exists()
    ranking = reads.ranking(row, "men")
    assert [(rank, e.lot) for rank, e in ranking[:2]] == [(1, 1), (2, 2)] and [r for r, _e in ranking[2:4]] == [3, 4]
    assert activities.activity_finish(actor=make.system, activity=row).state == ActivityState.DONE


def test_a_result_can_be_put_right_until_the_next_bout_is_played_and_a_knock_out_has_a_winner() -> None:
    _firm, union = make.shop()
    row = match(union, format="knockout")
    for name in TEAMS[:4]:
        activities.entry_add(actor=make.system, activity=row, division="men", name=name)
    row = activities.activity_draw(actor=make.system, activity=row, seed="1")
    one, two, third, final = sorted(row.bouts.all(), key=lambda b: (b.round, b.stage != Stage.THIRD))
    with pytest.raises(RuleViolation, match="分出胜负"):
        activities.bout_result(actor=make.system, bout=one, home=2, away=2)
    activities.bout_result(actor=make.system, bout=one, home=2, away=1)
    activities.bout_result(actor=make.system, bout=one, home=1, away=2)
    activities.bout_result(actor=make.system, bout=two, home=5, away=4)
    final.refresh_from_db()
    third.refresh_from_db()
    assert {final.home_id, final.away_id} == {one.away_id, two.home_id} and {third.home_id, third.away_id} == {one.home_id, two.away_id}
    activities.bout_result(actor=make.system, bout=final, home=1, away=0)
    with pytest.raises(RuleViolation, match="不能再改"):
        activities.bout_result(actor=make.system, bout=one, home=9, away=0)
    with pytest.raises(RuleViolation, match="还有 1 场"):
        activities.activity_finish(actor=make.system, activity=row)
    with pytest.raises(RuleViolation, match="不能退回"):
        activities.activity_open(actor=make.system, activity=row)


@pytest.mark.system("S186")
def test_prizes_above_the_figure_are_refused_and_those_within_become_a_plan() -> None:
    """Beijing: 150 yuan a head for taking part (R136)."""
    _firm, union = make.shop()
    union.__class__.objects.filter(pk=union.pk).update(area="110105")
    union.refresh_from_db()
    row = drawn(union)
    actor = make.officer(union)
    activities.prizes_for_all(actor=actor, activity=row, unit_fen=16000, words="毛巾套装")
    assert str(reads.judged(row).outcome) == "refused"
    with pytest.raises(RuleViolation):
        activities.prizes_plan(actor=actor, activity=row)
    assert Plan.objects.count() == 0
    activities.prizes_for_all(actor=actor, activity=row, unit_fen=15000, words="毛巾套装")
    row = activities.prizes_plan(actor=actor, activity=row)
    plan = Plan.objects.get()
    assert (row.spending_id, plan.total_fen, plan.count) == (plan.pk, 15000 * 120, 120)
    with pytest.raises(Conflict, match="已经编成支出计划"):
        activities.prizes_for_all(actor=actor, activity=row, unit_fen=1, words="改")


@pytest.mark.system("S186")
def test_the_first_five_of_men_and_women_get_prizes() -> None:
    _firm, union = make.shop()
    row = match(union, divisions=["men", "women"], mode="single", format="scored")
    browser = accounts.client(accounts.officer((Role.CHAIR, union.path)))
    url = reverse("services:activity", args=[row.pk])
    assert 'value="5"' in browser.get(url).content.decode()
    done = browser.post(url + "ranks/", {"ranks": "5", "unit_fen": "100", "words": "奖状和毛巾"}, follow=True)
    assert done.status_code == 200 and row.prizes.count() == 10
    assert browser.post(url + "ranks/", {"ranks": "", "unit_fen": "x"}).status_code == 422


@pytest.mark.system("S186")
def test_members_sign_up_on_the_phone_into_their_own_group_and_leave_before_the_draw() -> None:
    _firm, union = make.shop()
    who, stranger = make.person("周女", sex="2"), make.person(sex="1")
    make.member(union, who=who)
    row = match(union, divisions=["men", "women"], mode="single", format="scored")
    phone = accounts.client(accounts.worker(person_id=who.pk, name="周女"))
    url = reverse("services:m-activity", args=[row.pk])
    assert "女子组" in phone.get(url).content.decode()
    assert phone.post(url + "sign-up/", {"division": "men"}).status_code == 422
    assert "报上名了" in phone.post(url + "sign-up/", {"division": "women"}, follow=True).content.decode()
    assert phone.post(url + "sign-up/", {"division": "women"}).status_code == 422
    phone.post(url + "leave/")
    assert Entry.objects.filter(withdrawn_at=None).count() == 0
    with pytest.raises(NotFound):
        activities.sign_up(actor=make.worker(stranger), activity=row, division="men")
    with clock.at(date(2026, 9, 11)), pytest.raises(RuleViolation, match="已于"):
        activities.sign_up(actor=make.worker(who), activity=row, division="women")


def test_marks_rank_what_is_not_played_and_level_marks_share_a_place() -> None:
    _firm, union = make.shop()
    row = match(union, format="scored")
    for name in TEAMS[:3]:
        activities.entry_add(actor=make.system, activity=row, division="men", name=name)
    row = activities.activity_draw(actor=make.system, activity=row, seed="1")
    for e, mark in zip(reads.entries(row, "men"), ("9.10", "9.50", "9.10"), strict=True):
        e.activity = row
        activities.entry_mark(actor=make.system, entry=e, score=Decimal(mark))
    assert [(r, str(e.score)) for r, e in reads.ranking(row, "men")] == [(1, "9.50"), (2, "9.10"), (2, "9.10")]


def test_too_few_for_the_pools_is_said_before_anything_is_drawn() -> None:
    _firm, union = make.shop()
    row = match(union)
    activities.entry_add(actor=make.system, activity=row, division="men", name="一队")
    with pytest.raises(RuleViolation, match="至少要 2 个"):
        activities.activity_draw(actor=make.system, activity=row, seed="1")
    assert Activity.objects.get().state == ActivityState.OPEN and row.bouts.count() == 0


def test_the_console_draws_and_records_and_a_late_bout_waits_in_the_inbox() -> None:
    _firm, union = make.shop()
    row = match(union, format="round_robin")
    for name in TEAMS[:3]:
        activities.entry_add(actor=make.system, activity=row, division="men", name=name)
    browser = accounts.client(accounts.officer((Role.CHAIR, union.path)))
    url = reverse("services:activity", args=[row.pk])
    assert browser.post(url + "draw/", {"seed": ""}).status_code == 422
    browser.post(url + "draw/", {"seed": "5"})
    bout = row.bouts.first()
    assert browser.post(reverse("services:score", args=[bout.pk]), {"home": "x"}).status_code == 422
    browser.post(reverse("services:score", args=[bout.pk]), {"home": "3", "away": "2"})
    assert "3:2" in browser.get(url).content.decode()
    with clock.at(date(2026, 10, 9)):
        items = [s.make(r) for s in todo.inbox(make.officer(union)) for r in s.rows]
    assert len(items) == 2 and items[0].label == "比赛成绩"
