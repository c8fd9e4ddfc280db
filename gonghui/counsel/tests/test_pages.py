"""Pages of care: desk, counsellor, phone, counts (心理关爱的页面)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.counsel.models import Appointment, Counsellor, Gathering, Opinion
from gonghui.counsel.rules import alias_fault, share, times
from gonghui.counsel.selectors import desk as reads
from gonghui.counsel.tests import make
from gonghui.members.tests import make as members

pytestmark = pytest.mark.django_db


def _desk(union: Any, role: Role = Role.CITY) -> Any:
    return accounts.client(accounts.officer((role, union.path), name="马晓燕"))


@pytest.mark.system("S182")
def test_the_desk_registers_the_counsellor_opens_times_and_a_member_books_under_an_alias() -> None:
    town, _union, me = make.place()
    desk = _desk(town)
    user = accounts.officer((Role.COUNSELLOR, town.path), username="xinli-1", name="沈宁")
    data = {
        "name": "沈宁",
        "username": "xinli-1",
        "certificate": "二级心理咨询师",
        "certificate_no": "A1",
        "topics": ["work"],
        "place": "三楼 306",
    }
    new = reverse("counsel:counsellor-new")
    assert desk.get(new).status_code == 200 and desk.post(new, {}).status_code == 422
    assert "没有“心理咨询师”角色" in desk.post(new, {**data, "username": "nobody"}).content.decode()
    assert desk.post(new, data).status_code == 302
    row = Counsellor.objects.get()
    own = accounts.client(user)
    hours = reverse("counsel:hours-act", args=["add"])
    assert own.post(hours, {}).status_code == 422
    for day in range(7):
        assert own.post(hours, {"weekday": day, "begins": "09:00", "ends": "12:00", "mode": "onsite"}).status_code == 302
    assert "重叠" in own.post(hours, {"weekday": 0, "begins": "10:00", "ends": "11:00", "mode": "onsite"}).content.decode()
    assert "还没有线上进入的办法" in own.post(hours, {"weekday": 0, "begins": "14:00", "ends": "15:00", "mode": "online"}).content.decode()
    assert own.post(reverse("counsel:hours-act", args=["open"]), {"until": ""}).status_code == 422
    opened = own.post(
        reverse("counsel:hours-act", args=["open"]), {"until": clock.today() + timedelta(days=4)}, follow=True
    ).content.decode()
    assert "新开放" in opened and "可约" in opened
    phone = accounts.client(accounts.worker(person_id=me.person_id))
    assert "沈宁" in phone.get(reverse("counsel:m-care")).content.decode()
    place = reverse("counsel:m-counsellor", args=[row.pk])
    slot = row.slots.filter(starts_at__gt=clock.now()).order_by("starts_at")[0]
    assert phone.post(place, {"slot": slot.pk}).status_code == 422
    booked = phone.post(
        place, {"slot": slot.pk, "alias": "小舟", "topic": "mood", "phone_number": make.PHONE, "words": "睡不着"}, follow=True
    ).content.decode()
    assert "约好了" in booked and "睡不着" in booked
    made = Appointment.objects.get()
    assert "小舟" in own.get(reverse("counsel:desk")).content.decode()
    assert "小舟" not in desk.get(reverse("counsel:counsellor", args=[row.pk])).content.decode()
    assert desk.get(reverse("counsel:desk")).status_code == 403
    assert own.post(reverse("counsel:act", args=[made.pk, "letter"]), {"text": ""}).status_code == 422
    assert own.post(reverse("counsel:act", args=[made.pk, "letter"]), {"text": "带上日记"}).status_code == 302
    assert "带上日记" in phone.get(reverse("counsel:m-session", args=[made.code])).content.decode()
    assert (
        desk.post(reverse("counsel:counsellor-act", args=[row.pk]), {"verb": "stop"}, follow=True)
        .content.decode()
        .count("还有 1 次没到时间的咨询")
        == 1
    )
    phone.post(reverse("counsel:m-session-act", args=[made.code, "cancel"]))
    assert "已停止" in desk.post(reverse("counsel:counsellor-act", args=[row.pk]), {"verb": "stop"}, follow=True).content.decode()
    assert "还没有登记咨询师" in phone.get(reverse("counsel:m-care")).content.decode()
    desk.post(reverse("counsel:counsellor-act", args=[row.pk]), {"verb": "resume"})
    edited = {k: v for k, v in data.items() if k != "username"} | {"intro": "擅长睡眠"}
    assert desk.post(reverse("counsel:counsellor-edit", args=[row.pk]), edited).status_code == 302
    row.refresh_from_db()
    assert (row.until, row.intro, row.user_id) == (None, "擅长睡眠", user.pk)


def test_lists_filter_page_export_and_print() -> None:
    town, _union, _me = make.place()
    desk = _desk(town)
    make.counsellor(town, "沈宁")
    make.counsellor(town, "陆敏")
    for n in range(23):
        Gathering.objects.create(
            union=town, kind="lecture" if n % 2 else "group", title=f"活动{n:02d}", place="礼堂", starts_at=clock.now() + timedelta(days=n), capacity=9,
            made_at=clock.now(),
        )  # fmt: skip
    index, events = reverse("counsel:counsellors"), reverse("counsel:gatherings")
    page = desk.get(index, {"q": "沈宁"}).content.decode()
    assert "沈宁" in page and "陆敏" not in page and "没有符合条件" in desk.get(index, {"q": "无此人"}).content.decode()
    assert "第 2" in desk.get(events, {"page": "2"}).content.decode() or desk.get(events, {"page": "2"}).context["page"].number == 2
    assert "活动01" in desk.get(events, {"q": "活动01"}).content.decode()
    for name in ("counsellors", "gatherings", "stats"):
        assert desk.get(reverse(f"counsel:{name}"), {"print": 1}).status_code == 200
        assert desk.get(reverse(f"counsel:{name}-xlsx"))["Content-Disposition"].startswith("attachment")
    assert desk.post(reverse("counsel:gathering-new"), {}).status_code == 422
    data = {"kind": "relax", "title": "午间冥想", "starts_at": "2030-01-02T12:00", "place": "三楼", "capacity": "12"}
    assert desk.post(reverse("counsel:gathering-new"), data).status_code == 302
    row = Gathering.objects.get(title="午间冥想")
    act = reverse("counsel:gathering-act", args=[row.pk])
    desk.post(act, {"verb": "cancel"})
    row.refresh_from_db()
    assert row.state == "cancelled"
    desk.post(act, {"verb": "reopen"})
    row.refresh_from_db()
    assert row.state == "open" and "还没开始" in desk.post(act, {"verb": "done", "came": "3"}, follow=True).content.decode()


def test_small_cells_stay_hidden_and_cannot_be_worked_out() -> None:
    town, union, _me = make.place()
    row, who = make.counsellor(town)
    steward = accounts.acting((Role.CITY, town.path))
    with clock.at(date(2026, 3, 3)):
        least = reads.suppress.least()
        for n in range(least - 1):
            me = members.worker(members.member(union).person)
            made = make.held(row, who, me)
            Appointment.objects.filter(pk=made.pk).update(topic="mood" if n else "loss")
        few = reads.stats(actor=steward, year=2026)
        assert (few.sessions, few.people, few.tables) == (None, None, []), "a total of few persons is hidden too"
        for _n in range(3):
            make.held(row, who, me)
        assert reads.stats(actor=steward, year=2026).sessions is None, "many sessions of few persons are few persons"
        for _n in range(2 * least):
            make.held(row, who, members.worker(members.member(union).person))
        found = reads.stats(actor=steward, year=2026)
    topics = {c.label: c.sessions for c in found.tables[0].rows}
    assert found.people == 3 * least - 1 and topics["亲人离世、意外"] is None and topics["家庭和亲子"] == 0
    hidden = [k for k, v in topics.items() if v is None]
    assert len(hidden) >= 2, "one hidden cell alone would be total minus the rest"
    page = _desk(town).get(reverse("counsel:stats"), {"year": "2026"}).content.decode()
    assert "不显示" in page and "小舟" not in page
    Opinion.objects.create(counsellor=row, month=date(2026, 3, 1), stars=1, words="只有一句")
    assert (
        reads.stats(actor=steward, year=2026).words == []
        and "只有一句" not in _desk(town).get(reverse("counsel:stats"), {"year": "2026"}).content.decode()
    )


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_costs_the_same_with_three_and_with_thirty(rows: int, django_assert_max_num_queries: Any) -> None:
    town, union, _me = make.place()
    row, _who = make.counsellor(town)
    for n in range(rows):
        make.booked(row, members.worker(members.member(union).person), hours=48 + n, words="")
    browser = accounts.client(row.user)
    browser.get(reverse("counsel:desk"))
    with django_assert_max_num_queries(12):
        assert browser.get(reverse("counsel:desk")).status_code == 200


@pytest.mark.engine_free
def test_pure_rules() -> None:
    nine, noon = make.noon().time().replace(hour=9), make.noon().time()
    found = list(times([(0, nine, noon, "onsite")], date(2026, 3, 2), date(2026, 3, 15), 50, clock.SHANGHAI))
    assert len(found) == 6 and found[0][0].isoformat() == "2026-03-02T09:00:00+08:00" and found[2][0].hour == 10
    assert alias_fault("小舟", "周海") == "" and share(5, 6) == "83.3%（5/6）" and share(0, 0) == "—"
