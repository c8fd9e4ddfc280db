"""Named figures and small factories of income."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.accounts.actor import Actor, Scope
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.income.enums import Cycle
from gonghui.income.rules.periods import Period
from gonghui.income.services import declarations, dues, payers
from gonghui.members.tests import make as members
from gonghui.orgs.tests import make as orgs

system = members.system
_serial = iter(range(1, 10**6))
WAGE = 40_000_000
"""A wage bill of 400,000 yuan: 8,000 yuan of contribution."""


def shop(area: str = "371002", name: str = "青石茶厂") -> tuple[Any, Any, Any]:
    """A city, an enterprise and its own union somewhere: (employer, union, township)."""
    town = orgs.township(f"{name}所在镇工会", area=area)
    firm = orgs.employer(town, name)
    union = orgs.own_union(firm, town, area=area)
    return firm, union, town


def officer(union: Any, role: Role = Role.FINANCE, number: int = 1) -> Actor:
    return Actor(ref=f"user:{number}", name=f"干部{number}", user_id=number, is_officer=True, scopes=(Scope(role, union.path),))


def clerk(union: Any, role: Role = Role.FINANCE, name: str = "何敏") -> Actor:
    """An officer with a real account, as approvals want."""
    return accounts.acting((role, union.path), username=f"inc-{role.value}-{next(_serial)}", name=name)


def payer(area: str = "371002", since: date = date(2025, 1, 1), name: str = "青石茶厂", **more: Any) -> Any:
    firm, union, _town = shop(area, name)
    return payers.payer_open(actor=system, employer=firm, union=union, since=since, **more)


def declared(who: Any, month: date = date(2026, 1, 1), base: int = WAGE, workers: int = 100, today: date | None = None) -> Any:
    """A declaration made on the first day after its period."""
    day = today or clock.add_months(month, 3 if who.cycle == Cycle.QUARTERLY else 1)
    with clock.at(day):
        return declarations.declaration_make(actor=system, payer=who, since=month, amounts={"time_wage": base}, workers=workers)


def crew(union: Any, wages: list[int | None], since: date = date(2024, 1, 1)) -> list[Any]:
    """Members with their wages (None: no base)."""
    found = [members.member(union, since) for _wage in wages]
    held = {m.person_id: w for m, w in zip(found, wages, strict=True) if w is not None}
    if held:
        dues.bases_set(actor=system, union=union, since=since, wages=held)
    return found


def listing(union: Any, month: date = date(2026, 1, 1), today: date = date(2026, 2, 1)) -> Any:
    with clock.at(today):
        return dues.list_make(actor=system, union=union, period=Period(month, 1))
