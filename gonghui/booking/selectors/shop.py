"""What a member sees (职工端的读): items for me, my tickets, results. A member sees items of the unions above the own one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from gonghui.accounts.actor import LEVEL
from gonghui.booking.enums import LIVE, LIVE_WAITS, BookingState, DrawState, ItemState, Mode, SessionState
from gonghui.booking.models import Appeal, Bar, Booking, Draw, DrawEntry, Item, Profile, QuizTry, Rating, Reminder, Session, Waiting
from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.members.selectors import members

SHOWN = (ItemState.PUBLISHED, ItemState.PAUSED, ItemState.FINISHED)


def path_of(person_id: int) -> str:
    """Where the member stands in the tree; empty without membership."""
    spell = members.mine(person_id)
    return spell.union.path if spell else ""


def visible(person_id: int) -> QuerySet[Item]:
    """Published items of the member's own union and of those above it (我能看到的项目)."""
    path = path_of(person_id)
    above = [path[:end] for end in range(LEVEL, len(path) + 1, LEVEL)]
    return Item.objects.filter(state__in=SHOWN, union__path__in=above).select_related("union", "exclusion")


def item_get(person_id: int, pk: int) -> Item:
    """One item the member may see. Raises NotFound."""
    sessions = Prefetch("sessions", Session.objects.order_by("starts_at", "pk"))
    item = visible(person_id).prefetch_related(sessions).filter(pk=pk).first()
    if item is None:
        raise NotFound()
    return item


def session_get(person_id: int, pk: int) -> Session:
    """One session of an item the member may see. Raises NotFound."""
    row = Session.objects.filter(pk=pk, item__in=visible(person_id)).select_related("item__union", "item__exclusion").first()
    if row is None:
        raise NotFound()
    return row


@dataclass(frozen=True)
class Card:
    """An item in a list (项目卡片)."""

    item: Item
    opens_at: datetime | None
    closes_at: datetime | None
    starts_at: datetime | None
    places: int
    phase: str

    @property
    def words(self) -> str:
        """Its state in two or three words."""
        return {"open": "正在预约", "soon": "即将开始", "over": "已截止", "paused": "暂停预约", "done": "已结束"}[self.phase]

    @property
    def tone(self) -> str:
        return {"open": "ok", "soon": "info", "paused": "warn"}.get(self.phase, "line")


def card_of(item: Item) -> Card:
    """Phase of an item at this moment (项目现在的阶段)."""
    sessions = [s for s in item.sessions.all() if s.state != SessionState.CANCELLED]
    opens = min((s.opens_at for s in sessions), default=item.opens_at)
    closes = max((s.closes_at for s in sessions), default=item.closes_at)
    now = clock.now()
    if item.state == ItemState.PAUSED:
        phase = "paused"
    elif item.state == ItemState.FINISHED:
        phase = "done"
    elif opens is not None and now < opens:
        phase = "soon"
    else:
        phase = "open" if closes is not None and now < closes else "over"
    return Card(item, opens, closes, min((s.starts_at for s in sessions), default=None), sum(s.capacity for s in sessions), phase)


def home(person_id: int) -> dict[str, list[Card]]:
    """Open now, soon, lately over (首页三栏)."""
    rows = visible(person_id).prefetch_related("sessions").order_by("-published_at", "-pk")[:60]
    found: dict[str, list[Card]] = {"open": [], "soon": [], "over": []}
    for card in map(card_of, rows):
        found[{"paused": "open", "done": "over"}.get(card.phase, card.phase)].append(card)
    found["soon"].sort(key=lambda c: c.opens_at or clock.now())
    found["over"] = found["over"][:10]
    return found


def live(person_id: int) -> QuerySet[Booking]:
    """My bookings still to come (我的有效预约)."""
    return (
        Booking.objects.filter(person_id=person_id, state__in=LIVE).select_related("item", "session").order_by("session__starts_at", "pk")
    )


def past(person_id: int) -> QuerySet[Booking]:
    """My bookings that are over (我的预约记录)."""
    return (
        Booking.objects.filter(person_id=person_id)
        .exclude(state__in=LIVE)
        .select_related("item", "session", "rating")
        .order_by("-booked_at", "-pk")
    )


def waits(person_id: int) -> QuerySet[Waiting]:
    """Where I wait (我的候补)."""
    return (
        Waiting.objects.filter(person_id=person_id, state__in=LIVE_WAITS).select_related("item", "session", "booking").order_by("joined_at")
    )


def ahead(row: Waiting) -> int:
    """How many stand before me (前面几人)."""
    before = Q(rank__lt=row.rank) | Q(rank=row.rank, number__lt=row.number)
    return Waiting.objects.filter(before, session=row.session_id, state="waiting").count()


def entries(person_id: int) -> QuerySet[DrawEntry]:
    """Draws I take part in (我的抽签)."""
    rows = DrawEntry.objects.filter(person_id=person_id, left_at=None).exclude(draw__state=DrawState.VOID)
    return rows.select_related("draw__session__item", "booking").order_by("-entered_at")


def bars(person_id: int) -> QuerySet[Bar]:
    """What keeps me from booking (我的限约)."""
    today = clock.today()
    return (
        Bar.objects.filter(person_id=person_id, until__gte=today, lifted_at=None).select_related("item", "booking__item").order_by("until")
    )


def booking_get(person_id: int, pk: int) -> Booking:
    """One booking of the member. Raises NotFound."""
    row = Booking.objects.filter(person_id=person_id, pk=pk).select_related("item__union", "session", "person").first()
    if row is None:
        raise NotFound()
    return row


def mine_in(person_id: int, item: Item) -> dict[str, Any]:
    """Everything of mine in one item (我在这个项目里)."""
    sessions = [s.pk for s in item.sessions.all()]
    return {
        "bookings": {b.session_id: b for b in live(person_id).filter(item=item)},
        "waits": {w.session_id: w for w in waits(person_id).filter(item=item)},
        "entries": {e.draw.session_id: e for e in entries(person_id).filter(draw__session__in=sessions)},
        "reminders": set(Reminder.objects.filter(person_id=person_id, session__in=sessions).values_list("session_id", flat=True)),
    }


def draws_of(item: Item) -> dict[int, Draw]:
    """The draw of each session that counts (各场次的抽签)."""
    rows = Draw.objects.filter(session__item=item).exclude(state=DrawState.VOID).select_related("session")
    return {d.session_id: d for d in rows}


def draw_published(pk: int) -> Draw:
    """A draw anybody may check. Raises NotFound."""
    rows = Draw.objects.filter(session__item__state__in=SHOWN).exclude(state=DrawState.VOID)
    row = rows.select_related("session__item__union").filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def profile_of(person_id: int) -> Profile | None:
    return Profile.objects.filter(person_id=person_id).first()


def appeals(person_id: int) -> QuerySet[Appeal]:
    """My appeals (我的申诉)."""
    return Appeal.objects.filter(person_id=person_id).select_related("item", "booking", "bar").order_by("-made_at", "-pk")


def attempt_get(person_id: int, pk: int) -> QuizTry:
    """One of my tries. Raises NotFound."""
    row = QuizTry.objects.filter(person_id=person_id, pk=pk).select_related("item__union").first()
    if row is None:
        raise NotFound()
    return row


def to_rate(person_id: int) -> QuerySet[Booking]:
    """Used and not yet rated (待评价)."""
    return past(person_id).filter(state=BookingState.USED, item__rated=True, rating=None)


def rating_of(booking: Booking) -> Rating | None:
    return Rating.objects.filter(booking=booking).first()


def quiz_items(items: Iterable[Item]) -> list[Item]:
    """Those that begin with a quiz."""
    return [i for i in items if i.quiz.get("ask") and i.mode == Mode.DRAW]
