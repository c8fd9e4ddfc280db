"""Follow-ups (组织事项): opened by a change, closed by a person, with checklist and confirmations. Source: S019, S020, S025, S026."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.orgs import flows
from gonghui.orgs.enums import MatterKind, MatterState, Perm
from gonghui.orgs.models import Employer, Matter, Union
from gonghui.orgs.services import outcomes
from gonghui.orgs.services.common import sign, violate

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

CHECKLISTS: dict[str, tuple[str, ...]] = {
    MatterKind.HANDOVER: ("会员名册", "经费与账户", "档案资料", "工会主席"),
    MatterKind.REBUILD: ("会员去向", "经费处理", "集体合同", "主席待遇与安排"),
    MatterKind.PROJECT_END: ("会员转出", "资产移交", "台账移交"),
    MatterKind.CONVERT: ("选举筹备", "上级批准", "选举结果备案"),
    MatterKind.EMPLOYER_GONE: ("会员转出或保留会籍", "经费清算", "印章与证书缴回", "报告上一级工会"),
    MatterKind.STOPPED_REVIEW: ("实地核实", "登记结果"),
    MatterKind.CERTIFICATE: ("向登记机关申请",),
}
"""What is to be settled before a follow-up can be closed. Source: S019 (transfer, assets, ledgers), S025, S026, LPR."""

TWO_SIDED = frozenset({MatterKind.HANDOVER})


def open_matter(
    actor: Actor,
    kind: str,
    *,
    on: date,
    union: Union | None = None,
    employer: Employer | None = None,
    target: Union | None = None,
    due_on: date | None = None,
    note: str = "",
    document_no: str = "",
) -> Matter:
    """Open a follow-up inside another service (提出事项); the one already open is kept."""
    same = Matter.objects.filter(kind=kind, union=union, state=MatterState.OPEN)
    found = (same if union else same.filter(employer=employer)).first()
    if found is not None:
        return found
    checklist = {item: {"done": False} for item in CHECKLISTS[kind]}
    return Matter.objects.create(
        kind=kind,
        union=union,
        employer=employer,
        target=target,
        checklist=checklist,
        opened_on=on,
        due_on=due_on,
        note=note[:200],
        document_no=document_no,
        actor=sign(actor),
    )


def done_silently(kind: str, outcome: str, *, union: Union) -> None:
    """The act a follow-up asked for has been done (inside another service, which writes the audit entry)."""
    rows = Matter.objects.filter(kind=kind, state=MatterState.OPEN, union=union)
    rows.update(state=MatterState.DONE, closed_on=clock.today(), outcome=outcome)


def home_of(matter: Matter) -> Union:
    """In whose scope a follow-up lies."""
    if matter.union is not None:
        return matter.union
    assert matter.employer is not None
    return matter.employer.union


@transaction.atomic
def matter_check(*, actor: Actor, matter: Matter, item: str, done: bool = True) -> Matter:
    """Tick an item of the checklist (勾选清单)."""
    matter = open_for(actor, matter)
    if item not in matter.checklist:
        violate("orgs.no_such_item", f"清单里没有“{item}”。")
    matter.checklist[item] = {"done": done, "on": clock.today().isoformat(), "by": sign(actor)}
    matter.save(update_fields=["checklist"])
    audit.record(actor, "orgs.matter.check", matter, org_path=home_of(matter).path, item=item, done=done)
    return matter


@transaction.atomic
def matter_confirm(*, actor: Actor, matter: Matter, side: str) -> Matter:
    """One side confirms a hand-over (交接确认). The same person may not confirm for both."""
    matter = Matter.objects.select_for_update().get(pk=matter.pk)
    org = matter.target if side == "to" else home_of(matter)
    if org is None or side not in {"from", "to"}:
        violate("orgs.no_such_side", "没有这一方。请从事项页面办理确认。")
    actor.require(Perm.UNION_EDIT, org)
    _still_open(matter)
    other = matter.confirmations.get("to" if side == "from" else "from")
    if other and other["by"] == sign(actor):
        violate("orgs.both_sides", "移交和接收要由两方各自确认，您已代表另一方确认过。请对方的干部来确认。")
    matter.confirmations[side] = {"on": clock.today().isoformat(), "by": sign(actor)}
    matter.save(update_fields=["confirmations"])
    audit.record(actor, "orgs.matter.confirm", matter, org_path=org.path, side=side)
    return matter


@transaction.atomic
def matter_close(*, actor: Actor, matter: Matter, outcome: str = "", document_no: str = "", note: str = "") -> Matter:
    """Close a follow-up whose checklist is complete (办结)."""
    matter = open_for(actor, matter)
    left = [item for item, state in matter.checklist.items() if not state.get("done")]
    if left:
        violate("orgs.checklist_open", f"还有 {len(left)} 项没有办完：{'、'.join(left)}。", left=left)
    if matter.kind in TWO_SIDED and set(matter.confirmations) != {"from", "to"}:
        violate("orgs.not_confirmed", "移交方和接收方都要确认后才能办结。")
    if matter.kind == MatterKind.REBUILD:
        outcomes.must_be_done(matter)
    if matter.kind == MatterKind.PROJECT_END and matter.union is not None and matter.union.ended_on is None:
        violate("orgs.project_stands", f"{matter.union.name}还没有撤销。请从“下一步”办理撤销，或登记延期。")
    changes = {
        "closed_on": clock.today(),
        "outcome": outcome or matter.outcome,
        "document_no": document_no or matter.document_no,
        "note": note or matter.note,
    }
    return flows.MATTER.advance(matter, MatterState.DONE, actor=actor, org_path=home_of(matter).path, changes=changes)


@transaction.atomic
def matter_cancel(*, actor: Actor, matter: Matter, reason: str) -> Matter:
    """Drop a follow-up with a reason (取消)."""
    matter = open_for(actor, matter)
    if not reason.strip():
        violate("orgs.reason_missing", "请写明取消的理由。")
    return flows.MATTER.advance(
        matter,
        MatterState.CANCELLED,
        actor=actor,
        org_path=home_of(matter).path,
        changes={"closed_on": clock.today(), "note": reason[:200]},
    )


def cancel_silently(kind: str, *, union: Union | None = None, employer: Employer | None = None) -> None:
    """The cause of a follow-up has gone (inside another service, which writes the audit entry)."""
    rows = Matter.objects.filter(kind=kind, state=MatterState.OPEN)
    rows = rows.filter(union=union) if union is not None else rows.filter(employer=employer)
    rows.update(state=MatterState.CANCELLED, closed_on=clock.today())


def open_for(actor: Actor, matter: Matter) -> Matter:
    """The follow-up, locked, if the actor may work on it and it is open."""
    matter = Matter.objects.select_for_update(of=("self",)).select_related("union", "employer__union").get(pk=matter.pk)
    actor.require(Perm.UNION_EDIT if matter.union_id else Perm.EMPLOYER_STATUS, home_of(matter))
    _still_open(matter)
    return matter


def _still_open(matter: Matter) -> None:
    if matter.state != MatterState.OPEN:
        violate("orgs.matter_closed", f"这件事{matter.get_state_display()}，不能再改。")
