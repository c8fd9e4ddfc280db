"""Anonymous booking from the free time to the opinion (S182)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.counsel import verify as checks
from gonghui.counsel.models import Appointment, Client, Letter, Opinion, Record, Slot
from gonghui.counsel.selectors import common, phone
from gonghui.counsel.selectors import sessions as reads
from gonghui.counsel.services import booking, desk, keeping, sessions
from gonghui.counsel.tests import make
from gonghui.members.tests import make as members
from gonghui.notices.models import Notice

pytestmark = pytest.mark.django_db


def test_hours_become_slots_once_and_a_taken_slot_is_not_turned() -> None:
    town, _union, me = make.place()
    row, who = make.counsellor(town)
    with pytest.raises(RuleViolation, match="先填每周接待时间"):
        sessions.slots_open(actor=who, until=clock.today() + timedelta(days=3))
    make.weekly(who)
    with pytest.raises(Conflict, match="重叠"):
        sessions.hour_add(
            actor=who, weekday=0, begins=make.noon().time().replace(hour=16), ends=make.noon().time().replace(hour=18), mode="online"
        )
    n = sessions.slots_open(actor=who, until=clock.today() + timedelta(days=3))
    assert n >= 9 and sessions.slots_open(actor=who, until=clock.today() + timedelta(days=3)) == 0
    first = reads.free(row).first()
    assert first is not None
    make.booked(row, me, at=first)
    with pytest.raises(Conflict, match="已有人约"):
        sessions.slot_turn(actor=who, slot=first.pk)
    other = reads.free(row).first()
    assert (
        other is not None and sessions.slot_turn(actor=who, slot=other.pk) is True and sessions.slot_turn(actor=who, slot=other.pk) is False
    )


def test_a_slot_is_taken_once_and_the_database_says_so_too() -> None:
    town, union, me = make.place()
    row, _who = make.counsellor(town)
    other = members.worker(members.member(union).person)
    free = make.slot(row)
    made = make.booked(row, me, at=free)
    with pytest.raises(Conflict, match="刚刚被约走"):
        make.booked(row, other, at=free, alias="远山")
    with pytest.raises(IntegrityError), transaction.atomic():  # the guard behind the guard
        Appointment.objects.create(code="x", counsellor=row, slot=free, client=made.client, topic="work", booked_on=clock.today())


@pytest.mark.parametrize(("alias", "fault"), [("张", "至少 2 个字"), ("路人13812345678", "号码"), ("", "请取一个化名")])
def test_an_alias_must_not_betray(alias: str, fault: str) -> None:
    town, _union, me = make.place()
    row, _who = make.counsellor(town)
    with pytest.raises(RuleViolation, match=fault):
        make.booked(row, me, alias=alias)
    with pytest.raises(RuleViolation, match="真实姓名"):
        make.booked(row, me, alias=f"我是{me.name}")
    assert not Client.objects.exists()


def test_no_more_open_times_than_the_rule_says() -> None:
    town, _union, me = make.place()
    row, _who = make.counsellor(town)
    make.booked(row, me, hours=30)
    make.booked(row, me, hours=40)
    with pytest.raises(RuleViolation, match="最多 2 次"):
        make.booked(row, me, hours=50)


def test_the_free_number_tells_and_never_refuses() -> None:
    town, _union, me = make.place()
    row, who = make.counsellor(town)
    with clock.at(date(2026, 6, 10)):
        for _n in range(common.number("free_sessions") - 1):
            make.held(row, who, me)
        back = make.booked(row, me, hours=90)
        assert back.beyond_free is False
        booking.cancel(actor=me, row=back)  # in time: it does not count
        late = make.booked(row, me, hours=5)
        assert late.beyond_free is False
        booking.cancel(actor=me, row=late)
        assert make.booked(row, me, hours=70).beyond_free is True, "given back too late, it counts"


def test_cancel_move_and_late() -> None:
    town, _union, me = make.place()
    row, who = make.counsellor(town)
    made, other = make.booked(row, me, hours=30), make.slot(row, 60)
    booking.move(actor=me, row=made, slot=other.pk)
    made.refresh_from_db()
    assert (made.slot_id, made.moves) == (other.pk, 1) and not Notice.objects.exists()
    with clock.at(other.starts_at - timedelta(hours=2)):
        assert booking.cancel(actor=me, row=made).late is True
    again = make.booked(row, me, hours=90)
    assert booking.cancel(actor=who, row=again).late is False
    notice = Notice.objects.get()
    assert (notice.person_id, notice.link) == (me.person_id, "/m/") and "咨询" not in notice.title + notice.body
    assert reads.free(row).filter(pk=again.slot_id).exists(), "the time is free again"


def test_attendance_is_put_right_until_a_record_stands() -> None:
    town, _union, me = make.place()
    row, who = make.counsellor(town)
    made = make.booked(row, me, hours=1)
    with pytest.raises(RuleViolation, match="还没到时间"):
        sessions.mark(actor=who, row=made, to="held")
    with clock.at(made.slot.starts_at + timedelta(minutes=60)):
        made = sessions.mark(actor=who, row=made, to="missed")
        with pytest.raises(RuleViolation, match="没有咨询过"):
            sessions.record_write(actor=who, row=made, text="没有")
        made = sessions.mark(actor=who, row=made, to="held")
        sessions.record_write(actor=who, row=made, text="谈了一小时")
        sessions.record_write(actor=who, row=made, text="补记：下周再来")
        with pytest.raises(RuleViolation, match="已经写了会谈记录"):
            sessions.mark(actor=who, row=made, to="missed")
        assert [t for _r, t in sessions.talk_open(actor=who, row=made)[1]] == ["谈了一小时", "补记：下周再来"]


def test_the_opinion_stands_beside_no_session() -> None:
    town, _union, me = make.place()
    row, who = make.counsellor(town)
    made = make.held(row, who, me)
    with clock.at(made.slot.starts_at + timedelta(days=1)):
        booking.rate(actor=me, row=made, stars=5, words="很有帮助")
        with pytest.raises(Conflict, match="已经评价"):
            booking.rate(actor=me, row=made, stars=1)
        with pytest.raises(NotFound):
            booking.rate(actor=who, row=made, stars=5)
    opinion = Opinion.objects.get()
    assert (opinion.month.day, opinion.counsellor_id, opinion.stars) == (1, row.pk, 5)
    assert {f.name for f in Opinion._meta.concrete_fields} == {"id", "counsellor", "gathering", "month", "stars", "words"}, (
        "nothing leads back to a session"
    )


def test_a_handover_needs_the_persons_yes_and_takes_records_only_if_told() -> None:
    town, _union, me = make.place()
    (row, who), (other, taker) = make.counsellor(town), make.counsellor(town, "陆敏")
    made = make.held(row, who, me, "第一次会谈")
    ahead = make.booked(row, me, hours=80)
    sessions.handover_ask(actor=who, row=made, taker=other, why="我下月进修")
    with pytest.raises(NotFound):
        sessions.talk_open(actor=taker, row=made)
    client = common.client_of(me)
    assert client is not None
    ((asked, why),) = phone.handovers(client)
    assert why == "我下月进修"
    stranger = members.worker(members.person())
    with pytest.raises(NotFound):
        sessions.handover_answer(actor=stranger, handover=asked.pk, agree=True)
    sessions.handover_answer(actor=me, handover=asked.pk, agree=True, with_records=True)
    made.refresh_from_db()
    ahead.refresh_from_db()
    assert (made.counsellor_id, ahead.state) == (other.pk, "cancelled")
    assert [t for _r, t in sessions.talk_open(actor=taker, row=made)[1]] == ["第一次会谈"]
    with pytest.raises(NotFound):
        sessions.talk_open(actor=who, row=made)


def test_a_refused_handover_moves_nothing_and_can_be_taken_back() -> None:
    town, _union, me = make.place()
    (row, who), (other, _taker) = make.counsellor(town), make.counsellor(town, "陆敏")
    made = make.held(row, who, me)
    sessions.handover_ask(actor=who, row=made, taker=other, why="时间合不上")
    with pytest.raises(Conflict, match="等答复"):
        sessions.handover_ask(actor=who, row=made, taker=other, why="再问一次")
    sessions.handover_withdraw(actor=who, row=made)
    asked = sessions.handover_ask(actor=who, row=made, taker=other, why="再问一次")
    sessions.handover_answer(actor=me, handover=asked.pk, agree=False)
    made.refresh_from_db()
    assert made.counsellor_id == row.pk and Record.objects.get().holder_id == who.user_id


def test_what_is_mine_goes_when_i_say_so_or_when_the_term_is_over() -> None:
    town, union, me = make.place()
    row, who = make.counsellor(town)
    make.held(row, who, me)
    later = make.booked(row, me, hours=99)
    with pytest.raises(RuleViolation, match="先取消再删除"):
        booking.erase(actor=me)
    booking.cancel(actor=me, row=later)
    booking.erase(actor=me)
    client = Client.objects.get()
    assert (client.alias, client.person_index, client.contact_sealed) == ("", None, None) and client.erased_on == clock.today()
    assert not Record.objects.exists() and not Letter.objects.exists() and Appointment.objects.filter(state="held").count() == 1
    other = members.worker(members.member(union).person)
    make.held(row, who, other)
    assert keeping.purge() == 0, "not before the term"
    with clock.at(clock.add_months(clock.today(), 12 * common.number("retention_years") + 1)):
        assert keeping.purge() == 1 and keeping.purge() == 0
    assert not Record.objects.exists() and [list(c()) for _i, _t, c in checks.CHECKS] == [[], [], []]


def test_the_reminder_is_one_and_the_same_for_a_session_and_a_lecture() -> None:
    town, union, me = make.place()
    row, _who = make.counsellor(town)
    listener = members.worker(members.member(union).person)
    make.booked(row, me, at=Slot.objects.create(counsellor=row, starts_at=make.noon(1), minutes=50, mode="onsite"))
    values = {"kind": "lecture", "title": "减压讲座", "place": "礼堂", "starts_at": make.noon(1), "capacity": 2}
    event = desk.gathering_make(actor=make.system, union=town, values=values)
    desk.seat_take(actor=listener, gathering=event)
    assert keeping.remind() == 2 and keeping.remind() == 0
    assert len({(n.title, n.body, n.link, n.kind) for n in Notice.objects.all()}) == 1


def test_a_lecture_fills_up_and_knows_no_names() -> None:
    town, union, me = make.place()
    other, third = (members.worker(members.member(union).person) for _ in range(2))
    values = {"kind": "lecture", "title": "减压讲座", "place": "礼堂", "starts_at": clock.now() + timedelta(hours=5), "capacity": 2}
    event = desk.gathering_make(actor=make.system, union=town, values=values)
    desk.seat_take(actor=me, gathering=event)
    with pytest.raises(Conflict, match="已经报名"):
        desk.seat_take(actor=me, gathering=event)
    desk.seat_take(actor=other, gathering=event)
    with pytest.raises(Conflict, match="报满"):
        desk.seat_take(actor=third, gathering=event)
    desk.seat_leave(actor=me, gathering=event)
    desk.seat_take(actor=third, gathering=event)
    event.refresh_from_db()
    with pytest.raises(RuleViolation, match="还没开始"):
        desk.gathering_done(actor=make.system, row=event, came=2)
    with clock.at(event.starts_at + timedelta(hours=3)):
        desk.gathering_done(actor=make.system, row=event, came=2)
        event = desk.gathering_reopen(actor=make.system, row=event)
        assert event.came is None
        desk.gathering_done(actor=make.system, row=event, came=3)
        desk.gathering_rate(actor=third, gathering=event, stars=4)
        with pytest.raises(NotFound):
            desk.gathering_rate(actor=me, gathering=event, stars=4)


def test_no_counsellor_at_an_employer_and_none_without_the_role() -> None:
    town, union, _me = make.place()
    with pytest.raises(RuleViolation, match="由上级工会设立"):
        make.counsellor(union)
    values = {"name": "甲", "certificate": "二级", "certificate_no": "1", "topics": ["work"], "place": "三楼"}
    with pytest.raises(RuleViolation, match="没有“心理咨询师”角色"):
        desk.counsellor_add(actor=make.system, union=town, username="nobody", values=values)
