"""What the person does on the phone (来访者办理): book under an alias, move, cancel, write, rate, delete. Source: S182."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from gonghui.core import clock
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.counsel import flows, rules
from gonghui.counsel.enums import LIVE, AppointmentState, RiskState, Side, Topic
from gonghui.counsel.models import Appointment, Client, Letter, Opinion, Record, Risk, RiskStep, RiskVote, Slot
from gonghui.counsel.selectors import common, phone, sessions, vault
from gonghui.counsel.services import quiet

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST_TEXT = 1000
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
TAKEN = "这个时段刚刚被约走，请另选一个。"


def person_of(actor: Actor) -> int:
    """The person at the phone. Raises NotPermitted."""
    if actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    return actor.person_id


def client_make(actor: Actor, *, alias: str = "", number: str = "") -> Client:
    """The person's alias, made at the first need; a later call changes alias and contact (建立化名).

    Raises: RuleViolation counsel.alias.
    """
    person = person_of(actor)
    if alias and (fault := rules.alias_fault(alias, actor.name)):
        raise RuleViolation("counsel.alias", fault)
    row = common.client_of(actor)
    if row is None:
        try:
            with transaction.atomic():
                row = Client.objects.create(person_index=vault.index_of(person), made_on=clock.today())
        except IntegrityError:
            row = Client.objects.get(person_index=vault.index_of(person))
    old = vault.contact(row)
    row.alias = alias.strip()[:20] or row.alias
    row.contact_sealed = vault.contact_seal(row, person, actor.name, number or str(old.get("phone", "")))
    row.save(update_fields=["alias", "contact_sealed"])
    return row


@transaction.atomic
def book(*, actor: Actor, slot: int, alias: str, topic: str, phone_number: str, words: str = "") -> Appointment:
    """Book a time under an alias (匿名预约).

    Raises: NotFound; RuleViolation counsel.alias, counsel.open_most; Conflict counsel.taken; BadInput counsel.topic.
    Source: policy counsel.open_most, counsel.free_sessions.
    """
    person_of(actor)
    row = Slot.objects.select_related("counsellor__union").filter(pk=slot).first()
    if row is None or not phone.counsellors(actor).filter(pk=row.counsellor_id).exists():
        raise NotFound()
    if topic not in Topic.values or len(words) > MOST_TEXT:
        raise BadInput("counsel.topic", f"请选主题；想说的话最多 {MOST_TEXT:,} 字。")
    if not alias.strip():
        raise RuleViolation("counsel.alias", "请取一个化名。")
    client = client_make(actor, alias=alias, number=phone_number)
    Client.objects.select_for_update(of=("self",)).get(pk=client.pk)
    union, now = row.counsellor.union, clock.now()
    waiting = client.appointments.filter(state=AppointmentState.BOOKED, slot__starts_at__gt=now).count()
    most = common.number("open_most", union)
    if waiting >= most:
        raise RuleViolation("counsel.open_most", f"您已有 {waiting} 次没到时间的安排，最多 {most} 次。办完或取消一次再约。")
    _free(row)
    beyond = phone.used_this_year(client) >= common.number("free_sessions", union)
    try:
        with transaction.atomic():
            made = Appointment.objects.create(
                code="".join(secrets.choice(LETTERS) for _ in range(10)), counsellor=row.counsellor, slot=row, client=client, topic=topic,
                beyond_free=beyond, booked_on=clock.today(),
            )  # fmt: skip
    except IntegrityError as fault:
        raise Conflict("counsel.taken", TAKEN) from fault
    if words.strip():
        _write(made, Side.CLIENT, words)
    quiet.entry("counsel.appointment.booked", made, union.path)
    return made


def _free(row: Slot) -> None:
    if row.closed or row.starts_at <= clock.now() or Appointment.objects.filter(slot=row, state__in=LIVE).exists():
        raise Conflict("counsel.taken", TAKEN)


def _write(row: Appointment, side: str, text: str) -> Letter:
    letter = Letter.objects.create(appointment=row, side=side, at=clock.now())
    Letter.objects.filter(pk=letter.pk).update(text_sealed=vault.seal(letter, text.strip()[:MOST_TEXT]))
    return letter


@transaction.atomic
def move(*, actor: Actor, row: Appointment, slot: int) -> Appointment:
    """Another time with the same counsellor (改期): by the person, or by the counsellor, who tells the person.

    Raises: NotFound; RuleViolation counsel.over; Conflict counsel.taken.
    """
    side = side_of(actor, row)
    target = Slot.objects.filter(pk=slot, counsellor=row.counsellor).first()
    if target is None:
        raise NotFound()
    if row.state != AppointmentState.BOOKED or row.slot.starts_at <= clock.now():
        raise RuleViolation("counsel.over", "只有还没到时间的安排能改期。")
    _free(target)
    try:
        with transaction.atomic():
            moved = Appointment.objects.filter(pk=row.pk, state=AppointmentState.BOOKED, slot=row.slot_id).update(
                slot=target, moves=row.moves + 1
            )
    except IntegrityError as fault:
        raise Conflict("counsel.taken", TAKEN) from fault
    if not moved:
        raise Conflict("core.state_moved", "这件事刚刚变动过，请刷新后再看。")
    row.slot, row.moves = target, row.moves + 1
    if side == Side.COUNSELLOR:
        quiet.tell(row.client, f"move{row.pk}-{row.moves}")
    quiet.entry("counsel.appointment.moved", row, row.unit_path, by=str(side))
    return row


@transaction.atomic
def cancel(*, actor: Actor, row: Appointment) -> Appointment:
    """Give the time back (取消). Late, it counts as one of the free sessions; given back by the counsellor it never does.

    Source: policy counsel.cancel_hours. Raises: NotFound; RuleViolation counsel.over; Conflict core.wrong_state.
    """
    side = side_of(actor, row)
    now = clock.now()
    if row.slot.starts_at <= now:
        raise RuleViolation("counsel.over", "已经到了时间，不能取消。")
    hours = common.number("cancel_hours", row.counsellor.union)
    late = side == Side.CLIENT and row.slot.starts_at - now < timedelta(hours=hours)
    row = flows.APPOINTMENT.advance(
        row, AppointmentState.CANCELLED, actor=quiet.NOBODY, org_path=row.unit_path,
        changes={"cancelled_by": side, "late": late, "ended_at": now}, by=str(side),
    )  # fmt: skip
    if side == Side.COUNSELLOR:
        quiet.tell(row.client, f"cancel{row.pk}")
    return row


def side_of(actor: Actor, row: Appointment) -> Side:
    """Whose act this is. Raises NotFound for everybody who is neither the person nor the counsellor."""
    client = common.client_of(actor)
    if client is not None and client.pk == row.client_id:
        return Side.CLIENT
    mine = sessions.me(actor)
    if mine is None or mine.pk != row.counsellor_id:
        raise NotFound()
    return Side.COUNSELLOR


@transaction.atomic
def letter_send(*, actor: Actor, row: Appointment, text: str) -> Letter:
    """Write to the other one (留言), sealed. Raises: NotFound; BadInput counsel.no_text; RuleViolation counsel.erased."""
    side = side_of(actor, row)
    if not text.strip() or len(text) > MOST_TEXT:
        raise BadInput("counsel.no_text", f"请写内容，最多 {MOST_TEXT:,} 字。")
    if row.client.erased_on is not None:
        raise RuleViolation("counsel.erased", "来访者已经删除资料，不能再留言。")
    letter = _write(row, side, text)
    if side == Side.COUNSELLOR:
        quiet.tell(row.client, f"letter{letter.pk}")
    quiet.entry("counsel.letter.sent", row, row.unit_path, by=str(side))
    return letter


@transaction.atomic
def rate(*, actor: Actor, row: Appointment, stars: int, words: str = "") -> None:
    """Say how it was, once (匿名评价): kept by month and counsellor, beside no session and no alias.

    Source: policy counsel.rating_days. Raises: NotFound; RuleViolation counsel.rate_when, counsel.rate_late; Conflict counsel.rated.
    """
    if side_of(actor, row) != Side.CLIENT:
        raise NotFound()
    if row.state != AppointmentState.HELD:
        raise RuleViolation("counsel.rate_when", "咨询以后才能评价。")
    days = common.number("rating_days", row.counsellor.union)
    if clock.now() > row.slot.starts_at + timedelta(days=days):
        raise RuleViolation("counsel.rate_late", f"{days} 天内可以评价，现在已过。")
    if not 1 <= stars <= 5:
        raise BadInput("counsel.stars", "请选一到五星。")
    if not Appointment.objects.filter(pk=row.pk, rated=False).update(rated=True):
        raise Conflict("counsel.rated", "这一次已经评价过。")
    Opinion.objects.create(
        counsellor=row.counsellor, month=row.slot.starts_at.date().replace(day=1), stars=stars, words=words.strip()[:200]
    )
    quiet.entry("counsel.opinion.rated", row.counsellor, row.unit_path)


@transaction.atomic
def erase(*, actor: Actor) -> None:
    """Delete all that is kept about me here (删除我的资料): who I am, letters, records. Only the counts stay.

    Raises: NotFound; RuleViolation counsel.still_booked, counsel.risk_open.
    """
    client = common.client_of(actor)
    if client is None:
        raise NotFound()
    if client.appointments.filter(state=AppointmentState.BOOKED, slot__starts_at__gt=clock.now()).exists():
        raise RuleViolation("counsel.still_booked", "还有没到时间的安排，先取消再删除。")
    if client.seats.filter(left_at=None, gathering__starts_at__gt=clock.now()).exists():
        raise RuleViolation("counsel.still_booked", "还有没开始的活动报名，先退出再删除。")
    if Risk.objects.filter(appointment__client=client, state__in=(RiskState.RAISED, RiskState.OPENED)).exists():
        raise RuleViolation("counsel.risk_open", "咨询师正在为您的安全联系帮助，这件事办完后再删除。")
    wipe(client)
    quiet.entry("counsel.client.erased", client, "")


def wipe(client: Client) -> None:
    """Nothing is left but that sessions took place."""
    rows = Appointment.objects.filter(client=client)
    Letter.objects.filter(appointment__in=rows).delete()
    Record.objects.filter(appointment__in=rows).delete()
    client.handovers.update(why_sealed=None)
    risks = Risk.objects.filter(appointment__in=rows)
    RiskStep.objects.filter(risk__in=risks).delete()
    RiskVote.objects.filter(risk__in=risks).update(reason_sealed=None)
    risks.update(why_sealed=None)
    Client.objects.filter(pk=client.pk).update(alias="", person_index=None, contact_sealed=None, erased_on=clock.today())
