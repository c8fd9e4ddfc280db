"""Named figures and small factories of the register."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.accounts.actor import Actor, Scope
from gonghui.accounts.enums import Role
from gonghui.orgs import services
from gonghui.orgs.enums import CoverageForm, Mode, UnionKind
from gonghui.orgs.models import Employer, Union

OLD = date(2010, 1, 1)
system = Actor.system("test")


def officer(role: Role, union: Union, *, number: int = 1) -> Actor:
    """An officer with one grant."""
    return Actor(ref=f"user:{number}", name=f"干部{number}", user_id=number, is_officer=True, scopes=(Scope(role, union.path),))


def root(name: str = "江州市总工会") -> Union:
    found = Union.objects.filter(depth=0).first()
    return found or services.union_build(actor=system, parent=None, kind=UnionKind.CITY, name=name, founded_on=OLD, area="371000")


def township(name: str = "青石镇工会", parent: Union | None = None, **extra: Any) -> Union:
    return build(UnionKind.TOWNSHIP, name, parent or root(), **extra)


def build(kind: str, name: str, parent: Union, **extra: Any) -> Union:
    extra.setdefault("founded_on", OLD)
    return services.union_build(actor=system, parent=parent, kind=kind, name=name, **extra)


def regional(parent: Union, name: str = "青石镇区域工会联合会") -> Union:
    return build(UnionKind.REGIONAL, name, parent)


def industry(parent: Union, name: str = "茶叶行业工会联合会") -> Union:
    return build(UnionKind.INDUSTRY, name, parent, industry="A01")


_serial = iter(range(1, 10**6))


def employer(union: Union, name: str = "", **extra: Any) -> Employer:
    extra.setdefault("headcount", 30)
    extra.setdefault("opened_on", date(2015, 3, 1))
    extra.setdefault("listed_on", date(2020, 1, 1))
    return services.employer_register(actor=system, union=union, name=name or f"青石{next(_serial)}号茶厂", **extra)


def own_union(employer: Employer, parent: Union, **extra: Any) -> Union:
    return build(
        UnionKind.ENTERPRISE,
        f"{employer.name}工会委员会",
        parent,
        employer=employer,
        mode=Mode.SINGLE,
        **{"founded_on": date(2020, 6, 1), **extra},
    )


def cover(union: Union, firm: Employer, form: str = CoverageForm.REGIONAL, since: date = date(2021, 1, 1), **extra: Any) -> Any:
    return services.coverage_add(actor=system, union=union, employer=firm, form=form, since=since, **extra)
