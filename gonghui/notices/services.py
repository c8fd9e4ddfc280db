"""Writes of notices (发消息、发短信)."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit, clock, crypto, env, mask
from gonghui.core.errors import Conflict, NotPermitted, TooMany, Unavailable
from gonghui.core.logs import scrub
from gonghui.notices import gateways, rules, selectors, texts
from gonghui.notices.enums import NoticeKind, Perm, SmsState
from gonghui.notices.models import Notice, Sms

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABLE = "notices.sms"


@transaction.atomic
def notice_send(
    actor: Actor,
    *,
    kind: NoticeKind | str,
    title: str,
    body: str = "",
    link: str = "",
    users: Iterable[int] = (),
    persons: Iterable[int] = (),
    once: str = "",
) -> int:
    """Send a message in the site (发站内消息), in the caller's transaction. Returns how many receivers were written.

    Args: users, persons: ids of accounts and of natural persons; link: a path of this site; once: the same receiver gets
    a key only once. Numbers of ID, phone and card in the text are masked (PRI-01).
    """
    if link and not (link.startswith("/") and not link.startswith("//")):
        raise ValueError(f"站内消息的链接只能是本站路径：{link}")
    common: dict[str, Any] = {
        "kind": NoticeKind(kind),
        "title": scrub(title)[:80],
        "body": scrub(body)[:500],
        "link": link[:200],
        "once": once,
        "created_at": clock.now(),
    }
    rows = [Notice(user_id=pk, **common) for pk in dict.fromkeys(users)]
    rows += [Notice(person_id=pk, **common) for pk in dict.fromkeys(persons)]
    if once:
        have = set(Notice.objects.filter(once=once).values_list("user_id", "person_id"))
        rows = [r for r in rows if (r.user_id, r.person_id) not in have]
    Notice.objects.bulk_create(rows, batch_size=500, ignore_conflicts=bool(once))
    return len(rows)


@transaction.atomic
def notice_read(actor: Actor, *, notice: Notice) -> Notice:
    """Mark one message as read (标为已读)."""
    if Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=clock.now()):
        audit.record(actor, "notices.notice.read", notice)
    return notice


@transaction.atomic
def notice_read_all(actor: Actor) -> int:
    """Mark all of the actor's messages as read (全部已读)."""
    count = selectors.notices_of(actor).filter(read_at=None).update(read_at=clock.now())
    if count:
        audit.record(actor, "notices.notice.read_all", count=count)
    return count


@transaction.atomic
def sms_send(actor: Actor, *, phone: str, template: str, params: dict[str, str] | None = None, urgent: bool = False) -> Sms:
    """Put a text message into the outbox (发短信), in the caller's transaction; no gateway is asked here (JOB-03).

    Over the limit of a number (1 a minute, 5 a day) a message waits; an `urgent` one (a code) is refused at once.
    Raises: TooMany notices.sms_limit, Unavailable notices.sms_unset (both only when urgent); LookupError, ValueError.
    """
    values = dict(params or {})
    texts.render(template, values)
    if urgent and not gateways.is_set():
        gateways.Unset().send(phone, "", "")
    index, now = crypto.blind("notices.sms.phone", phone), clock.now()
    pause = number_wait(index, codes_only=urgent)
    if urgent and pause:
        seconds = max(1, int(pause.total_seconds()))
        raise TooMany(
            "notices.sms_limit", "这个手机号收短信太频繁了：每分钟最多 1 条，每天最多 5 条。请过一会儿再试。", retry_after=seconds
        )
    reference = secrets.token_hex(16)
    return Sms.objects.create(
        reference=reference,
        phone_sealed=crypto.seal(TABLE, "phone", reference, phone),
        phone_index=index,
        phone_mask=mask.phone(phone),
        template=template,
        params_sealed=crypto.seal(TABLE, "params", reference, json.dumps(values, ensure_ascii=False)),
        not_before=now + pause,
        created_at=now,
        sender=actor.ref,
    )


def number_wait(index: bytes, *, codes_only: bool = False) -> timedelta:
    """How long a number (blind index) has to wait for its next message: one function for codes and notices (R22).

    Other messages never keep a member from signing in: for a code only codes count.
    """
    rows = Sms.objects.filter(phone_index=index, not_before__gt=clock.now() - rules.DAY).exclude(state=SmsState.DEAD)
    if codes_only:
        rows = rows.filter(template__in=texts.secret())
    return rules.wait(list(rows.values_list("not_before", flat=True)), clock.now())


@transaction.atomic
def sms_resend(actor: Actor, *, sms: Sms) -> Sms:
    """Give a message that was set aside five new tries (重新发送). A code is too old to send again.

    Raises: NotPermitted; Conflict notices.sms_not_dead, notices.sms_code_old.
    """
    actor.require(Perm.SMS_RESEND)
    if texts.is_secret(sms.template) or sms.params_sealed is None:
        raise Conflict("notices.sms_code_old", "验证码已经过期，不能重发。请本人重新获取验证码。")
    moved = Sms.objects.filter(pk=sms.pk, state__in=[SmsState.DEAD, SmsState.FAILED]).update(
        state=SmsState.QUEUED, tries=0, not_before=clock.now(), note="", reported_at=None
    )
    if not moved:
        raise Conflict("notices.sms_not_dead", "这条短信不在停发状态，不用重发。请刷新后查看。")
    audit.record(actor, "notices.sms.resent", sms)
    return sms


def signature(body: bytes) -> str:
    """How a delivery report is signed: HMAC-SHA-256 with `GONGHUI_SMS_REPORT_SECRET`."""
    secret = env.text("SMS_REPORT_SECRET", "")
    if not secret:
        raise Unavailable("notices.reports_unset", "短信回执还没有开通。")
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def report_check(body: bytes, given: str) -> None:
    """Raises NotPermitted when a report is not the gateway's."""
    if not hmac.compare_digest(signature(body), given):
        raise NotPermitted("notices.report_forged", "短信回执的签名不对。")


@transaction.atomic
def sms_report(*, reference: str, delivered: bool, at: datetime) -> bool:
    """Take a delivery report (短信回执). Reports may come twice, late and in any order: the latest by its own time holds.

    Returns whether anything changed. An unknown reference is ignored, for the gateway cannot know our retention.
    """
    sms = Sms.objects.select_for_update().filter(reference=reference).first()
    if sms is None or (sms.state in {SmsState.QUEUED, SmsState.DEAD} and sms.tries == 0):
        return False
    newer = sms.reported_at is None or at > sms.reported_at or (at == sms.reported_at and delivered and sms.state != SmsState.DELIVERED)
    if not newer:
        return False
    state = SmsState.DELIVERED if delivered else SmsState.FAILED
    moved = Sms.objects.filter(pk=sms.pk, reported_at=sms.reported_at, state=sms.state).update(
        state=state, reported_at=at, lease_until=None
    )
    if moved:
        audit.append(
            "system:sms", "notices.sms.reported", kind="notices.sms", object_id=str(sms.pk), data={"state": state, "at": audit.stamp(at)}
        )
    return bool(moved)
