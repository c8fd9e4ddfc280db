"""Standing in line and leaving it (候补)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.booking.enums import LIVE_WAITS, Mode, Perm, WaitState
from gonghui.booking.models import Session, Waiting
from gonghui.booking.services import giving, passes
from gonghui.booking.services.line import SYSTEM
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, RuleViolation

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def join(*, actor: Actor, session: Session, person_id: int, key: str) -> Waiting:
    """Stand in line (候补): takes a place instead when there is one. Raises: RuleViolation with the refusal."""
    issued = passes.issue(actor=actor, session=session, person_id=person_id)
    answer = giving.settle([passes.ask_of(issued, key, wait=True)])[0]
    if not answer.ok:
        raise RuleViolation(answer.code, answer.message, **answer.facts)
    row = Waiting.objects.filter(session=session, person_id=person_id, state__in=LIVE_WAITS).first()
    if row is None:
        raise Conflict("booking.place_taken", "刚好有名额，已经直接为您约上，不用候补。请到“我的预约”查看。", **answer.facts)
    return row


@transaction.atomic
def leave(*, actor: Actor, waiting: Waiting) -> Waiting:
    """Leave the line (退出候补): for good; the number is not used again. Raises: NotFound; Conflict."""
    if actor.person_id != waiting.person_id:
        actor.require(Perm.BOOKING_MANAGE, waiting.item.union)
    session = Session.objects.select_for_update(no_key=True).get(pk=waiting.session_id)
    if waiting.state == WaitState.OFFERED:
        raise Conflict("booking.offered", "已经给您留了名额，请确认或取消这次预约。")
    moved = Waiting.objects.filter(pk=waiting.pk, state=WaitState.WAITING).update(state=WaitState.LEFT, ended_at=clock.now())
    if not moved:
        raise Conflict("core.state_moved", "候补状态刚刚变了，请刷新后再看。")
    Session.objects.filter(pk=session.pk).update(waiting=session.waiting - 1)
    waiting.refresh_from_db()
    audit.record(actor, "booking.waiting.left", waiting, org_path=waiting.item.union.path, number=waiting.number)
    return waiting


@transaction.atomic
def end_due(*, now: datetime | None = None) -> int:
    """After the deadline the line is closed (候补截止). Returns how many entries ended."""
    moment, count = now or clock.now(), 0
    for session in Session.objects.filter(waiting__gt=0, closes_at__lte=moment).select_related("item__union"):
        deadline = session.starts_at if session.item.mode == Mode.DRAW else session.closes_at
        if moment < deadline:
            continue
        Session.objects.select_for_update(no_key=True).get(pk=session.pk)
        ended = Waiting.objects.filter(session=session, state=WaitState.WAITING).update(state=WaitState.ENDED, ended_at=moment)
        Session.objects.filter(pk=session.pk).update(waiting=0)
        audit.record(SYSTEM, "booking.waiting.ended", session, org_path=session.item.union.path, count=ended)
        count += ended
    return count


def reason(waiting: Waiting) -> str:
    """Why somebody still waits (为什么还在等), for the member."""
    ahead = Waiting.objects.filter(session_id=waiting.session_id, state=WaitState.WAITING, rank=waiting.rank, number__lt=waiting.number)
    first = Waiting.objects.filter(session_id=waiting.session_id, state=WaitState.WAITING, rank__lt=waiting.rank).count()
    words = f"名额已满。您前面还有 {ahead.count() + first} 人"
    return words + (f"，其中 {first} 人从未享受过，按规则先补。" if first else "，有人取消就按号递补。")
