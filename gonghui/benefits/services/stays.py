"""Programmes, shares, batches (疗休养计划、名额、批次的办理)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from gonghui.benefits import flows
from gonghui.benefits.enums import HonourLevel, Perm, ProgrammeState, StayKind, StayState, TieBreak
from gonghui.benefits.models import Batch, ModelWorker, PastStay, Programme, Share
from gonghui.benefits.rules import shares as rules
from gonghui.benefits.selectors import common
from gonghui.benefits.selectors import stays as reads
from gonghui.booking.rules import draw
from gonghui.core import audit, clock, money
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.members.selectors import counts

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

FIELDS = (
    "year",
    "name",
    "kind",
    "document_no",
    "places",
    "days",
    "out_province",
    "ceiling_fen",
    "cost_fen",
    "apply_until",
    "words",
    "tie_break",
)


def draw_name(programme: Programme) -> str:
    """The name under which the seed's fingerprint is published."""
    return f"gonghui-stay-{programme.pk}"


def _values(union: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    values = {k: data[k] for k in FIELDS if k in data}
    if (
        values["kind"] not in StayKind.values
        or values["tie_break"] not in TieBreak.values
        or values["places"] < 1
        or not 1 <= values["days"] <= 60
    ):
        raise BadInput("benefits.programme", "名额至少 1，天数 1 至 60。")
    if values["ceiling_fen"] <= 0 or values["cost_fen"] <= 0 or not str(values["name"]).strip() or not str(values["document_no"]).strip():
        raise BadInput("benefits.programme", "请写计划名称、方案文号；费用要大于零。")
    slip = reads.cost(Programme(union=union, days=values["days"], ceiling_fen=values["ceiling_fen"]), values["cost_fen"], clock.today())
    if slip.blocks:
        raise RuleViolation(
            "benefits.over_ceiling",
            f"{slip.verdict}每人预计 {money.yuan(values['cost_fen'])} 元，上限 {money.yuan(values['ceiling_fen'])} 元。",
        )
    return values


@transaction.atomic
def programme_add(*, actor: Actor, union: Any, **data: Any) -> Programme:
    """Plan a programme (制定计划). Raises RuleViolation benefits.over_ceiling. Source: policy benefits.stay_cost."""
    actor.require(Perm.STAY_EDIT, union)
    values = _values(union, data)
    try:
        with transaction.atomic():
            made = Programme.objects.create(union=union, **values)
    except IntegrityError:
        raise Conflict("benefits.programme_once", "这一年已经有同名的计划。") from None
    audit.record(actor, "benefits.programme.created", made, org_path=union.path, places=made.places)
    return made


@transaction.atomic
def programme_edit(*, actor: Actor, programme: Programme, **data: Any) -> Programme:
    """Change it while it is a draft; once open, only the words, a later deadline and the cost (修改计划)."""
    actor.require(Perm.STAY_EDIT, programme.union)
    values = _values(programme.union, data)
    row = Programme.objects.select_for_update().get(pk=programme.pk)
    if row.state not in (ProgrammeState.DRAFT, ProgrammeState.OPEN):
        raise Conflict("benefits.programme_fixed", "名单已经公示，计划不能再改。")
    if row.state == ProgrammeState.OPEN:
        fixed = [f for f in ("kind", "places", "days", "ceiling_fen", "tie_break", "year") if values[f] != getattr(row, f)]
        if fixed or values["apply_until"] < row.apply_until:
            raise RuleViolation("benefits.programme_promised", "已经开放报名，对象、名额、天数、上限、并列排法不能改，截止只能延后。")
    if (row.shares.aggregate(n=Sum("places"))["n"] or 0) > values["places"]:
        raise RuleViolation("benefits.shares_more", "已经分给各工会的名额比这个总名额多，请先改分配。")
    Programme.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    audit.record(actor, "benefits.programme.edited", row, org_path=programme.union.path)
    return row


@transaction.atomic
def share_split(*, actor: Actor, programme: Programme) -> list[Share]:
    """Split all places by members, largest remainder (按会员数分配名额). Only while nobody has applied."""
    actor.require(Perm.STAY_EDIT, programme.union)
    row = Programme.objects.select_for_update().get(pk=programme.pk)
    if row.state not in (ProgrammeState.DRAFT, ProgrammeState.OPEN) or row.applications.exists():
        raise Conflict("benefits.split_late", "已经有人报名，请逐家调整名额。")
    found = reads.share_candidates(programme)
    if not found:
        raise RuleViolation("benefits.split_nobody", "下级工会还没有会员，不能按会员数分配。")
    Share.objects.filter(programme=row).delete()
    parts = rules.split(row.places, [n for _u, n in found])
    made = Share.objects.bulk_create(
        [Share(programme=row, union=u, members=n, places=p) for (u, n), p in zip(found, parts, strict=True) if p]
    )
    audit.record(actor, "benefits.share.split", row, org_path=programme.union.path, shares=len(made), places=sum(parts))
    return list(reads.share_list(row))


@transaction.atomic
def share_set(*, actor: Actor, programme: Programme, union: Any, places: int) -> Share:
    """Give a union more or fewer places (调整名额): never below what is used, never above the programme in all."""
    actor.require(Perm.STAY_EDIT, programme.union)
    row = Programme.objects.select_for_update().get(pk=programme.pk)
    if row.state in (ProgrammeState.CLOSED, ProgrammeState.CANCELLED):
        raise Conflict("benefits.programme_over", "计划已经办结或取消，不能再调整名额。")
    if not union.path.startswith(programme.union.path):
        raise NotFound()
    held = Share.objects.filter(programme=row, union=union).first()
    others = (row.shares.exclude(union=union).aggregate(n=Sum("places"))["n"]) or 0
    if places < 0 or others + places > row.places:
        raise RuleViolation("benefits.shares_more", f"总名额 {row.places} 个，别家已分 {others} 个，这一家最多 {row.places - others} 个。")
    if held is None:
        held = Share.objects.create(
            programme=row, union=union, members=counts.spells_on(common.DESK, union, clock.today()).count(), places=places
        )
    elif not Share.objects.filter(pk=held.pk, taken__lte=places).update(places=places):
        raise RuleViolation("benefits.share_used", f"这一家已经用了 {held.taken} 个名额，不能少于它。")
    held.refresh_from_db()
    audit.record(actor, "benefits.share.set", held, org_path=programme.union.path, places=places)
    return held


@transaction.atomic
def batch_set(
    *,
    actor: Actor,
    programme: Programme,
    number: int,
    since: date,
    until: date,
    place: str,
    capacity: int,
    leader: str = "",
    phone: str = "",
) -> Batch:
    """Add a departure or change it (安排批次)."""
    actor.require(Perm.STAY_EDIT, programme.union)
    if until < since or capacity < 1 or number < 1 or not place.strip():
        raise BadInput("benefits.batch", "请写地点；返回不能早于出发，名额至少 1。")
    if (until - since).days + 1 > programme.days:
        raise RuleViolation("benefits.batch_days", f"计划是 {programme.days} 天，这一批排了 {(until - since).days + 1} 天。")
    row = Programme.objects.select_for_update().get(pk=programme.pk)
    if row.state in (ProgrammeState.CLOSED, ProgrammeState.CANCELLED):
        raise Conflict("benefits.programme_over", "计划已经办结或取消，不能再安排批次。")
    values = {
        "since": since,
        "until": until,
        "place": place.strip(),
        "capacity": capacity,
        "leader": leader.strip(),
        "phone": phone.strip(),
    }
    held = Batch.objects.filter(programme=row, number=number).first()
    if held is None:
        held = Batch.objects.create(programme=row, number=number, **values)
    elif not Batch.objects.filter(pk=held.pk, seated__lte=capacity).update(**values):
        raise RuleViolation("benefits.batch_full", f"这一批已经排了 {held.seated} 人，名额不能少于它。")
    held.refresh_from_db()
    audit.record(actor, "benefits.programme.batch_set", held, org_path=programme.union.path, number=number, capacity=capacity)
    return held


@transaction.atomic
def programme_open(*, actor: Actor, programme: Programme) -> Programme:
    """Open for applications; the fingerprint of the seed is published with it (开放报名)."""
    actor.require(Perm.STAY_EDIT, programme.union)
    if not programme.shares.filter(places__gt=0).exists():
        raise RuleViolation("benefits.no_shares", "还没有把名额分给工会，请先分配名额。")
    if programme.apply_until <= clock.now():
        raise RuleViolation("benefits.apply_over", "报名截止时间已过，请先改截止时间。")
    changes: dict[str, Any] = {}
    if programme.tie_break == TieBreak.SEED and not programme.seed:
        seed = secrets.token_hex(16)
        changes = {"seed": seed, "commitment": draw.commitment(draw_name(programme), seed)}
    return flows.PROGRAMME.advance(programme, ProgrammeState.OPEN, actor=actor, org_path=programme.union.path, changes=changes)


@transaction.atomic
def programme_cancel(*, actor: Actor, programme: Programme, reason: str) -> Programme:
    """Call it off (取消计划): everybody who applied is told by the page; nobody's history changes."""
    actor.require(Perm.STAY_EDIT, programme.union)
    if len(reason.strip()) < 2:
        raise RuleViolation("benefits.reason", "请写取消的原因，报名的人会看到。")
    if programme.applications.filter(state=StayState.ATTENDED).exists():
        raise RuleViolation("benefits.already_went", "已经有人参加过，不能取消整个计划。")
    changes = {"words": f"{programme.words}（已取消：{reason.strip()}）"[:400]}
    return flows.PROGRAMME.advance(
        programme, ProgrammeState.CANCELLED, actor=actor, org_path=programme.union.path, changes=changes, reason=reason.strip()[:200]
    )


@transaction.atomic
def batch_spent(*, actor: Actor, batch: Batch, spent_fen: int) -> Batch:
    """Put the real cost down; per head it stays within the ceilings (登记费用). Source: policy benefits.stay_cost."""
    actor.require(Perm.STAY_EDIT, batch.programme.union)
    heads = batch.applications.filter(state=StayState.ATTENDED).count()
    if spent_fen < 0 or not heads:
        raise RuleViolation("benefits.no_heads", "请先登记到没到，再写费用。")
    each = rules.per_head(spent_fen, heads)
    slip = reads.cost(batch.programme, each, batch.since, (batch.until - batch.since).days + 1)
    if slip.blocks:
        raise RuleViolation(
            "benefits.over_ceiling",
            f"{slip.verdict}{heads} 人参加，每人 {money.yuan(each)} 元，上限 {money.yuan(batch.programme.ceiling_fen)} 元。",
        )
    Batch.objects.filter(pk=batch.pk).update(spent_fen=spent_fen)
    batch.refresh_from_db()
    audit.record(actor, "benefits.programme.spent", batch, org_path=batch.programme.union.path, spent_fen=spent_fen, heads=heads)
    return batch


@transaction.atomic
def programme_close(*, actor: Actor, programme: Programme) -> Programme:
    """All is done: everybody listed came or did not (办结)."""
    actor.require(Perm.STAY_EDIT, programme.union)
    left = programme.applications.filter(state=StayState.LISTED).count()
    if left:
        raise RuleViolation("benefits.attendance_open", f"还有 {left} 人没有登记到没到。")
    return flows.PROGRAMME.advance(programme, ProgrammeState.CLOSED, actor=actor, org_path=programme.union.path)


@transaction.atomic
def programme_reopen(*, actor: Actor, programme: Programme) -> Programme:
    """Closed too early (撤回办结)."""
    actor.require(Perm.STAY_EDIT, programme.union)
    if programme.state != ProgrammeState.CLOSED:
        raise Conflict("core.wrong_state", "只有已办结的计划可以撤回办结。")
    return flows.PROGRAMME.advance(programme, ProgrammeState.CONFIRMED, actor=actor, org_path=programme.union.path)


# -- what the order is made of -------------------------------------------------------------------------------------------


@transaction.atomic
def past_add(*, actor: Actor, person_id: int, union: Any, on: date, place: str, source: str) -> PastStay:
    """An earlier stay, from papers (登记以往疗休养)."""
    actor.require(Perm.STAY_PROPOSE, union)
    if on > clock.today() or not place.strip() or not source.strip():
        raise BadInput("benefits.past", "请写地点和依据，日期不能晚于今天。")
    try:
        with transaction.atomic():
            made = PastStay.objects.create(person_id=person_id, union=union, on=on, place=place.strip(), source=source.strip())
    except IntegrityError:
        raise Conflict("benefits.past_once", "这一天已经登记过。") from None
    audit.record(actor, "benefits.past.put", made, org_path=union.path)
    return made


@transaction.atomic
def past_remove(*, actor: Actor, past: PastStay, why: str) -> None:
    """Entered by mistake (更正)."""
    actor.require(Perm.STAY_PROPOSE, past.union)
    if len(why.strip()) < 2:
        raise RuleViolation("benefits.reason", "请写更正的原因。")
    if not PastStay.objects.filter(pk=past.pk, removed_why="").update(removed_why=why.strip()[:200]):
        raise Conflict("benefits.past_removed", "已经更正过。")
    audit.record(actor, "benefits.past.removed", past, org_path=past.union.path)


@transaction.atomic
def honour_add(*, actor: Actor, person_id: int, union: Any, honour: str, level: str, awarded_on: date, document_no: str) -> ModelWorker:
    """Register an honour (登记劳模、先进)."""
    actor.require(Perm.STAY_EDIT, union)
    if level not in HonourLevel.values or awarded_on > clock.today() or not honour.strip() or not document_no.strip():
        raise BadInput("benefits.honour", "请写荣誉、级别和表彰文号，日期不能晚于今天。")
    try:
        with transaction.atomic():
            made = ModelWorker.objects.create(
                person_id=person_id, union=union, honour=honour.strip(), level=level, awarded_on=awarded_on, document_no=document_no.strip()
            )
    except IntegrityError:
        raise Conflict("benefits.honour_once", "这个人的这项荣誉已经登记。") from None
    audit.record(actor, "benefits.honour.put", made, org_path=union.path)
    return made


@transaction.atomic
def honour_revoke(*, actor: Actor, honour: ModelWorker, on: date | None) -> ModelWorker:
    """The honour was taken away, or given back (撤销、恢复)."""
    actor.require(Perm.STAY_EDIT, honour.union)
    ModelWorker.objects.filter(pk=honour.pk).update(revoked_on=on)
    honour.refresh_from_db()
    audit.record(actor, "benefits.honour.changed", honour, org_path=honour.union.path, revoked=on is not None)
    return honour
