"""What the federation's desk does (服务管理): counsellors, activities. Source: S182."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.accounts import selectors as accounts
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.counsel import flows
from gonghui.counsel.enums import AppointmentState, GatheringState, Perm
from gonghui.counsel.models import Appointment, Counsellor, Gathering, Opinion, Seat, Slot
from gonghui.counsel.selectors import common, phone
from gonghui.counsel.services import booking, quiet

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

FIELDS = ("name", "certificate", "certificate_no", "certificate_until", "topics", "intro", "place", "online_words")
EVENT = ("kind", "title", "words", "place", "speaker", "starts_at", "capacity")


@transaction.atomic
def counsellor_add(*, actor: Actor, union: Any, username: str, values: Mapping[str, Any]) -> Counsellor:
    """Register a counsellor with the account that alone will open the records (登记咨询师).

    Raises: RuleViolation counsel.employer_union, counsel.no_role; Conflict counsel.twice; BadInput counsel.place.
    """
    actor.require(Perm.SERVICE_RUN, union)
    if union.employer_id is not None:
        raise RuleViolation("counsel.employer_union", "用人单位的工会不设咨询师，由上级工会设立，职工才放心来。")
    user = accounts.user_of_name(username)
    if user is None or user.pk not in accounts.users_holding(Perm.SESSION_HOLD, union.path):
        raise RuleViolation("counsel.no_role", "这个账号在本级没有“心理咨询师”角色。请先由安全管理员授权。")
    _where(values)
    if Counsellor.objects.filter(user=user).exists():
        raise Conflict("counsel.twice", "这个账号已经登记为咨询师。")
    row = Counsellor.objects.create(union=union, user=user, since=clock.today(), **{k: values[k] for k in FIELDS if k in values})
    audit.record(actor, "counsel.counsellor.registered", row, org_path=union.path)
    return row


def _where(values: Mapping[str, Any]) -> None:
    if not (values.get("place") or values.get("online_words")):
        raise BadInput("counsel.place", "咨询室地点和线上方式至少填一样。")


@transaction.atomic
def counsellor_edit(*, actor: Actor, row: Counsellor, values: Mapping[str, Any]) -> Counsellor:
    """Change what is shown (修改登记); the account stays."""
    actor.require(Perm.SERVICE_RUN, row.union)
    _where(values)
    fields = {k: values[k] for k in FIELDS if k in values}
    Counsellor.objects.filter(pk=row.pk).update(**fields)
    audit.record(actor, "counsel.counsellor.edited", row, org_path=row.union.path)
    row.refresh_from_db()
    return row


@transaction.atomic
def counsellor_stop(*, actor: Actor, row: Counsellor) -> Counsellor:
    """The counsellor takes nobody any more (停止服务). Raises: RuleViolation counsel.still_booked; Conflict counsel.stopped."""
    actor.require(Perm.SERVICE_RUN, row.union)
    ahead = Appointment.objects.filter(counsellor=row, state=AppointmentState.BOOKED, slot__starts_at__gt=clock.now()).count()
    if ahead:
        raise RuleViolation("counsel.still_booked", f"还有 {ahead} 次没到时间的咨询。请咨询师先办完、改期或转介，再停止。")
    if not Counsellor.objects.filter(pk=row.pk, until=None).update(until=clock.today()):
        raise Conflict("counsel.stopped", "已经停止服务。")
    Slot.objects.filter(counsellor=row, starts_at__gt=clock.now()).update(closed=True)
    audit.record(actor, "counsel.counsellor.ended", row, org_path=row.union.path)
    row.refresh_from_db()
    return row


@transaction.atomic
def counsellor_resume(*, actor: Actor, row: Counsellor) -> Counsellor:
    """Undo a stop (恢复服务); slots are opened again by the counsellor."""
    actor.require(Perm.SERVICE_RUN, row.union)
    if not Counsellor.objects.filter(pk=row.pk).exclude(until=None).update(until=None):
        raise Conflict("counsel.running", "没有停止服务，不用恢复。")
    audit.record(actor, "counsel.counsellor.restored", row, org_path=row.union.path)
    row.refresh_from_db()
    return row


# -- activities --------------------------------------------------------------------------------------------------------


@transaction.atomic
def gathering_make(*, actor: Actor, union: Any, values: Mapping[str, Any]) -> Gathering:
    """Announce an activity (登记活动). Raises: BadInput counsel.capacity."""
    actor.require(Perm.SERVICE_RUN, union)
    if int(values.get("capacity") or 0) < 1:
        raise BadInput("counsel.capacity", "名额至少 1 个。")
    row = Gathering.objects.create(union=union, made_at=clock.now(), **{k: values[k] for k in EVENT if k in values})
    audit.record(actor, "counsel.gathering.created", row, org_path=union.path)
    return row


@transaction.atomic
def gathering_done(*, actor: Actor, row: Gathering, came: int) -> Gathering:
    """Put down how many came (登记到场). Raises: RuleViolation counsel.too_early."""
    actor.require(Perm.SERVICE_RUN, row.union)
    if row.starts_at > clock.now():
        raise RuleViolation("counsel.too_early", "活动还没开始，不能登记到场。")
    return flows.GATHERING.advance(row, GatheringState.DONE, actor=actor, org_path=row.union.path, changes={"came": came})


@transaction.atomic
def gathering_cancel(*, actor: Actor, row: Gathering) -> Gathering:
    """Call it off (取消活动): those who signed up get the neutral message."""
    actor.require(Perm.SERVICE_RUN, row.union)
    row = flows.GATHERING.advance(row, GatheringState.CANCELLED, actor=actor, org_path=row.union.path)
    for seat in row.seats.filter(left_at=None).select_related("client"):
        quiet.tell(seat.client, f"off{row.pk}")
    return row


@transaction.atomic
def gathering_reopen(*, actor: Actor, row: Gathering) -> Gathering:
    """Undo a cancellation or a wrong count (撤回取消、撤回登记)."""
    actor.require(Perm.SERVICE_RUN, row.union)
    return flows.GATHERING.advance(row, GatheringState.OPEN, actor=actor, org_path=row.union.path, changes={"came": None})


@transaction.atomic
def seat_take(*, actor: Actor, gathering: Gathering) -> Seat:
    """The person signs up under no name (匿名报名). Raises: NotFound; RuleViolation counsel.over; Conflict counsel.full, counsel.seated."""
    booking.person_of(actor)
    if not phone.gatherings(actor).filter(pk=gathering.pk).exists():
        raise NotFound()
    if gathering.state != GatheringState.OPEN or gathering.starts_at <= clock.now():
        raise RuleViolation("counsel.over", "这个活动不能再报名。")
    client = booking.client_make(actor)
    if client.seats.filter(gathering=gathering, left_at=None).exists():
        raise Conflict("counsel.seated", "您已经报名。")
    if not Gathering.objects.filter(pk=gathering.pk, taken__lt=F("capacity")).update(taken=F("taken") + 1):
        raise Conflict("counsel.full", "名额刚刚报满。")
    try:
        with transaction.atomic():
            row = Seat.objects.create(gathering=gathering, client=client)
    except IntegrityError as fault:
        raise Conflict("counsel.seated", "您已经报名。") from fault
    quiet.entry("counsel.seat.booked", gathering, gathering.union.path)
    return row


@transaction.atomic
def seat_leave(*, actor: Actor, gathering: Gathering) -> None:
    """The person gives the place back (退出报名). Raises: NotFound; RuleViolation counsel.over."""
    client = common.client_of(actor)
    row = client.seats.filter(gathering=gathering, left_at=None).first() if client is not None else None
    if row is None:
        raise NotFound()
    if gathering.starts_at <= clock.now():
        raise RuleViolation("counsel.over", "活动已经开始，不用退出。")
    if Seat.objects.filter(pk=row.pk, left_at=None).update(left_at=clock.now()):
        Gathering.objects.filter(pk=gathering.pk, taken__gt=0).update(taken=F("taken") - 1)
    quiet.entry("counsel.seat.left", gathering, gathering.union.path)


@transaction.atomic
def gathering_rate(*, actor: Actor, gathering: Gathering, stars: int, words: str = "") -> None:
    """Say how it was, once, by those who signed up (评价活动). Raises: NotFound; RuleViolation counsel.rate_when, counsel.rate_late; Conflict counsel.rated."""
    client = common.client_of(actor)
    row = client.seats.filter(gathering=gathering, left_at=None).first() if client is not None else None
    if row is None:
        raise NotFound()
    if gathering.starts_at > clock.now():
        raise RuleViolation("counsel.rate_when", "活动以后才能评价。")
    days = common.number("rating_days", gathering.union)
    if clock.now() > gathering.starts_at + timedelta(days=days):
        raise RuleViolation("counsel.rate_late", f"{days} 天内可以评价，现在已过。")
    if not 1 <= stars <= 5:
        raise BadInput("counsel.stars", "请选一到五星。")
    if not Seat.objects.filter(pk=row.pk, rated=False).update(rated=True):
        raise Conflict("counsel.rated", "已经评价过。")
    Opinion.objects.create(gathering=gathering, month=gathering.starts_at.date().replace(day=1), stars=stars, words=words.strip()[:200])
    quiet.entry("counsel.opinion.rated", gathering, gathering.union.path)
