"""What works (什么管用): which argument, visitor and form came before a union, by industry and size; small numbers are not shown.

An employer counts once for each trait, with its first to last visit; it has a union when it is covered now and the coverage began
on or after the first visit. Shares say what went together, not what caused what. Source: S008, P01.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gonghui.core import clock
from gonghui.fieldwork.enums import Argument, Perm, Refusal, Visitor, VisitState
from gonghui.fieldwork.models import Visit
from gonghui.fieldwork.rules import works as rules
from gonghui.fieldwork.selectors import values
from gonghui.orgs.enums import CoverageForm
from gonghui.orgs.selectors import spots

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

DIMENSIONS = {
    "arguments": ("说的道理", dict(Argument.choices)),
    "visitor": ("谁去的", dict(Visitor.choices)),
    "form": ("建议的形式", dict(CoverageForm.choices)),
    "refusal": ("曾经不同意的原因", dict(Refusal.choices)),
}


@dataclass(frozen=True)
class Row:
    """One trait of a table."""

    label: str
    cell: rules.Cell


@dataclass(frozen=True)
class Report:
    """The page (什么管用)."""

    tables: list[tuple[str, list[Row]]]
    industries: list[Row]
    sizes: list[Row]
    employers: int
    formed: int
    visits: int
    complete: int
    least: int

    @property
    def complete_rate(self) -> Fraction | None:
        return Fraction(self.complete, self.visits) if self.visits else None


def report(*, actor: Actor, since: date | None = None, until: date | None = None, industry: str = "", size: str = "") -> Report:
    """All tables at once. Source: policy figures.small_cell, fieldwork.size_bands."""
    on = clock.today()
    least, edges = values.number("figures.small_cell", on), values.numbers("fieldwork.size_bands", on)
    rows = Visit.objects.filter(actor.within(Perm.RESULT_VIEW, "employer__union"), state=VisitState.DONE, visited_on__isnull=False)
    if since:
        rows = rows.filter(visited_on__gte=since)
    if until:
        rows = rows.filter(visited_on__lte=until)
    if industry:
        rows = rows.filter(employer__industry__startswith=industry[:1])
    visits = list(rows.select_related("employer").prefetch_related("employer__coverages").order_by("visited_on", "pk"))
    visits = [v for v in visits if not size or rules.band(v.employer.headcount, edges) == size]
    first: dict[int, date] = {}
    for v in visits:
        assert v.visited_on is not None
        first.setdefault(v.employer_id, v.visited_on)
    firms = {v.employer_id: v.employer for v in visits}
    formed = {pk: _formed(firms[pk], day) for pk, day in first.items()}
    traits: dict[str, set[tuple[Hashable, int]]] = defaultdict(set)
    for v in visits:
        for name in DIMENSIONS:
            traits[name].update((value, v.employer_id) for value in _of(v, name))
    names = spots.industry_names()
    return Report(
        [(title, _rows(traits[name], formed, least, labels)) for name, (title, labels) in DIMENSIONS.items()],
        _rows({((f.industry or "")[:1], pk) for pk, f in firms.items()}, formed, least, {"": "未登记", **names}),
        _rows({(rules.band(f.headcount, edges), pk) for pk, f in firms.items()}, formed, least, {}),
        len(firms), sum(formed.values()), len(visits), sum(v.card_complete for v in visits), least,
    )  # fmt: skip


def _of(visit: Visit, name: str) -> list[str]:
    if name == "arguments":
        return list(visit.arguments)
    value = {"visitor": visit.visitor, "form": visit.proposed_form, "refusal": visit.refusal}[name]
    return [value] if value else []


def _formed(employer: Any, first: date) -> bool:
    return any(c.main and c.since >= first and c.until is None for c in employer.coverages.all())


def _rows(traits: set[tuple[Hashable, int]], formed: dict[int, bool], least: int, labels: dict[str, str]) -> list[Row]:
    found = rules.cells(((trait, formed[pk]) for trait, pk in sorted(traits, key=str)), least)
    return [Row(labels.get(str(trait), str(trait)), cell) for trait, cell in rules.ranked(found)]
