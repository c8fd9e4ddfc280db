"""Service guarantee for major events (重大活动服务保障): rota without conflicts, supplies, issues, shifts on the phone (S189)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.members.tests import make
from gonghui.services.models import EventDuty, EventIssue, EventPlan, EventSupply
from gonghui.services.rules.rota import Span, clash, may_check_in
from gonghui.services.selectors import events as reads
from gonghui.services.services import events

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 12, 1, tzinfo=clock.SHANGHAI)
system = make.system


def at(hour: float, day: int = 0) -> datetime:
    return DAY + timedelta(days=day, hours=hour)


@pytest.fixture
def scene() -> dict[str, Any]:
    _firm, union = make.shop()
    who = make.person("周值班")
    make.member(union, who=who)
    values = {"title": "马拉松保障", "place": "体育场", "since": at(0).date(), "until": at(0, 3).date(), "lead": "孟主任", "phone": "12351"}
    plan = events.plan_make(actor=system, union=union, values=values)
    post = events.post_add(actor=system, plan=plan, name="补给站", need=1)
    return {"union": union, "who": who, "plan": plan, "post": post}


def shift(scene: dict[str, Any], first: float, last: float, day: int = 0) -> Any:
    return events.shift_add(
        actor=system, plan=scene["plan"], name=f"{day} 日 {first} 点班", starts_at=at(first, day), ends_at=at(last, day)
    )


def put(scene: dict[str, Any], on: Any, who: Any = None, post: Any = None) -> EventDuty:
    return events.duty_set(actor=system, post=post or scene["post"], shift=on, person_id=(who or scene["who"]).pk)


@pytest.mark.system("S189")
def test_nobody_stands_twice_at_once_nor_without_the_rest_and_the_plan_next_door_counts(scene: dict[str, Any]) -> None:
    early = put(scene, shift(scene, 8, 14))
    overlap = shift(scene, 13.5, 18)
    second = events.post_add(actor=system, plan=scene["plan"], name="医疗点", need=1)
    with pytest.raises(Conflict, match="不能同时上两个班"):
        put(scene, overlap, post=second)
    with pytest.raises(RuleViolation, match="休息不到 8 小时"):
        put(scene, shift(scene, 21.9, 23))
    assert put(scene, shift(scene, 22, 24)).pk, "eight hours after 14:00"
    values = {"title": "文化节", "place": "广场", "since": at(0).date(), "until": at(0, 3).date(), "lead": "李", "phone": "1"}
    other = events.plan_make(actor=system, union=scene["union"], values=values)
    there = events.post_add(actor=system, plan=other, name="咨询台", need=1)
    same = events.shift_add(actor=system, plan=other, name="上午", starts_at=at(9), ends_at=at(11))
    with pytest.raises(Conflict, match="马拉松保障"):
        events.duty_set(actor=system, post=there, shift=same, person_id=scene["who"].pk)
    events.duty_drop(actor=system, duty=early)
    taken = events.duty_set(actor=system, post=there, shift=same, person_id=scene["who"].pk)
    assert taken.pk
    early.refresh_from_db()
    with pytest.raises(Conflict, match="不能同时"):
        events.duty_restore(actor=system, duty=early)
    events.duty_drop(actor=system, duty=taken)
    assert events.duty_restore(actor=system, duty=early).removed_at is None
    with pytest.raises(NotFound):
        put(scene, same)
    with pytest.raises(NotFound):
        put(scene, shift(scene, 8, 9, day=2), who=make.person("不是会员"))


def test_a_post_is_not_overfilled_and_the_database_holds_one_place_a_shift(scene: dict[str, Any]) -> None:
    on, other = shift(scene, 8, 12), make.person()
    make.member(scene["union"], who=other)
    duty = put(scene, on)
    with pytest.raises(Conflict, match="已排满 1 人"):
        put(scene, on, who=other)
    with pytest.raises(IntegrityError), transaction.atomic():  # the guard behind the guard
        EventDuty.objects.create(plan=scene["plan"], post=scene["post"], shift=on, person=scene["who"])
    assert [m for _s, row in reads.rota(scene["plan"]) for _p, _d, m in row] == [0] and reads.totals(scene["plan"])["duties"] == 1
    with pytest.raises(RuleViolation, match="最长 12 小时"):
        shift(scene, 0, 12.5, day=1)
    with pytest.raises(RuleViolation, match="之间"):
        shift(scene, 8, 9, day=9)
    assert duty.pk


def test_goods_go_out_and_come_back_and_never_more_than_there_are(scene: dict[str, Any]) -> None:
    radio = events.supply_add(actor=system, plan=scene["plan"], name="对讲机", unit="台", stock=4)
    events.supply_move(actor=system, supply=radio, way="out", quantity=3, receiver="补给站")
    with pytest.raises(Conflict, match="只剩 1台"):
        events.supply_move(actor=system, supply=radio, way="out", quantity=2, receiver="医疗点")
    with pytest.raises(Conflict, match="在外 3台"):
        events.supply_move(actor=system, supply=radio, way="back", quantity=4, receiver="补给站")
    with pytest.raises(IntegrityError), transaction.atomic():
        EventSupply.objects.filter(pk=radio.pk).update(issued=5)
    put(scene, shift(scene, 8, 12))
    plan = events.plan_start(actor=system, plan=scene["plan"])
    issue = events.issue_add(actor=system, plan=plan, words="缺饮水", who="后勤组", due_at=at(9))
    with pytest.raises(RuleViolation, match="1 个问题"):
        events.plan_finish(actor=system, plan=plan, summary="顺利")
    events.issue_solve(actor=system, issue=issue, answer="已送到")
    with pytest.raises(RuleViolation, match="还没归还：对讲机 3台"):
        events.plan_finish(actor=system, plan=plan, summary="顺利")
    events.supply_move(actor=system, supply=radio, way="back", quantity=3, receiver="补给站")
    plan = events.plan_finish(actor=system, plan=plan, summary="顺利")
    with pytest.raises(RuleViolation, match="已经结束"):
        events.post_add(actor=system, plan=plan, name="新岗", need=1)
    assert events.plan_reopen(actor=system, plan=plan).state == "running"


def test_the_phone_shows_my_shifts_checks_in_hands_over_and_reports(scene: dict[str, Any]) -> None:
    on, later = shift(scene, 8, 12), shift(scene, 22, 24)
    duty, stranger = put(scene, on), make.person()
    make.member(scene["union"], who=stranger)
    next_one = put(scene, later, who=stranger)
    me, address = accounts.client(accounts.worker(person_id=scene["who"].pk)), reverse("services:m-shift", args=[duty.pk])
    assert me.get(address).status_code == 404, "not before the plan has begun"
    events.plan_start(actor=system, plan=scene["plan"])
    assert me.get(reverse("services:m-shift", args=[next_one.pk])).status_code == 404
    actor, duty = make.worker(scene["who"]), reads.duty_get(actor=system, pk=duty.pk)
    with clock.at(at(7.4)), pytest.raises(RuleViolation, match="开班前 30 分钟"):
        events.check_in(actor=actor, duty=duty)
    with pytest.raises(RuleViolation, match="先签到"):
        events.note_add(actor=actor, duty=duty, words="早")
    with clock.at(at(7.6)):
        duty = events.check_in(actor=actor, duty=duty)
        with pytest.raises(Conflict, match="已经签到"):
            events.check_in(actor=actor, duty=duty)
        with pytest.raises(RuleViolation, match="已经签到，不能撤下"):
            events.duty_drop(actor=system, duty=duty)
        events.note_add(actor=actor, duty=duty, words="水还剩两箱")
        issue = events.issue_report(actor=actor, duty=duty, words="帐篷漏雨")
        assert issue.due_at == clock.now() + timedelta(hours=4) and [n.words for n in reads.before(next_one)] == ["水还剩两箱"]
        with pytest.raises(NotFound):
            events.check_in(actor=make.worker(stranger), duty=duty)
    page = me.get(address).content.decode()
    assert "已签到" in page and "补给站" in me.get(reverse("services:m-shifts")).content.decode()
    act = reverse("services:m-shift_act", args=[duty.pk, "report"])
    assert "已上报" in me.post(act, {"words": "少一把椅子"}, follow=True).content.decode()
    me.post(act, {})
    assert EventIssue.objects.count() == 2
    assert me.post(reverse("services:m-shift_act", args=[duty.pk, "nothing"])).status_code == 404


def test_the_console_from_plan_to_report() -> None:
    _firm, union = make.shop()
    who = make.person("周值班")
    make.member(union, who=who)
    desk = accounts.client(accounts.officer((Role.CHAIR, union.path)))
    data = {"title": "职工运动会保障", "place": "体育场", "since": "2026-12-01", "until": "2026-12-02", "lead": "孟", "phone": "12351"}
    assert desk.post(reverse("services:event_new"), {**data, "until": "2026-11-01"}).status_code == 422
    assert desk.post(reverse("services:event_new"), data).status_code == 302
    plan = EventPlan.objects.get()

    def fill(part: str, **values: Any) -> Any:
        return desk.post(reverse("services:event_fill", args=[plan.pk, part]), values)

    for part in ("post", "shift", "duty", "supply", "care", "issue", "end"):
        assert fill(part).status_code == 422, part
    assert fill("nothing").status_code == 404
    assert fill("post", name="签到台", need="1").status_code == 302 and fill("post", name="签到台", need="1").status_code == 422
    assert fill("shift", name="早班", starts_at="2026-12-01T08:00", ends_at="2026-12-01T12:00").status_code == 302
    post, on = plan.posts.get(), plan.shifts.get()
    assert "会员有 0 位" in fill("duty", post=post.pk, shift=on.pk, who="查无此人").content.decode()
    assert fill("duty", post=post.pk, shift=on.pk, who="周值班").status_code == 302
    assert fill("supply", name="椅子", unit="把", stock="5").status_code == 302
    assert fill("care", on="2026-11-01", words="送姜茶", people_count="6").status_code == 302
    assert fill("issue", words="缺音响", who="宣传组", due_at="2026-12-01T07:00").status_code == 302
    goods, issue = plan.supplies.get(), plan.issues.get()
    assert (
        "只剩"
        in desk.post(
            reverse("services:supply_act", args=[goods.pk]), {"way": "out", "quantity": "9", "receiver": "张"}, follow=True
        ).content.decode()
    )
    desk.post(reverse("services:supply_act", args=[goods.pk]), {})
    desk.post(reverse("services:event_act", args=[plan.pk]), {"verb": "start"})
    page = desk.get(reverse("services:event", args=[plan.pk])).content.decode()
    assert "周值班" in page and "缺音响" in page and "送姜茶" in page and "保障中" in page
    duty = plan.duties.get()
    desk.post(reverse("services:duty_act", args=[duty.pk]), {"verb": "drop"})
    assert "已恢复" in desk.post(reverse("services:duty_act", args=[duty.pk]), {"verb": "restore"}, follow=True).content.decode()
    assert "已解决" in desk.post(reverse("services:issue_act", args=[issue.pk]), {"text": "已租到"}, follow=True).content.decode()
    assert "已重新打开" in desk.post(reverse("services:issue_act", args=[issue.pk]), {"verb": "reopen"}, follow=True).content.decode()
    desk.post(reverse("services:issue_act", args=[issue.pk]), {"text": "已租到"})
    for kind in ("", "report"):
        assert "周值班" in desk.get(reverse("services:event_sheet", args=[plan.pk]), {"kind": kind}).content.decode() or kind
    assert desk.get(reverse("services:event_xlsx", args=[plan.pk]))["Content-Disposition"].startswith("attachment")
    assert fill("end", summary="圆满").status_code == 302
    assert "没有符合条件" in desk.get(reverse("services:events"), {"q": "不存在"}).content.decode()
    assert "圆满" in desk.get(reverse("services:event", args=[plan.pk])).content.decode()


@pytest.mark.engine_free
@pytest.mark.parametrize(
    ("first", "last", "found"),
    [(14, 15, "rest"), (13.99, 15, "overlap"), (22, 23, None), (21.99, 23, "rest"), (-1, 0, None), (-1, 0.01, "rest"), (9, 10, "overlap")],
)
def test_rest_is_counted_on_both_sides(first: float, last: float, found: str | None) -> None:
    got = clash(Span(at(first), at(last)), [Span(at(8), at(14))], timedelta(hours=8))
    assert (got[0] if got else None) == found
    assert clash(Span(at(first), at(last)), [], timedelta(hours=8)) is None
    assert may_check_in(at(8), at(9), at(7.5), timedelta(minutes=30)) and not may_check_in(at(8), at(9), at(7.49), timedelta(minutes=30))
