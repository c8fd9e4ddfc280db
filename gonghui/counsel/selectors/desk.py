"""Reads of the federation's desk (服务管理查询): counsellors, activities, counts. No alias, no session, no text passes here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, Min, Q, QuerySet

from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.counsel.enums import AppointmentState, GatheringState, Mode, Perm, Topic
from gonghui.counsel.models import Appointment, Counsellor, Gathering, Opinion
from gonghui.figures.rules import small_cells
from gonghui.figures.selectors import suppress

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def counsellors(*, actor: Actor, perm: str = Perm.SERVICE_VIEW, q: str = "", state: str = "") -> QuerySet[Any]:
    """Counsellors of the unions in scope with the next free time (心理咨询师)."""
    rows = Counsellor.objects.filter(actor.within(perm, "union")).select_related("union", "user")
    rows = rows.filter(Q(name__icontains=q) | Q(certificate__icontains=q)) if q else rows
    rows = rows.filter(until=None) if state == "on" else rows.exclude(until=None) if state == "off" else rows
    return next_free(rows).order_by("until", "name", "pk")


def next_free(rows: QuerySet[Counsellor]) -> QuerySet[Any]:
    """With `next_at`, the first time nobody has booked."""
    taken = Appointment.objects.exclude(state=AppointmentState.CANCELLED).filter(slot__starts_at__gt=clock.now()).values("slot")
    return rows.annotate(
        next_at=Min("slots__starts_at", filter=Q(slots__starts_at__gt=clock.now(), slots__closed=False) & ~Q(slots__in=taken))
    )


def counsellor_get(*, actor: Actor, pk: int, perm: str = Perm.SERVICE_VIEW) -> Any:
    """One counsellor, or 404."""
    row = counsellors(actor=actor, perm=perm).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def gatherings(*, actor: Actor, perm: str = Perm.SERVICE_VIEW, q: str = "", kind: str = "", state: str = "") -> QuerySet[Gathering]:
    """Activities of the unions in scope (人文关怀活动)."""
    rows = Gathering.objects.filter(actor.within(perm, "union")).select_related("union")
    rows = rows.filter(Q(title__icontains=q) | Q(place__icontains=q) | Q(speaker__icontains=q)) if q else rows
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(state=state) if state in GatheringState.values else rows
    return rows.annotate(stars=Avg("opinions__stars"), rated=Count("opinions")).order_by("-starts_at", "-pk")


def gathering_get(*, actor: Actor, pk: int, perm: str = Perm.SERVICE_VIEW) -> Any:
    """One activity, or 404."""
    row = gatherings(actor=actor, perm=perm).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


# -- counted, never listed ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One line of a table (统计行): how many sessions, or hidden."""

    label: str
    sessions: int | None
    share: int = 0


@dataclass(frozen=True)
class Table:
    """One cut of the year (统计表)."""

    title: str
    rows: list[Cell]


@dataclass(frozen=True)
class Stats:
    """A year in numbers (年度统计). `None` is a number below the line."""

    year: int
    least: int
    sessions: int | None
    people: int | None
    missed: int | None
    waits: float | None
    stars: float | None
    opinions: int | None
    words: list[str]
    tables: list[Table]
    gatherings: int
    came: int


def stats(*, actor: Actor, year: int) -> Stats:
    """Counted from the sessions of a year in scope; cells of few persons stay hidden, and with them what would give them away.

    Source: policy figures.small_cell.
    """
    k = suppress.least()
    span = (date(year, 1, 1), date(year, 12, 31))
    rows = Appointment.objects.filter(actor.within(Perm.STATS_VIEW, "counsellor__union"), slot__starts_at__date__range=span)
    held = list(
        rows.filter(state=AppointmentState.HELD).values_list(
            "client", "topic", "slot__mode", "slot__starts_at", "counsellor__name", "booked_on", "counsellor"
        )
    )
    people = len({r[0] for r in held})
    shown = people >= k
    missed = rows.filter(state=AppointmentState.MISSED).aggregate(n=Count("client", distinct=True), all=Count("pk"))
    said = Opinion.objects.filter(actor.within(Perm.STATS_VIEW, "counsellor__union"), month__range=span)
    opinions = said.count()
    events = Gathering.objects.filter(actor.within(Perm.STATS_VIEW, "union"), state=GatheringState.DONE, starts_at__date__range=span)
    cuts: list[tuple[str, dict[Any, str], int]] = [
        ("主题", dict(Topic.choices), 1),
        ("方式", dict(Mode.choices), 2),
        ("季度", {n: f"第 {n} 季度" for n in range(1, 5)}, 3),
        ("咨询师", {r[6]: str(r[4]) for r in held}, 6),
    ]
    return Stats(
        year=year, least=k, sessions=len(held) if shown else None, people=people if shown else None,
        missed=missed["all"] if missed["n"] >= k or not missed["all"] else None,
        waits=sum((r[3].date() - r[5]).days for r in held) / len(held) if shown else None,
        stars=said.aggregate(s=Avg("stars"))["s"] if opinions >= k else None, opinions=opinions if opinions >= k or not opinions else None,
        words=list(said.exclude(words="").order_by("words").values_list("words", flat=True)[:50]) if opinions >= k else [],
        tables=[Table(title, _cells(held, labels, column, k)) for title, labels, column in cuts] if shown else [],
        gatherings=events.count(), came=sum(e or 0 for e in events.values_list("came", flat=True)),
    )  # fmt: skip


def _cells(held: list[Any], labels: dict[Any, str], column: int, k: int) -> list[Cell]:
    """Hidden by the number of persons, not of sessions: ten sessions of one person are one person."""
    persons: dict[Any, set[int]] = {key: set() for key in labels}
    sessions: Counter[Any] = Counter()
    for row in held:
        key = (row[3].astimezone(clock.SHANGHAI).month + 2) // 3 if column == 3 else row[column]
        persons[key].add(row[0])
        sessions[key] += 1
    away = small_cells.hidden({str(key): len(found) for key, found in persons.items()}, k)
    top = max(sessions.values(), default=1)
    return [
        Cell(label, None if str(key) in away else sessions[key], 0 if str(key) in away else round(sessions[key] * 100 / top))
        for key, label in labels.items()
    ]
