"""The ground of a drill (演练场地): a small register built by services in a database of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management import call_command

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.services import grants, officers
from gonghui.core import crypto
from gonghui.members.services import consents, spells
from gonghui.orgs import services as orgs
from gonghui.orgs.enums import Mode, UnionKind
from gonghui.people import rules as people_rules
from gonghui.people import services as people

OLD = date(2020, 1, 1)
MEMBERS = 24


def system() -> Actor:
    """Who builds and works."""
    return Actor.system("drill")


def build() -> dict[str, Any]:
    """City, township, two employers with unions, members, officers of two levels. Returns ids and codes."""
    crypto.service().create()
    call_command("migrate", verbosity=0)
    root = orgs.union_build(actor=system(), parent=None, kind=UnionKind.CITY, name="演练市总工会", founded_on=OLD, area="371000")
    town = orgs.union_build(actor=system(), parent=root, kind=UnionKind.TOWNSHIP, name="演练镇总工会", founded_on=OLD)
    unions = [_unit(town, name) for name in ("甲厂", "乙厂")]
    ids = [_member(n, unions[n % 2]) for n in range(MEMBERS)]
    made = {
        key: _officer(f"drill-{key}", role, path)
        for key, role, path in (("clerk", Role.CLERK, unions[0].path), ("town", Role.TOWNSHIP, town.path), ("city", Role.CITY, root.path))
    }
    return {
        "members": ids,
        "unions": [u.pk for u in unions],
        "paths": {"unit": unions[0].path, "town": town.path, "root": root.path},
        "codes": [[u.employer.code, u.code] for u in unions],
        "officers": made,
    }


def _unit(town: Any, name: str) -> Any:
    firm = orgs.employer_register(actor=system(), union=town, name=f"演练{name}", opened_on=OLD, listed_on=OLD, headcount=60)
    return orgs.union_build(
        actor=system(),
        parent=town,
        kind=UnionKind.ENTERPRISE,
        name=f"演练{name}工会委员会",
        employer=firm,
        mode=Mode.SINGLE,
        founded_on=OLD,
    )


def id_number(n: int) -> str:
    """An invented resident number with a right check digit; area 99 exists nowhere."""
    stem = f"99{n // 900 % 10_000:04d}19880315{n % 900 + 1:03d}"
    return stem + people_rules.check_digit(stem)


def _member(n: int, union: Any) -> int:
    person = people.person_register(actor=system(), name=f"演练{n}", id_number=id_number(n), phone=f"1390000{n:04d}")
    consents.consent_give(
        actor=Actor(ref=f"worker:{person.pk}", user_id=10**6 + n, person_id=person.pk), person=person, purpose="membership"
    )
    spells.open_spell(actor=system(), person=person, union=union, on=OLD)
    return int(person.pk)


def _officer(login: str, role: Role, path: str) -> int:
    user, _password = officers.officer_create(actor=system(), username=login, name=login)
    grants.grant_give(actor=system(), user=user, role=role, org_path=path, reason="演练")
    return int(user.pk)
