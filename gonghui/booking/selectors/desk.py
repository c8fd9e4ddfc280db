"""What officers see (管理端的读), cut to their scope."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum

from gonghui.booking.enums import LIVE, AppealState, BookingState, ItemState, Perm, ScanOutcome
from gonghui.booking.models import (
    Appeal,
    Bar,
    Booking,
    Demand,
    Draw,
    ExclusionGroup,
    Item,
    Question,
    Quota,
    Rating,
    ScanLog,
    Session,
    Waiting,
)
from gonghui.core import clock
from gonghui.core.errors import NotFound

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def _one(rows: QuerySet[Any], pk: int) -> Any:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def items(actor: Actor, perm: str = Perm.ITEM_VIEW) -> QuerySet[Item]:
    """Items of the actor's unions (项目)."""
    return Item.objects.filter(actor.within(perm, "union")).select_related("union", "exclusion", "previous")


def item_get(*, actor: Actor, pk: int, perm: str = Perm.ITEM_VIEW) -> Item:
    """One item with its sessions, or 404."""
    sessions = Prefetch("sessions", Session.objects.order_by("starts_at", "pk").prefetch_related("quotas"))
    found: Item = _one(items(actor, perm).prefetch_related(sessions), pk)
    return found


def session_get(*, actor: Actor, pk: int, perm: str = Perm.ITEM_VIEW) -> Session:
    found: Session = _one(Session.objects.filter(actor.within(perm, "item__union")).select_related("item__union", "item__exclusion"), pk)
    return found


def groups(actor: Actor) -> QuerySet[ExclusionGroup]:
    """Exclusion groups (互斥组)."""
    return (
        ExclusionGroup.objects.filter(actor.within(Perm.ITEM_VIEW, "union"))
        .select_related("union")
        .annotate(n=Count("items"))
        .order_by("-since", "-pk")
    )


def group_get(*, actor: Actor, pk: int) -> ExclusionGroup:
    found: ExclusionGroup = _one(ExclusionGroup.objects.filter(actor.within(Perm.ITEM_VIEW, "union")).select_related("union"), pk)
    return found


def question_get(*, actor: Actor, pk: int) -> Question:
    found: Question = _one(Question.objects.filter(actor.within(Perm.ITEM_EDIT, "item__union")).select_related("item__union"), pk)
    return found


def draw_get(*, actor: Actor, pk: int) -> Draw:
    found: Draw = _one(Draw.objects.filter(actor.within(Perm.ITEM_VIEW, "session__item__union")).select_related("session__item__union"), pk)
    return found


def bookings(actor: Actor, item: Item | None = None) -> QuerySet[Booking]:
    """Bookings in scope (预约名单)."""
    rows = Booking.objects.filter(actor.within(Perm.BOOKING_VIEW, "item__union"))
    rows = rows.filter(item=item) if item is not None else rows
    return rows.select_related("item", "session", "person")


def booking_get(*, actor: Actor, pk: int) -> Booking:
    found: Booking = _one(bookings(actor).select_related("item__union", "session", "person"), pk)
    return found


def bookings_filtered(rows: QuerySet[Booking], data: dict[str, Any]) -> QuerySet[Booking]:
    """By words, session and state (筛选)."""
    if q := str(data.get("q") or "").strip():
        rows = rows.filter(Q(code__icontains=q) | Q(person__name__icontains=q))
    if data.get("session"):
        rows = rows.filter(session=data["session"])
    if data.get("state") in BookingState.values:
        rows = rows.filter(state=data["state"])
    return rows


def waits(actor: Actor, item: Item) -> QuerySet[Waiting]:
    """The waiting list in its order (候补名单)."""
    rows = Waiting.objects.filter(actor.within(Perm.BOOKING_VIEW, "item__union"), item=item)
    return rows.select_related("session", "person").order_by("session__starts_at", "rank", "number")


def bars(actor: Actor) -> QuerySet[Bar]:
    """Bars in scope: for an item of the actor's, or of a booking of the actor's (限约)."""
    scope = actor.within(Perm.BAR_MANAGE, "booking__item__union") | actor.within(Perm.BAR_MANAGE, "item__union")
    return Bar.objects.filter(scope).select_related("person", "item", "booking__item").order_by("-since", "-pk")


def bar_get(*, actor: Actor, pk: int) -> Bar:
    found: Bar = _one(bars(actor), pk)
    return found


def appeals(actor: Actor) -> QuerySet[Appeal]:
    """Appeals in scope (申诉)."""
    rows = Appeal.objects.filter(actor.within_path(Perm.APPEAL_DECIDE, "union_path"))
    return rows.select_related("person", "item", "booking__session", "bar").order_by("due_on", "pk")


def appeal_get(*, actor: Actor, pk: int) -> Appeal:
    found: Appeal = _one(appeals(actor), pk)
    return found


def appeals_open(actor: Actor) -> QuerySet[Appeal]:
    """Appeals that wait, for the menu."""
    return Appeal.objects.filter(actor.within_path(Perm.APPEAL_DECIDE, "union_path"), state=AppealState.OPEN)


def ratings(actor: Actor, item: Item) -> QuerySet[Rating]:
    """What members said, without names (评价)."""
    rows = Rating.objects.filter(actor.within(Perm.REPORT_VIEW, "booking__item__union"), booking__item=item)
    return rows.select_related("booking__session").order_by("-at", "-pk")


def rating_get(*, actor: Actor, pk: int) -> Rating:
    rows = Rating.objects.filter(actor.within(Perm.REPORT_VIEW, "booking__item__union")).select_related("booking__item__union")
    found: Rating = _one(rows, pk)
    return found


def board(item: Item) -> dict[str, Any]:
    """The opening as it runs (开放现场): remaining, rate of the last minute, queue, refusals."""
    now = clock.now()
    minute, hour = now - timedelta(minutes=1), now - timedelta(hours=1)
    taken = Booking.objects.filter(item=item)
    quotas = list(Quota.objects.filter(item=item, reserved=False, kind="session").values("session_id", "size", "taken", "over"))
    by = {q["session_id"]: q for q in quotas}
    lines = []
    for s in item.sessions.order_by("starts_at", "pk"):
        q = by.get(s.pk, {"size": s.capacity, "taken": 0, "over": False})
        left = max(0, q["size"] - q["taken"])
        lines.append({"session": s, "left": left, "size": q["size"], "taken": q["taken"], "over": q["over"], "waiting": s.waiting})
    sums = Quota.objects.filter(item=item, reserved=False, kind="session").aggregate(size=Sum("size"), taken=Sum("taken"))
    refused = Demand.objects.filter(item=item, at__gte=hour).order_by().values_list("reason").annotate(n=Count("pk"))
    return {
        "lines": lines, "size": sums["size"] or 0, "taken": sums["taken"] or 0, "left": (sums["size"] or 0) - (sums["taken"] or 0),
        "minute": taken.filter(booked_at__gte=minute).count(), "hour": taken.filter(booked_at__gte=hour).count(),
        "unpaid": taken.filter(state=BookingState.UNPAID).count(), "held": taken.filter(state=BookingState.HELD).count(),
        "waiting": sum(line["waiting"] for line in lines), "refused": dict(refused), "at": now,
        "shares": list(Quota.objects.filter(item=item, reserved=True).exclude(kind="general").select_related("session").order_by("session__starts_at", "kind")),
    }  # fmt: skip


def checkin_counts(session: Session) -> dict[str, int]:
    """How many have come (到场)."""
    states = dict(session.bookings.order_by().values_list("state").annotate(n=Count("pk")))
    return {
        "booked": sum(states.get(s, 0) for s in (BookingState.TICKETED, BookingState.USED, BookingState.NOSHOW, BookingState.UNUSED)),
        "used": states.get(BookingState.USED, 0), "left": states.get(BookingState.TICKETED, 0), "noshow": states.get(BookingState.NOSHOW, 0),
    }  # fmt: skip


def scans(session: Session) -> QuerySet[ScanLog]:
    """The last scans of a session (核销记录)."""
    return session.scans.select_related("booking__person").order_by("-received_at", "-pk")


def scans_bad(session: Session) -> int:
    return session.scans.exclude(outcome=ScanOutcome.USED).count()


def today_sessions(actor: Actor) -> QuerySet[Session]:
    """Sessions held these days that the actor may check in at (今天的场次)."""
    now = clock.now()
    rows = Session.objects.filter(actor.within(Perm.CHECK_IN, "item__union"), item__state__in=[ItemState.PUBLISHED, ItemState.PAUSED])
    rows = rows.filter(starts_at__lte=now + timedelta(days=2), ends_at__gte=now - timedelta(days=1))
    live = Count("bookings", filter=Q(bookings__state__in=[*LIVE, BookingState.USED]))
    return (
        rows.select_related("item")
        .annotate(booked=live, used=Count("bookings", filter=Q(bookings__state=BookingState.USED)))
        .order_by("starts_at")
    )


def open_now(actor: Actor) -> QuerySet[Item]:
    """Items whose booking is open, for the menu's badge."""
    now = clock.now()
    return items(actor).filter(state=ItemState.PUBLISHED, sessions__opens_at__lte=now, sessions__closes_at__gt=now).distinct()


def left_of(rows: QuerySet[Item]) -> dict[int, tuple[int, int]]:
    """Places and takings by item, for the list (名额和已约)."""
    sums = Quota.objects.filter(item__in=rows, reserved=False, kind="session").order_by().values_list("item")
    return {pk: (size, taken) for pk, size, taken in sums.annotate(size=Sum(F("size")), n=Sum(F("taken")))}


def items_copy(item: Item, values: dict[str, Any]) -> Item:
    """The item with other values, not stored (预览用)."""
    found = Item.objects.select_related("union", "exclusion").get(pk=item.pk)
    for name, value in values.items():
        setattr(found, name, value)
    return found
