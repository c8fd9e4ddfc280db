"""Seasonal workers and the gap by form of employment (季节工会籍、发展缺口, S048)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gonghui.accounts.actor import any_of, subtree
from gonghui.core import clock
from gonghui.members.enums import COUNTED, EmploymentKind, EndReason, Perm
from gonghui.members.models import Employment, Membership
from gonghui.members.rules import intervals

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@dataclass(frozen=True)
class Gap:
    """Workers, members among them, and who could still be asked, of one form of employment."""

    kind: str
    label: str
    workers: int
    members: int

    @property
    def missing(self) -> int:
        return self.workers - self.members


def _jobs(actor: Actor, union: Any) -> QuerySet[Employment]:
    """Labour relations in force at the employers of a union and below, in scope."""
    scope = any_of(subtree(p, "employer__union__path") for p in actor.paths(Perm.MEMBER_VIEW))
    rows = Employment.objects.filter(scope, Q(until=None) | Q(until__gt=clock.today()))
    if union is None:
        return rows
    return rows.filter(subtree(union.path, "employer__union__path") | Q(employer_id=union.employer_id or 0))


def gaps(actor: Actor, union: Any = None) -> list[Gap]:
    """The gap by form of employment (三个最大限度). A private member counts as not joined: the workplace must not see the difference."""
    spell = Membership.objects.filter(person=OuterRef("person_id"), until=None, private=False, standing__in=COUNTED)
    rows = _jobs(actor, union).order_by().values_list("kind")
    all_, joined = (
        dict(rows.annotate(n=Count("person", distinct=True))),
        dict(rows.filter(Exists(spell)).annotate(n=Count("person", distinct=True))),
    )
    return [Gap(k, str(EmploymentKind(k).label), all_[k], joined.get(k, 0)) for k in EmploymentKind.values if all_.get(k)]


def seasonal(actor: Actor, union: Any = None) -> QuerySet[Employment]:
    """Seasonal labour relations, whoever has no window yet first."""
    return (
        _jobs(actor, union)
        .filter(kind=EmploymentKind.SEASONAL)
        .select_related("person", "employer")
        .order_by("season_from", "person__name", "pk")
    )


def spells_of(persons: list[int], actor: Actor) -> dict[int, Membership]:
    """Open spells in scope of a page of persons."""
    rows = Membership.objects.filter(actor.within(Perm.MEMBER_VIEW, "union"), person_id__in=persons, until=None)
    return {m.person_id: m for m in rows}


def steps(actor: Actor, union: Any = None) -> QuerySet[Membership]:
    """What the seasons did (自动暂停、恢复的结果), newest first."""
    rows = Membership.objects.filter(actor.within(Perm.MEMBER_VIEW, "union"), ended__in=[EndReason.SUSPENDED, EndReason.RESUMED])
    if union is not None:
        rows = rows.filter(subtree(union.path, "union__path"))
    return rows.select_related("person", "union").order_by("-until", "-pk")


def next_change(job: Employment, day: date) -> date | None:
    """The day the window opens or closes next; None without a window."""
    if not job.season_from:
        return None
    now = intervals.in_season(day, job.season_from, job.season_to)
    return next(
        (d for d in (day + timedelta(days=n) for n in range(1, 367)) if intervals.in_season(d, job.season_from, job.season_to) != now), None
    )
