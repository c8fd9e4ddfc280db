"""Actors and slips for the tests of the rule base."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.accounts.actor import Actor, Scope
from gonghui.accounts.enums import Role
from gonghui.policy import services
from gonghui.policy.engine.loader import Pack, build, pack_of
from gonghui.policy.engine.strict import parse

DAY = date(2026, 1, 1)
SOURCES = {"甲法": {"title": "甲法", "version": "2020"}, "乙章程": {"title": "乙章程", "version": "2020"}}


def actor(role: Role = Role.CITY, path: str = "0001", ref: str = "user:1") -> Actor:
    """张三, an officer of a part of the tree."""
    return Actor(ref=ref, name="张三", user_id=1, is_officer=True, scopes=(Scope(str(role), path),))


def rule(text: str, key: str = "test.rule") -> Pack:
    """A pack of one rule from YAML text."""
    trees: dict[str, Any] = {}
    return pack_of({key: build(key, parse(text, key), SOURCES, trees, file="test/rule.yaml")}, "0" * 64, trees)


def slip(members: int | None = 24, *, path: str = "0001", perm: str = "") -> str:
    """A stored slip and its number."""
    decision = services.decide("orgs.committee_form", on=DAY, facts={"members": services.Fact(members, source="会员名册", record="roll:3")})
    return services.store("user:1", decision, subject="union:7", org_path=path, perm=perm)
