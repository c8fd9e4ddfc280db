"""Townships and zones are graded by one standard, each criterion from the records."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.campaigns.selectors import classes
from gonghui.campaigns.tests import make
from gonghui.core import clock
from gonghui.members.tests import make as members
from gonghui.orgs import services as orgs
from gonghui.orgs.tests import make as register

pytestmark = [pytest.mark.django_db]
SYSTEM = make.system


def place(kind: str, name: str, root: Any) -> Any:
    """A place with a firm that has a union, a worker who is a member, and one firm more."""
    union = register.build(kind, name, root)
    firm, own = members.shop(f"{name}厂", union)
    who = members.person()
    members.employed(who, firm)
    members.member(own, who=who)
    return union


def level(union: Any) -> tuple[int, list[str]]:
    found = classes.of_union(SYSTEM, union.pk)
    assert found is not None
    return found.level, found.missing


def equip(union: Any) -> None:
    """Certificate, account, committees and chair."""
    today = clock.today()
    orgs.certificate_add(actor=SYSTEM, union=union, number="81510000", issued_on=today, valid_until=today + timedelta(days=3000))
    orgs.account_set(actor=SYSTEM, union=union, bank="农商行", number="622200001111222233", since=today)
    orgs.term_open(actor=SYSTEM, union=union, number=1, since=today, years=5, approval_no="江工〔2026〕1 号")
    orgs.post_add(actor=SYSTEM, union=union, person_id=members.person().pk, title="chair", since=today)


@pytest.mark.system("S029")
def test_a_zone_and_a_township_with_the_same_records_have_the_same_class() -> None:
    root = register.root()
    zone, town = place("zone", "南环园区工会", root), place("township", "青石镇工会", root)
    assert level(zone) == level(town)
    assert level(zone)[0] == 4 and "主席在任" in level(zone)[1]
    equip(zone)
    assert level(zone) == (1, []) and level(town)[0] == 4
    register.employer(zone, "没有工会的厂")  # one of two firms: below the floor
    assert level(zone) == (2, ["建会率不低于底线"])
    with clock.at(clock.today() + timedelta(days=365 * 6)):  # the terms have lapsed, and with them the chair
        assert level(zone)[0] == 4
    empty = register.build("zone", "新园区工会", root)
    assert level(empty)[0] == 0  # without workers and firms nothing is said


@pytest.mark.system("S029")
def test_the_page_shows_prints_and_exports_within_the_scope() -> None:
    root = register.root()
    zone, town = place("zone", "南环园区工会", root), place("township", "青石镇工会", root)
    city = accounts.client(accounts.officer((Role.CITY, root.path), username="city-k"))
    for address in ("", "?print=1", "?kind=zone", "?kind=town"):
        page = city.get(f"/console/campaigns/classes/{address}").content.decode()
        assert ("南环园区" in page, "青石镇" in page) == (address != "?kind=town", address != "?kind=zone")
    assert city.get("/console/campaigns/classes/?as=xlsx").content[:2] == b"PK"
    assert "三类以下" in city.get(f"/console/campaigns/zones/{zone.pk}/").content.decode()
    mine = accounts.client(accounts.officer((Role.TOWNSHIP, town.path), username="town-k"))
    page = mine.get("/console/campaigns/classes/").content.decode()
    assert "青石镇" in page and "南环园区" not in page
