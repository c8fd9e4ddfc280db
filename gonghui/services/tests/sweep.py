"""What the member services add to the sweep (扫描部件)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.services.enums import CheckKind
from gonghui.services.services import activities, events, feedback, health, practice, teams

ARGS = {
    "services:desk.pk": "services.HealthSession",
    "services:m-book.pk": "services.HealthSession",
    **{f"services:{n}.pk": "services.HealthVisit" for n in ("attend", "result", "m-visit", "m-cancel", "m-result")},
    "services:score.pk": "services.Bout",
    "services:entry_act.pk": "services.Entry",
    **{f"services:{n}.pk": "services.Activity" for n in ("activity", "activity_act", "activity_fill", "m-activity", "m-sign", "m-leave")},
    "services:activity_fill.part": "=ranks",
    "services:kit_return.pk": "services.Kit",
    **{f"services:{n}.pk": "services.Team" for n in ("team", "m-team", "team_fill")},
    "services:team_fill.part": "=practice",
    "services:practice_act.pk": "services.Practice",
    **{f"services:{n}.pk": "services.EventPlan" for n in ("event", "event_act", "event_sheet", "event_xlsx", "event_fill")},
    "services:event_fill.part": "=post",
    "services:duty_act.pk": "services.EventDuty",
    "services:supply_act.pk": "services.EventSupply",
    "services:issue_act.pk": "services.EventIssue",
    "services:feedback_answer.pk": "services.Satisfaction",
    "services:m-rate.pk": "services.HealthVisit",
    "services:m-rate.kind": "=visit",
    **{f"services:{n}.pk": "services.EventDuty" for n in ("m-shift", "m-shift_act")},
    "services:m-shift_act.verb": "=check-in",
    "services:pk": "services.HealthPlan",
}


def furnish(world: Any, tree: Any) -> None:
    """A plan with one session, a visit that was attended with its sealed result."""
    system, now = Actor.system("test"), clock.now()
    person = tree.members[0].person
    plan = health.plan_make(
        actor=system, union=tree.union, year=now.year, kind=CheckKind.GENERAL, title=f"{tree.key}体检", items="常规", contact="12351"
    )
    starts = min(now + timedelta(hours=2), now.replace(month=12, day=31, hour=23, minute=59))
    session = health.session_add(actor=system, plan=plan, hospital="市医院", address="海滨路", starts_at=starts, capacity=5)
    health.plan_open(actor=system, plan=plan)
    visit = health.visit_book(actor=Actor(ref=f"person:{person.pk}", person_id=person.pk), session=session.pk)
    with clock.at(starts):
        visit = health.visit_attend(actor=system, visit=visit, came=True)
    health.result_put(actor=system, visit=visit, text=f"{tree.key}结果：未见异常")
    health.care_record(
        actor=system, union=tree.union, kind="handbook", title="女职工保健手册", on=clock.today(), place="会议室", copies=150
    )
    match = activities.activity_make(
        actor=system, union=tree.union,
        values={
            "title": f"{tree.key}乒乓球赛", "kind": "table_tennis", "venue": "活动室", "since": clock.today(), "until": clock.today(),
            "sign_up_until": clock.today(), "mode": "team", "divisions": ["men"], "format": "round_robin",
        },
    )  # fmt: skip
    match = activities.activity_open(actor=system, activity=match)
    activities.sign_up(actor=Actor(ref=f"person:{person.pk}", person_id=person.pk), activity=match, division="men", name="一队", people=3)
    activities.entry_add(actor=system, activity=match, division="men", name="二队", people=3)
    activities.activity_draw(actor=system, activity=match, seed="2026")
    team = teams.team_make(actor=system, union=tree.union, name=f"{tree.key}合唱队", kind="song", since=clock.today())
    teams.kit_issue(
        actor=system,
        union=tree.union,
        site="三号工地",
        goods="篮球、跳绳",
        quantity=6,
        issued_on=clock.today(),
        received_by="驻地组长",
        team=team,
    )
    practice.practice_set(actor=system, team=team, starts_at=now + timedelta(days=1), place="二楼")
    me = Actor(ref=f"person:{person.pk}", person_id=person.pk)
    with clock.at(starts + timedelta(minutes=1)):
        feedback.rate_visit(actor=me, visit=visit, stars=4, words="排队久")
    event = events.plan_make(
        actor=system, union=tree.union,
        values={"title": f"{tree.key}马拉松保障", "place": "体育场", "since": clock.today(), "until": clock.today() + timedelta(days=2), "lead": "孟主任", "phone": "12351"},
    )  # fmt: skip
    post = events.post_add(actor=system, plan=event, name="补给站", need=2)
    shift = events.shift_add(actor=system, plan=event, name="早班", starts_at=now + timedelta(minutes=10), ends_at=now + timedelta(hours=4))
    events.duty_set(actor=system, post=post, shift=shift, person_id=person.pk)
    events.supply_add(actor=system, plan=event, name="对讲机", unit="台", stock=4)
    events.issue_add(actor=system, plan=event, words="缺饮水", who="后勤组", due_at=now + timedelta(hours=3))
    events.plan_start(actor=system, plan=event)


UNREACHED = {"services:practice_act"}
"""The practice of the small world has not begun, so nobody can be put down as present yet; gonghui/services/tests/test_feedback.py does."""
