"""Where a member stands towards a session (预约资格): the facts, the reasons against, the slip that explains them.

Read for one member on the page and for thousands when a draw closes: always set by set, never member by member.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q

from gonghui.accounts.actor import LEVEL
from gonghui.booking.enums import LIVE, BookingState, GroupScope, ItemState, Mode, SessionState, Shift
from gonghui.booking.models import Bar, Booking, Claim, Item, Profile, QuizTry, Quota, Session
from gonghui.booking.rules import claims, fair, places
from gonghui.core import clock
from gonghui.members.enums import COUNTED
from gonghui.members.selectors import counts as member_counts
from gonghui.orgs.selectors import law
from gonghui.policy import services as policy

CHUNK, LONGEST = 800, 24
NIGHT = (Shift.NIGHT, Shift.ROTATING)


@dataclass(frozen=True)
class Standing:
    """One member and one session (资格)."""

    person: int
    facts: fair.Facts
    rights: tuple[claims.Right, ...]
    tags: frozenset[str]
    union_path: str = ""
    first_time: bool = False
    rank: int = 1
    shift: str = Shift.UNKNOWN
    household: str = ""
    bar_until: date | None = None
    bar_kind: str = ""
    blocking: Booking | None = None

    @property
    def refusals(self) -> tuple[fair.Refusal, ...]:
        """Every reason against, in the order of the slip."""
        return fair.refusals(self.facts)

    @property
    def allowed(self) -> bool:
        return not self.refusals


def series(item: Item) -> list[int]:
    """This round and all before it (同一系列)."""
    found, at = [item.pk], item.previous_id
    while at is not None and at not in found and len(found) < LONGEST:
        found.append(at)
        at = Item.objects.filter(pk=at).values_list("previous_id", flat=True).first()
    return found


def shelves(session: Session) -> list[places.Shelf]:
    """Quota rows of a session and of its whole item (名额行)."""
    rows = Quota.objects.filter(item=session.item_id).filter(Q(session=session.pk) | Q(session=None)).order_by("pk")
    return [places.Shelf(q.pk, q.kind, q.key, q.reserved, q.size, q.taken, q.over, q.release_at) for q in rows]


def standing(person_id: int, session: Session) -> Standing:
    """One member (某人的资格)."""
    return standings([person_id], session)[person_id]


def standings(persons: Iterable[int], session: Session) -> dict[int, Standing]:
    """Many members, in sets (许多人的资格)."""
    wanted = sorted(set(persons))
    out: dict[int, Standing] = {}
    for start in range(0, len(wanted), CHUNK):
        out |= _Reader(wanted[start : start + CHUNK], session).read()
    return out


def slip(found: Standing, session: Session) -> policy.Decision:
    """The decision that explains it to the member and to the officer. Source: policy booking.may_book."""
    item = session.item
    named = {
        "exclusive": policy.Fact(found.facts.exclusive, source=f"您已约“{found.blocking.item.name}”")
        if found.blocking is not None
        else found.facts.exclusive,
    }
    return law.decide("booking.may_book", item.union, clock.today(), {**found.facts.as_dict(), **named})


class _Reader:
    """All facts of some members (批量取事实)."""

    def __init__(self, persons: Sequence[int], session: Session) -> None:
        self.persons, self.session, self.item, self.now = persons, session, session.item, clock.now()
        self.day = session.starts_at.astimezone(clock.SHANGHAI).date()
        self.fair: dict[str, Any] = self.item.fair or {}
        self.unions = dict(member_counts.spells_of(persons, COUNTED))
        self.profiles = {p.person_id: p for p in Profile.objects.filter(person_id__in=persons)}
        self.served = _served(persons, series(self.item))
        self.bars = self._bars()
        self.small = self._small()
        self.shelves = shelves(session)

    def read(self) -> dict[int, Standing]:
        rights = {p: self._rights(p) for p in self.persons}
        self.used, self.blocking = self._claims(rights)
        self.quiz = self._quiz()
        self.lost = self._lost()
        return {p: self._one(p, rights[p]) for p in self.persons}

    def _household(self, person: int) -> str:
        profile = self.profiles.get(person)
        return profile.household if profile else ""

    def _rights(self, person: int) -> tuple[claims.Right, ...]:
        group = self.item.exclusion
        return claims.rights(
            person=person, household=self._household(person), item=self.item.pk, session=self.session.pk, day=self.day,
            category=self.item.category, caps=self.fair.get("caps") or {}, group=group.pk if group else None,
            group_household=bool(group and group.scope == GroupScope.HOUSEHOLD), exclude_household=bool(self.fair.get("exclude_household")),
        )  # fmt: skip

    def _claims(self, rights: dict[int, tuple[claims.Right, ...]]) -> tuple[dict[tuple[str, str], list[Any]], dict[int, Booking]]:
        holders = sorted({r.holder for found in rights.values() for r in found})
        scopes = sorted({r.scope for found in rights.values() for r in found})
        used: dict[tuple[str, str], list[Any]] = defaultdict(list)
        rows = Claim.objects.filter(holder__in=holders, scope__in=scopes).values_list(
            "holder", "scope", "booking_id", "booking__item_id", "booking__person_id"
        )
        for holder, scope, *rest in rows:
            used[(holder, scope)].append(rest)
        blocking: dict[int, Booking] = {}
        if len(self.persons) == 1:
            group = [b for (_h, scope), found in used.items() if scope.startswith("group:") for b, i, _p in found if i != self.item.pk]
            if group:
                blocking[self.persons[0]] = Booking.objects.select_related("item", "session").get(pk=group[0])
        return used, blocking

    def _bars(self) -> dict[int, Bar]:
        today = clock.today()
        rows = Bar.objects.filter(person_id__in=self.persons, since__lte=today, until__gte=today, lifted_at=None).filter(
            Q(item=None) | Q(item__in=series(self.item))
        )
        return {b.person_id: b for b in rows.order_by("until")}

    def _small(self) -> set[int]:
        """Unions below the line of small unions, when the session sets places aside for them."""
        if not Quota.objects.filter(session=self.session, kind="small_union").exists():
            return set()
        line = int(policy.value("booking.small_union_members", on=clock.today()).value)
        wanted = {pk for pk, _path in self.unions.values()}
        sizes = member_counts.sizes_of(wanted)
        return {pk for pk in wanted if sizes.get(pk, 0) < line}

    def _quiz(self) -> dict[int, int]:
        if not self.item.quiz.get("ask"):
            return {}
        rows = QuizTry.objects.filter(item=self.item, person_id__in=self.persons, done_at__isnull=False)
        if self.item.quiz.get("per_day"):
            rows = rows.filter(day=min(self.now, self.session.closes_at).astimezone(clock.SHANGHAI).date())
        return dict(rows.values_list("person_id").annotate(best=Max("right")))

    def _lost(self) -> set[int]:
        """Who let a place of this day lapse without paying."""
        if not self.fair.get("day_lost"):
            return set()
        first, last = _day(self.day)
        rows = Booking.objects.filter(
            item=self.item,
            person_id__in=self.persons,
            state=BookingState.EXPIRED,
            session__starts_at__gte=first,
            session__starts_at__lt=last,
        )
        return set(rows.values_list("person_id", flat=True))

    def _one(self, person: int, rights: tuple[claims.Right, ...]) -> Standing:
        union = self.unions.get(person)
        path = union[1] if union else ""
        profile, bar = self.profiles.get(person), self.bars.get(person)
        shift = profile.shift if profile else Shift.UNKNOWN
        served = self.served.get(person, 0)
        tags = {f"township:{path[:end]}" for end in range(LEVEL, len(path) + 1, LEVEL)}
        tags |= {"first_time"} if not served else set()
        tags |= {"night_shift"} if shift in NIGHT else set()
        tags |= {"small_union"} if union and union[0] in self.small else set()
        facts = self._facts(person, rights, frozenset(tags), served, member=union is not None, barred=bar is not None)
        return Standing(
            person, facts, rights, frozenset(tags), path, not served, 0 if not served else 1, shift, self._household(person),
            bar.until if bar else None, bar.get_kind_display() if bar else "", self.blocking.get(person),
        )  # fmt: skip

    def _facts(
        self, person: int, rights: tuple[claims.Right, ...], tags: frozenset[str], served: int, *, member: bool, barred: bool
    ) -> fair.Facts:
        item, session, values = self.item, self.session, dict[str, Any]()
        for right in rights:
            kind, used = right.scope.partition(":")[0], self.used.get((right.holder, right.scope), [])
            others = len([1 for _b, i, _p in used if i != item.pk])
            if (kind == "item" and right.holder.startswith("p")) or (kind == "session" and "per_person" not in values):
                values |= {"same_item": len(used), "per_person": right.most}
            elif kind == "item":
                values["household"] = len([1 for _b, _i, p in used if p != person])
            elif kind == "group":
                values["exclusive"] = others
            elif kind in {"day", "month", "year", "kind"}:
                name = "category" if kind == "kind" else kind
                values |= {f"{name}_count": len(used), f"{name}_cap": right.most}
        if item.quiz.get("ask"):
            values |= {"quiz_right": self.quiz.get(person), "quiz_pass": int(item.quiz["pass"])}
        if item.mode != Mode.DRAW:
            values["open_to_me"] = places.left_for(self.shelves, tags, self.now)
        return fair.Facts(
            member=member, on_sale=item.state == ItemState.PUBLISHED and session.state == SessionState.OPEN,
            minutes_to_open=_minutes(session.opens_at, self.now), minutes_to_close=_minutes(session.closes_at, self.now),
            barred=barred, served=served, first_only=self._first_only(), day_lost=person in self.lost, **values,
        )  # fmt: skip

    def _first_only(self) -> bool:
        minutes = int(self.fair.get("never_first_minutes") or 0)
        return bool(minutes) and self.now < self.session.opens_at + timedelta(minutes=minutes)


def _minutes(moment: datetime, now: datetime) -> int:
    """Minutes still to go, rounded up; 0 when the moment has come."""
    seconds = (moment - now).total_seconds()
    return max(0, -int(-seconds // 60))


def _day(day: date) -> tuple[datetime, datetime]:
    first = datetime(day.year, day.month, day.day, tzinfo=clock.SHANGHAI)
    return first, first + timedelta(days=1)


def _served(persons: Sequence[int], items: list[int]) -> dict[int, int]:
    rows = Booking.objects.filter(item_id__in=items, person_id__in=persons, state=BookingState.USED)
    return dict(rows.values_list("person_id").annotate(n=Count("pk")))


def live_bookings(person_id: int) -> Any:
    """My bookings that may still change (我的有效预约)."""
    return Booking.objects.filter(person_id=person_id, state__in=LIVE).select_related("item", "session")
