"""Reads of activities and matches (文体活动查询)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Sum

from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.orgs.selectors import law
from gonghui.services.enums import ActivityKind, ActivityState, Division, Format, Perm, Stage
from gonghui.services.models import Activity, Bout, Entry
from gonghui.services.rules.fixtures import Played, Row, standings
from gonghui.services.selectors import health
from gonghui.spending.enums import PlanKind
from gonghui.spending.rules.draft import Draft, Line
from gonghui.spending.selectors import answers, budgets, facts, figures

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

SHOWN = (ActivityState.OPEN, ActivityState.DRAWN, ActivityState.DONE)


def activities(*, actor: Actor, perm: str = Perm.ACTIVITY_VIEW, q: str = "", kind: str = "", state: str = "") -> QuerySet[Activity]:
    """Activities of the unions in scope, the newest first (文体活动)."""
    rows = Activity.objects.filter(actor.within(perm, "union")).select_related("union")
    rows = rows.filter(Q(title__icontains=q) | Q(venue__icontains=q)) if q else rows
    rows = rows.filter(kind=kind) if kind in ActivityKind.values else rows
    rows = rows.filter(state=state) if state in ActivityState.values else rows
    return rows.annotate(entered=Count("entries", filter=Q(entries__withdrawn_at=None))).order_by("-since", "-pk")


def activity_get(*, actor: Actor, pk: int, perm: str = Perm.ACTIVITY_VIEW) -> Activity:
    """One activity, or 404."""
    row = activities(actor=actor, perm=perm).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def bout_get(*, actor: Actor, pk: int) -> Bout:
    """One bout for whoever may put its result down, or 404."""
    row = Bout.objects.filter(actor.within(Perm.ACTIVITY_EDIT, "activity__union"), pk=pk).select_related("activity__union").first()
    if row is None:
        raise NotFound()
    return row


def entry_get(*, actor: Actor, pk: int) -> Entry:
    """One entry for the organiser, or 404."""
    row = Entry.objects.filter(actor.within(Perm.ACTIVITY_EDIT, "activity__union"), pk=pk).select_related("activity__union").first()
    if row is None:
        raise NotFound()
    return row


def entries(activity: Activity, division: str) -> list[Entry]:
    """Who takes part in a group, by lot (报名)."""
    return list(Entry.objects.filter(activity=activity, division=division, withdrawn_at=None).order_by("lot", "pk"))


def bouts(activity: Activity, division: str) -> list[Bout]:
    """The fixtures of a group (对阵)."""
    return list(Bout.objects.filter(activity=activity, division=division).select_related("home", "away").order_by("number"))


def heads(activity: Activity) -> int:
    """How many people take part (参加人数)."""
    return int(Entry.objects.filter(activity=activity, withdrawn_at=None).aggregate(n=Sum("people"))["n"] or 0)


def tables(activity: Activity, division: str) -> dict[int, list[Row]]:
    """The table of each pool (积分榜)."""
    found: dict[int, list[tuple[int, int]]] = {}
    for e in entries(activity, division):
        if e.pool:
            found.setdefault(e.pool, []).append((e.pk, e.lot or 0))
    played: dict[int, list[Played]] = {}
    for b in Bout.objects.filter(activity=activity, division=division, stage=Stage.POOL).exclude(played_at=None):
        if b.home_id and b.away_id and b.home_score is not None and b.away_score is not None:
            played.setdefault(b.pool, []).append(Played(b.home_id, b.away_id, b.home_score, b.away_score))
    points = {"win": activity.win_points, "draw": activity.draw_points, "loss": activity.loss_points}
    return {pool: standings(rows, played.get(pool, []), **points) for pool, rows in sorted(found.items())}


def ranking(activity: Activity, division: str) -> list[tuple[int, Entry]]:
    """Who came first, second, … as far as it is decided (名次)."""
    by_pk = {e.pk: e for e in entries(activity, division)}
    if activity.format == Format.SCORED:
        marked = sorted((e for e in by_pk.values() if e.score is not None), key=lambda e: (-(e.score or 0), e.lot or 0))
        return [(1 + sum(1 for other in marked if (other.score or 0) > (e.score or 0)), e) for e in marked]
    rows = bouts(activity, division)
    if not rows or any(b.played_at is None for b in rows):
        return []
    if activity.format == Format.ROUND_ROBIN:
        return [(n, by_pk[r.entry]) for n, r in enumerate(tables(activity, division)[1], 1)]
    return _after_knockout(rows, by_pk)


def _after_knockout(rows: list[Bout], by_pk: dict[int, Entry]) -> list[tuple[int, Entry]]:
    """The final gives 1 and 2, the third-place bout 3 and 4; those who lost in the same round share a place."""
    found: list[tuple[int, Entry]] = []
    seen: set[int] = set()

    def take(rank: int, *pks: int | None) -> None:
        for pk in pks:
            if pk is not None and pk not in seen:
                seen.add(pk)
                found.append((rank, by_pk[pk]))

    main = [b for b in rows if b.stage == Stage.KNOCKOUT]
    final = max(main, key=lambda b: b.round)
    take(1, _sides(final)[0])
    take(2, _sides(final)[1])
    for third in (b for b in rows if b.stage == Stage.THIRD):
        take(3, _sides(third)[0])
        take(4, _sides(third)[1])
    for turn in sorted({b.round for b in main}, reverse=True):
        take(len(seen) + 1, *[_sides(b)[1] for b in main if b.round == turn])
    return found


def _sides(bout: Bout) -> tuple[int | None, int | None]:
    """Winner and loser."""
    first = (bout.home_score or 0) > (bout.away_score or 0)
    return (bout.home_id, bout.away_id) if first else (bout.away_id, bout.home_id)


def judged(activity: Activity) -> answers.Answer | None:
    """What the rules of spending say about the prizes (奖项能不能办); None without prizes."""
    prizes = list(activity.prizes.order_by("pk"))
    if not prizes:
        return None
    union, day = activity.union, activity.since
    draft = Draft(
        kind=str(PlanKind.ACTIVITY), on=day, at=law.place_of(union), count=max(1, heads(activity)), unit_path=union.path, method="transfer", facts={},
        lines=tuple(Line(p.use, p.unit_fen, p.quantity, p.words, p.people, p.rank) for p in prizes), tables=figures.tables_of(union),
        roll=0, budget=budgets.budget_for(union, day, str(PlanKind.ACTIVITY), ""),
    )  # fmt: skip
    return answers.judge(draft, facts.history_of(union, day))


# -- the member at the phone ----------------------------------------------------------------------------------------


def for_member(person_id: int) -> QuerySet[Activity]:
    """Activities of the own union and those above it (我能参加的活动)."""
    mine = health.standing(person_id)
    rows = Activity.objects.filter(state__in=SHOWN, union__path__in=mine.paths if mine else ())
    return rows.select_related("union").order_by("-since", "-pk")


def member_get(person_id: int, pk: int) -> Activity:
    """One of them, or 404."""
    row = for_member(person_id).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def my_entry(person_id: int, activity: Activity) -> Entry | None:
    """My entry (我的报名)."""
    return Entry.objects.filter(activity=activity, person=person_id, withdrawn_at=None).select_related("activity__union").first()


def divisions_for(activity: Activity, *, woman: bool) -> list[tuple[str, str]]:
    """Groups the person may choose (可选组别)."""
    single = activity.mode == "single"
    return [(d, Division(d).label) for d in activity.divisions if not single or d == Division.OPEN or (d == Division.WOMEN) == woman]


def signs_up(activity: Activity) -> bool:
    """Can one sign up now?"""
    return activity.state == ActivityState.OPEN and clock.today() <= activity.sign_up_until


def named(rows: list[Any], by_pk: dict[int, Entry]) -> list[tuple[Entry, Any]]:
    """Rows of a table with their entries."""
    return [(by_pk[r.entry], r) for r in rows]


def entry_mine(person_id: int, pk: int) -> Entry:
    """One entry of the person, or 404."""
    row = Entry.objects.filter(person=person_id, pk=pk, withdrawn_at=None).select_related("activity__union").first()
    if row is None:
        raise NotFound()
    return row
