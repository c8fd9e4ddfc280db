"""Empties the SMS outbox (发短信): claims by compare-and-set, asks the gateway outside any transaction, retries with jitter.

A message that was taken by the gateway while we died is offered again under the same reference, so a gateway that keeps
references sends it once (JOB-01). An outage costs no tries while the breaker is open.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import models

from gonghui.core import clock
from gonghui.core.errors import Refusal
from gonghui.notices import breaker, gateways, rules, selectors, texts
from gonghui.notices.enums import SmsState
from gonghui.notices.models import Sms

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=1)
ROUND = 20
CODE_LIFE = timedelta(minutes=10)


def pump() -> int:
    """One round: at most twenty messages. Returns how many were handed over."""
    done = 0
    for _n in range(ROUND):
        if not breaker.sms.allows():
            break
        sms = _claim()
        if sms is None:
            break
        done += _offer(sms)
    return done


def _claim() -> Sms | None:
    now = clock.now()
    due = models.Q(state=SmsState.QUEUED, not_before__lte=now) | models.Q(state=SmsState.SENDING, lease_until__lt=now)
    for sms in Sms.objects.filter(due).order_by("not_before", "pk")[:ROUND]:
        if sms.tries >= rules.MOST_TRIES:
            _dead(sms, sms.note or "连续五次没有发出。")
            continue
        if texts.is_secret(sms.template) and sms.created_at < now - CODE_LIFE:
            _dead(sms, "验证码已过期，没有再发。")
            continue
        seen = Sms.objects.filter(pk=sms.pk, state=sms.state, tries=sms.tries)
        if seen.update(state=SmsState.SENDING, tries=sms.tries + 1, lease_until=now + LEASE):
            sms.refresh_from_db()
            return sms
    return None


def _offer(sms: Sms) -> int:
    try:
        number = gateways.current().send(selectors.phone_of(sms), selectors.text_of(sms), sms.reference)
    except gateways.GatewayFault as fault:
        breaker.sms.failed()
        _again(sms, str(fault))
        return 0
    except Refusal as refusal:
        _dead(sms, refusal.message)
        return 0
    breaker.sms.worked()
    values: dict[str, object] = {"state": SmsState.SENT, "sent_at": clock.now(), "gateway_id": number, "lease_until": None, "note": ""}
    if texts.is_secret(sms.template) and not _kept():
        values["params_sealed"] = None
    Sms.objects.filter(pk=sms.pk, state=SmsState.SENDING).update(**values)
    return 1


def _kept() -> bool:
    """The demo and the tests read codes out of the outbox."""
    return isinstance(gateways.current(), gateways.OutboxOnly)


def _again(sms: Sms, note: str) -> None:
    if sms.tries >= rules.MOST_TRIES:
        _dead(sms, note)
        return
    Sms.objects.filter(pk=sms.pk, state=SmsState.SENDING, tries=sms.tries).update(
        state=SmsState.QUEUED, not_before=clock.now() + rules.pause(sms.tries), lease_until=None, note=note[:200]
    )


def _dead(sms: Sms, note: str) -> None:
    log.warning("sms %s set aside: %s", sms.pk, note)
    values: dict[str, object] = {"state": SmsState.DEAD, "lease_until": None, "note": note[:200]}
    if texts.is_secret(sms.template):
        values["params_sealed"] = None
    Sms.objects.filter(pk=sms.pk, state__in=[SmsState.QUEUED, SmsState.SENDING]).update(**values)


def sweep(days: int = 90) -> int:
    """Remove messages older than `days` (清理短信)."""
    old = Sms.objects.filter(created_at__lt=clock.now() - timedelta(days=days)).exclude(state__in=[SmsState.QUEUED, SmsState.SENDING])
    return old.delete()[0]
