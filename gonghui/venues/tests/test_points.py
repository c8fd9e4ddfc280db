"""Points, checks, ratings, tickets, the gap."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.members.tests import make as members
from gonghui.orgs import services as orgs
from gonghui.venues.models import Check, Rating, Ticket, Venue
from gonghui.venues.selectors import common, gap, phone, points
from gonghui.venues.services import care
from gonghui.venues.services import points as acts
from gonghui.venues.tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.system("S175", "S179")
def test_a_point_says_where_when_and_what_and_a_nursing_room_says_how_it_keeps_private() -> None:
    _firm, union = members.shop()
    steward = members.officer(union, Role.STEWARD)
    values = {
        "address": "一楼",
        "steward": "马晓燕",
        "phone": "1",
        "hours": make.ALL_DAY,
        "opened_on": make.SINCE,
        "facilities": ["crib", "curtain"],
    }
    with pytest.raises(RuleViolation, match="隐私"):
        acts.venue_add(actor=steward, union=union, kind="nursing", name="母婴室", **values)
    row = acts.venue_add(actor=steward, union=union, kind="nursing", name="母婴室", privacy_note="门可反锁，不装摄像头", **values)
    assert row.facility_words == ["婴儿床", "遮挡帘和门锁"]
    with pytest.raises(Conflict):
        acts.venue_add(actor=steward, union=union, kind="nursing", name="母婴室", privacy_note="门可反锁", **values)
    with pytest.raises(BadInput):
        acts.venue_edit(actor=steward, venue=row, latitude_e6=37_000_000)
    foreign = members.shop("乙厂", members.township("乙岸乡总工会"))[1]
    with pytest.raises(NotFound):
        acts.venue_add(actor=steward, union=foreign, kind="rest", name="站", **values)
    with pytest.raises(NotPermitted):
        acts.venue_edit(actor=members.officer(union, Role.AUDITOR), venue=row, name="改名")
    assert Venue.objects.count() == 1


@pytest.mark.system("S178")
def test_now_open_follows_the_week_the_special_day_and_the_state() -> None:
    row = make.venue(members.shop()[1], hours={str(n): [510, 1050] for n in range(5)})
    monday = datetime(2026, 3, 2, 8, 29, tzinfo=clock.SHANGHAI)
    with clock.at(monday):
        assert common.now_of(row) == (False, "08:30 开门")
        acts.exception_set(actor=make.system, venue=row, on=date(2026, 3, 3), words="停水")
    for moment, open_ in ((monday + timedelta(minutes=1), True), (monday + timedelta(days=1, hours=1), False), (monday + timedelta(days=2, hours=1), True), (monday + timedelta(days=5, hours=1), False)):  # fmt: skip
        with clock.at(moment):
            assert common.now_of(row)[0] is open_, moment
    with pytest.raises(RuleViolation):
        acts.venue_move(actor=make.system, venue=row, state="paused")
    row = acts.venue_move(actor=make.system, venue=row, state="paused", reason="装修")
    with clock.at(monday + timedelta(hours=2)):
        assert common.now_of(row) == (False, "暂停开放：装修")
    row = acts.venue_move(actor=make.system, venue=row, state="closed", reason="拆迁")
    with pytest.raises(Conflict):
        acts.venue_move(actor=make.system, venue=row, state="open")


@pytest.mark.system("S178")
def test_the_phone_shows_the_nearest_first_and_a_township_stands_in_for_the_position() -> None:
    union = members.shop()[1]
    for n, name in ((3, "丙站"), (1, "甲站"), (2, "乙站")):
        make.venue(union, name=name, latitude_e6=37_000_000 + n * 10_000)
    make.venue(union, "library", "没有坐标的书屋", latitude_e6=None, longitude_e6=None)
    rows = phone.near(here=(37_000_000, 122_000_000))
    assert [r.venue.name for r in rows] == ["甲站", "乙站", "丙站", "没有坐标的书屋"] and rows[0].metres == 1112 and rows[3].distance == ""
    assert phone.near(here=(37_040_000, 122_000_000), kind="rest")[0].venue.name == "丙站"
    assert len(phone.dots(rows, (37_000_000, 122_000_000))) == 4


@pytest.mark.system("S188", "S178", "S179")
def test_a_check_keeps_its_list_and_an_inspection_is_the_upper_unions() -> None:
    town = members.township()
    union = members.shop("青石茶厂", town)[1]
    row = make.venue(union, "site", "三号项目驻地")
    items = common.checklist("site")
    assert "宿舍有空调" in [words for words, _n in items] and "护理台、座椅、洗手设施可用" not in [words for words, _n in items]
    chair, upper = members.officer(union, Role.CHAIR), members.officer(town, Role.TOWNSHIP, 2)
    everything = range(len(items))
    day = clock.today()
    with pytest.raises(NotPermitted):
        care.check_record(actor=chair, venue=row, kind="inspection", on=day, good=everything, checker="张")
    with pytest.raises(RuleViolation, match="合格线"):
        care.check_record(actor=chair, venue=row, kind="self", on=day, good=(0,), checker="张")
    with pytest.raises(BadInput):
        care.check_record(actor=chair, venue=row, kind="self", on=day, good=(99,), checker="张")
    own = care.check_record(actor=chair, venue=row, kind="self", on=day, good=everything, checker="张")
    seen = care.check_record(actor=upper, venue=row, kind="inspection", on=day, good=list(everything)[:-1], checker="李")
    assert own.score == 100 and seen.score < 100 and seen.answers[-1]["good"] is False
    with pytest.raises(DatabaseError), transaction.atomic():
        Check.objects.filter(pk=own.pk).update(score=1)


def test_not_checked_in_time_is_found_on_the_day_after_the_interval_and_not_on_it() -> None:
    row = make.venue(members.shop()[1])
    days = common.number("venues.check_days")
    care.check_record(actor=make.system, venue=row, kind="self", on=clock.today(), good=range(7), checker="张")
    for later, late in ((days, 0), (days + 1, 1)):
        with clock.at(clock.now() + timedelta(days=later)):
            assert points.venue_list(actor=make.system, late=True).count() == late


@pytest.mark.system("S178")
def test_one_rating_a_day_for_a_person_and_a_point_held_by_the_database() -> None:
    union = members.shop()[1]
    row, who = make.venue(union), members.person()
    me = members.worker(who)
    care.rate(actor=me, venue=row, stars=2)
    with pytest.raises(Conflict):
        care.rate(actor=me, venue=row, stars=5)
    care.rate(actor=members.worker(members.person()), venue=row, stars=5)
    with clock.at(clock.now() + timedelta(days=1)):
        care.rate(actor=me, venue=row, stars=5)
    assert points.venue_get(actor=make.system, pk=row.pk).stars == 4
    for stars in (0, 6):
        with pytest.raises(BadInput):
            care.rate(actor=members.worker(members.person()), venue=row, stars=stars)
    first = Rating.objects.order_by("pk")[0]
    with pytest.raises(IntegrityError), transaction.atomic():  # without the service too
        Rating.objects.create(venue=row, person=who, on=first.on, stars=3, at=clock.now())


@pytest.mark.system("S180", "S181")
def test_a_request_goes_from_the_station_to_the_centre_and_the_worker_hears_of_it() -> None:
    from gonghui.notices.models import Notice

    town = members.township()
    union = members.shop("青石茶厂", town)[1]
    station, centre = make.venue(union, "station", "窗口"), make.venue(town, "centre", "镇职工服务中心")
    other = make.venue(members.township("乙岸乡总工会"), "centre", "外乡中心")
    who, desk, upper = members.person(), members.officer(union, Role.STEWARD), members.officer(town, Role.TOWNSHIP, 2)
    row = care.ticket_open(actor=members.worker(who), venue=station, kind="service", title="想申请困难帮扶")
    assert [t.pk for t in points.tickets_open(desk)] == [row.pk]
    care.ticket_take(actor=desk, ticket=row)
    with pytest.raises(Conflict):
        care.ticket_take(actor=desk, ticket=row)
    with pytest.raises(NotFound):
        care.ticket_refer(actor=desk, ticket=row, centre_id=other.pk)
    row = care.ticket_refer(actor=desk, ticket=Ticket.objects.get(pk=row.pk), centre_id=centre.pk)
    with pytest.raises((NotPermitted, NotFound)):  # it is the centre's now
        care.ticket_close(actor=desk, ticket=row, answer="办好了")
    assert not points.tickets_open(desk).exists() and points.tickets_open(upper).count() == 1
    row = care.ticket_close(actor=upper, ticket=row, answer="已录入困难职工档案")
    assert row.state == "done" and Notice.objects.filter(person_id=who.pk).count() == 2
    repair = care.ticket_open(actor=members.worker(who), venue=station, kind="repair", title="灯坏了")
    with pytest.raises(RuleViolation):
        care.ticket_refer(actor=desk, ticket=repair, centre_id=centre.pk)


@pytest.mark.system("S177")
@pytest.mark.parametrize(("metres", "near"), [(1111, 0), (1112, 2)])
def test_the_gap_counts_members_by_distance_and_tells_what_has_no_place(metres: int, near: int) -> None:
    town = members.township()
    firm, union = members.shop("青石茶厂", town)
    other = members.shop("青石瓷厂", town)[1]
    for where in (union, union, other):
        members.member(where)
    orgs.employer_edit(actor=make.system, employer=firm, latitude=37.01, longitude=122.0)
    make.venue(union)
    make.venue(other, name="没开的站", latitude_e6=37_010_000, facilities=[])
    acts.venue_move(actor=make.system, venue=Venue.objects.get(name="没开的站"), state="paused", reason="停电")
    found = gap.gap(actor=make.system, metres=metres)
    assert (found.members, found.near, found.far, found.unknown) == (3, near, 2 - near, 1)
    assert [h[1] for h in found.holes] == ([] if near else [2])
