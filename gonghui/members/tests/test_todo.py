"""The inbox shows what waits in membership, to those who may decide it (待办)."""

from __future__ import annotations

from typing import Any

import pytest

from gonghui.accounts.enums import Role
from gonghui.members.selectors import todo
from gonghui.members.services import transfers
from gonghui.members.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shops() -> dict[str, Any]:
    root = make.root()
    town = make.township(parent=root)
    (_a, one), (_b, two) = make.shop("甲厂", parent=town), make.shop("乙厂", parent=town)
    return {"town": town, "one": one, "two": two}


def kinds(union: Any, role: Role = Role.CHAIR) -> list[str]:
    return sorted(i.kind for i in items(make.officer(union, role)))


def items(actor: Any) -> list[Any]:
    return [source.make(row) for source in todo.inbox(actor) for row in source.rows]


def test_an_application_waits_for_its_union_and_above_only(shops: dict[str, Any]) -> None:
    make.applied(shops["one"])
    assert kinds(shops["one"]) == kinds(shops["town"], Role.TOWNSHIP) == ["members.application"]
    assert kinds(shops["two"]) == []
    assert kinds(shops["one"], Role.CLERK) == []
    item = items(make.officer(shops["one"]))[0]
    assert "*" in item.title and item.url.endswith("/")


def test_a_transfer_waits_for_the_receiving_side(shops: dict[str, Any]) -> None:
    spell = make.member(shops["one"])
    transfers.transfer_open(actor=make.system, membership=spell, target=shops["two"])
    assert kinds(shops["two"]) == ["members.transfer"]
    assert kinds(shops["one"]) == []
