"""Satisfaction after checks and matches; practice, goods and matches from the team's page (S184, S186, S187)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.members.tests import make
from gonghui.notices.models import Notice
from gonghui.services.models import Entry, Kit, Practice, PracticeMark, Satisfaction
from gonghui.services.selectors import feedback as reads
from gonghui.services.services import activities, feedback, health, practice, teams

pytestmark = pytest.mark.django_db
system = make.system


def visited(union: Any, who: Any, *, came: bool = True) -> Any:
    starts = (clock.now() - timedelta(hours=1)).replace(microsecond=0)
    with clock.at(starts - timedelta(hours=5)):
        plan = health.plan_make(
            actor=system, union=union, year=starts.year, kind="general", title="职工体检", items="常规", contact="12351"
        )
        session = health.session_add(actor=system, plan=plan, hospital="市医院", address="海滨路", starts_at=starts, capacity=5)
        health.plan_open(actor=system, plan=plan)
        visit = health.visit_book(actor=make.worker(who), session=session.pk)
    return health.visit_attend(actor=system, visit=visit, came=came)


@pytest.mark.system("S184")
def test_who_was_checked_says_how_it_was_once_and_gets_an_answer() -> None:
    _firm, union = make.shop()
    who, other = make.member(union).person, make.member(union).person
    visit = visited(union, who)
    phone = accounts.client(accounts.worker(person_id=who.pk))
    address = reverse("services:m-rate", args=["visit", visit.pk])
    assert "觉得怎么样" in phone.get(reverse("services:m-visit", args=[visit.pk])).content.decode()
    phone.post(address, {"stars": "9"})
    assert not Satisfaction.objects.exists()
    assert "评价已记下" in phone.post(address, {"stars": "2", "words": "排队太久"}, follow=True).content.decode()
    assert "已经评价过" in phone.post(address, {"stars": "5"}, follow=True).content.decode()
    with pytest.raises(NotFound):
        feedback.rate_visit(actor=make.worker(other), visit=visit, stars=5)
    row = Satisfaction.objects.get()
    desk = accounts.client(accounts.officer((Role.CHAIR, union.path), name="李主席"))
    page = desk.get(reverse("services:feedback"), {"stars": "2"}).content.decode()
    assert "排队太久" in page and who.name not in page and "2.0 星" in page
    assert "没有符合条件" in desk.get(reverse("services:feedback"), {"about": "match"}).content.decode()
    answer = reverse("services:feedback_answer", args=[row.pk])
    desk.post(answer, {})
    desk.post(answer, {"text": "下次分时段"})
    with pytest.raises(Conflict, match="答复过"):
        feedback.answer(actor=system, row=row, text="再答一次")
    assert (
        Notice.objects.get().person_id == who.pk
        and "下次分时段" in phone.get(reverse("services:m-visit", args=[visit.pk])).content.decode()
    )
    assert desk.get(reverse("services:feedback"), {"print": 1}).status_code == 200
    assert desk.get(reverse("services:feedback_xlsx"))["Content-Disposition"].startswith("attachment")
    stranger = accounts.acting((Role.CHAIR, make.shop(name="别家厂")[1].path))
    assert reads.totals(reads.ratings(actor=stranger))["n"] == 0


def test_nobody_rates_what_was_not_or_too_late() -> None:
    _firm, union = make.shop()
    who = make.member(union).person
    visit = visited(union, who, came=False)
    with pytest.raises(RuleViolation, match="到检以后"):
        feedback.rate_visit(actor=make.worker(who), visit=visit, stars=5)
    visit = health.visit_attend(actor=system, visit=visit, came=True)
    with clock.at(visit.session.starts_at + timedelta(days=30, minutes=1)), pytest.raises(RuleViolation, match="30 天内"):
        feedback.rate_visit(actor=make.worker(who), visit=visit, stars=5)
    with clock.at(visit.session.starts_at + timedelta(days=30)):
        assert feedback.rate_visit(actor=make.worker(who), visit=visit, stars=5).stars == 5


@pytest.mark.system("S187")
def test_a_team_practises_gets_goods_and_enters_a_match_from_its_own_page() -> None:
    _firm, union = make.shop()
    who, other = make.member(union).person, make.member(union).person
    team = teams.team_make(actor=system, union=union, name="职工篮球队", kind="basketball", since=clock.today())
    teams.team_join(actor=make.worker(who), team=team)
    desk = accounts.client(accounts.officer((Role.CHAIR, union.path)))

    def fill(part: str, **values: Any) -> Any:
        return desk.post(reverse("services:team_fill", args=[team.pk, part]), values)

    assert [fill(p).status_code for p in ("practice", "kit", "enter", "nothing")] == [422, 422, 422, 404]
    ahead = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert fill("practice", starts_at=ahead, place="市体育馆", words="投篮").status_code == 302
    assert "已经有训练" in fill("practice", starts_at=ahead, place="市体育馆").content.decode()
    row = Practice.objects.get()
    assert "市体育馆" in accounts.client(accounts.worker(person_id=who.pk)).get(reverse("services:m-teams")).content.decode()
    assert practice.practice_turn(actor=system, practice=row) is True
    row.refresh_from_db()
    assert practice.practice_turn(actor=system, practice=row) is False
    act = reverse("services:practice_act", args=[row.pk])
    assert "还没开始" in desk.post(act, {"verb": "came", "person": [who.pk]}, follow=True).content.decode()
    row.refresh_from_db()
    with clock.at(row.starts_at + timedelta(hours=2)):
        with pytest.raises(NotFound):
            practice.came(actor=system, practice=row, persons=[other.pk])
        assert (
            practice.came(actor=system, practice=row, persons=[who.pk]) == 1
            and practice.came(actor=system, practice=row, persons=[who.pk]) == 1
        )
        with pytest.raises(RuleViolation, match="已经开始"):
            practice.practice_turn(actor=system, practice=row)
    assert PracticeMark.objects.count() == 1 and "1 次" in desk.get(reverse("services:team", args=[team.pk])).content.decode()
    assert fill("kit", site="篮球队", goods="篮球", quantity="3", issued_on=str(clock.today()), received_by="队长").status_code == 302
    kit = Kit.objects.get()
    back = desk.post(reverse("services:kit_return", args=[kit.pk]), {"team": team.pk})
    assert kit.team_id == team.pk and back["Location"] == reverse("services:team", args=[team.pk])
    today = clock.today()
    values = {
        "title": "篮球赛", "kind": "basketball", "venue": "体育馆", "since": today, "until": today, "sign_up_until": today, "mode": "team",
        "divisions": ["men"], "format": "round_robin",
    }  # fmt: skip
    match = activities.activity_open(actor=system, activity=activities.activity_make(actor=system, union=union, values=values))
    assert fill("enter", activity=match.pk, division="women").status_code == 422
    assert fill("enter", activity=match.pk, division="men").status_code == 302
    entry = Entry.objects.get()
    assert (entry.team_id, entry.name, entry.people) == (team.pk, "职工篮球队", 1)
    assert fill("enter", activity=match.pk, division="men").status_code == 422, "once"


@pytest.mark.system("S186")
def test_a_player_rates_a_match_that_is_over() -> None:
    _firm, union = make.shop()
    who = make.member(union).person
    today = clock.today()
    values = {
        "title": "书画展", "kind": "pictures", "venue": "图书馆", "since": today, "until": today, "sign_up_until": today, "mode": "single",
        "divisions": ["open"], "format": "scored",
    }  # fmt: skip
    show = activities.activity_open(actor=system, activity=activities.activity_make(actor=system, union=union, values=values))
    mine = activities.sign_up(actor=make.worker(who), activity=show, division="open")
    second = activities.entry_add(actor=system, activity=show, division="open", name="别人")
    show = activities.activity_draw(actor=system, activity=show, seed="1")
    with pytest.raises(RuleViolation, match="结束以后"):
        feedback.rate_entry(actor=make.worker(who), entry=mine, stars=5)
    for row in (mine, second):
        row.refresh_from_db()
        activities.entry_mark(actor=system, entry=row, score=90)  # type: ignore[arg-type]  # a whole mark
    activities.activity_finish(actor=system, activity=show)
    phone = accounts.client(accounts.worker(person_id=who.pk))
    assert "觉得怎么样" in phone.get(reverse("services:m-activity", args=[show.pk])).content.decode()
    phone.post(reverse("services:m-rate", args=["entry", mine.pk]), {"stars": "5", "words": "办得好"})
    assert (
        Satisfaction.objects.get().entry_id == mine.pk
        and "办得好" in phone.get(reverse("services:m-activity", args=[show.pk])).content.decode()
    )
    assert phone.post(reverse("services:m-rate", args=["entry", second.pk]), {"stars": "5"}).status_code == 404
    assert phone.post(reverse("services:m-rate", args=["nothing", mine.pk]), {"stars": "5"}).status_code == 404
