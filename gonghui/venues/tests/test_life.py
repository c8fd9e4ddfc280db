"""Gatherings, the year's money, and what a point was used for (阵地活动、年度经费、年度使用). Source: S175, S176."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.core.errors import BadInput, Conflict, NotFound
from gonghui.members.tests import make as members
from gonghui.orgs.tests import make as orgs
from gonghui.venues.models import Gathering, YearMoney
from gonghui.venues.selectors import life as uses
from gonghui.venues.services import life, slots
from gonghui.venues.tests import make

pytestmark = pytest.mark.django_db


def place(kind: str = "home", name: str = "工人之家"):
    return make.venue(orgs.root(), kind, name)


@pytest.mark.system("S175", "S176")
def test_a_year_is_counted_from_visits_loans_and_gatherings() -> None:
    venue = place("library", "职工书屋")
    person = members.member(venue.union).person
    make.loan(venue, make.books(venue)[0], person.pk)
    life.gathering_record(actor=make.system, venue=venue, kind="reading", on=clock.today(), title="读书会", people=18)
    wrong = life.gathering_record(actor=make.system, venue=venue, kind="talk", on=clock.today(), title="讲座", people=90)
    slot = make.slot(venue)
    slots.reserve(actor=members.worker(person), slot=slot)
    life.money_set(actor=make.system, venue=venue, year=clock.today().year, budget_fen=100_00, spent_fen=130_00)
    now = uses.years(venue)[0]
    assert (now.visits, now.loans, now.gatherings, now.people, now.reading) == (0, 1, 2, 108, 1), "a place booked for later is no visit yet"
    assert now.left_fen == -30_00
    life.gathering_void(actor=make.system, venue=venue, pk=wrong.pk, reason="登记错了")
    with clock.at(slot.ends_at + timedelta(minutes=1)):
        later = uses.years(venue)[0] if slot.ends_at.year == clock.today().year else now
    assert uses.years(venue)[0].people == 18
    assert later is now or (later.visits, later.persons, later.uses) == (1, 1, 20)


def test_each_year_has_its_own_line_from_the_opening_on() -> None:
    venue = place()
    found = uses.years(venue)
    assert [y.year for y in found] == list(range(clock.today().year, max(clock.today().year - uses.YEARS, venue.opened_on.year - 1), -1))


@pytest.mark.parametrize(("changes", "code"), [
    ({"people": 0}, "venues.gathering"), ({"title": " "}, "venues.gathering"), ({"kind": "party"}, "venues.gathering"),
    ({"on": clock.today() + timedelta(days=1)}, "venues.gathering"),
])  # fmt: skip
def test_a_gathering_says_what_is_missing(changes, code) -> None:
    data = {"kind": "talk", "on": clock.today(), "title": "安全讲座", "people": 1, **changes}
    with pytest.raises(BadInput) as refusal:
        life.gathering_record(actor=make.system, venue=place(), **data)
    assert refusal.value.code == code and not Gathering.objects.exists()


def test_the_same_gathering_twice_and_a_void_twice_are_refused() -> None:
    venue = place()
    data = {"kind": "talk", "on": clock.today(), "title": "安全讲座", "people": 30}
    row = life.gathering_record(actor=make.system, venue=venue, **data)
    with pytest.raises(Conflict):
        life.gathering_record(actor=make.system, venue=venue, **data)
    with pytest.raises(BadInput):
        life.gathering_void(actor=make.system, venue=venue, pk=row.pk, reason=" ")
    life.gathering_void(actor=make.system, venue=venue, pk=row.pk, reason="写错人数")
    with pytest.raises(Conflict):
        life.gathering_void(actor=make.system, venue=venue, pk=row.pk, reason="再作废一次")
    assert life.gathering_record(actor=make.system, venue=venue, **data).pk != row.pk, "after a void the right one can be entered"


def test_nobody_of_another_union_writes_here() -> None:
    venue = place()
    stranger = accounts.actor(accounts.officer((Role.CHAIR, "00019999")))
    with pytest.raises(NotFound):
        life.money_set(actor=stranger, venue=venue, year=clock.today().year, budget_fen=1, spent_fen=0)
    assert not YearMoney.objects.exists()


def test_the_page_takes_and_shows_both_and_voids() -> None:
    venue = place()
    browser = accounts.client(accounts.officer((Role.CITY, venue.union.path)))
    act = f"/console/venues/{venue.pk}/do/"
    browser.post(act + "gathering/", {"on": clock.today(), "kind": "reading", "title": "《平凡的世界》读书会", "people": "21"})
    browser.post(act + "money/", {"year": str(clock.today().year), "budget_fen": "6000", "spent_fen": "12.34"})
    page = browser.get(f"/console/venues/{venue.pk}/").content.decode()
    assert "《平凡的世界》读书会" in page and "21 人次" in page and "6,000.00" in page and "12.34" in page
    bad = browser.post(act + "money/", {"year": "88", "budget_fen": "-1"}, follow=True).content.decode()
    assert "年度" in bad and "预算（元）" in bad
    browser.post(act + "gathering-void/", {"pk": Gathering.objects.get().pk, "reason": "写错了"})
    assert "《平凡的世界》读书会" not in browser.get(f"/console/venues/{venue.pk}/").content.decode()
