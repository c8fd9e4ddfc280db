"""Recount of members and workers by plain group-by (从会籍与劳动关系重新清点), independent of the roll-ups: (union, key, n) at the union itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from gonghui.accounts.actor import any_of, subtree
from gonghui.members.enums import COUNTED, Perm, Standing
from gonghui.members.models import Employment, Membership

Own = Iterator[tuple[int, str, int]]
GROUPS = {"sex": "sex", "education": "education", "ethnic": "ethnic", "group": "group"}
UNCOUNTED = ("members.kind=", "members.sector=", "workers.kind=")
"""Groups along the labour relation, checked by the fold's own tests only."""


def _on(day: date, prefix: str = "") -> Q:
    until = Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gt": day})
    return until & Q(**{f"{prefix}since__lte": day})


def _persons(head: str, rows: QuerySet[Any], union: str) -> Own:
    """The whole and each group of persons."""

    def by(found: QuerySet[Any], *names: str) -> Iterator[tuple[Any, ...]]:
        yield from found.order_by().values_list(union, *names).annotate(n=Count("pk")).values_list(union, *names, "n")

    for pk, n in by(rows):
        yield pk, head, n
    for pk, n in by(rows.filter(person__migrant=True)):
        yield pk, f"{head}.migrant", n
    for name, column in GROUPS.items():
        for pk, value, n in by(rows.exclude(**{f"person__{column}": ""}), f"person__{column}"):
            yield pk, f"{head}.{name}={value}", n
    for pk, year, n in by(rows.exclude(person__birth_date=None), "person__birth_date__year"):
        yield pk, f"{head}.birth={year}", n


def member_counts(day: date) -> Own:
    """Spells in force on the day."""
    live = Membership.objects.filter(_on(day))
    yield from _persons("members", live.filter(standing__in=COUNTED), "union_id")
    for standing in (Standing.SUSPENDED, Standing.RETAINED):
        rows = live.filter(standing=standing).order_by().values_list("union_id").annotate(n=Count("pk"))
        for pk, n in rows:
            yield pk, f"members.{standing.value}", n


def worker_counts(day: date) -> Own:
    """Labour relations in force on the day at the union answerable for the employer; a person counts where he began first."""
    live = Employment.objects.filter(_on(day))
    earlier = live.filter(person=OuterRef("person")).filter(
        Q(since__lt=OuterRef("since")) | Q(since=OuterRef("since"), pk__lt=OuterRef("pk"))
    )
    placed = live.filter(~Exists(earlier)).filter(_on(day, "employer__places__")).annotate(at=F("employer__places__union_id"))
    yield from _persons("workers", placed, "at")
    for pk, sector, n in (
        placed.order_by().values_list("at", "employer__sector").annotate(n=Count("pk")).values_list("at", "employer__sector", "n")
    ):
        yield pk, f"workers.sector={sector}", n


def spells_on(actor: Any, union: Any, day: date) -> QuerySet[Membership]:
    """Counted memberships of a union and all below it on a day, in the actor's scope (结构统计的会员)."""
    rows = Membership.objects.filter(actor.within(Perm.MEMBER_VIEW, "union"), subtree(union.path, "union__path"), _on(day))
    return rows.filter(standing__in=COUNTED)


def jobs_on(actor: Any, union: Any, day: date) -> QuerySet[Employment]:
    """Labour relations of a union's employers on a day, one a person, in the actor's scope (结构统计的职工)."""
    live = Employment.objects.filter(_on(day))
    earlier = live.filter(person=OuterRef("person")).filter(
        Q(since__lt=OuterRef("since")) | Q(since=OuterRef("since"), pk__lt=OuterRef("pk"))
    )
    scope = any_of(subtree(p, "employer__union__path") for p in actor.paths(Perm.MEMBER_VIEW))
    return live.filter(~Exists(earlier), scope, subtree(union.path, "employer__union__path"))


def spells_of(persons: Iterable[int], standings: Iterable[str]) -> dict[int, tuple[int, str]]:
    """The union of each person's open spell with one of the standings: person -> (union, path). For the layers above."""
    rows = Membership.objects.filter(person_id__in=list(persons), until=None, standing__in=list(standings))
    return {person: (union, path) for person, union, path in rows.values_list("person_id", "union_id", "union__path")}


def sizes_of(unions: Iterable[int]) -> dict[int, int]:
    """Counted members of each union itself (本级会员数)."""
    rows = Membership.objects.filter(union_id__in=list(unions), until=None, standing__in=COUNTED).order_by()
    return dict(rows.values_list("union_id").annotate(n=Count("pk")))
