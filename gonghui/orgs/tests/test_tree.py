"""The union tree: build, move, history."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.orgs import services
from gonghui.orgs.enums import CoverageForm
from gonghui.orgs.models import Coverage, Spot, UnionLine
from gonghui.orgs.tests import make

pytestmark = pytest.mark.django_db


def test_a_union_gets_its_own_place_under_its_parent():
    town = make.township()
    firm = make.employer(town)
    union = make.own_union(firm, town)
    assert union.path == town.path + "0001"
    assert set(UnionLine.objects.filter(descendant=union, until=None).values_list("ancestor_id", "depth")) == {
        (union.pk, 0),
        (town.pk, 1),
        (make.root().pk, 2),
    }
    assert Coverage.objects.get(employer=firm).form == CoverageForm.SINGLE
    firm.refresh_from_db()
    assert (firm.organised, firm.union_id) == (True, union.pk)
    assert not Spot.objects.filter(employer=firm, until=None).exists()


def test_a_move_takes_the_whole_subtree_and_keeps_the_past(monkeypatch):
    monkeypatch.setattr("gonghui.orgs.services.guards.scope_moved", lambda *a: None)
    here, there = make.township("青石镇工会"), make.township("白水镇工会")
    federation = make.regional(here)
    firm = make.employer(here)
    union = make.own_union(firm, federation)
    day = date(2024, 5, 1)
    services.union_move(actor=make.system, union=federation, new_parent=there, on=day)
    union.refresh_from_db()
    assert union.path == there.path + "0001" + "0001"
    then = UnionLine.objects.filter(descendant=union, since__lte=date(2024, 4, 30)).exclude(until__lte=date(2024, 4, 30))
    assert here.pk in then.values_list("ancestor_id", flat=True)
    assert there.pk not in then.values_list("ancestor_id", flat=True)
    assert set(UnionLine.objects.filter(descendant=union, until=None).values_list("ancestor_id", flat=True)) == {
        union.pk,
        federation.pk,
        there.pk,
        make.root().pk,
    }
