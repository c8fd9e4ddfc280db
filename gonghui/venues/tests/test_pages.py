"""Pages of workers and officers (阵地的页面)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.members.tests import make as members
from gonghui.venues.models import Check, Loan, Rating, Reservation, Ticket, Venue
from gonghui.venues.tests import make

pytestmark = pytest.mark.django_db


def phone(person: Any) -> Client:
    """A worker's browser."""
    return accounts.client(accounts.worker(person_id=person.pk))


def desk(union: Any, role: Role = Role.STEWARD) -> Client:
    """An officer's browser."""
    return accounts.client(accounts.officer((role, union.path), username=f"ven-{role}", name="马晓燕", totp=True), stepped_up=True)


@pytest.mark.system("S178", "S177")
def test_a_driver_finds_rates_reserves_and_reports_on_the_phone() -> None:
    union = members.shop()[1]
    near, far = make.venue(union), make.venue(union, name="远处驿站", latitude_e6=37_200_000)
    slot, me = make.slot(near), members.member(union).person
    browser = phone(me)
    page = browser.get(reverse("venues:m-near"), {"kind": "rest", "lat": "37.001", "lon": "122.0"}).content.decode()
    assert page.index(near.name) < page.index(far.name) and "111 米" in page and "全天开放" in page and "<svg" in page
    for bad in ("nan", "999", "x"):
        assert browser.get(reverse("venues:m-near"), {"lat": bad, "lon": "1"}).status_code == 200
    address = reverse("venues:m-venue", args=[near.code])
    assert "还没有评价" in browser.get(address).content.decode()
    for verb, data in (("rate", {"stars": "5", "words": "好"}), ("rate", {"stars": "1"}), ("rate", {}), ("reserve", {"slot": slot.pk}), ("ask", {"kind": "repair", "title": "灯坏了"}), ("ask", {})):  # fmt: skip
        assert browser.post(reverse("venues:m-act", args=[near.code, verb]), data).status_code == 302
    assert [r.stars for r in Rating.objects.all()] == [5] and Reservation.objects.count() == 1 and Ticket.objects.get().person_id == me.pk
    assert browser.post(reverse("venues:m-act", args=[near.code, "reserve"]), {"slot": "x"}).status_code == 404
    page = browser.get(reverse("venues:m-mine")).content.decode()
    assert "灯坏了" in page and near.name in page
    stranger = phone(members.person())
    assert stranger.post(reverse("venues:m-cancel", args=[Reservation.objects.get().pk])).status_code == 404
    assert browser.post(reverse("venues:m-cancel", args=[Reservation.objects.get().pk])).status_code == 302
    assert Reservation.objects.get().state == "cancelled"


@pytest.mark.system("S175", "S179", "S188")
def test_a_steward_registers_changes_and_checks_on_the_console() -> None:
    union = members.shop()[1]
    browser = desk(union)
    form = {"kind": "nursing", "name": "母婴室", "address": "一楼", "opened_on": "2025-03-01", "steward": "马", "phone": "1", "day0": "08:30-17:30", "latitude_e6": "37.1", "longitude_e6": "122.2", "facilities": ["crib"]}  # fmt: skip
    refused = browser.post(reverse("venues:new"), form)
    assert refused.status_code == 422 and "隐私要求" in refused.content.decode() and not Venue.objects.exists()
    assert browser.post(reverse("venues:new"), {**form, "day0": "8点"}).status_code == 422
    assert browser.post(reverse("venues:new"), {**form, "privacy_note": "门可反锁"}).status_code == 302
    row = Venue.objects.get()
    assert (row.latitude_e6, row.hours) == (37_100_000, {"0": [510, 1050]})
    page = browser.get(reverse("venues:edit", args=[row.pk])).content.decode()
    assert "37.100000" in page and "08:30-17:30" in page
    assert browser.post(reverse("venues:edit", args=[row.pk]), {**form, "privacy_note": "门可反锁", "name": "新母婴室"}).status_code == 302
    assert (
        browser.post(reverse("venues:act", args=[row.pk, "equipment"]), {"name": "婴儿床", "quantity": 2, "broken": 1}).status_code == 302
    )
    check = {"kind": "self", "on": "2025-03-02", "checker": "马", "good": ["0"]}
    assert browser.post(reverse("venues:check-new", args=[row.pk]), check).status_code == 422
    assert browser.post(reverse("venues:check-new", args=[row.pk]), {**check, "words": "缺锁，三天内装好"}).status_code == 302
    made = Check.objects.get()
    for address in (reverse("venues:venue", args=[row.pk]), reverse("venues:venues"), reverse("venues:checks"), reverse("venues:check", args=[made.pk]), reverse("venues:check", args=[made.pk]) + "?print=1", reverse("venues:venues") + "?print=1", reverse("venues:ratings"), reverse("venues:reservations"), reverse("venues:tickets")):  # fmt: skip
        answer = browser.get(address)
        assert answer.status_code == 200, address
    assert "新母婴室" in browser.get(reverse("venues:venue", args=[row.pk])).content.decode()
    assert browser.get(reverse("venues:export"))["Content-Type"].startswith("application/vnd")
    assert browser.get(reverse("venues:check-photo", args=[made.pk])).status_code == 404


@pytest.mark.system("S176")
def test_the_desk_lends_by_name_and_takes_back() -> None:
    union = members.shop()[1]
    place, browser = make.venue(union, "library", "书屋"), desk(union)
    stock = {"on": "2025-03-01", "amount_fen": "120.50", "source": "本级经费", "titles": "活着 | 余华 | A1 | 2\n电工手册 | | B | 1"}
    assert browser.post(reverse("venues:stock", args=[place.pk]), {**stock, "titles": "活着"}).status_code == 422
    assert browser.post(reverse("venues:stock", args=[place.pk]), stock).status_code == 302
    purchase = place.purchases.get()
    assert (purchase.amount_fen, purchase.copies) == (12_050, 3)
    who = members.member(union, who=members.person("欧阳借书")).person
    number = place.books.get(title="活着").copies.order_by("number")[0].number
    address = reverse("venues:library", args=[place.pk])
    assert browser.post(address, {"number": number, "person": "查无此人"}).status_code == 422 and not Loan.objects.exists()
    assert browser.post(address, {"number": number, "person": "欧阳借书"}).status_code == 302
    loan = Loan.objects.get()
    assert loan.person_id == who.pk and "欧阳借书" in browser.get(address).content.decode()
    mine = phone(who)
    assert "活着" in mine.get(reverse("venues:m-mine")).content.decode()
    assert mine.post(reverse("venues:m-renew", args=[loan.pk])).status_code == 302
    assert phone(members.person()).post(reverse("venues:m-renew", args=[loan.pk])).status_code == 404
    assert "在架" in mine.get(reverse("venues:m-venue", args=[place.code]), {"q": "活着"}).content.decode()
    assert browser.post(reverse("venues:loan-act", args=[loan.pk, "return"])).status_code == 302
    loan.refresh_from_db()
    assert loan.renewals == 1 and loan.ended_on is not None
    assert browser.get(reverse("venues:books", args=[place.pk])).status_code == 200
    assert browser.get(reverse("venues:library", args=[make.venue(union).pk])).status_code == 404


@pytest.mark.system("S177")
def test_the_gap_page_and_its_file_take_a_distance() -> None:
    union = members.shop()[1]
    members.member(union)
    browser = desk(union)
    page = browser.get(reverse("venues:gap"), {"metres": "5000", "kind": "rest"}).content.decode()
    assert "5 公里以内没有暖心驿站的会员" in page
    assert browser.get(reverse("venues:gap"), {"metres": "1"}).status_code == 200  # out of range: the default
    assert browser.get(reverse("venues:gap"), {"xlsx": "1"})["Content-Type"].startswith("application/vnd")
