"""From records to plain data (取数): the plan, what was spent before, the budget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Q

from gonghui.accounts.actor import Actor
from gonghui.members.selectors import counts
from gonghui.orgs.selectors import law
from gonghui.spending.enums import CARE, COUNTED, Method, PlanKind, Use
from gonghui.spending.models import Participant, Plan, PlanLine, Spent
from gonghui.spending.rules.draft import Draft, History, Line, Member, Past
from gonghui.spending.selectors import budgets, figures

YEARS_BACK = 6
"""How far back the history reads: longer than any interval of a rule."""
SYSTEM = Actor.system("spending")


def roll_on(union: Any, day: date) -> Any:
    """Counted members of the union itself on a day (全体会员)."""
    return counts.spells_on(SYSTEM, union, day).filter(union=union)


def draft_of(plan: Plan, *, on: date | None = None, handed_out: bool = False) -> Draft:
    """A stored plan as data."""
    union, day = plan.union, on or plan.on
    members = tuple(
        Member(f"p{row.person_id}", row.kind, row.elsewhere, row.signed_on is not None) for row in plan.participants.order_by("pk")
    )
    roll = roll_on(union, day).count() if plan.kind == PlanKind.FESTIVAL else 0
    facts = {**_typed(plan.more), **({"illness_mark": plan.illness_mark} if plan.illness_mark else {})}
    if plan.whole_roll:
        facts["to_all"] = True
    lines = tuple(Line(x.use, x.unit_fen, x.quantity, x.words, x.people, x.grade) for x in plan.lines.all())
    return Draft(
        kind=plan.kind, on=day, at=law.place_of(union), lines=lines, members=members,
        count=plan.count, roll=roll, unit_path=union.path, method=plan.method, payee=plan.payee, nature=plan.nature, source=plan.source,
        facts=facts, place=plan.place_area[:6], tables=figures.tables_of(union), handed_out=handed_out,
        budget=budgets.budget_for(union, day, plan.kind, plan.budget_item, exclude=plan.source),
    )  # fmt: skip


def _typed(more: dict[str, Any]) -> dict[str, Any]:
    """Dates come out of JSON as text."""
    return {k: date.fromisoformat(v) if k == "last_on" and isinstance(v, str) else v for k, v in more.items() if v is not None}


def history_of(union: Any, day: date, *, plan: Plan | None = None, persons: Iterable[int] = ()) -> History:
    """What this union spent, and what these people had anywhere on the platform, before; never the plan itself."""
    since = date(day.year - YEARS_BACK, 1, 1)
    mine = Q(union=union) | Q(participants__person__in=list(persons)) if persons else Q(union=union)
    plans = Plan.objects.filter(mine, state__in=COUNTED, on__gte=since)
    plans = plans.exclude(pk=plan.pk) if plan is not None and plan.pk else plans
    return History((*_of_plans(union, plans), *_of_vouchers(union, since)))


def _of_plans(union: Any, plans: Any) -> Iterator[Past]:
    rows = {p.pk: p for p in plans.distinct()}
    people: dict[int, list[int]] = {}
    for plan_id, person_id in Participant.objects.filter(plan__in=list(rows)).values_list("plan_id", "person_id"):
        people.setdefault(plan_id, []).append(person_id)
    for line in PlanLine.objects.filter(plan__in=list(rows)):
        plan = rows[line.plan_id]
        yield from _line(plan, line, people.get(plan.pk, []), own=plan.union_id == union.pk)


def _line(plan: Plan, line: PlanLine, persons: list[int], *, own: bool) -> Iterator[Past]:
    """The whole for the union; each person's part for clothing, films, vouchers and condolence."""
    on, cash = plan.paid_on or plan.on, plan.method == Method.CASH
    fen = line.total_fen if own else 0
    each = line.unit_fen if line.use in (Use.CLOTHING, Use.FILM, Use.VOUCHER, Use.CARE) else 0
    if own:
        yield Past(on, line.use, 0 if each and persons else fen, plan.source, payee=plan.payee, cash=False)
    if own and cash:
        yield Past(on, "cash", fen, plan.source, payee=plan.payee, cash=True)
    if each:
        topic = plan.illness_mark if plan.kind in CARE else ""
        for pk in persons:
            yield Past(on, line.use, each, plan.source, ref=f"p{pk}", payee=plan.payee, topic=topic)


def _of_vouchers(union: Any, since: date) -> Iterator[Past]:
    for row in Spent.objects.filter(union=union, undone_on=None, on__gte=since):
        source = f"finance.voucher:{row.voucher_pk}"
        yield Past(row.on, row.use, row.amount_fen, source, payee=row.payee)
        if row.cash:
            yield Past(row.on, "cash", row.amount_fen, source, payee=row.payee, cash=True)


def history_for(plan: Plan) -> History:
    """The history a stored plan is judged against."""
    persons = list(plan.participants.values_list("person_id", flat=True))
    return history_of(plan.union, plan.on, plan=plan, persons=persons)
