"""Named figures and small factories for tests of people (测试人物)."""

from __future__ import annotations

from typing import Any

from gonghui.accounts.actor import Actor, Scope
from gonghui.people import rules, services
from gonghui.people.models import Person


def id_number(n: int = 1, born: str = "19880315", area: str = "990101") -> str:
    """An invented resident number with a right check digit; area 99 exists nowhere."""
    first17 = f"{area}{born}{n:03d}"
    return first17 + rules.check_digit(first17)


def system() -> Actor:
    return Actor.system("test")


def officer(role: str = "city", path: str = "0001", pk: int = 7, **more: Any) -> Actor:
    return Actor(ref=f"user:{pk}", name="李四", user_id=pk, is_officer=True, scopes=(Scope(role, path),), **more)


def person(n: int = 1, name: str = "张三", **more: Any) -> Person:
    values = {"id_number": id_number(n), **more}
    return services.person_register(actor=system(), name=name, **values)
