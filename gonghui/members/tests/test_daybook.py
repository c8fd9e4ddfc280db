"""A spell changed by hand shows with its union and its day (RPT-01 to the day)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gonghui.members import verify
from gonghui.members.models import Membership
from gonghui.members.tests import make

pytestmark = pytest.mark.django_db


def found() -> list[str]:
    return list(verify.rolls_to_the_day())


@pytest.mark.invariant("RPT-01")
def test_a_changed_spell_is_located_to_the_day() -> None:
    _firm, union = make.shop()
    spell = make.member(union)
    assert found() == []
    Membership.objects.filter(pk=spell.pk).update(since=spell.since + timedelta(days=1))
    faults = found()
    assert faults and str(spell.since) in faults[0] and union.name in faults[0]
    Membership.objects.filter(pk=spell.pk).update(since=spell.since)
    assert found() == []
