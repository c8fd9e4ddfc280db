"""Reads of notices (消息查询)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from gonghui.core import clock, crypto
from gonghui.core.errors import NotFound
from gonghui.notices import texts
from gonghui.notices.enums import Perm, SmsState
from gonghui.notices.models import Notice, Sms

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABLE = "notices.sms"


def notices_of(actor: Actor) -> QuerySet[Notice]:
    """Messages to the actor, as account or as person (我的消息)."""
    mine = Q(pk__in=[])
    if actor.user_id is not None:
        mine |= Q(user_id=actor.user_id)
    if actor.person_id is not None:
        mine |= Q(person_id=actor.person_id)
    return Notice.objects.filter(mine)


def notice_get(*, actor: Actor, pk: int) -> Notice:
    """One message of the actor's own, or 404."""
    found = notices_of(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def unread(actor: Actor) -> QuerySet[Notice]:
    """Messages the actor has not read (未读)."""
    return notices_of(actor).filter(read_at=None)


def unread_count(actor: Actor) -> int:
    """How many messages the actor has not read (未读数)."""
    return unread(actor).count()


def sms_list(*, actor: Actor, state: str = "") -> QuerySet[Sms]:
    """The outbox for the system administrator (短信发件箱): masked numbers, no texts."""
    actor.require(Perm.SMS_VIEW)
    rows = Sms.objects.all()
    return rows.filter(state=state) if state in SmsState.values else rows


def sms_counts() -> dict[str, int]:
    """How many messages in each state."""
    return dict(Sms.objects.values_list("state").annotate(n=Count("pk")).order_by())


def sms_waiting() -> dict[str, Any]:
    """What the health page shows: queue, its oldest message, those set aside."""
    counts = sms_counts()
    oldest = Sms.objects.filter(state=SmsState.QUEUED, not_before__lte=clock.now()).order_by("not_before").first()
    age = clock.now() - oldest.not_before if oldest else timedelta(0)
    return {"queued": counts.get(SmsState.QUEUED, 0), "dead": counts.get(SmsState.DEAD, 0), "age": int(age.total_seconds())}


def sms_get(*, actor: Actor, pk: int) -> Sms:
    """One message, or 404."""
    found = sms_list(actor=actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def text_of(sms: Sms) -> str:
    """The text as sent; for the gateway and the demo's outbox only."""
    if sms.params_sealed is None:
        return "（验证码已清除）"
    return texts.render(sms.template, json.loads(crypto.unseal(TABLE, "params", sms.reference, sms.params_sealed)))


def phone_of(sms: Sms) -> str:
    """The number in clear; for the gateway and the demo's outbox only."""
    return crypto.unseal(TABLE, "phone", sms.reference, sms.phone_sealed)
