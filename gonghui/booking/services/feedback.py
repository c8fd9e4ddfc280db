"""What members say afterwards (评价、申诉). Source: R131: satisfaction is the starting point and the end point."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from gonghui.booking import flows
from gonghui.booking.enums import AppealState, BookingState, Perm
from gonghui.booking.models import Appeal, Bar, Booking, Item, Rating
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def rate(*, actor: Actor, booking: Booking, stars: int, words: str = "") -> Rating:
    """Say how it was, once, after the service (满意度评价).

    Raises: NotFound for another person's booking; RuleViolation booking.rate_unused, booking.rate_late, booking.rate_stars.
    Source: policy booking.rating_days.
    """
    _own(actor, booking)
    if booking.state != BookingState.USED or booking.used_at is None:
        raise RuleViolation("booking.rate_unused", "用过以后才能评价。")
    if not 1 <= stars <= 5:
        raise RuleViolation("booking.rate_stars", "请选一到五星。")
    days = int(policy.value("booking.rating_days", on=clock.today()).value)
    if clock.now() > booking.used_at + timedelta(days=days):
        raise RuleViolation("booking.rate_late", f"服务后 {days} 天内可以评价，现在已过。", days=days)
    try:
        with transaction.atomic():
            row = Rating.objects.create(booking=booking, stars=stars, words=words.strip()[:300], at=clock.now())
    except IntegrityError:
        return Rating.objects.get(booking=booking)
    audit.record(actor, "booking.rating.made", row, org_path=booking.item.union.path, stars=stars)
    return row


@transaction.atomic
def rating_answer(*, actor: Actor, rating: Rating, text: str) -> Rating:
    """Answer a member's words, once (答复评价). Raises: Conflict booking.rating_answered."""
    item = rating.booking.item
    actor.require(Perm.BOOKING_MANAGE, item.union)
    now = clock.now()
    moved = Rating.objects.filter(pk=rating.pk, answered_at=None).update(
        answer=text.strip()[:300], answered_by=actor.name[:40] or actor.ref, answered_at=now
    )
    if not moved:
        raise Conflict("booking.rating_answered", "这条评价已经答复过。")
    _tell(actor, rating.booking.person_id, "工会答复了您的评价", f"“{item.name}”：{text}", f"/m/booking/tickets/{rating.booking_id}/")
    audit.record(actor, "booking.rating.answered", rating, org_path=item.union.path)
    rating.refresh_from_db()
    return rating


@transaction.atomic
def appeal_file(
    *, actor: Actor, text: str, booking: Booking | None = None, bar: Bar | None = None, item: Item | None = None
) -> Appeal:  # fmt: skip
    """A member disagrees with a bar, a no-show or a refusal (申诉). One open appeal about one thing.

    Raises: NotFound; RuleViolation booking.appeal_text; Conflict booking.appeal_open. Source: policy booking.appeal_days.
    """
    if actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    if booking is not None:
        _own(actor, booking)
    if bar is not None and bar.person_id != actor.person_id:
        raise NotFound()
    if bar is not None and booking is None:
        booking = bar.booking
    item = item or (booking.item if booking else bar.item if bar else None)
    if item is None:
        raise NotFound()
    if len(text.strip()) < 4:
        raise RuleViolation("booking.appeal_text", "请写清楚是怎么回事，至少 4 个字。")
    if Appeal.objects.filter(person_id=actor.person_id, state=AppealState.OPEN, booking=booking, bar=bar, item=item).exists():
        raise Conflict("booking.appeal_open", "这件事您已经申诉，正在处理。")
    days = int(policy.value("booking.appeal_days", on=clock.today()).value)
    row = Appeal.objects.create(
        person_id=actor.person_id, item=item, booking=booking, bar=bar, union_path=item.union.path, text=text.strip()[:500],
        made_at=clock.now(), due_on=_working_days(days),
    )  # fmt: skip
    audit.record(actor, "booking.appeal.filed", row, org_path=item.union.path)
    return row


@transaction.atomic
def appeal_decide(*, actor: Actor, appeal: Appeal, upheld: bool, answer: str) -> Appeal:
    """Decide an appeal (处理申诉); upheld, the bar is lifted and the member told.

    Raises: NotPermitted; RuleViolation booking.appeal_answer; Conflict. A person never decides the own appeal.
    """
    actor.require(Perm.APPEAL_DECIDE, appeal.union_path)
    if actor.person_id is not None and actor.person_id == appeal.person_id:
        raise NotPermitted("booking.appeal_own", "不能处理自己的申诉，请交给别的工作人员。")
    if not answer.strip():
        raise RuleViolation("booking.appeal_answer", "请写清楚理由，职工看得到。")
    to = AppealState.UPHELD if upheld else AppealState.DISMISSED
    flows.APPEAL.advance(
        appeal, to, actor=actor, org_path=appeal.union_path,
        changes={"answer": answer.strip()[:500], "decided_by": (actor.name or actor.ref)[:40], "decided_at": clock.now()},
    )  # fmt: skip
    if upheld:
        bars = Bar.objects.filter(lifted_at=None)
        bars = bars.filter(pk=appeal.bar_id) if appeal.bar_id else bars.filter(booking=appeal.booking_id, booking__isnull=False)
        bars.update(lifted_at=clock.now(), lifted_by=(actor.name or actor.ref)[:40], lifted_why=f"申诉成立：{answer.strip()}"[:200])
    word = "申诉成立" if upheld else "维持原处理"
    _tell(actor, appeal.person_id, f"您的申诉：{word}", answer, "/m/booking/appeals/")
    return appeal


def _working_days(days: int) -> date:
    """The day so many weekdays from today. Weekends only: public holidays make the term no shorter for the member."""
    day = clock.today()
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def _own(actor: Actor, booking: Booking) -> None:
    if actor.person_id is None or booking.person_id != actor.person_id:
        raise NotFound()


def _tell(actor: Actor, person: int, title: str, body: str, link: str) -> None:
    notices.notice_send(actor, kind=NoticeKind.RESULT, title=title, body=body, link=link, persons=[person])
