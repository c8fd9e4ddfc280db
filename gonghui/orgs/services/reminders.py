"""Reminders of what comes due (期限提醒): once for each thing, day and stage. Source: P09; policy orgs.term_reminders, orgs.due_reminders, orgs.agreement_reminders."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse

from gonghui.accounts import selectors as accounts
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.core import audit, clock
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.orgs.models import Reminder
from gonghui.orgs.rules.reminders import OVERDUE, stage
from gonghui.orgs.selectors import obligations, policy_values
from gonghui.orgs.selectors.obligations import LABELS, Obligation

MOST_EACH = 5
"""More new reminders of a kind than this reach a person as one message."""

RECEIVERS: dict[str, tuple[Role, ...]] = {
    "term": (Role.CHAIR, Role.TOWNSHIP),
    "certificate": (Role.CHAIR, Role.TOWNSHIP),
    "review": (Role.TOWNSHIP,),
    "project": (Role.CHAIR, Role.TOWNSHIP),
    "matter": (Role.TOWNSHIP,),
    "spot": (Role.TOWNSHIP,),
    "agreement": (Role.CHAIR, Role.TOWNSHIP),
}


@transaction.atomic
def reminders_send(*, actor: Actor, day: date | None = None) -> dict[str, Any]:
    """Tell those who must act, each once at each stage (发期限提醒). Safe to run twice."""
    today = day or clock.today()
    marks = {kind: policy_values.numbers(f"orgs.{kind}_reminders", today) for kind in ("term", "agreement")}
    other = policy_values.numbers("orgs.due_reminders", today)
    wanted: dict[str, tuple[Obligation, str]] = {}
    for row in obligations.obligations(actor=actor, day=today):
        reached = stage(row.due, today, marks.get(row.kind, other)) if row.due is not None else None
        if reached is not None:
            wanted[f"{row.kind}:{row.pk}:{row.due}:{reached}"] = (row, reached)
    fresh = _claim(wanted)
    sent = _send(actor, [wanted[key] for key in fresh], today)
    if fresh:
        audit.record(actor, "orgs.reminders.send", count=len(fresh), notices=sent, on=today)
    return {"due": len(wanted), "new": len(fresh), "notices": sent}


def _claim(wanted: dict[str, Any]) -> list[str]:
    """Keys not yet reminded of; they are written down in the same transaction."""
    known: set[str] = set()
    keys = sorted(wanted)
    for at in range(0, len(keys), 500):
        known |= set(Reminder.objects.filter(key__in=keys[at : at + 500]).values_list("key", flat=True))
    fresh = [key for key in keys if key not in known]
    now = clock.now()
    Reminder.objects.bulk_create([Reminder(key=key, sent_at=now) for key in fresh], batch_size=500)
    return fresh


def _send(actor: Actor, rows: list[tuple[Obligation, str]], today: date) -> int:
    held: dict[tuple[int, str, bool], list[Obligation]] = defaultdict(list)
    cache: dict[tuple[str, str], list[int]] = {}
    for row, reached in rows:
        for user in _receivers(row, cache):
            held[user, row.kind, reached == OVERDUE].append(row)
    return sum(_tell(actor, user, kind, late, found, today) for (user, kind, late), found in held.items())


def _receivers(row: Obligation, cache: dict[tuple[str, str], list[int]]) -> list[int]:
    if row.organiser_id is not None:
        return [row.organiser_id]
    found: dict[int, None] = {}
    for role in (*RECEIVERS[row.kind], Role.ORGANISATION):
        if role == Role.ORGANISATION and found:
            break
        key = (str(role), row.path)
        if key not in cache:
            cache[key] = accounts.users_with_role(role, row.path)
        found |= dict.fromkeys(cache[key])
    return list(found)


def _tell(actor: Actor, user: int, kind: str, late: bool, rows: list[Obligation], today: date) -> int:
    tone = NoticeKind.WARNING if late else NoticeKind.REMINDER
    if len(rows) > MOST_EACH:
        text = f"{LABELS[kind]}：{len(rows)} 件{'已到期' if late else '将到期'}"
        link = reverse("orgs:obligations") + f"?kind={kind}"
        return notices.notice_send(actor, kind=tone, title=text, body="按日期先后列在“期限提醒”里。", link=link, users=[user])
    for row in rows:
        body = f"{row.org}，{row.due:%Y-%m-%d}。" if row.due else row.org
        notices.notice_send(actor, kind=tone, title=f"{row.org}：{row.title}", body=body, link=row.url, users=[user])
    return len(rows)
