"""From records to counted facts (会籍与劳动关系计入汇总): what a person counts for, before and after a change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db.models import Q

from gonghui.core import clock
from gonghui.figures import services as figures
from gonghui.figures.folding import Dims, MemberFact, WorkerFact
from gonghui.members.enums import COUNTED
from gonghui.members.models import Employment, Membership
from gonghui.orgs.hooks import EmployerFact
from gonghui.orgs.selectors import facts as org_facts

CHUNK = 2000
FAR = date.max
_PERSON = ("sex", "birth_date", "education", "ethnic", "migrant", "group")
Job = tuple[int, int, str, date, date | None]  # person, employer, kind, since, until
Stay = tuple[int, int, str, date, date | None]  # person, union, standing, since, until


def facts_of(
    persons: Iterable[int], *, dims: Mapping[int, Dims] | None = None, employers: Mapping[int, EmployerFact] | None = None
) -> list[Any]:
    """Everything these persons count for now (这些人计入什么).

    Args: dims, employers: values to use instead of the stored ones, for a state that is no longer or not yet stored.
    """
    ids = sorted(set(persons))
    jobs, stays = _jobs(ids), _stays(ids)
    known = dict(org_facts.employer_facts({j[1] for rows in jobs.values() for j in rows} - set(employers or {})))
    known.update(employers or {})
    base = {**_dims(set(jobs) | set(stays)), **(dims or {})}
    return list(_facts(jobs, stays, base, known))


def all_facts() -> Iterator[Any]:
    """Facts of every person, for rebuilding and verifying roll-ups."""
    last = 0
    while True:
        stays = list(
            Membership.objects.filter(person_id__gt=last).order_by("person_id").values_list("person_id", flat=True).distinct()[:CHUNK]
        )
        jobs = list(
            Employment.objects.filter(person_id__gt=last).order_by("person_id").values_list("person_id", flat=True).distinct()[:CHUNK]
        )
        ids = sorted(set(stays) | set(jobs))[:CHUNK]
        if not ids:
            return
        yield from facts_of(ids)
        last = ids[-1]


@contextmanager
def refolded(persons: Iterable[int]) -> Iterator[None]:
    """Around a write: post after − before for these persons, in the same transaction (随变动入账)."""
    ids = list(persons)
    before = facts_of(ids)
    yield
    _apply(before, facts_of(ids))


def _apply(before: Iterable[Any], after: Iterable[Any]) -> None:
    figures.apply([*((fact, None) for fact in before), *((None, fact) for fact in after)])


def employers_changed(pairs: list[tuple[EmployerFact | None, EmployerFact | None]]) -> None:
    """Handler of the register: places or ownership of employers changed, so their workers count elsewhere (人随单位走)."""
    changed = [(b, a) for b, a in pairs if b is not None and a is not None and (b.places, b.sector) != (a.places, a.sector)]
    changed = [(b, a) for b, a in changed if b is not None and a is not None]
    if not changed:
        return
    old, new = {b.pk: b for b, _ in changed if b}, {a.pk: a for _, a in changed if a}
    people = Employment.objects.filter(employer_id__in=new).values_list("person_id", flat=True)
    ids = sorted(set(people))
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        _apply(facts_of(part, employers=old), facts_of(part, employers=new))


def person_changed(before: Any, after: Any) -> None:
    """Handler of people: counted attributes of a person changed (资料更正). Both are `people.PersonFacts`."""
    if dims_of(before) == dims_of(after):
        return
    _apply(facts_of([before.id], dims={before.id: dims_of(before)}), facts_of([after.id], dims={after.id: dims_of(after)}))


def dims_of(person: Any) -> Dims:
    """Grouping values of a person, a row or `PersonFacts`."""
    born = person.birth_date
    return Dims(person.sex, born.year if born else None, person.education, person.ethnic, bool(person.migrant), person.group)


def _dims(ids: Iterable[int]) -> dict[int, Dims]:
    names = [f"person__{n}" for n in _PERSON]
    found: dict[int, Dims] = {}
    for model in (Membership, Employment):
        left = [i for i in ids if i not in found]
        for part in range(0, len(left), CHUNK):
            for row in model._default_manager.filter(person_id__in=left[part : part + CHUNK]).values_list("person_id", *names):
                sex, born, education, ethnic, migrant, group = row[1:]
                found[row[0]] = Dims(sex, born.year if born else None, education, ethnic, bool(migrant), group)
    return found


def _jobs(ids: Sequence[int]) -> dict[int, list[Job]]:
    """Employments of each person, cut so that a day belongs to one only: the one that began first."""
    grouped: dict[int, list[Job]] = defaultdict(list)
    for start in range(0, len(ids), CHUNK):
        rows = Employment.objects.filter(person_id__in=ids[start : start + CHUNK]).order_by("person_id", "since", "pk")
        for person, employer, kind, since, until in rows.values_list("person_id", "employer_id", "kind", "since", "until"):
            held = grouped[person]
            free = held[-1][4] or FAR if held else since
            first = max(since, free)
            if first < (until or FAR):
                held.append((person, employer, kind, first, until))
    return grouped


def _stays(ids: Sequence[int]) -> dict[int, list[Stay]]:
    grouped: dict[int, list[Stay]] = defaultdict(list)
    for start in range(0, len(ids), CHUNK):
        rows = Membership.objects.filter(person_id__in=ids[start : start + CHUNK]).order_by("since", "pk")
        for row in rows.values_list("person_id", "union_id", "standing", "since", "until"):
            grouped[row[0]].append(row)
    return grouped


def _facts(
    jobs: Mapping[int, list[Job]], stays: Mapping[int, list[Stay]], dims: Mapping[int, Dims], employers: Mapping[int, EmployerFact]
) -> Iterator[Any]:
    for person in sorted(set(jobs) | set(stays)):
        base, held = dims.get(person, Dims()), jobs.get(person, [])
        for _person, employer, kind, since, until in held:
            fact = employers[employer]
            yield WorkerFact(fact.places, since, until, _with(base, kind, fact.sector))
        for _person, union, standing, since, until in stays.get(person, []):
            yield from _pieces(union, standing, since, until, base, held, employers)


def _pieces(
    union: int, standing: str, since: date, until: date | None, base: Dims, jobs: list[Job], employers: Mapping[int, EmployerFact]
) -> Iterator[MemberFact]:
    """A spell cut along the labour relations, so that form of employment and ownership are right on every day."""
    start, end = since, until or FAR
    for _person, employer, kind, first, last in jobs:
        a, b = max(start, first), min(end, last or FAR)
        if a >= b:
            continue
        if start < a:
            yield MemberFact(union, standing, start, a, base)
        yield MemberFact(union, standing, a, None if b == FAR else b, _with(base, kind, employers[employer].sector))
        start = b
    if start < end:
        yield MemberFact(union, standing, start, None if end == FAR else end, base)


def _with(dims: Dims, kind: str, sector: str) -> Dims:
    return Dims(dims.sex, dims.birth_year, dims.education, dims.ethnic, dims.migrant, dims.group, kind, sector)


def union_counts(union_id: int, on: date | None = None) -> dict[str, int]:
    """Counts of one union and all below it for its duties: members and women members, from the records themselves."""
    day = on or clock.today()
    live = Membership.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day, standing__in=COUNTED)
    live = live.filter(union__lines_up__ancestor_id=union_id, union__lines_up__until=None)
    workers = Employment.objects.filter(
        Q(until=None) | Q(until__gt=day), since__lte=day, employer__coverages__union_id=union_id, employer__coverages__until=None
    )
    return {
        "members": live.values("person_id").distinct().count(),
        "women_members": live.filter(person__sex="2").values("person_id").distinct().count(),
        "workers": workers.values("person_id").distinct().count(),
        "women_workers": workers.filter(person__sex="2").values("person_id").distinct().count(),
    }
