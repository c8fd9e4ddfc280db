"""Recount of employers and unions by plain group-by (从底册重新清点), independent of the roll-ups: (union, key, n) at the node itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from gonghui.orgs.models import Coverage, EmployerPlace, EmployerSpell, Union

Own = Iterator[tuple[int, str, int]]


def _on(day: date, prefix: str = "") -> Q:
    until = Q(**{f"{prefix}until": None}) | Q(**{f"{prefix}until__gt": day})
    return until & Q(**{f"{prefix}since__lte": day})


def _placed(day: date) -> QuerySet[EmployerPlace]:
    """Where each living employer stands on the day."""
    alive = Q(employer__written_off_on=None) | Q(employer__written_off_on__gt=day)
    return EmployerPlace.objects.filter(_on(day), alive, employer__listed_on__lte=day)


def _by(rows: QuerySet[Any], *names: str) -> Iterator[tuple[Any, ...]]:
    yield from (
        rows.order_by().values_list("union_id", *names).annotate(n=Count("employer_id", distinct=True)).values_list("union_id", *names, "n")
    )


def employer_counts(day: date) -> Own:
    """Employers alive on the day by everything they are counted by."""
    placed = _placed(day)
    for union, n in _by(placed):
        yield union, "employers", n
    for union, sector, n in _by(placed, "employer__sector"):
        yield union, f"employers.{sector}", n
    for name in ("ownership", "area", "key_sector"):
        for union, value, n in _by(placed.exclude(**{f"employer__{name}": ""}), f"employer__{name}"):
            yield union, f"employers.{name}={value}", n
    for union, code, n in _by(placed.exclude(employer__industry=""), "employer__industry"):
        yield union, "employers.industry=" + (code[0].upper() if code[0].isalpha() else code[:2]), n
    for union, n in _by(placed.filter(employer__two_new=True)):
        yield union, "employers.two_new", n
    status = EmployerSpell.objects.filter(_on(day), employer=OuterRef("employer")).order_by("-since").values("status")[:1]
    for union, value, n in _by(placed.annotate(now=Subquery(status)).exclude(now=None), "now"):
        yield union, f"employers.status={value}", n
    yield from _covered(day, placed)


def _covered(day: date, placed: QuerySet[EmployerPlace]) -> Own:
    """One form an employer: the main coverage's, else the earliest."""
    form = Coverage.objects.filter(_on(day), employer=OuterRef("employer")).order_by("-main", "since", "pk").values("form")[:1]
    for union, sector, value, n in _by(placed.annotate(form=Subquery(form)).exclude(form=None), "employer__sector", "form"):
        public = "" if sector == "non_public" else f".{sector}"
        yield union, f"employers{public}.organised", n
        yield union, f"coverage{public}.{value}", n


def union_counts(day: date) -> Own:
    """Unions standing on the day, each at itself."""
    alive = Union.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), founded_on__lte=day)
    for pk, kind, form, mode, state in alive.values_list("pk", "kind", "form", "mode", "state"):
        if kind in ("pool", "organiser"):
            yield pk, f"unions.kind={kind}", 1
        elif state == "preparing":
            yield pk, "unions.preparing", 1
        else:
            yield pk, "unions", 1
            yield pk, f"unions.kind={kind}", 1
            yield pk, f"unions.mode={mode}", 1
            if kind in ("regional", "industry", "enterprise"):
                yield pk, "unions.single" if kind == "enterprise" else f"unions.{kind}", 1
            if form:
                yield pk, f"unions.form={form}", 1
