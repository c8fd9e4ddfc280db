"""Satisfaction after health checks and matches (满意度). Source: R131: satisfaction is the starting point and the end point."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.orgs.selectors import law
from gonghui.services.enums import ActivityState, Perm, VisitState
from gonghui.services.models import Entry, HealthVisit, Satisfaction

if TYPE_CHECKING:
    from datetime import datetime

    from gonghui.accounts.actor import Actor


def rate_visit(*, actor: Actor, visit: HealthVisit, stars: int, words: str = "") -> Satisfaction:
    """Say how the check was (评价体检). Raises as `_rate`; RuleViolation services.rate_when before one has been."""
    if actor.person_id is None or visit.person_id != actor.person_id:
        raise NotFound()
    if visit.state != VisitState.ATTENDED:
        raise RuleViolation("services.rate_when", "到检以后才能评价。")
    return _rate(actor, visit.plan.union, visit.session.starts_at, stars, words, visit=visit)


def rate_entry(*, actor: Actor, entry: Entry, stars: int, words: str = "") -> Satisfaction:
    """Say how the match was (评价赛事). Raises as `_rate`; RuleViolation services.rate_when before it is over."""
    if actor.person_id is None or entry.person_id != actor.person_id or entry.withdrawn_at is not None:
        raise NotFound()
    if entry.activity.state != ActivityState.DONE:
        raise RuleViolation("services.rate_when", "活动结束以后才能评价。")
    until = clock.now().replace(year=entry.activity.until.year, month=entry.activity.until.month, day=entry.activity.until.day)
    return _rate(actor, entry.activity.union, until, stars, words, entry=entry)


@transaction.atomic
def _rate(actor: Actor, union: Any, since: datetime, stars: int, words: str, **about: Any) -> Satisfaction:
    """Once, within the days of the rule. Source: policy services.rating_days. Raises: BadInput; RuleViolation services.rate_late; Conflict services.rated."""
    if not 1 <= stars <= 5:
        raise BadInput("services.stars", "请选一到五星。")
    days = law.number("services.rating_days", union, clock.today())
    if clock.now() > since + timedelta(days=days):
        raise RuleViolation("services.rate_late", f"{days} 天内可以评价，现在已过。")
    try:
        with transaction.atomic():
            row = Satisfaction.objects.create(stars=stars, words=words.strip()[:300], at=clock.now(), **about)
    except IntegrityError as fault:
        raise Conflict("services.rated", "这一次已经评价过。") from fault
    audit.record(actor, "services.satisfaction.rated", row, org_path=union.path, stars=stars)
    return row


@transaction.atomic
def answer(*, actor: Actor, row: Satisfaction, text: str) -> Satisfaction:
    """Answer the words, once (答复评价). Raises: BadInput services.answer; Conflict services.answered."""
    actor.require(Perm.FEEDBACK_VIEW, row.unit_path)
    if not text.strip():
        raise BadInput("services.answer", "请写答复。")
    name = (actor.name or actor.ref)[:40]
    if not Satisfaction.objects.filter(pk=row.pk, answered_at=None).update(
        answer=text.strip()[:300], answered_by=name, answered_at=clock.now()
    ):
        raise Conflict("services.answered", "这条评价已经答复过。")
    person = row.visit.person_id if row.visit is not None else row.entry.person_id if row.entry is not None else None
    if person:
        link = f"/m/services/health/visits/{row.visit_id}/" if row.visit_id else "/m/services/activities/"
        notices.notice_send(actor, kind=NoticeKind.RESULT, title="工会答复了您的评价", body=text.strip(), link=link, persons=[person])
    audit.record(actor, "services.satisfaction.answered", row, org_path=row.unit_path)
    row.refresh_from_db()
    return row
