"""Workers whom no union can act for, as the register lists them."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.members.selectors.blind import groups
from gonghui.members.tests import make

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 1)


@pytest.mark.system("S003")
def test_only_those_without_a_membership_are_blind_and_a_driver_is_a_driver():
    firm, union = make.shop()
    for n in range(2):
        make.employed(make.person(f"派遣{n}"), firm, kind="dispatched")
    member = make.member(union).person
    make.employed(member, firm, kind="dispatched")
    make.employed(make.person("司机", group="trucker"), firm, kind="gig")
    make.employed(make.person("合同工"), firm)
    found = {(g.kind, g.employer_id): g.workers for g in groups([""], DAY)}
    assert found == {("dispatched", firm.pk): 2, ("driver", firm.pk): 1}
    assert groups([firm.union.path], DAY) and groups(["zzzz"], DAY) == []
    assert groups([""], date(2020, 1, 1)) == []
