"""Planning and report of an item (计划与成效): who was served, who was not, what the next round should hold.

Everything is counted from bookings and unmet requests; nothing is typed. Source: P40, S171.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import Avg, Count

from gonghui.accounts.actor import LEVEL
from gonghui.booking.enums import TAKING, BookingState, QuotaKind, Shift, WaitState
from gonghui.booking.models import Booking, Demand, Item, Profile, Rating, Waiting
from gonghui.booking.rules import quota
from gonghui.booking.rules.places import Shelf
from gonghui.booking.selectors import standing
from gonghui.core import clock
from gonghui.orgs.selectors import closure
from gonghui.policy import services as policy

TOWN = 2 * LEVEL
"""The level below the city: townships, streets, zones."""


@dataclass
class Report:
    """What a round came to (本期成效)."""

    item: Item
    places: int = 0
    booked: int = 0
    used: int = 0
    noshow: int = 0
    unused: int = 0
    cancelled: int = 0
    live: int = 0
    wanted: int = 0
    served: int = 0
    firsts: int = 0
    unmet: int = 0
    waiting: int = 0
    towns: list[tuple[str, int]] = field(default_factory=list)
    shifts: list[tuple[str, int]] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[tuple[str, int]] = field(default_factory=list)
    stars: Fraction | None = None
    ratings: int = 0
    by_stars: list[tuple[str, int]] = field(default_factory=list)

    @property
    def stars_text(self) -> str:
        """The mean with one place (平均星级)."""
        return f"{round(float(self.stars) * 10) / 10:.1f}" if self.stars is not None else ""

    @property
    def cost_fen(self) -> int:
        """What the places given cost (总成本)."""
        return self.item.cost_fen * self.booked

    @property
    def head_fen(self) -> int | None:
        """Cost per head served (人均成本)."""
        return self.cost_fen // self.served if self.served else None

    @property
    def first_share(self) -> Fraction | None:
        """Share of first-timers among those served (首次参加占比)."""
        return Fraction(self.firsts, self.served) if self.served else None

    @property
    def use_share(self) -> Fraction | None:
        """Used of all given places (使用率)."""
        return Fraction(self.used, self.booked) if self.booked else None

    @property
    def met_share(self) -> Fraction | None:
        """Served of all who wanted (满足率)."""
        return Fraction(self.served, self.wanted) if self.wanted else None


def report(item: Item) -> Report:
    """Count a round (统计本期)."""
    out = Report(item, places=sum(s.capacity for s in item.sessions.all()))
    states = dict(Booking.objects.filter(item=item).order_by().values_list("state").annotate(n=Count("pk")))
    out.booked = sum(states.get(s, 0) for s in TAKING)
    out.used, out.noshow, out.unused = (states.get(s, 0) for s in (BookingState.USED, BookingState.NOSHOW, BookingState.UNUSED))
    out.cancelled = states.get(BookingState.CANCELLED, 0) + states.get(BookingState.EXPIRED, 0)
    out.live = out.booked - out.used - out.noshow - out.unused
    _people(out)
    _sessions(out)
    _voices(out)
    return out


def _people(out: Report) -> None:
    rows = Booking.objects.filter(item=out.item, state=BookingState.USED).values_list("person_id", "union_path", "first_time", "shift")
    served: dict[int, tuple[str, bool, str]] = {}
    for person, path, first, shift in rows.order_by("booked_at", "pk"):
        served.setdefault(person, (path, first, shift))
    out.served, out.firsts = len(served), sum(1 for _p, first, _s in served.values() if first)
    out.towns = named_towns(Counter(path[:TOWN] for path, _f, _s in served.values()))
    out.shifts = named_shifts(Counter(shift for _p, _f, shift in served.values()))
    asked = set(Demand.objects.filter(item=out.item).values_list("person_id", flat=True))
    waits = set(Waiting.objects.filter(item=out.item).exclude(state=WaitState.TAKEN).values_list("person_id", flat=True))
    have = set(Booking.objects.filter(item=out.item, state__in=TAKING).values_list("person_id", flat=True))
    out.unmet = len((asked | waits) - have)
    out.wanted = len(asked | waits | have)
    out.waiting = Waiting.objects.filter(item=out.item, state__in=[WaitState.WAITING, WaitState.OFFERED]).count()
    counted = Demand.objects.filter(item=out.item).order_by().values_list("reason").annotate(n=Count("person_id", distinct=True))
    out.reasons = sorted(((reason_word(code), n) for code, n in counted), key=lambda r: (-r[1], r[0]))


def _sessions(out: Report) -> None:
    states = Booking.objects.filter(item=out.item).order_by().values_list("session_id", "state").annotate(n=Count("pk"))
    by: dict[int, Counter[str]] = {}
    for session, state, n in states:
        by.setdefault(session, Counter())[state] = n
    for s in out.item.sessions.order_by("starts_at", "pk"):
        found = by.get(s.pk, Counter())
        taken = sum(found[t] for t in TAKING)
        out.sessions.append({"session": s, "taken": taken, "used": found[BookingState.USED], "noshow": found[BookingState.NOSHOW]})


def _voices(out: Report) -> None:
    rows = Rating.objects.filter(booking__item=out.item)
    mean = rows.aggregate(mean=Avg("stars"), n=Count("pk"))
    out.ratings, out.stars = mean["n"], Fraction(mean["mean"]).limit_denominator(10**6) if mean["mean"] is not None else None
    stars = dict(rows.order_by().values_list("stars").annotate(n=Count("pk")))
    out.by_stars = [(f"{n} 星", stars.get(n, 0)) for n in range(5, 0, -1)]


def named_towns(counted: Counter[str]) -> list[tuple[str, int]]:
    """Township names with their counts, the largest first (按乡镇)."""
    names = {n.path: n.name for n in closure.nodes_at(counted)}
    return sorted(((names.get(path, "市直和其他"), n) for path, n in counted.items()), key=lambda r: (-r[1], r[0]))


def named_shifts(counted: Counter[str]) -> list[tuple[str, int]]:
    """Shifts with their counts (按班次)."""
    return [(str(Shift(value).label), counted[value]) for value in Shift.values if counted[value]]


REASONS = {
    "booking.full": "名额约满", "full": "名额约满", "exclusion": "互斥项目", "group": "互斥项目", "not_barred": "在限约期", "cap_day": "超过每天上限",
    "cap_month": "超过每月上限", "cap_year": "超过每年上限", "cap_category": "超过同类上限", "never_first": "优先期", "quiz": "没有答题过关",
    "barred": "在限约期", "household": "同户已有人约", "cap": "超过每人份数", "again": "重复", "place": "名额约满",
}  # fmt: skip


def reason_word(code: str) -> str:
    """A reason for people (原因)."""
    return REASONS.get(code, REASONS.get(code.rpartition(".")[2], "其他"))


# -- next round --------------------------------------------------------------------------------------------------


def proposal(found: Report, *, budget_fen: int | None = None) -> policy.Decision:
    """How many places the next round should have (份数建议), with the arithmetic. Source: policy booking.quota_proposal."""
    facts: dict[str, Any] = {
        "served": policy.Fact(found.served, source="本期核销记录"),
        "unmet": policy.Fact(found.unmet, source="没约上的记录和候补名单"),
        "unused": policy.Fact(found.noshow + found.unused, source="本期核销记录"),
        "booked": policy.Fact(found.booked, source="本期预约记录"),
        "cost_fen": policy.Fact(found.item.cost_fen, source="项目设计"),
    }
    if budget_fen is not None:
        facts["budget_fen"] = policy.Fact(budget_fen, source="计划时填写")
    return policy.decide("booking.quota_proposal", on=clock.today(), unit_path=found.item.union.path, facts=facts)


def wishes(item: Item) -> list[quota.Wish]:
    """Everybody who wanted a place in a round, in the order they came (上期需求)."""
    taken = Booking.objects.filter(item=item).exclude(state=BookingState.TRANSFERRED).select_related("session")
    asked = Demand.objects.filter(item=item).select_related("session")
    rows = [(b.booked_at, b.person_id, b.session.kind, b.union_path, b.shift, b.household, b.first_time) for b in taken]
    rows += [(d.at, d.person_id, d.session.kind, d.union_path, d.shift, "", d.first_time) for d in asked]
    rows.sort(key=lambda r: (r[0], r[1]))
    homes = dict(Profile.objects.filter(person_id__in={r[1] for r in rows}).exclude(household="").values_list("person_id", "household"))
    return [
        quota.Wish(
            person=person, slot=kind, tags=_tags(path, shift, first=first), served_before=0 if first else 1,
            household=household or homes.get(person, ""), town=path[:TOWN], shift=shift,
        )
        for _at, person, kind, path, shift, household, first in rows
    ]  # fmt: skip


def _tags(path: str, shift: str, *, first: bool) -> frozenset[str]:
    tags = {f"township:{path[:end]}" for end in range(LEVEL, len(path) + 1, LEVEL)}
    tags |= {"first_time"} if first else set()
    tags |= {"night_shift"} if shift in standing.NIGHT else set()
    return frozenset(tags)


def setting(item: Item) -> quota.Setting:
    """The rules of a draft as the simulation reads them (试算设定); sessions of one kind of day are one slot."""
    fair = item.fair or {}
    caps = fair.get("caps") or {}
    shelves: dict[str, list[Shelf]] = {}
    for s in item.sessions.exclude(state="cancelled").order_by("starts_at", "pk"):
        shelves.setdefault(s.kind, []).extend(_shelves(s))
    return quota.Setting(
        shelves={kind: _merged(rows) for kind, rows in shelves.items()}, per_person=int(caps.get("item") or caps.get("session") or 1),
        never_served_first=bool(fair.get("never_served_first") or fair.get("never_first_minutes")),
        per_household=bool(fair.get("exclude_household")),
    )  # fmt: skip


def _shelves(s: Any) -> Iterable[Shelf]:
    shares = list(s.quotas.filter(reserved=True).exclude(kind=QuotaKind.GENERAL).order_by("pk"))
    yield Shelf(0, "session", "", False, s.capacity, 0, False, None)
    for q in shares:
        yield Shelf(q.pk, q.kind, q.key, True, q.size, 0, False, q.release_at)
    if shares:
        yield Shelf(10**9, "general", "", True, s.capacity - sum(q.size for q in shares), 0, False, None)


def _merged(rows: list[Shelf]) -> list[Shelf]:
    """Several sessions of one kind of day as one."""
    found: dict[tuple[str, str, bool], Shelf] = {}
    shared = any(r.reserved for r in rows)
    for r in rows:
        known = found.get((r.kind, r.key, r.reserved))
        if known is None:
            found[(r.kind, r.key, r.reserved)] = r
        else:
            known.size += r.size
    if shared:  # a session without shares is all general
        cap = found[("session", "", False)].size
        held = sum(r.size for r in found.values() if r.reserved and r.kind != "general")
        found.setdefault(("general", "", True), Shelf(10**9, "general", "", True, 0, 0, False, None)).size = cap - held
    return list(found.values())


@dataclass(frozen=True)
class Simulation:
    """A draft on last round's demand, beside plain first come first served (试算对比)."""

    base: Item
    trial: quota.Trial
    plain: quota.Trial
    towns: list[tuple[str, int]]
    shifts: list[tuple[str, int]]
    refused: list[tuple[str, int]]

    @property
    def more(self) -> int:
        """People served beyond what plain first come first served would reach."""
        return self.trial.served - self.plain.served


def simulation(item: Item) -> Simulation | None:
    """Play the draft on the demand of the round before (发布前试算); None when there is no round before or nobody asked."""
    base = item.previous
    if base is None:
        return None
    found = wishes(base)
    if not found:
        return None
    own = setting(item)
    total = sum(s.size for rows in own.shelves.values() for s in rows if not s.reserved)
    first = next(iter(own.shelves), "day")
    bare = quota.Setting(shelves={first: [Shelf(0, "session", "", False, total, 0, False, None)]}, per_person=10**6, bars=False)
    trial = quota.simulate(found, own)
    refused = Counter[str]()
    for code, n in trial.refused.items():
        if n:
            refused[reason_word(code)] += n
    return Simulation(
        base, trial, quota.simulate(found, bare), named_towns(trial.towns), named_shifts(trial.shifts),
        sorted(refused.items(), key=lambda r: (-r[1], r[0])),
    )  # fmt: skip
