"""What the counsellor does (咨询师办理): hours, slots, attendance, records, handover. Source: S182; 精神卫生法 Art. 23."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.counsel import flows, rules
from gonghui.counsel.enums import AppointmentState, HandoverState, LookKind, Mode, Side
from gonghui.counsel.models import Appointment, Counsellor, Handover, Hour, Record, Slot
from gonghui.counsel.selectors import common, phone, vault
from gonghui.counsel.selectors import sessions as reads
from gonghui.counsel.services import quiet

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST_TEXT = 8000
MOST_DAYS = 92


@transaction.atomic
def hour_add(*, actor: Actor, weekday: int, begins: time, ends: time, mode: str) -> Hour:
    """A weekly time (加接待时间). Raises: NotFound; BadInput counsel.hour; Conflict counsel.hour_twice."""
    me = reads.me_or_404(actor)
    if not 0 <= weekday <= 6 or ends <= begins:
        raise BadInput("counsel.hour", "结束时间要晚于开始时间。")
    if (mode == Mode.ONSITE and not me.place) or (mode == Mode.ONLINE and not me.online_words):
        raise BadInput(
            "counsel.hour_mode", f"登记里还没有{'咨询室地点' if mode == Mode.ONSITE else '线上进入的办法'}，请服务管理人员先补上。"
        )
    if me.hours.filter(weekday=weekday, begins__lt=ends, ends__gt=begins).exists():
        raise Conflict("counsel.hour_twice", "和已有的接待时间重叠。")
    row = Hour.objects.create(counsellor=me, weekday=weekday, begins=begins, ends=ends, mode=mode)
    audit.record(actor, "counsel.hour.added", row, org_path=me.union.path)
    return row


@transaction.atomic
def hour_drop(*, actor: Actor, hour: int) -> None:
    """Take a weekly time away (删接待时间); slots that are open stay."""
    me = reads.me_or_404(actor)
    row = me.hours.filter(pk=hour).first()
    if row is None:
        raise NotFound()
    audit.record(actor, "counsel.hour.removed", row, org_path=me.union.path)
    row.delete()


@transaction.atomic
def slots_open(*, actor: Actor, until: date) -> int:
    """Open all slots of the weekly times until a day (开放时段); those open already stay as they are.

    Source: policy counsel.session_minutes. Raises: BadInput counsel.until; RuleViolation counsel.no_hours, counsel.certificate.
    """
    me, today = reads.me_or_404(actor), clock.today()
    if not today <= until or (until - today).days > MOST_DAYS:
        raise BadInput("counsel.until", f"请选今天以后 {MOST_DAYS} 天以内的日期。")
    if me.until is not None:
        raise RuleViolation("counsel.stopped", "您的咨询服务已停止登记，不能开放时段。")
    if me.certificate_until is not None and until > me.certificate_until:
        raise RuleViolation("counsel.certificate", f"资质证书到 {me.certificate_until} 为止，请先更新证书，或选更早的日期。")
    hours = [(h.weekday, h.begins, h.ends, str(h.mode)) for h in reads.hours(me)]
    if not hours:
        raise RuleViolation("counsel.no_hours", "先填每周接待时间，再开放时段。")
    minutes = common.number("session_minutes", me.union)
    have = set(me.slots.filter(starts_at__date__gte=today).values_list("starts_at", flat=True))
    wanted = [(at, mode) for at, mode in rules.times(hours, today, until, minutes, clock.SHANGHAI) if at > clock.now() and at not in have]
    Slot.objects.bulk_create([Slot(counsellor=me, starts_at=at, minutes=minutes, mode=mode) for at, mode in wanted])
    audit.record(actor, "counsel.slot.opened", me, org_path=me.union.path, n=len(wanted), until=until)
    return len(wanted)


@transaction.atomic
def slot_turn(*, actor: Actor, slot: int) -> bool:
    """Close a free slot, or open it again (关闭、恢复时段). Raises: NotFound; Conflict counsel.taken."""
    me = reads.me_or_404(actor)
    row = reads.slots(me).filter(pk=slot).first()
    if row is None:
        raise NotFound()
    if row.booked:
        raise Conflict("counsel.taken", "这个时段已有人约，请到那次安排里改期或取消。")
    Slot.objects.filter(pk=row.pk).update(closed=not row.closed)
    audit.record(actor, "counsel.slot.changed", row, org_path=me.union.path, closed=not row.closed)
    return not row.closed


@transaction.atomic
def talk_open(*, actor: Actor, row: Appointment) -> tuple[list[phone.Said], list[tuple[Record, str]]]:
    """Open letters and records of an own session (打开留言和会谈记录); every time it is put down who opened.

    A record opens for its holder only. Raises: NotFound for everybody else, whatever permission they hold.
    """
    _mine(actor, row)
    records = [(r, vault.record_unseal(r, quiet.user_of(actor))) for r in Record.objects.filter(appointment=row, holder=actor.user_id)]
    letters = phone.letters(row)
    quiet.look(actor, row, LookKind.TALK)
    return letters, records


@transaction.atomic
def record_write(*, actor: Actor, row: Appointment, text: str) -> Record:
    """Write a record, or add to it (写会谈记录): what stands is never changed. Writing says that the session took place.

    Raises: NotFound; BadInput counsel.no_text; RuleViolation counsel.too_early, counsel.erased; Conflict core.wrong_state.
    """
    _mine(actor, row)
    if not text.strip() or len(text) > MOST_TEXT:
        raise BadInput("counsel.no_text", f"请写会谈记录，最多 {MOST_TEXT:,} 字。")
    if row.client.erased_on is not None:
        raise RuleViolation("counsel.erased", "来访者已经删除资料，不再保存会谈记录。")
    if row.state == AppointmentState.BOOKED:
        row = mark(actor=actor, row=row, to=AppointmentState.HELD)
    if row.state != AppointmentState.HELD:
        raise RuleViolation("counsel.not_held", "没有咨询过的，不写会谈记录。登记错了，先改回来。")
    record = Record.objects.create(appointment=row, holder_id=quiet.user_of(actor), at=clock.now())
    Record.objects.filter(pk=record.pk).update(text_sealed=vault.record_seal(record, text.strip()))
    audit.record(actor, "counsel.record.written", row, org_path=row.unit_path)
    return record


@transaction.atomic
def mark(*, actor: Actor, row: Appointment, to: str) -> Appointment:
    """Put down that the person came, or did not; a mistake is put right the same way (登记咨询、没有来、改回).

    Raises: NotFound; RuleViolation counsel.too_early, counsel.has_record; Conflict core.wrong_state.
    """
    _mine(actor, row)
    if row.slot.starts_at > clock.now():
        raise RuleViolation("counsel.too_early", "还没到时间，不能登记。")
    if to != AppointmentState.HELD and row.records.exists():
        raise RuleViolation("counsel.has_record", "已经写了会谈记录，不能改为没有来。")
    ended = None if to == AppointmentState.BOOKED else clock.now()
    return flows.APPOINTMENT.advance(row, to, actor=actor, org_path=row.unit_path, changes={"ended_at": ended})


def _mine(actor: Actor, row: Appointment) -> Counsellor:
    me = reads.me_or_404(actor)
    if row.counsellor_id != me.pk:
        raise NotFound()
    return me


# -- handover ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def handover_ask(*, actor: Actor, row: Appointment, taker: Counsellor, why: str) -> Handover:
    """Ask the person whether another counsellor may go on (提出转介).

    Raises: NotFound; BadInput counsel.no_text; RuleViolation counsel.erased; Conflict counsel.handover_twice.
    """
    me = _mine(actor, row)
    if not reads.partners(me).filter(pk=taker.pk).exists():
        raise NotFound()
    if not why.strip():
        raise BadInput("counsel.no_text", "请写理由，来访者会看到。")
    if row.client.erased_on is not None:
        raise RuleViolation("counsel.erased", "来访者已经删除资料，不用转介。")
    try:
        with transaction.atomic():
            made = Handover.objects.create(client=row.client, giver=me, taker=taker, appointment=row, asked_at=clock.now())
    except IntegrityError as fault:
        raise Conflict("counsel.handover_twice", "这位来访者已经有一个转介在等答复。") from fault
    Handover.objects.filter(pk=made.pk).update(why_sealed=vault.seal(made, why.strip()[:500]))
    quiet.tell(row.client, f"hand{made.pk}")
    audit.record(actor, "counsel.handover.proposed", row, org_path=row.unit_path)
    return made


@transaction.atomic
def handover_withdraw(*, actor: Actor, row: Appointment) -> None:
    """Take the question back (撤回转介)."""
    me = _mine(actor, row)
    found = row.client.handovers.filter(giver=me, state=HandoverState.ASKED).first()
    if found is None:
        raise NotFound()
    flows.HANDOVER.advance(found, HandoverState.WITHDRAWN, actor=actor, org_path=row.unit_path, changes={"answered_at": clock.now()})


@transaction.atomic
def handover_answer(*, actor: Actor, handover: int, agree: bool, with_records: bool = False) -> Handover:
    """The person says yes or no (来访者答复转介). With a yes the open times are given back, and the records go along only if the person says so.

    Raises: NotFound; Conflict core.wrong_state.
    """
    client = common.client_of(actor)
    found = (
        Handover.objects.select_related("giver__union", "taker__union").filter(pk=handover, client=client.pk).first() if client else None
    )
    if client is None or found is None:
        raise NotFound()
    to = HandoverState.AGREED if agree else HandoverState.REFUSED
    changes = {"answered_at": clock.now(), "with_records": agree and with_records}
    found = flows.HANDOVER.advance(found, to, actor=quiet.NOBODY, org_path=found.giver.union.path, changes=changes)
    if agree:
        open_ = Appointment.objects.filter(
            client=client, counsellor=found.giver, state=AppointmentState.BOOKED, slot__starts_at__gt=clock.now()
        )
        for row in open_.select_related("counsellor__union"):
            flows.APPOINTMENT.advance(
                row, AppointmentState.CANCELLED, actor=quiet.NOBODY, org_path=row.unit_path,
                changes={"cancelled_by": Side.COUNSELLOR, "ended_at": clock.now()},
            )  # fmt: skip
    if agree and with_records:
        _pass_on(found)
    return found


def _pass_on(handover: Handover) -> None:
    """Sealed anew for the taker; the giver can no longer open it."""
    giver, taker = handover.giver.user_id, handover.taker.user_id
    mine = Appointment.objects.filter(client=handover.client, counsellor=handover.giver, state=AppointmentState.HELD)
    for record in Record.objects.filter(appointment__in=mine, holder=giver):
        text = vault.record_unseal(record, giver)
        record.holder_id = taker
        record.text_sealed = vault.record_seal(record, text)
        record.save(update_fields=["holder", "text_sealed"])
    mine.update(counsellor=handover.taker)
