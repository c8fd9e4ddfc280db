"""Checks, ratings, tickets (检查、评价、报修和求助)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.accounts import permissions
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.venues.enums import CheckKind, Perm, TicketKind, TicketState, VenueKind, VenueState
from gonghui.venues.models import Check, Rating, Ticket, Venue
from gonghui.venues.rules import checking
from gonghui.venues.selectors import common, points

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def may_inspect(actor: Actor, union: Any) -> bool:
    """Inspection is the upper union's: a grant on the union itself does not make one (上级检查)."""
    return actor.is_system or any(
        s.path != union.path and union.path.startswith(s.path) and str(Perm.INSPECT) in permissions.of_role(s.role) for s in actor.scopes
    )


@transaction.atomic
def check_record(
    *, actor: Actor, venue: Venue, kind: str, on: date, good: Collection[int], checker: str, words: str = "", photo: Any = None
) -> Check:
    """Walk through the checklist of the kind and score it (登记检查); the list of that day is kept with the answers.

    Raises: NotPermitted venues.not_upper; RuleViolation venues.check_words. Source: policy venues.checklist, venues.check_pass; S188.
    """
    if kind not in CheckKind.values or not checker.strip() or not venue.opened_on <= on <= clock.today():
        raise BadInput("venues.check", "请写检查人；检查日期应在启用日和今天之间。")
    actor.require(Perm.INSPECT if kind == CheckKind.INSPECTION else Perm.CHECK_RECORD, venue.union)
    if kind == CheckKind.INSPECTION and not may_inspect(actor, venue.union):
        raise NotPermitted("venues.not_upper", "上级检查由上级工会的人做；本级请登记为自查。")
    items = common.checklist(venue.kind, on)
    if not items or any(n not in range(len(items)) for n in good):
        raise BadInput("venues.check_items", "检查项目和现行检查表对不上，请刷新后重填。")
    score = checking.score(items, good)
    if score < common.number("venues.check_pass", on) and len(words.strip()) < 2:
        raise RuleViolation("venues.check_words", f"得 {score} 分，低于合格线，请写明问题和整改要求。", score=score)
    made = Check.objects.create(
        venue=venue, kind=kind, on=on, score=score, words=words.strip()[:400], photo=photo, checker=checker.strip()[:40], actor=actor.ref,
        at=clock.now(), answers=[{"item": item, "points": n, "good": i in good} for i, (item, n) in enumerate(items)],
    )  # fmt: skip
    audit.record(actor, "venues.check.recorded", made, org_path=venue.union.path, score=score, kind=kind)
    return made


def me(actor: Actor) -> int:
    """The person at the phone. Raises NotPermitted."""
    if actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    return actor.person_id


@transaction.atomic
def rate(*, actor: Actor, venue: Venue, stars: int, words: str = "") -> Rating:
    """A worker rates a visit (评价): once a day for a point, enforced by the database."""
    person = me(actor)
    if stars not in range(1, 6) or venue.state == VenueState.CLOSED:
        raise BadInput("venues.stars", "请选 1 至 5 星。")
    try:
        with transaction.atomic():
            made = Rating.objects.create(
                venue=venue, person_id=person, on=clock.today(), stars=stars, words=words.strip()[:200], at=clock.now()
            )
    except IntegrityError:
        raise Conflict("venues.rated", "您今天已经评价过这里，明天再来。") from None
    audit.record(actor, "venues.rating.put", made, org_path=venue.union.path, stars=stars)
    return made


# -- tickets -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def ticket_open(*, actor: Actor, venue: Venue, kind: str, title: str, words: str = "") -> Ticket:
    """Report a fault or ask for help (报修、求助): by a worker on the phone, or taken down by the desk."""
    if actor.person_id is None or actor.is_officer:
        actor.require(Perm.TICKET_HANDLE, venue.union)
    if kind not in TicketKind.values or len(title.strip()) < 2:
        raise BadInput("venues.ticket", "请写清是什么事。")
    if venue.state == VenueState.CLOSED:
        raise Conflict("venues.closed", "这处阵地已经撤销，请找别的服务站。")
    person = None if actor.is_officer else actor.person_id
    made = Ticket.objects.create(
        venue=venue, kind=kind, title=title.strip()[:80], words=words.strip()[:500], person_id=person, opened_at=clock.now()
    )
    audit.record(actor, "venues.ticket.opened", made, org_path=venue.union.path, kind=kind)
    return made


def _handle(actor: Actor, ticket: Ticket) -> None:
    """Who may act: the desk of the point until it is referred, from then on the centre's."""
    venue = ticket.centre if ticket.state == TicketState.REFERRED and ticket.centre is not None else ticket.venue
    actor.require(Perm.TICKET_HANDLE, venue.union)


def _move(ticket: Ticket, states: Collection[str], **values: Any) -> Ticket:
    if not Ticket.objects.filter(pk=ticket.pk, state__in=list(states)).update(**values):
        ticket.refresh_from_db()
        raise Conflict("venues.ticket_moved", f"这件事现在是“{TicketState(ticket.state).label}”，不能这样办。请刷新后再看。")
    ticket.refresh_from_db()
    return ticket


@transaction.atomic
def ticket_take(*, actor: Actor, ticket: Ticket) -> Ticket:
    """Take it up (受理)."""
    _handle(actor, ticket)
    row = _move(ticket, [TicketState.OPEN], state=TicketState.DOING, handler=actor.name[:40])
    audit.record(actor, "venues.ticket.taken", row, org_path=row.venue.union.path)
    return row


@transaction.atomic
def ticket_refer(*, actor: Actor, ticket: Ticket, centre_id: int) -> Ticket:
    """Hand a request on to a service centre of the own line (转办职工服务中心). Source: S180, S181."""
    _handle(actor, ticket)
    if ticket.kind != TicketKind.SERVICE:
        raise RuleViolation("venues.refer_kind", "报修由本阵地自己办理，不转职工服务中心。")
    centre = points.centres(ticket.venue).filter(pk=centre_id).first()
    if centre is None:
        raise NotFound()
    row = _move(
        ticket, [TicketState.OPEN, TicketState.DOING], state=TicketState.REFERRED, centre=centre, referred_at=clock.now(), handler=""
    )
    audit.record(actor, "venues.ticket.referred", row, org_path=row.venue.union.path, centre=centre.pk)
    _tell(actor, row, f"已转到{centre.name}办理，电话 {centre.phone}。")
    return row


@transaction.atomic
def ticket_close(*, actor: Actor, ticket: Ticket, answer: str, done: bool = True) -> Ticket:
    """Finish with an answer the worker reads (办结、不予办理)."""
    _handle(actor, ticket)
    if len(answer.strip()) < 2:
        raise RuleViolation("venues.answer", "请写办理结果，提出人会看到。")
    row = _move(
        ticket, [TicketState.DOING, TicketState.REFERRED], state=TicketState.DONE if done else TicketState.REFUSED,
        answer=answer.strip()[:500], closed_at=clock.now(), handler=actor.name[:40],
    )  # fmt: skip
    audit.record(actor, "venues.ticket.closed", row, org_path=row.venue.union.path, done=done)
    _tell(actor, row, row.answer)
    return row


def _tell(actor: Actor, ticket: Ticket, body: str) -> None:
    if ticket.person_id is not None:
        title = f"“{ticket.title}”{TicketState(ticket.state).label}"
        notices.notice_send(
            actor, kind=NoticeKind.RESULT, title=title[:80], body=body[:300], link="/m/venues/mine/", persons=[ticket.person_id]
        )


def is_centre(venue: Venue) -> bool:
    """Does this point take referred requests?"""
    return venue.kind == VenueKind.CENTRE
