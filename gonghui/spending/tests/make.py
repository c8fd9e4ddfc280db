"""Named figures and small factories of spending."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.approvals import services as approvals
from gonghui.finance import services as finance
from gonghui.members.tests import make as members
from gonghui.orgs.tests import make as orgs
from gonghui.spending import services
from gonghui.spending.enums import PlanKind, Use
from gonghui.spending.services.data import LineData, PersonData, PlanData

system = members.system
BEIJING, SHANDONG, ANHUI, GUIZHOU, SHANGHAI = "110105", "371002", "340102", "520102", "310101"
DAY = date(2026, 3, 10)


def shop(area: str = BEIJING, number: int = 3, name: str = "青石茶厂") -> Any:
    """A union of an enterprise in a place, with some members."""
    town = orgs.township(area=area)
    union = orgs.own_union(orgs.employer(town, name), town, area=area)
    for _ in range(number):
        members.member(union)
    return union


def people(union: Any) -> list[PersonData]:
    return [PersonData(pk) for pk in union.memberships.filter(until=None).order_by("pk").values_list("person_id", flat=True)]


def chair(union: Any) -> Any:
    return accounts.acting((Role.CHAIR, union.path), name="张主席")


def clerk(union: Any) -> Any:
    return accounts.acting((Role.CLERK, union.path), name="李经办")


def accountant(union: Any) -> Any:
    return accounts.acting((Role.FINANCE, union.path), name="钱会计")


def town_officer(union: Any) -> Any:
    return accounts.acting((Role.TOWNSHIP, union.parent.path), name="镇主席")


def data(kind: str = PlanKind.ACTIVITY, *lines: LineData, **more: Any) -> PlanData:
    """A plan; without lines an activity of 40 with a participation prize of 100 yuan each."""
    more.setdefault("on", DAY)
    more.setdefault("title", "职工趣味运动会")
    if not more.get("people"):
        more.setdefault("count", 40)
    return PlanData(kind=kind, lines=lines or (prize(10000, 40),), **more)


def prize(yuan_fen: int, quantity: int) -> LineData:
    return LineData(Use.PARTICIPATION, yuan_fen, quantity, "参与奖")


def plan(union: Any, *lines: LineData, actor: Any = None, kind: str = PlanKind.ACTIVITY, **more: Any) -> Any:
    return services.plan_make(actor=actor or system, union=union, data=data(kind, *lines, **more))


def gift(
    union: Any, yuan_fen: int, on: date = DAY, words: str = "粮油礼包", form: str = "goods", festival: str = "spring", actor: Any = None
) -> Any:
    """A festival gift to all."""
    everyone = people(union)
    return plan(
        union, LineData(Use.GIFT, yuan_fen, len(everyone), words), actor=actor, kind=PlanKind.FESTIVAL, on=on, people=everyone, whole_roll=True,
        title="节日慰问", more={"festival": festival, "form": form},
    )  # fmt: skip


def approved(union: Any, made: Any, reason: str = "按年度计划") -> Any:
    """Handed in by a clerk, confirmed by the chair."""
    services.plan_submit(actor=clerk(union), plan=made, reason=reason)
    made.refresh_from_db()
    approvals.approval_decide(actor=chair(union), approval=made.approval, decision="approve")
    made.refresh_from_db()
    return made


def book(union: Any, since: date = date(2026, 1, 1)) -> Any:
    return finance.book_open(actor=chair(union), union=union, since=since)


def cashier(union: Any) -> Any:
    return accounts.acting((Role.CASHIER, union.path), name="周出纳")
