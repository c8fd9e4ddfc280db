"""What a member says once for fair booking (预约资料), and “tell me before it opens” (开始提醒)."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from gonghui.booking.enums import ItemState, Shift
from gonghui.booking.models import Profile, Reminder, Session
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@transaction.atomic
def profile_set(*, actor: Actor, shift: str, household_code: str | None = None) -> Profile:
    """State the shift, and with whom one lives (填预约资料).

    Args: household_code: the code another member of the household shows on the phone; "new" makes one; None leaves it, "" leaves
    the household.
    Raises: NotPermitted; NotFound booking.household when nobody has that code.
    """
    person = _person(actor)
    row, _made = Profile.objects.select_for_update().get_or_create(person_id=person, defaults={"declared_at": clock.now()})
    code = row.household
    if household_code is not None:
        code = household_code.strip().upper()
        if code == "NEW":
            code = "".join(secrets.choice(LETTERS) for _ in range(8))
        elif code and not Profile.objects.filter(household=code).exists():
            raise NotFound("booking.household", "没有这个家庭编号。请看家人手机上的编号，一共 8 位。")
    Profile.objects.filter(pk=row.pk).update(shift=Shift(shift), household=code, declared_at=clock.now())
    row.refresh_from_db()
    audit.record(actor, "booking.profile.set", row, shift=row.shift)
    return row


@transaction.atomic
def reminder_add(*, actor: Actor, session: Session) -> Reminder:
    """Tell me shortly before booking opens (开始前提醒我). Raises: Conflict booking.already_open."""
    person = _person(actor)
    if session.item.state != ItemState.PUBLISHED:
        raise NotFound()
    if clock.now() >= session.opens_at:
        raise Conflict("booking.already_open", "已经开始预约，现在就可以约。")
    try:
        with transaction.atomic():
            return Reminder.objects.create(session=session, person_id=person, made_at=clock.now())
    except IntegrityError:
        return Reminder.objects.get(session=session, person_id=person)


@transaction.atomic
def reminders_send(*, actor: Actor) -> int:
    """Send what is due (发开始提醒); each once. Source: policy booking.remind_minutes."""
    minutes = int(policy.value("booking.remind_minutes", on=clock.today()).value)
    now = clock.now()
    rows = Reminder.objects.filter(sent_at=None, session__opens_at__lte=now + timedelta(minutes=minutes)).select_related("session__item")
    sent = 0
    for row in rows.order_by("pk")[:2000]:
        if not Reminder.objects.filter(pk=row.pk, sent_at=None).update(sent_at=now):
            continue
        session = row.session
        if session.opens_at > now - timedelta(hours=1):  # long past is not worth a message
            at = session.opens_at.astimezone(clock.SHANGHAI)
            notices.notice_send(
                actor, kind=NoticeKind.REMINDER, title=f"“{session.item.name}”{at:%H:%M} 开始预约", body=f"{session.label}，{session.capacity} 份。",
                link=f"/m/booking/{session.item_id}/", persons=[row.person_id], once=f"booking.reminder.{row.pk}",
            )  # fmt: skip
            sent += 1
    return sent


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    return actor.person_id
