"""Named figures and small factories of booking: an item with a noon and an evening session, members, tickets."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.booking.enums import Mode, SessionKind
from gonghui.booking.models import Booking, Item, Session
from gonghui.booking.services import bookings, items, publishing
from gonghui.core import clock
from gonghui.members.tests import make as members

system = members.system
NOW = datetime(2026, 5, 6, 11, 0, tzinfo=clock.SHANGHAI)
"""The hour before the noon opening of 6 May."""
OPEN = NOW.replace(hour=12)


def root() -> Any:
    return members.root()


def town(name: str = "青石镇工会") -> Any:
    return members.township(name)


def union(name: str = "青石茶厂", parent: Any = None) -> Any:
    """An enterprise union below a township."""
    _firm, found = members.shop(name, parent)
    return found


def member(of: Any = None) -> Any:
    """A member's person."""
    return members.member(of or root()).person


def worker(person: Any) -> Any:
    return members.worker(person)


def officer(of: Any, role: Role = Role.CITY) -> Any:
    return members.officer(of, role)


def draft(of: Any = None, name: str = "冬日暖心观影券", **values: Any) -> Item:
    """A draft that lacks nothing but sessions."""
    data: dict[str, Any] = {
        "summary": "凭码到市影剧院取票。", "place": "市影剧院售票厅", "contact": "服务中心", "phone": "0631-0000000", "value_fen": 4500, "cost_fen": 3000,
        "opens_at": OPEN, "closes_at": OPEN + timedelta(days=2), "since": date(2026, 5, 10), "until": date(2026, 5, 31), "category": "culture",
        **values,
    }  # fmt: skip
    return items.item_create(actor=system, union=of or root(), name=name, **data)


def session(item: Item, capacity: int = 3, kind: str = SessionKind.NOON, day: int = 10, **values: Any) -> Session:
    hour = {"noon": 12, "evening": 19}.get(str(kind), 9)
    starts = datetime(2026, 5, day, hour, 30, tzinfo=clock.SHANGHAI)
    label = {"noon": "中午 12:30", "evening": "晚上 19:30"}.get(str(kind), "上午 9:30")
    values = {"label": label, "starts_at": starts, "ends_at": starts + timedelta(hours=1, minutes=30), **values}
    return items.session_add(actor=system, item=item, kind=kind, capacity=capacity, **values)


def published(of: Any = None, capacity: int = 3, evening: int = 2, shares: dict[str, int] | None = None, **values: Any) -> Item:
    """A published item with a noon and an evening session; booking opens at OPEN."""
    item = draft(of, **values)
    session(item, capacity, shares=shares)
    session(item, evening, SessionKind.EVENING)
    return publishing.item_publish(actor=system, item=item)


def drawing(capacity: int = 2, **values: Any) -> Item:
    return published(capacity=capacity, mode=Mode.DRAW, **values)


def noon(item: Item) -> Session:
    return Session.objects.select_related("item__union", "item__exclusion").get(item=item, kind=SessionKind.NOON)


def evening(item: Item) -> Session:
    return Session.objects.select_related("item__union", "item__exclusion").get(item=item, kind=SessionKind.EVENING)


def take(person: Any, of: Session, key: str = "") -> Booking:
    """A booking at this moment, through the service."""
    answer = bookings.book(actor=worker(person), session=of, person_id=person.pk, key=key or uuid4().hex)
    return Booking.objects.get(pk=answer.facts["id"])


def phone(person: Any) -> Any:
    """A browser signed in as the member."""
    return accounts.client(accounts.worker(person_id=person.pk))


def desktop(of: Any, role: Role = Role.CITY, username: str = "") -> Any:
    """A browser signed in as an officer."""
    return accounts.client(accounts.officer((role, of.path), username=username, totp=True), stepped_up=True)
