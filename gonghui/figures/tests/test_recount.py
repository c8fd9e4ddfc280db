"""Verification finds a roll changed by hand, and says where."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.core import verify
from gonghui.figures.models import Roll
from gonghui.orgs import services as orgs
from gonghui.orgs.tests import make

pytestmark = pytest.mark.django_db


def results(*ids):
    return {c["id"]: c for c in verify.run(ids)["checks"]}


def city():
    town = make.township()
    federation = make.regional(town)
    firms = [make.employer(town, industry="C", sector=s) for s in ("non_public", "non_public", "public")]
    make.cover(federation, firms[0])
    make.own_union(firms[1], town)
    return town


@pytest.mark.invariant("RPT-01", "RPT-02")
def test_a_sound_city_verifies():
    city()
    found = results("RPT-01", "RPT-02")
    assert [found[i]["failures"] for i in ("RPT-01", "RPT-02")] == [[], []]
    assert found["RPT-01"]["checked"] > 30


@pytest.mark.invariant("RPT-01", "RPT-02")
def test_a_roll_changed_by_hand_is_found_and_located():
    """Negative control: one number too many."""
    town = city()
    row = Roll.objects.filter(union_id=town.pk, key="employers.organised").first()
    Roll.objects.filter(union_id=town.pk, key=row.key, day=row.day).update(n=row.n + 1)
    found = results("RPT-01", "RPT-02")
    assert any("青石镇工会 的 employers.organised" in f for f in found["RPT-01"]["failures"])
    assert any("青石镇工会 的 employers.organised" in f for f in found["RPT-02"]["failures"])


@pytest.mark.invariant("ORG-02", "RPT-02")
def test_after_a_move_every_level_still_adds_up():
    town = city()
    other = make.township("白石镇工会")
    from gonghui.orgs.models import Union

    federation = Union.objects.get(kind="regional")
    orgs.union_move(actor=make.system, union=federation, new_parent=Union.objects.get(pk=other.pk), on=date(2025, 5, 1))
    assert [results("RPT-01", "RPT-02")[i]["failures"] for i in ("RPT-01", "RPT-02")] == [[], []]
    assert town.pk != other.pk
