"""Facts of employers and unions for the layers above (统计事实): a handful of queries for any number of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet

from gonghui.orgs.hooks import EmployerFact, UnionFact
from gonghui.orgs.models import Coverage, Employer, EmployerPlace, EmployerSpell, Union, UnionEvent

CHUNK = 5000
_CORE = ("pk", "sector", "ownership", "industry", "area", "key_sector", "two_new", "listed_on", "written_off_on", "status")


def employer_facts(ids: Iterable[int]) -> dict[int, EmployerFact]:
    """Facts of employers by id; unknown ids are left out."""
    found: dict[int, EmployerFact] = {}
    for part in _chunks(sorted(set(ids))):
        found.update(_employer_part(part))
    return found


def all_employer_facts() -> Iterator[EmployerFact]:
    """Facts of every employer: for rebuilding and verifying roll-ups."""
    ids = list(Employer.objects.order_by("pk").values_list("pk", flat=True))
    for part in _chunks(ids):
        yield from _employer_part(part).values()


def union_facts(ids: Iterable[int] | None = None) -> dict[int, UnionFact]:
    """Facts of unions by id; all of them when `ids` is None."""
    rows: QuerySet[Union] = Union.objects.all()
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    since = _last_change(rows)
    fields = ("pk", "kind", "form", "mode", "state", "founded_on", "ended_on")
    return {r[0]: UnionFact(r[0], r[1], r[2], r[3], r[4], r[5], r[6], since.get(r[0], r[5])) for r in rows.values_list(*fields)}


def _last_change(rows: QuerySet[Union]) -> dict[int, date]:
    changed = UnionEvent.objects.filter(union__in=rows, kind__in=["mode", "kind", "build", "merge", "split", "dissolve"])
    return dict(changed.order_by("on", "pk").values_list("union_id", "on"))


def _employer_part(ids: Sequence[int]) -> dict[int, EmployerFact]:
    spells = _by_employer(EmployerSpell.objects.filter(employer_id__in=ids).order_by("since", "pk"), "status", "since", "until")
    coverages = _by_employer(
        Coverage.objects.filter(employer_id__in=ids).order_by("since", "pk"), "union_id", "form", "main", "since", "until"
    )
    places = _by_employer(EmployerPlace.objects.filter(employer_id__in=ids).order_by("since", "pk"), "union_id", "since", "until")
    rows = Employer.objects.filter(pk__in=ids).values_list(*_CORE)
    found = {}
    for pk, sector, ownership, industry, area, key_sector, two_new, listed, off, status in rows:
        past = tuple(spells[pk]), tuple(coverages[pk]), tuple(places[pk])
        found[pk] = EmployerFact(pk, sector, ownership, industry, area, key_sector, two_new, listed, off, status if off else "", *past)
    return found


def _by_employer(rows: QuerySet[Any], *fields: str) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows.values_list("employer_id", *fields):
        grouped[row[0]].append(tuple(row[1:]))
    return grouped


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
