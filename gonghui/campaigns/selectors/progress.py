"""Progress counted from the register (进度从底册数出): as of any day, by team and area, with the records behind each number. Source: S033."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Min, Q, QuerySet, Sum

from gonghui.accounts.actor import Actor, any_of, subtree
from gonghui.campaigns.enums import Basis, Measure
from gonghui.campaigns.models import Campaign, Team, TwoNewCard
from gonghui.campaigns.rules import progress as rules
from gonghui.core import clock
from gonghui.members.enums import COUNTED
from gonghui.members.selectors import joining
from gonghui.orgs.selectors import employers, law, unions
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.campaigns.rules.progress import Area, Fact, Place

SYSTEM = Actor.system("campaigns")
"""Counts are of the whole campaign, whoever looks; the records behind them are cut to the reader."""
GONE = ("withdrawn", "refused")
NO_UNION = ("pool", "organiser")
HERDERS = ("herder", "cooperative")
MEMBERS = tuple(str(s) for s in COUNTED)
PERSONAL = frozenset({Basis.GROUP, Basis.MIGRANT})


@dataclass(frozen=True)
class Cell:
    """One number against its target."""

    measure: Measure
    done: int
    target: int | None

    @property
    def met(self) -> bool:
        return self.target is not None and self.done >= self.target


@dataclass(frozen=True)
class Row:
    """One team, one area, or what no team answers for."""

    name: str
    cells: list[Cell]
    team: Team | None = None
    place: Place | None = None


@dataclass(frozen=True)
class Board:
    """Everything counted on one day (进度表)."""

    day: date
    totals: list[Cell]
    rows: list[Row]
    areas: list[Row]
    rest: Row | None
    facts: dict[str, list[Fact]] = field(repr=False)

    def counts(self) -> dict[str, int]:
        return {c.measure.value: c.done for c in self.totals}


def zone_paths() -> list[str]:
    """Paths of the zones and parks."""
    rows = unions.union_visible(SYSTEM).filter(Q(kind="zone") | Q(form="joint7"), ended_on=None)
    return list(rows.values_list("path", flat=True))


def _firms(found: list[tuple[str, str]], prefix: str) -> Q:
    """Employers of the campaign's categories, as a filter behind `prefix`."""
    parts: list[Q] = []
    sectors = [code for basis, code in found if basis == Basis.SECTOR]
    if sectors:
        parts.append(Q(**{f"{prefix}key_sector__in": sectors}))
    for basis, _code in found:
        if basis == Basis.TWO_NEW:
            parts.append(Q(**{f"{prefix}two_new": True}))
        if basis == Basis.TWO_NEW_TYPE:
            parts.append(Q(**{f"{prefix}pk__in": TwoNewCard.objects.filter(until=None, category__code=_code).values("employer")}))
        if basis == Basis.ZONE:
            parts.extend(subtree(p, f"{prefix}union__path") for p in zone_paths())
        if basis == Basis.HERDER:
            parts.append(Q(**{f"{prefix}union__kind__in": HERDERS}))
    return any_of(parts)


def _people(found: list[tuple[str, str]]) -> Q:
    """Applicants of the campaign's categories."""
    groups = [code for basis, code in found if basis == Basis.GROUP]
    parts = [Q(person__group__in=groups)] if groups else []
    if any(basis == Basis.MIGRANT for basis, _ in found):
        parts.append(Q(person__migrant=True))
    if any(basis == Basis.HERDER for basis, _ in found):
        parts.append(Q(union__kind__in=HERDERS))
    if any(basis not in PERSONAL for basis, _ in found):
        parts.append(_firms(found, "employer__"))
    return any_of(parts)


def applications(campaign: Campaign, found: list[tuple[str, str]] | None = None, actor: Actor = SYSTEM) -> QuerySet[Any]:
    """Applications of the campaign: of its area and its people in its time, and those of its linked batches."""
    return joining.applications(actor).filter(of_campaign(campaign, found))


def of_campaign(campaign: Campaign, found: list[tuple[str, str]] | None = None) -> Q:
    """Which applications are the campaign's, as a filter."""
    found = [(c.basis, c.code) for c in campaign.categories.all()] if found is None else found
    first = datetime.combine(campaign.since, time.min, clock.SHANGHAI)
    behind = datetime.combine(campaign.until + timedelta(days=1), time.min, clock.SHANGHAI)
    mine = subtree(campaign.union.path, "union__path")
    if found:
        mine &= _people(found)
    linked = Q(batch__in=[s.batch_id for s in campaign.sites.all()])
    return (mine | linked) & Q(submitted_at__gte=first, submitted_at__lt=behind)


def _categories(campaign: Campaign) -> list[tuple[str, str]]:
    return list(campaign.categories.values_list("basis", "code"))


def _joined(campaign: Campaign, found: list[tuple[str, str]], day: date) -> dict[str, list[Fact]]:
    """The three gates: filed, approved, card in hand."""
    out: dict[str, list[Fact]] = {Measure.APPLIED: [], Measure.APPROVED: [], Measure.MEMBERS: []}
    rows = applications(campaign, found).order_by()
    for pk, path, employer, filed, decided, issued, state in rows.values_list(
        "pk", "union__path", "employer_id", "submitted_at", "decided_at", "issued_on", "state"
    ):
        filed_on = filed.astimezone(clock.SHANGHAI).date()
        decided_on = decided.astimezone(clock.SHANGHAI).date() if decided else None
        if filed_on > day or (state in GONE and (decided_on is None or decided_on <= day)):
            continue
        out[Measure.APPLIED].append(rules.Fact(pk, path, filed_on, employer))
        if state in ("approved", "done") and decided_on is not None and decided_on <= day:
            out[Measure.APPROVED].append(rules.Fact(pk, path, decided_on, employer))
        if state == "done" and issued is not None and issued <= day:
            out[Measure.MEMBERS].append(rules.Fact(pk, path, issued, employer))
    return out


def _built(campaign: Campaign, found: list[tuple[str, str]], day: date) -> list[Fact]:
    last = min(day, campaign.until)
    rows = unions.union_visible(SYSTEM).filter(subtree(campaign.union.path), founded_on__range=(campaign.since, last))
    rows = rows.filter(Q(ended_on=None) | Q(ended_on__gt=day)).exclude(kind__in=NO_UNION).exclude(state="preparing")
    if any(basis not in PERSONAL for basis, _ in found):
        fits = _firms(found, "employer__") | Q(pk__in=_covering(found))
        if any(basis == Basis.ZONE for basis, _ in found):
            fits |= any_of(subtree(p) for p in zone_paths())
        if any(basis == Basis.HERDER for basis, _ in found):
            fits |= Q(kind__in=HERDERS)
        rows = rows.filter(fits)
    return [rules.Fact(pk, path, on, firm) for pk, path, on, firm in rows.order_by().values_list("pk", "path", "founded_on", "employer_id")]


def _covering(found: list[tuple[str, str]]) -> QuerySet[Any, Any]:
    """Unions that cover such an employer now."""
    return employers.employer_visible(SYSTEM).filter(_firms(found, ""), coverages__until=None).values("coverages__union")


def _covered(campaign: Campaign, found: list[tuple[str, str]], day: date) -> list[Fact]:
    last, start = min(day, campaign.until), campaign.since
    firms = employers.employer_visible(SYSTEM)
    live = Q(coverages__until=None) | Q(coverages__until__gt=day)
    rows = firms.filter(live, subtree(campaign.union.path, "union__path"), coverages__since__range=(start, last))
    rows = rows.filter(Q(written_off_on=None) | Q(written_off_on__gt=day))
    before = firms.filter(Q(coverages__until=None) | Q(coverages__until__gte=start), coverages__since__lt=start)
    rows = rows.exclude(pk__in=before.values("pk"))
    if any(basis not in PERSONAL for basis, _ in found):
        rows = rows.filter(_firms(found, ""))
    first = Min("coverages__since", filter=Q(coverages__since__gte=start))
    return [rules.Fact(pk, path, on, pk) for pk, path, on in rows.order_by().annotate(on=first).values_list("pk", "union__path", "on")]


def facts(campaign: Campaign, day: date) -> dict[str, list[Fact]]:
    """Every record that counts up to the day, by measure: four queries whatever the size."""
    found = _categories(campaign)
    return {
        Measure.UNIONS: _built(campaign, found, day),
        Measure.EMPLOYERS: _covered(campaign, found, day),
        **_joined(campaign, found, day),
    }


def areas_of(campaign: Campaign, apart: int | None = None) -> list[Area]:
    """What each team answers for."""
    paths: dict[int, list[str]] = {}
    firms: dict[int, set[int]] = {}
    for team, path, firm in campaign.teams.values_list("pk", "assignments__union__path", "assignments__employer_id"):
        paths.setdefault(team, []).extend([path] if path else [])
        firms.setdefault(team, set()).update([firm] if firm else [])
    return [rules.Area(t, tuple(paths[t]), frozenset(firms[t])) for t in paths if t != apart]


def board(campaign: Campaign, day: date) -> Board:
    """The whole table of a day (进度表)."""
    counted, areas = facts(campaign, day), areas_of(campaign)
    tallies = {m: rules.tally(areas, counted[m], day) for m in Measure}
    targets = {(t.team_id, t.union_id, t.measure): t.value for t in campaign.targets.all()}
    goals = {m: {a.team: targets[a.team, None, m] for a in areas if (a.team, None, m) in targets} for m in Measure}
    lead = main_measure(targets)
    places = {p.team: p for p in rules.ranking({a.team: tallies[lead][a.team] for a in areas}, goals[lead])}
    rows = [
        Row(t.name, [Cell(m, tallies[m][t.pk], goals[m].get(t.pk)) for m in Measure], t, places.get(t.pk))
        for t in campaign.teams.select_related("leader").prefetch_related("assignments__union", "assignments__employer")
    ]
    rows.sort(key=lambda r: (r.place.rank if r.place else 0, r.team.pk if r.team else 0))
    totals = [Cell(m, len(counted[m]), targets.get((None, None, m)) or sum(goals[m].values()) or None) for m in Measure]
    left = [Cell(m, tallies[m].get(None, 0), None) for m in Measure]
    rest = Row("没有分到小队的", left) if rows and any(c.done for c in left) else None
    return Board(day, totals, rows, _by_area(campaign, counted), rest, counted)


def main_measure(targets: dict[tuple[int | None, int | None, str], int]) -> Measure:
    """What teams are ranked by: new members, or without such targets what else they were given."""
    given = {m for team, _union, m in targets if team}
    return next((m for m in (Measure.MEMBERS, Measure.EMPLOYERS, Measure.UNIONS) if m in given), Measure.MEMBERS)


def _by_area(campaign: Campaign, counted: dict[str, list[Fact]]) -> list[Row]:
    found: dict[int, tuple[Any, list[Cell]]] = {}
    for t in campaign.targets.filter(union__isnull=False).select_related("union"):
        place = t.union
        if place is None:
            continue
        done = sum(1 for f in counted[t.measure] if f.path.startswith(place.path))
        found.setdefault(place.pk, (place, []))[1].append(Cell(Measure(t.measure), done, t.value))
    return [Row(union.name, cells) for union, cells in found.values()]


def done_in(campaign: Campaign, measure: str, day: date, path: str = "", team: int | None = None) -> int:
    """One measure of one area or team (责任账的数)."""
    rows, areas = facts(campaign, day)[measure], areas_of(campaign)
    if path:
        rows = [f for f in rows if f.path.startswith(path)]
    return sum(1 for f in rows if team is None or path or rules.team_of(areas, f.path, f.employer) == team)


def trend(campaign: Campaign, shot: Board) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """Cumulative lines: filed and in hand (走势)."""
    last = max(min(shot.day, campaign.until), campaign.since)
    days = rules.ticks(campaign.since, last)
    lines = [(m.label, rules.cumulative(days, shot.facts[m])) for m in (Measure.APPLIED, Measure.MEMBERS)]
    return [f"{d:%m-%d}" for d in days], [(str(name), values) for name, values in lines]


def records(actor: Actor, campaign: Campaign, measure: str, day: date, team: int | None = None) -> tuple[list[Any], int]:
    """The records behind a number that lie in the reader's scope, and how many do not (下钻)."""
    rows = facts(campaign, day)[measure]
    if team is not None:
        areas = areas_of(campaign)
        rows = [f for f in rows if rules.team_of(areas, f.path, f.employer) == team]
    by: dict[int, Any] = {}
    seen: Any = {"unions": unions.union_visible, "employers": employers.employer_visible}.get(measure, joining.applications)(actor)
    pks = [f.pk for f in rows]
    for i in range(0, len(pks), 5000):
        by.update(seen.in_bulk(pks[i : i + 5000]))
    shown = [(by[f.pk], f.on) for f in sorted(rows, key=lambda f: (f.on, f.pk), reverse=True) if f.pk in by]
    return shown, len(rows) - len(shown)


@dataclass(frozen=True)
class Staying:
    """吸引过来、组织起来、稳固下来: who came near, who joined, and who of those is still a member after some months."""

    attracted: int
    organised: int
    due: int
    kept: int
    months: int


def staying(campaign: Campaign, shot: Board) -> Staying:
    """The three stages of the members of a campaign as of the board's day. Source: S010; policy campaigns.steady_months.

    Attracted: served before joining, or applied. Due: card in hand for that many months on the day; kept: of these, still members then.
    """
    counts, day = shot.counts(), shot.day
    months = law.number("campaigns.steady_months", campaign.union, day)
    line = clock.add_months(day, -months)
    old = [f.pk for f in shot.facts[Measure.MEMBERS] if f.on <= line]
    still = Q(person__memberships__until=None) | Q(person__memberships__until__gt=day)
    rows = joining.applications(SYSTEM).filter(
        still, pk__in=old, person__memberships__since__lte=day, person__memberships__standing__in=MEMBERS
    )
    served = campaign.services.filter(on__lte=day).aggregate(n=Sum("before_joining"))["n"] or 0
    return Staying(served + counts["applied"], counts["members"], len(old), rows.order_by().values("pk").distinct().count(), months)


@dataclass(frozen=True)
class Stuck:
    """An applicant who waits at a gate (卡在关口)."""

    row: Any
    gate: str
    days: int
    limit: int

    @property
    def late(self) -> bool:
        return self.days > self.limit


def limits(campaign: Campaign, day: date) -> tuple[int, int]:
    """Days at the first gate, days to the card."""
    first = int(policy.value("campaigns.stuck_days", on=day).value)
    return first, int(policy.value("members.card_days", on=day, unit_path=campaign.union.path).value)


def stuck_rows(actor: Actor, campaign: Campaign, team: Team | None = None) -> QuerySet[Any]:
    """Applications on their way that the reader may see, the longest waiting first."""
    rows = applications(campaign, actor=actor).filter(state__in=["submitted", "returned", "approved"])
    if team is not None:
        area = next((a for a in areas_of(campaign) if a.team == team.pk), None)
        paths = area.paths if area else ()
        rows = rows.filter(any_of([*(subtree(p, "union__path") for p in paths), Q(employer__in=area.employers if area else ())]))
    return rows.order_by("submitted_at", "pk")


def stuck(campaign: Campaign, rows: Sequence[Any], day: date | None = None) -> list[Stuck]:
    """At which gate, for how many days (卡点)."""
    today = day or clock.today()
    first, card = limits(campaign, today)
    found = []
    for row in rows:
        at, gate, limit = row.submitted_at, "申请关：等审核", first
        if row.state == "returned":
            gate = "申请关：退回补正"
        elif row.state == "approved":
            at, gate, limit = row.decided_at or row.submitted_at, "发证关：等领证", card
        found.append(Stuck(row, gate, max(0, (today - at.astimezone(clock.SHANGHAI).date()).days), limit))
    return found
