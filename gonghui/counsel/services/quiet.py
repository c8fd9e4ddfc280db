"""What must not betray anybody (不留痕迹的办理): the audit entry of a person's act bears no account, the message no subject.

An entry `worker:12 counsel.appointment.booked` would tell every reader of the chain who seeks counsel. What the person does is
therefore entered as done by nobody signed in, with the pseudonymous code of the session as its object.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from gonghui.accounts.actor import Actor
from gonghui.core import audit, clock
from gonghui.core.errors import NotFound
from gonghui.counsel.models import Appointment, Client, Look
from gonghui.counsel.selectors import vault
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind

if TYPE_CHECKING:
    from django.db import models

NOBODY = Actor.anonymous()
TITLE, BODY, LINK = "日程提醒", "您的一项安排快到时间或有变动，请登录职工端查看。", "/m/"


def entry(verb: str, row: models.Model, path: str, **data: Any) -> None:
    """An audit entry of what the person did, without the person."""
    audit.record(NOBODY, verb, row, org_path=path, **data)


def tell(client: Client, key: str) -> int:
    """One message, the same for every cause and for lectures too; `key` keeps it from being sent twice."""
    person = vault.contact(client).get("person")
    once = "day:" + hashlib.sha256(f"{key}|{client.pk}".encode()).hexdigest()[:24]
    return notices.notice_send(
        Actor.system("reminders"), kind=NoticeKind.REMINDER, title=TITLE, body=BODY, link=LINK, persons=[person], once=once
    ) if person else 0  # fmt: skip


def user_of(actor: Actor) -> int:
    """The account behind an act that opens something. Raises NotFound: a job of the platform opens nothing."""
    if actor.user_id is None:
        raise NotFound()
    return actor.user_id


def look(actor: Actor, row: Appointment, kind: str) -> None:
    """That something sealed was opened: a row that cannot be taken back, and an audit entry."""
    Look.objects.create(appointment=row, kind=kind, user_id=user_of(actor), at=clock.now())
    audit.record(actor, "counsel.look.opened", row, org_path=row.unit_path, what=str(kind))
