"""Named figures of psychological care for tests (测试工厂)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.counsel.models import Slot
from gonghui.counsel.services import booking, desk, sessions
from gonghui.members.tests import make as members

system = Actor.system("test")
PHONE = "13812345678"


def counsellor(union: Any, name: str = "沈宁", username: str = "") -> tuple[Any, Actor]:
    """A counsellor of a federation with the account: (counsellor, actor)."""
    user = accounts.officer((Role.COUNSELLOR, union.path), username=username, name=name)
    values = {
        "name": name,
        "certificate": "国家二级心理咨询师",
        "certificate_no": "X1",
        "topics": ["work"],
        "place": "三楼 306",
        "online_words": "看留言",
    }
    row = desk.counsellor_add(actor=system, union=union, username=user.username, values=values)
    return row, accounts.actor(user)


def slot(row: Any, hours: float = 48, mode: str = "onsite") -> Slot:
    """A time that can be booked."""
    return Slot.objects.create(counsellor=row, starts_at=clock.now() + timedelta(hours=hours), minutes=50, mode=mode)


def booked(row: Any, me: Actor, *, hours: float = 48, alias: str = "小舟", words: str = "最近睡不着", at: Slot | None = None) -> Any:
    """A booking under an alias."""
    return booking.book(actor=me, slot=(at or slot(row, hours)).pk, alias=alias, topic="work", phone_number=PHONE, words=words)


def held(row: Any, who: Actor, me: Actor, text: str = "来访者谈到轮班压力") -> Any:
    """A session that took place, with its record."""
    made = booked(row, me, hours=48 + row.slots.count())
    with clock.at(made.slot.starts_at + timedelta(hours=1)):
        sessions.record_write(actor=who, row=made, text=text)
    made.refresh_from_db()
    return made


def weekly(who: Actor) -> None:
    """Every afternoon of the week from two to five."""
    for day in range(7):
        sessions.hour_add(actor=who, weekday=day, begins=time(14), ends=time(17), mode="onsite")


def place() -> tuple[Any, Any, Actor]:
    """A township with a shop's union below it and a member: (township, union, the member at the phone)."""
    town = members.township()
    _firm, union = members.shop(parent=town)
    return town, union, members.worker(members.member(union).person)


def noon(days: int = 0) -> datetime:
    """Noon of a day."""
    return (clock.now() + timedelta(days=days)).replace(hour=12, minute=0, second=0, microsecond=0)
