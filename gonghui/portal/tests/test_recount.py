"""Members and workers: what the rolls say is what a plain count of the records says."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.core import verify
from gonghui.figures.models import Roll
from gonghui.members.services import spells
from gonghui.members.tests import make

pytestmark = pytest.mark.django_db


def failures():
    return [f for c in verify.run(["RPT-01", "RPT-02"])["checks"] for f in c["failures"]]


def city():
    town = make.township()
    firm, other = make.employer(town), make.employer(make.township("白石镇工会"))
    union = make.own_union(firm, town)
    for i in range(4):
        person = make.person(sex="12"[i % 2], education="20", migrant=i > 1)
        make.employed(person, firm, date(2021, 1, 1))
        if i:
            make.member(union, date(2022, 1, 1), who=person)
    make.employed(person, other, date(2022, 1, 1))  # a second labour relation counts nowhere
    return union


@pytest.mark.invariant("RPT-01", "RPT-02")
def test_members_and_workers_equal_their_recount_after_every_change():
    union = city()
    assert failures() == []
    from gonghui.members.selectors import members

    spell = members.current(make.system, union).first()
    spells.change_spell(actor=make.system, spell=spell, on=date(2025, 6, 1), ended="suspended", standing="suspended")
    assert failures() == []


@pytest.mark.invariant("RPT-01")
def test_a_member_too_many_in_the_roll_is_located():
    """Negative control."""
    union = city()
    Roll.objects.filter(union_id=union.pk, key="members.migrant").update(n=7)
    assert any("members.migrant" in f and union.name in f for f in failures())
