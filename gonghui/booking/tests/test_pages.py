"""Pages of members and officers (预约的页面)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from gonghui.booking.models import Booking, Item
from gonghui.booking.services import items, publishing
from gonghui.booking.tests import shop
from gonghui.core import clock
from gonghui.core.errors import Conflict, RuleViolation

pytestmark = [pytest.mark.django_db, pytest.mark.system("S171", "S172")]


def test_a_member_books_in_two_taps_and_a_lost_answer_gives_the_same_ticket() -> None:
    with clock.at(shop.NOW):
        item, who = shop.published(), shop.member()
    with clock.at(shop.OPEN):
        phone = shop.phone(who)
        page = phone.get(reverse("booking:m-home")).content.decode()
        assert item.name in page and "正在预约" in page
        page = phone.get(reverse("booking:m-item", args=[item.pk])).content.decode()
        assert "确认预订" in page and "data-pass=" in page
        key = page.split('name="key" value="')[1].split('"')[0]
        noon = shop.noon(item)
        first = phone.post(reverse("booking:m-take", args=[item.pk]), {"session": noon.pk, "key": key})
        again = phone.post(reverse("booking:m-take", args=[item.pk]), {"session": noon.pk, "key": key})
    assert first.status_code == 302 and again["Location"].split("?")[0] == first["Location"].split("?")[0]
    assert Booking.objects.count() == 1


def test_before_the_opening_the_page_says_when_and_takes_nothing() -> None:
    with clock.at(shop.NOW):
        item, who = shop.published(), shop.member()
        phone = shop.phone(who)
        page = phone.get(reverse("booking:m-item", args=[item.pk])).content.decode()
        assert "今天 12:00 开始" in page and "开始前提醒我" in page and "确认预订" not in page
        refused = phone.post(reverse("booking:m-take", args=[item.pk]), {"session": shop.noon(item).pk, "key": "k" * 12})
    assert refused.status_code == 422 and Booking.objects.count() == 0


def test_the_other_item_of_the_group_is_greyed_out_with_the_reason() -> None:
    with clock.at(shop.NOW):
        root = shop.root()
        group = items.group_save(
            actor=shop.system,
            union=root,
            name="五月文体",
            reason="两项价值相近、同期举办，各约一项，让更多工友有份。",
            since=shop.NOW.date(),
        )
        first, second = (shop.draft(name=n) for n in ("观影券", "羽毛球馆 2 小时券"))
        for item in (first, second):
            items.item_group(actor=shop.system, item=item, group=group)
            shop.session(item)
            shop.session(item, 2, "evening")
            publishing.item_publish(actor=shop.system, item=item)
        who = shop.member()
    with clock.at(shop.OPEN):
        shop.take(who, shop.evening(first))
        phone = shop.phone(who)
        page = phone.get(reverse("booking:m-item", args=[second.pk])).content.decode()
        assert "不能约" in page and "您约了同组的另一项" in page and "确认预订" not in page
        why = phone.get(reverse("booking:m-why", args=[shop.noon(second).pk])).content.decode()
        assert "观影券" in why and "保留" in why and "价值相近的同期项目活动做到互斥预定" in why
        refused = phone.post(reverse("booking:m-take", args=[second.pk]), {"session": shop.noon(second).pk, "key": "k" * 12})
    assert refused.status_code == 422 and Booking.objects.count() == 1


def test_an_item_without_an_evening_session_is_not_published_unless_the_reason_is_written() -> None:
    with clock.at(shop.NOW):
        item = shop.draft()
        shop.session(item)
        with pytest.raises(RuleViolation) as caught:
            publishing.item_publish(actor=shop.system, item=item)
        assert caught.value.code == "booking.sessions" and caught.value.decision
        assert Item.objects.get(pk=item.pk).state == "draft"
        items.item_edit(actor=shop.system, item=item, session_exempt="一整天的参观，不分场。")
        assert publishing.item_publish(actor=shop.system, item=item).state == "published"


def test_conditions_of_a_published_item_stand() -> None:
    with clock.at(shop.NOW):
        item = shop.published()
        with pytest.raises(Conflict, match="另开一期"):
            items.item_edit(actor=shop.system, item=item, fair={"caps": {"item": 9}})
        assert items.item_edit(actor=shop.system, item=item, phone="0631-1111111").phone == "0631-1111111"
        with pytest.raises(Conflict):
            shop.session(item)


def test_near_items_of_the_same_period_are_pointed_out_and_set_exclusive_with_one_tap() -> None:
    with clock.at(shop.NOW):
        first, second = shop.draft(name="观影券", value_fen=4500), shop.draft(name="羽毛球券", value_fen=4000)
        dear = shop.draft(name="温泉券", value_fen=200000)
        assert [o.pk for o, _slip in publishing.near_items(second)] == [first.pk]
        desk = shop.desktop(shop.root())
        page = desk.get(reverse("booking:item", args=[second.pk])).content.decode()
        assert "应设为互斥" in page and "温泉券" not in page
        desk.post(reverse("booking:act", args=[second.pk, "exclusive"]), {"other": first.pk})
    assert Item.objects.get(pk=first.pk).exclusion_id == Item.objects.get(pk=second.pk).exclusion_id is not None
    assert Item.objects.get(pk=dear.pk).exclusion_id is None


DESIGN = {
    "name": "夏日游泳券", "category": "sport", "mode": "fcfs", "summary": "凭码入场", "place": "市游泳馆", "contact": "服务中心", "phone": "0631",
    "opens_at": "2026-05-06T12:00", "closes_at": "2026-05-08T12:00", "since": "2026-05-10", "until": "2026-05-31", "value_fen": "30",
    "cost_fen": "20", "price_fen": "0", "cap_item": "1", "cap_day": "2", "no_show_months": "3", "exclude_household": "on",
}  # fmt: skip


def test_the_designer_shows_the_phone_page_of_what_is_typed_and_stores_nothing_before_saving() -> None:
    with clock.at(shop.NOW):
        desk = shop.desktop(shop.root())
        made = desk.post(reverse("booking:new"), {"name": "游泳券", "category": "sport", "mode": "fcfs"})
        item = Item.objects.get()
        assert made["Location"] == reverse("booking:design", args=[item.pk])
        page = desk.post(reverse("booking:preview", args=[item.pk]), DESIGN, headers={"HX-Request": "true"}).content.decode()
        assert "夏日游泳券" in page and "每天最多 2 份" in page and "同一家庭一份" in page
        assert Item.objects.get().name == "游泳券"
        bad = desk.post(reverse("booking:design", args=[item.pk]), {**DESIGN, "closes_at": "2026-05-05T12:00"})
        assert bad.status_code == 422 and "晚于" in bad.content.decode()
        good = desk.post(reverse("booking:design", args=[item.pk]), DESIGN)
    item.refresh_from_db()
    assert (
        good.status_code == 302 and item.value_fen == 3000 and item.fair["caps"] == {"item": 1, "day": 2} and item.fair["exclude_household"]
    )


def test_officers_pages_answer(client: Any) -> None:
    with clock.at(shop.NOW):
        item = shop.published()
        who = shop.member()
    with clock.at(shop.OPEN + timedelta(minutes=1)):
        shop.take(who, shop.noon(item))
        desk = shop.desktop(shop.root())
        for name in ("item", "design", "simulate", "questions", "board", "bookings", "waits", "report"):
            answer = desk.get(reverse(f"booking:{name}", args=[item.pk]))
            assert answer.status_code == 200, name
        for name in ("items", "groups", "new"):
            assert desk.get(reverse(f"booking:{name}")).status_code == 200, name
        for name in ("bookings", "report"):
            assert desk.get(reverse(f"booking:{name}", args=[item.pk]) + "?print=1").status_code == 200, name
        fragment = desk.get(reverse("booking:board", args=[item.pk]), headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith('<div id="board"') and "还剩" in fragment


def test_an_officer_of_another_town_finds_nothing() -> None:
    with clock.at(shop.NOW):
        mine, theirs = shop.town(), shop.town("乙岸乡工会")
        item = shop.published(mine)
        desk = shop.desktop(theirs, username="other")
        for name in ("item", "design", "simulate", "board", "bookings", "waits", "report", "questions"):
            assert desk.get(reverse(f"booking:{name}", args=[item.pk])).status_code == 404, name
        stranger = shop.member(shop.union("乙岸瓷器厂", theirs))
        assert shop.phone(stranger).get(reverse("booking:m-item", args=[item.pk])).status_code == 404
        own = shop.member(shop.union(parent=mine))
        assert shop.phone(own).get(reverse("booking:m-item", args=[item.pk])).status_code == 200
