"""Service guarantee for major events (重大活动服务保障): plan, rota without conflicts, supplies, care, issues, notes. Source: S189."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.members.selectors import members
from gonghui.orgs.selectors import law
from gonghui.services import flows
from gonghui.services.enums import EventState, IssueState, Perm, SupplyWay
from gonghui.services.models import DutyCare, DutyNote, EventDuty, EventIssue, EventPlan, EventPost, EventShift, EventSupply, SupplyMove
from gonghui.services.rules import rota

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

FIELDS = ("title", "place", "since", "until", "lead", "phone", "words")


@transaction.atomic
def plan_make(*, actor: Actor, union: Any, values: Mapping[str, Any]) -> EventPlan:
    """Set up a service plan (制定保障方案)."""
    actor.require(Perm.EVENT_RUN, union)
    row = EventPlan.objects.create(union=union, made_at=clock.now(), **{k: values[k] for k in FIELDS if k in values})
    audit.record(actor, "services.eventplan.created", row, org_path=union.path)
    return row


def _open(actor: Actor, plan: EventPlan) -> EventPlan:
    """The plan, locked, for whoever runs it. Raises RuleViolation services.event_done."""
    actor.require(Perm.EVENT_RUN, plan.union)
    row = EventPlan.objects.select_for_update(of=("self",)).select_related("union").get(pk=plan.pk)
    if row.state == EventState.DONE:
        raise RuleViolation("services.event_done", "这次保障已经结束。要改的，先重新打开。")
    return row


@transaction.atomic
def plan_start(*, actor: Actor, plan: EventPlan) -> EventPlan:
    """Publish the rota: from now on people see their shifts (开始保障). Raises: RuleViolation services.no_rota."""
    actor.require(Perm.EVENT_RUN, plan.union)
    if not plan.duties.filter(removed_at=None).exists():
        raise RuleViolation("services.no_rota", "还没有排班，先排班再开始。")
    return flows.EVENT.advance(plan, EventState.RUNNING, actor=actor, org_path=plan.union.path)


@transaction.atomic
def plan_finish(*, actor: Actor, plan: EventPlan, summary: str) -> EventPlan:
    """End it with a summary (结束保障). Raises: BadInput services.no_summary; RuleViolation services.issues_open, services.goods_out."""
    plan = _open(actor, plan)
    if not summary.strip():
        raise BadInput("services.no_summary", "请写总结。")
    if open_ := plan.issues.filter(state=IssueState.OPEN).count():
        raise RuleViolation("services.issues_open", f"还有 {open_} 个问题没有解决，先解决或写明处理结果。")
    out = [f"{s.name} {s.issued}{s.unit}" for s in plan.supplies.filter(consumable=False, issued__gt=0)]
    if out:
        raise RuleViolation("services.goods_out", f"还没归还：{'、'.join(out)}。收回后再结束。")
    return flows.EVENT.advance(plan, EventState.DONE, actor=actor, org_path=plan.union.path, changes={"summary": summary.strip()[:2000]})


@transaction.atomic
def plan_reopen(*, actor: Actor, plan: EventPlan) -> EventPlan:
    """Undo the end (重新打开)."""
    actor.require(Perm.EVENT_RUN, plan.union)
    return flows.EVENT.advance(plan, EventState.RUNNING, actor=actor, org_path=plan.union.path)


@transaction.atomic
def post_add(*, actor: Actor, plan: EventPlan, name: str, need: int, place: str = "") -> EventPost:
    """A post (加岗位). Raises: BadInput services.need; Conflict services.post_twice."""
    plan = _open(actor, plan)
    if not name.strip() or need < 1:
        raise BadInput("services.need", "请写岗位名称，每班至少 1 人。")
    try:
        with transaction.atomic():
            row = EventPost.objects.create(plan=plan, name=name.strip(), need=need, place=place.strip())
    except IntegrityError as fault:
        raise Conflict("services.post_twice", f"已有“{name.strip()}”这个岗位。") from fault
    audit.record(actor, "services.eventpost.added", row, org_path=plan.union.path)
    return row


@transaction.atomic
def shift_add(*, actor: Actor, plan: EventPlan, name: str, starts_at: datetime, ends_at: datetime) -> EventShift:
    """A shift (加班次). Raises: BadInput services.shift_order; RuleViolation services.shift_outside, services.shift_long. Source: policy services.shift_most_hours."""
    plan = _open(actor, plan)
    if ends_at <= starts_at:
        raise BadInput("services.shift_order", "结束时间要晚于开始时间。")
    day = starts_at.astimezone(clock.SHANGHAI).date()
    if not plan.since <= day <= plan.until:
        raise RuleViolation("services.shift_outside", f"班次要在 {plan.since} 到 {plan.until} 之间。")
    most = law.number("services.shift_most_hours", plan.union, clock.today())
    if ends_at - starts_at > timedelta(hours=most):
        raise RuleViolation("services.shift_long", f"一班最长 {most} 小时，请分成两班。")
    row = EventShift.objects.create(plan=plan, name=name.strip(), starts_at=starts_at, ends_at=ends_at)
    audit.record(actor, "services.eventshift.added", row, org_path=plan.union.path)
    return row


@transaction.atomic
def duty_set(*, actor: Actor, post: EventPost, shift: EventShift, person_id: int) -> EventDuty:
    """Put a member on a post in a shift (排班): nobody twice at once, nobody without the rest, no more than the post needs.

    Source: policy services.shift_rest_hours. Raises: NotFound; Conflict services.post_full, services.two_shifts; RuleViolation services.short_rest.
    """
    plan = _open(actor, post.plan)
    here = members.current(actor).filter(person=person_id).select_for_update(of=("self",)).first()  # one rota at a time for a person
    if shift.plan_id != plan.pk or here is None:
        raise NotFound()
    if EventDuty.objects.filter(post=post, shift=shift, removed_at=None).count() >= post.need:
        raise Conflict("services.post_full", f"{post.name}这一班已排满 {post.need} 人。")
    held = EventDuty.objects.filter(person=person_id, removed_at=None).select_related("shift__plan")
    near = held.filter(shift__ends_at__gt=shift.starts_at - timedelta(days=2), shift__starts_at__lt=shift.ends_at + timedelta(days=2))
    spans = [rota.Span(d.shift.starts_at, d.shift.ends_at, f"{d.shift.plan.title}{d.shift.name}") for d in near]
    rest = law.number("services.shift_rest_hours", plan.union, clock.today())
    found = rota.clash(rota.Span(shift.starts_at, shift.ends_at), spans, timedelta(hours=rest))
    if found is not None:
        kind, span = found
        when = f"{span.words}（{span.starts_at.astimezone(clock.SHANGHAI):%m月%d日 %H:%M}–{span.ends_at.astimezone(clock.SHANGHAI):%H:%M}）"
        if kind == "overlap":
            raise Conflict("services.two_shifts", f"同一时间已排在{when}，不能同时上两个班。")
        raise RuleViolation("services.short_rest", f"和{when}之间休息不到 {rest} 小时，请换人或换班。")
    try:
        with transaction.atomic():
            row = EventDuty.objects.create(plan=plan, post=post, shift=shift, person_id=person_id)
    except IntegrityError as fault:
        raise Conflict("services.two_shifts", "这个人在这一班已经有岗位。") from fault
    audit.record(actor, "services.eventduty.duty_set", row, org_path=plan.union.path)
    return row


@transaction.atomic
def duty_drop(*, actor: Actor, duty: EventDuty) -> None:
    """Take somebody off the rota (撤下). Raises: RuleViolation services.checked_in; Conflict services.dropped."""
    plan = _open(actor, duty.plan)
    if duty.checked_in_at is not None:
        raise RuleViolation("services.checked_in", "已经签到，不能撤下。")
    if not EventDuty.objects.filter(pk=duty.pk, removed_at=None).update(removed_at=clock.now()):
        raise Conflict("services.dropped", "已经撤下。")
    audit.record(actor, "services.eventduty.removed", duty, org_path=plan.union.path)


@transaction.atomic
def duty_restore(*, actor: Actor, duty: EventDuty) -> EventDuty:
    """Undo a removal (恢复排班), if nothing stands against it by now. Raises as `duty_set`."""
    if duty.removed_at is None:
        raise Conflict("services.on_rota", "还在排班表上，不用恢复。")
    return duty_set(actor=actor, post=duty.post, shift=duty.shift, person_id=duty.person_id)


@transaction.atomic
def supply_add(*, actor: Actor, plan: EventPlan, name: str, unit: str, stock: int, consumable: bool = False) -> EventSupply:
    """Goods for the plan (登记物资). Raises: BadInput services.stock; Conflict services.supply_twice."""
    plan = _open(actor, plan)
    if not name.strip() or stock < 1:
        raise BadInput("services.stock", "请写物资名称，数量至少 1。")
    try:
        with transaction.atomic():
            row = EventSupply.objects.create(plan=plan, name=name.strip(), unit=unit.strip() or "件", stock=stock, consumable=consumable)
    except IntegrityError as fault:
        raise Conflict("services.supply_twice", f"已有“{name.strip()}”，请在原来的上面领还。") from fault
    audit.record(actor, "services.eventsupply.added", row, org_path=plan.union.path)
    return row


@transaction.atomic
def supply_move(*, actor: Actor, supply: EventSupply, way: str, quantity: int, receiver: str) -> SupplyMove:
    """Give out or take back (领出、归还): never more than there is. Raises: BadInput services.quantity; Conflict services.not_enough, services.too_many."""
    plan = _open(actor, supply.plan)
    if quantity < 1 or way not in SupplyWay.values or not receiver.strip():
        raise BadInput("services.quantity", "请写数量和领还人。")
    rows = EventSupply.objects.filter(pk=supply.pk)
    if way == SupplyWay.OUT and not rows.filter(stock__gte=F("issued") + quantity).update(issued=F("issued") + quantity):
        supply.refresh_from_db()
        raise Conflict("services.not_enough", f"{supply.name}只剩 {supply.left}{supply.unit}，不够 {quantity}{supply.unit}。")
    if way == SupplyWay.BACK and not rows.filter(issued__gte=quantity).update(issued=F("issued") - quantity):
        supply.refresh_from_db()
        raise Conflict("services.too_many", f"{supply.name}在外 {supply.issued}{supply.unit}，不能归还 {quantity}{supply.unit}。")
    row = SupplyMove.objects.create(supply=supply, way=way, quantity=quantity, receiver=receiver.strip(), at=clock.now())
    audit.record(actor, "services.supplymove.supply_moved", row, org_path=plan.union.path, way=way, quantity=quantity)
    return row


@transaction.atomic
def care_add(*, actor: Actor, plan: EventPlan, on: date, words: str, people_count: int) -> DutyCare:
    """Care for those on duty (登记值班关爱). Raises: BadInput services.care."""
    plan = _open(actor, plan)
    if not words.strip() or people_count < 1:
        raise BadInput("services.care", "请写做了什么、关爱几人。")
    row = DutyCare.objects.create(plan=plan, on=on, words=words.strip()[:120], people=people_count)
    audit.record(actor, "services.dutycare.recorded", row, org_path=plan.union.path)
    return row


@transaction.atomic
def issue_add(*, actor: Actor, plan: EventPlan, words: str, due_at: datetime, who: str = "") -> EventIssue:
    """Put an issue down at the desk, with deadline and who (登记问题). Raises: BadInput services.issue."""
    plan = _open(actor, plan)
    if not words.strip():
        raise BadInput("services.issue", "请写是什么问题。")
    row = EventIssue.objects.create(plan=plan, words=words.strip()[:200], who=who.strip(), due_at=due_at, made_at=clock.now())
    audit.record(actor, "services.eventissue.recorded", row, org_path=plan.union.path)
    return row


@transaction.atomic
def issue_solve(*, actor: Actor, issue: EventIssue, answer: str) -> EventIssue:
    """Say how it was mended (解决问题). Raises: BadInput services.answer; Conflict services.solved."""
    plan = _open(actor, issue.plan)
    if not answer.strip():
        raise BadInput("services.answer", "请写怎么解决的。")
    changes: dict[str, Any] = {"state": IssueState.DONE, "answer": answer.strip()[:200], "done_at": clock.now()}
    if not EventIssue.objects.filter(pk=issue.pk, state=IssueState.OPEN).update(**changes):
        raise Conflict("services.solved", "已经解决。")
    audit.record(actor, "services.eventissue.settled", issue, org_path=plan.union.path)
    issue.refresh_from_db()
    return issue


@transaction.atomic
def issue_reopen(*, actor: Actor, issue: EventIssue) -> EventIssue:
    """Undo: it is not mended (重新打开问题). Raises: Conflict services.not_solved."""
    plan = _open(actor, issue.plan)
    if not EventIssue.objects.filter(pk=issue.pk, state=IssueState.DONE).update(state=IssueState.OPEN, done_at=None):
        raise Conflict("services.not_solved", "还没有解决，不用重新打开。")
    audit.record(actor, "services.eventissue.reopened", issue, org_path=plan.union.path)
    issue.refresh_from_db()
    return issue


# -- the person on duty ----------------------------------------------------------------------------------------------


def _mine(actor: Actor, duty: EventDuty) -> EventDuty:
    if actor.person_id is None or duty.person_id != actor.person_id or duty.removed_at is not None or duty.plan.state == EventState.DRAFT:
        raise NotFound()
    return duty


@transaction.atomic
def check_in(*, actor: Actor, duty: EventDuty) -> EventDuty:
    """The person checks in on the phone (签到). Raises: NotFound; RuleViolation services.check_in_closed; Conflict services.checked_in. Source: policy services.check_in_minutes."""
    _mine(actor, duty)
    before = law.number("services.check_in_minutes", duty.plan.union, clock.today())
    if not rota.may_check_in(duty.shift.starts_at, duty.shift.ends_at, clock.now(), timedelta(minutes=before)):
        raise RuleViolation("services.check_in_closed", f"开班前 {before} 分钟到下班之间可以签到。")
    if not EventDuty.objects.filter(pk=duty.pk, checked_in_at=None).update(checked_in_at=clock.now()):
        raise Conflict("services.checked_in", "已经签到。")
    audit.record(actor, "services.eventduty.checked_in", duty, org_path=duty.plan.union.path)
    duty.refresh_from_db()
    return duty


@transaction.atomic
def note_add(*, actor: Actor, duty: EventDuty, words: str) -> DutyNote:
    """What the next shift must know (写交班记录). Raises: NotFound; BadInput services.note; RuleViolation services.not_checked_in."""
    _mine(actor, duty)
    if not words.strip():
        raise BadInput("services.note", "请写交班内容。")
    if duty.checked_in_at is None:
        raise RuleViolation("services.not_checked_in", "先签到，再写交班记录。")
    row = DutyNote.objects.create(duty=duty, words=words.strip()[:300], at=clock.now())
    audit.record(actor, "services.dutynote.noted", row, org_path=duty.plan.union.path)
    return row


@transaction.atomic
def issue_report(*, actor: Actor, duty: EventDuty, words: str) -> EventIssue:
    """The person on duty reports something (上报问题); it is due within the rule's hours. Source: policy services.issue_hours."""
    _mine(actor, duty)
    if not words.strip():
        raise BadInput("services.issue", "请写是什么问题。")
    if duty.plan.state != EventState.RUNNING:
        raise RuleViolation("services.event_done", "这次保障没有在进行，不能上报。")
    due = clock.now() + timedelta(hours=law.number("services.issue_hours", duty.plan.union, clock.today()))
    row = EventIssue.objects.create(plan=duty.plan, words=words.strip()[:200], due_at=due, reporter_id=actor.person_id, made_at=clock.now())
    audit.record(actor, "services.eventissue.recorded", row, org_path=duty.plan.union.path)
    return row
