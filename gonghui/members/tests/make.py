"""Named figures and small factories of membership."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.accounts.actor import Actor, Scope
from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.members.models import Application, Membership
from gonghui.members.services import consents, joining, spells
from gonghui.orgs.tests import make as orgs
from gonghui.people import services as people

system = Actor.system("test")
root, township, employer, own_union, cover, build = orgs.root, orgs.township, orgs.employer, orgs.own_union, orgs.cover, orgs.build
_serial = iter(range(1, 10**6))
NAMES = "张明 李芳 王强 赵敏 孙丽 周杰 吴刚 郑洁 冯涛 陈静".split()


def officer(union: Any, role: Role = Role.CHAIR, number: int = 1) -> Actor:
    return Actor(ref=f"user:{number}", name=f"干部{number}", user_id=number, is_officer=True, scopes=(Scope(role, union.path),))


def id_number(n: int, sex: str = "1") -> str:
    """A resident number with a right check digit, born 1990-01-01."""
    stem = f"3710{n // 500 % 100:02d}19900101{(n % 500) * 2 + (1 if sex == '1' else 0):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return stem + "10X98765432"[sum(int(c) * w for c, w in zip(stem, weights, strict=True)) % 11]


def person(name: str = "", **values: Any) -> Any:
    n = next(_serial)
    sex = values.pop("sex", "1")
    return people.person_register(
        actor=system, name=name or NAMES[n % 10], id_number=values.pop("id_number", id_number(n, sex)), phone=f"138{n:08d}", **values
    )


def worker(person: Any) -> Actor:
    """The person at the own phone."""
    return Actor(ref=f"worker:{person.pk}", name=person.name, user_id=100_000 + person.pk, person_id=person.pk)


def member(union: Any, since: date = date(2024, 1, 1), who: Any = None, **values: Any) -> Membership:
    return spells.open_spell(actor=system, person=who or person(), union=union, on=since, **values)


def employed(who: Any, firm: Any, since: date = date(2023, 1, 1), **values: Any) -> Any:
    return spells.open_employment(actor=system, person=who, employer=firm, on=since, **values)


def applied(union: Any, who: Any = None, **values: Any) -> Application:
    """An application the worker filled in and signed on the phone."""
    who = who or person()
    actor = worker(who)
    consents.consent_give(actor=actor, person=who, purpose="membership")
    values.setdefault("signed", joining.Signed(who.name))
    values.setdefault("employer_name", "青石茶厂")
    return joining.application_submit(actor=actor, person=who, union=union, **values)


def shop(name: str = "青石茶厂", parent: Any = None) -> tuple[Any, Any]:
    """An enterprise with its own union below a township: (employer, union)."""
    town = parent or township()
    firm = employer(town, name)
    return firm, own_union(firm, town)


def roll(union: Any, key: str, on: date | None = None) -> int:
    """A count as of a day, from the roll-ups."""
    from django.apps import apps
    from django.db.models import Sum

    rows = apps.get_model("figures", "Roll").objects.filter(union=union, key=key, day__lte=on or clock.today())
    return rows.aggregate(n=Sum("n"))["n"] or 0
