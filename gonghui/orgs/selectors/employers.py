"""Reads of employers (单位查询): list, one, cards, values of both visits, history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from gonghui.accounts.actor import subtree
from gonghui.core import clock
from gonghui.orgs.enums import WRITTEN_OFF, CoverageForm, EmployerStatus, Perm, Sector, Side
from gonghui.orgs.models import CardBlock, Coverage, Duplicate, Employer, EmployerSpell, EmployerValue, Matter, Merge
from gonghui.orgs.rules import cards
from gonghui.orgs.rules.identifiers import clean_number
from gonghui.orgs.rules.values import TWO_SIDED
from gonghui.orgs.selectors import policy_values

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.orgs.models import Union

SORTS = {"name": "name", "listed": "listed_on", "headcount": "headcount", "code": "code"}
STATES = {
    "": ("在册", Q(written_off_on=None)),
    "blank": ("未建会", Q(written_off_on=None, organised=False)),
    "paused": ("停业", Q(status__in=[EmployerStatus.SEASONAL, EmployerStatus.STOPPED])),
    "suspect": ("疑似停业", Q(written_off_on=None, headcount=0, status=EmployerStatus.NORMAL, sector=Sector.NON_PUBLIC)),
    "off": ("已核减", Q(status__in=WRITTEN_OFF)),
}


def employer_visible(actor: Actor, perm: str = Perm.EMPLOYER_VIEW) -> QuerySet[Employer]:
    """Employers in the actor's scope."""
    return Employer.objects.filter(actor.within(perm, "union"))


def employer_get(*, actor: Actor, pk: int, perm: str = Perm.EMPLOYER_VIEW) -> Employer:
    """One employer the actor may see, or 404."""
    return get_object_or_404(employer_visible(actor, perm).select_related("union", "merged_into"), pk=pk)


def employer_list(
    *, actor: Actor, state: str | None = None, q: str = "", union: Union | None = None, sort: str = "", **filters: Any
) -> QuerySet[Employer]:
    """The ledger, filtered (单位底册). Args: filters by column: sector, status, industry, area, key_sector, organised."""
    rows = employer_visible(actor)
    if state is not None and state in STATES:
        rows = rows.filter(STATES[state][1])
    if union is not None:
        rows = rows.filter(subtree(union.path, "union__path"))
    for word in q.split()[:4]:
        number = clean_number(word)
        rows = rows.filter(
            Q(name__icontains=word) | Q(code__iexact=word) | Q(address__icontains=word) | Q(licences__number=number)
        ).distinct()
    rows = rows.filter(**{k: v for k, v in filters.items() if v not in (None, "")})
    column = SORTS.get(sort.lstrip("-"), "name")
    return rows.select_related("union").order_by(f"-{column}" if sort.startswith("-") else column, "pk")


def state_counts(*, actor: Actor) -> dict[str, int]:
    """How many stand under each tab, in one query."""
    counts = {f"n_{key or 'all'}": Count("pk", filter=condition) for key, (_label, condition) in STATES.items()}
    found = employer_visible(actor).aggregate(**counts)
    return {key: found[f"n_{key or 'all'}"] for key in STATES}


@dataclass(frozen=True)
class Pair:
    """One item as both visits know it."""

    name: str
    label: str
    current: Any
    desk: EmployerValue | None
    field: EmployerValue | None

    @property
    def differs(self) -> bool:
        return self.desk is not None and self.field is not None and self.desk.value != self.field.value


def value_pairs(employer: Employer) -> list[Pair]:
    """Desk and field value of every item, the latest of each (两个走访)."""
    latest: dict[tuple[str, str], EmployerValue] = {}
    for row in EmployerValue.objects.filter(employer=employer).order_by("on", "pk"):
        latest[(row.name, row.side)] = row
    pairs = []
    for name, label in TWO_SIDED.items():
        current = employer.phone_mask if name == "phone" else getattr(employer, name)
        pairs.append(Pair(name, label, current, latest.get((name, Side.DESK)), latest.get((name, Side.FIELD))))
    return pairs


def cards_of(employer: Employer, day: date | None = None) -> list[cards.Card]:
    """The six-grasp card, and the five-clear survey of a two-new organisation."""
    today = day or clock.today()
    latest: dict[str, dict[str, tuple[str, date, str]]] = defaultdict(dict)
    for row in CardBlock.objects.filter(employer=employer).order_by("on", "pk"):
        latest[row.card][row.block] = (row.value, row.on, row.actor)
    fresh = policy_values.number("orgs.card_fresh_days", today)
    kinds = [cards.SIX, cards.FIVE] if employer.two_new else [cards.SIX]
    return [cards.card(kind, latest[kind], today, fresh) for kind in kinds]


def coverages_of(employer: Employer) -> list[Coverage]:
    return list(Coverage.objects.filter(employer=employer).select_related("union").order_by("-until", "-since", "pk"))


def spells_of(employer: Employer) -> list[EmployerSpell]:
    return list(EmployerSpell.objects.filter(employer=employer).order_by("-since", "-pk"))


def history_of(employer: Employer) -> list[dict[str, Any]]:
    """What happened, newest first (经过)."""
    steps: list[dict[str, Any]] = [
        {"text": f"经营状态：{s.get_status_display()}", "at": s.since, "note": s.evidence} for s in spells_of(employer)
    ]
    for row in coverages_of(employer):
        steps.append({"text": f"{row.union.name}以“{CoverageForm(row.form).label}”覆盖", "at": row.since, "note": row.reason})
        if row.until is not None:
            steps.append({"text": f"{row.union.name}的覆盖终止", "at": row.until, "note": row.end_reason})
    for merge in Merge.objects.filter(Q(survivor=employer) | Q(absorbed=employer)).select_related("survivor", "absorbed"):
        word = f"并入{merge.survivor.name}" if merge.absorbed_id == employer.pk else f"{merge.absorbed.name}并入"
        steps.append({"text": word + ("（已撤销）" if merge.undone_at else ""), "at": merge.on, "note": merge.reason})
    return sorted(steps, key=lambda s: s["at"], reverse=True)


def open_matters(employer: Employer) -> QuerySet[Matter]:
    return Matter.objects.filter(employer=employer, state="open")


def duplicate_list(*, actor: Actor, state: str = "open", kind: str = "") -> QuerySet[Duplicate]:
    """Proposed pairs both of whose employers the actor may merge or see (疑似重复)."""
    rows = Duplicate.objects.filter(actor.within(Perm.EMPLOYER_VIEW, "first__union"), actor.within(Perm.EMPLOYER_VIEW, "second__union"))
    rows = rows.filter(state="open") if state == "open" else rows.exclude(state="open")
    if kind:
        rows = rows.filter(kind=kind)
    return (
        rows.select_related("first__union", "second__union")
        .prefetch_related("first__licences", "second__licences")
        .order_by("-score", "pk")
    )


def duplicate_get(*, actor: Actor, pk: int) -> Duplicate:
    rows = Duplicate.objects.filter(actor.within(Perm.EMPLOYER_VIEW, "first__union"), actor.within(Perm.EMPLOYER_VIEW, "second__union"))
    return get_object_or_404(rows.select_related("first__union", "second__union"), pk=pk)


def duplicates_of(employer: Employer) -> QuerySet[Duplicate]:
    return Duplicate.objects.filter(Q(first=employer) | Q(second=employer)).select_related("first", "second").order_by("state", "-score")


def coverage_get(*, actor: Actor, pk: int) -> Coverage:
    return get_object_or_404(Coverage.objects.filter(actor.within(Perm.UNION_VIEW, "union")).select_related("union", "employer"), pk=pk)
