"""Bars (限约): for a no-show, an unused code, by hand; with an end, shown to the member, lifted with a reason."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.booking.enums import BarKind, Perm
from gonghui.booking.models import Bar, Booking, Item
from gonghui.booking.rules import fair
from gonghui.booking.services import policy_values
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def months_of(item: Item, kind: str) -> int:
    """For how long (限约月数): what the announcement says, else the platform's rule. 0: no bar.

    Source: policy booking.no_show_months, booking.unused_months.
    """
    name, key = {"noshow": ("no_show_months", "booking.no_show_months"), "unused": ("unused_months", "booking.unused_months")}[kind]
    told = (item.fair or {}).get(name)
    return int(told) if told is not None else policy_values.number(key)


def for_booking(actor: Actor, booking: Booking, kind: BarKind, on: date) -> Bar | None:
    """The bar that follows a no-show or an unused code, once. Called inside a service."""
    months = months_of(booking.item, str(kind))
    if not months or Bar.objects.filter(booking=booking, kind=kind).exists():
        return None
    word = "预约后没有到场" if kind == BarKind.NOSHOW else "取得后到期没有使用"
    until = fair.bar_until(on, months)
    return Bar.objects.create(
        person_id=booking.person_id,
        kind=kind,
        item=None if (booking.item.fair or {}).get("bar_all") else booking.item,
        booking=booking,
        since=on,
        until=until,
        reason=f"{booking.item.name}：{word}，限约到 {until:%Y-%m-%d}"[:200],
        created_at=clock.now(),
    )


@transaction.atomic
def bar(*, actor: Actor, person_id: int, item: Item, since: date, until: date, reason: str) -> Bar:
    """Bar somebody from an item by hand, with the reason (人工限约)."""
    actor.require(Perm.BAR_MANAGE, item.union)
    made = Bar.objects.create(
        person_id=person_id, kind=BarKind.MANUAL, item=item, since=since, until=until, reason=reason[:200], created_at=clock.now()
    )
    audit.record(actor, "booking.bar.set", made, org_path=item.union.path, person=person_id, until=until)
    return made


@transaction.atomic
def lift(*, actor: Actor, bar: Bar, why: str) -> Bar:
    """Lift a bar (解除限约). Raises: Conflict core.state_moved."""
    item = bar.item or (bar.booking.item if bar.booking else None)
    if item is not None:
        actor.require(Perm.BAR_MANAGE, item.union)
    moved = Bar.objects.filter(pk=bar.pk, lifted_at=None).update(lifted_at=clock.now(), lifted_by=actor.ref, lifted_why=why[:200])
    if not moved:
        raise Conflict("core.state_moved", "这项限约已经解除。")
    bar.refresh_from_db()
    audit.record(actor, "booking.bar.lifted", bar, org_path=item.union.path if item else "", why=why)
    return bar
