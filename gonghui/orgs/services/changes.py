"""Other changes of a union (其他变更): details, mode, kind, stage, hand-over, project dates, second line. All with history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.accounts import selectors as accounts
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict
from gonghui.orgs.enums import LeadKind, MatterKind, Mode, Perm, Stage, UnionKind
from gonghui.orgs.models import Lead, Matter, Union
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.services import guards, matters, slips, tree
from gonghui.orgs.services.common import event, lock_union, must_be_alive, not_future, refuse, violate
from gonghui.orgs.services.track import unions_changing

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

EDITABLE = frozenset(
    {"short_name", "area", "industry", "covered_areas", "association", "address", "latitude", "longitude", "management", "party_org"}
)
_ORDER = [Stage.NEW, Stage.CONSOLIDATED, Stage.IMPROVED]


def _change(
    actor: Actor, union: Union, perm: str, kind: str, on: date, new: dict[str, Any], document_no: str = "", note: str = ""
) -> Union:
    """One dated change of columns with history and audit."""
    actor.require(perm, union)
    union = lock_union(union)
    must_be_alive(union)
    not_future(on)
    old = {k: getattr(union, k) for k in new}
    changed = {k: v for k, v in new.items() if old[k] != v}
    if not changed:
        return union
    old = {k: old[k] for k in changed}
    with unions_changing([union.pk]):
        Union.objects.filter(pk=union.pk).update(**changed)
        event(union, kind, on, old=_plain(old), new=_plain(changed), document_no=document_no, note=note)
    union.refresh_from_db()
    audit.record(
        actor, f"orgs.union.{kind}", union, org_path=union.path, old=_plain(old), new=_plain(changed), on=on, document_no=document_no
    )
    return union


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


@transaction.atomic
def union_edit(*, actor: Actor, union: Union, on: date, **values: Any) -> Union:
    """Correct descriptive columns (更正登记)."""
    strangers = set(values) - EDITABLE
    if strangers:
        raise TypeError(f"不能这样修改：{sorted(strangers)}")
    before = union.address
    union = _change(actor, union, Perm.UNION_EDIT, "edit", on, values)
    if union.address != before and before:
        guards.certificate_follow(actor, union, on, "住所变更")
    return union


@transaction.atomic
def union_mode(
    *, actor: Actor, union: Union, mode: str, on: date, host: Union | None = None, target_mode: str = "", review_on: date | None = None
) -> Union:
    """Change the formation mode from a day (变更建会方式). History stays, so past statistics can be made again. Source: S016."""
    refuse(rules.mode_fault(mode, has_host=host is not None, target_mode=target_mode, has_review=review_on is not None))
    new = {
        "mode": mode,
        "host_id": host.pk if host and mode == Mode.AFFILIATED else None,
        "target_mode": target_mode if mode == Mode.TRANSITIONAL else "",
        "review_on": review_on if mode == Mode.TRANSITIONAL else None,
    }
    return _change(actor, union, Perm.UNION_EDIT, "mode", on, new)


@transaction.atomic
def union_upgrade(*, actor: Actor, union: Union, kind: str, on: date, document_no: str, pilot: bool | None = None) -> Union:
    """Change the kind of a union, e.g. a township union becomes a pilot federation (类别升格). Source: S028."""
    if not document_no.strip():
        violate("orgs.document_missing", "请写明批准文号。")
    parent = union.parent
    refuse(rules.placement_fault(kind, parent.kind if parent else None, parent.name if parent else ""))
    for child in Union.objects.filter(parent=union, ended_on=None):
        refuse(rules.placement_fault(child.kind, kind, union.name))
    federation = kind == UnionKind.TOWNSHIP_FEDERATION
    new = {"kind": kind, "pilot": federation if pilot is None else pilot}
    return _change(actor, union, Perm.UNION_EDIT, "kind", on, new, document_no)


@transaction.atomic
def union_stage(*, actor: Actor, union: Union, stage: str, on: date, note: str = "") -> Union:
    """Move along 发展、巩固、提高, one step forward or back (阶段)."""
    if abs(_ORDER.index(Stage(stage)) - _ORDER.index(Stage(union.stage))) != 1:
        violate("orgs.stage_step", f"阶段一步一步走，现在是“{union.get_stage_display()}”。")
    return _change(actor, union, Perm.UNION_EDIT, "stage", on, {"stage": stage}, note=note)


@transaction.atomic
def project_extend(*, actor: Actor, union: Union, planned_end: date, on: date) -> Union:
    """A project's end moves (工期变更). An organiser whose project grows past the line must become a union. Source: S019, S020, R006."""
    union = lock_union(union)
    if union.kind not in {UnionKind.PROJECT, UnionKind.ORGANISER} or union.planned_start is None:
        violate("orgs.not_a_project", f"{union.name}没有工期。")
    if planned_end <= union.planned_start:
        violate("orgs.project_dates", f"计划完工 {planned_end} 应晚于计划开工 {union.planned_start}。")
    union = _change(actor, union, Perm.UNION_EDIT, "project", on, {"planned_end": planned_end})
    start = union.planned_start
    if union.kind == UnionKind.ORGANISER and start is not None and guards.project_is_long(start, planned_end, on):
        matters.open_matter(
            actor, MatterKind.CONVERT, union=union, on=on, due_on=planned_end, note=f"工期延长到 {planned_end}，组织员应转为项目部工会"
        )
    if planned_end > clock.today():
        matters.cancel_silently(MatterKind.PROJECT_END, union=union)
    return union


@transaction.atomic
def organiser_convert(*, actor: Actor, union: Union, name: str, on: date, document_no: str = "") -> Union:
    """An organiser becomes a project union (组织员转为项目部工会)."""
    union = lock_union(union)
    if union.kind != UnionKind.ORGANISER:
        violate("orgs.not_an_organiser", f"{union.name}不是工会组织员。")
    guards.project_check(UnionKind.PROJECT, union.planned_start, union.planned_end, on)
    converted = _change(actor, union, Perm.UNION_BUILD, "kind", on, {"kind": UnionKind.PROJECT, "name": name}, document_no)
    matters.done_silently(MatterKind.CONVERT, "转为项目部工会", union=union)
    return converted


@transaction.atomic
def hand_over_open(*, actor: Actor, union: Union, to: Union, on: date, note: str = "", document_no: str = "") -> Matter:
    """Start handing a union over to the union of its territory (移交属地管理). Source: R003, S025."""
    actor.require(Perm.UNION_EDIT, union)
    must_be_alive(union)
    must_be_alive(to)
    if to.kind not in rules.TERRITORIAL:
        violate("orgs.not_territorial", f"{to.name}不是地方工会。移交要交给单位所在地的地方工会。")
    refuse(rules.placement_fault(union.kind, to.kind, to.name))
    matter = matters.open_matter(actor, MatterKind.HANDOVER, union=union, target=to, on=on, note=note, document_no=document_no)
    if matter.target_id != to.pk:
        raise Conflict(
            "orgs.hand_over_open",
            f"{union.name}已有一件移交在办，接收方是{matter.target.name if matter.target else '未定'}。请先办结或取消。",
        )
    audit.record(actor, "orgs.handover.open", matter, org_path=union.path, union=union.pk, to=to.pk)
    return matter


@transaction.atomic
def hand_over_finish(*, actor: Actor, matter: Matter, on: date, document_no: str) -> Union:
    """Both sides have confirmed and the checklist is done: the union moves, members stay members (移交办结)."""
    if matter.union is None or matter.target is None:
        violate("orgs.not_a_hand_over", "这件事不是移交。")
    union, to = matter.union, matter.target
    actor.require(Perm.UNION_MOVE, union)
    _both_still_hold(matter, union, to)
    matters.matter_close(actor=actor, matter=matter, outcome="移交", document_no=document_no)
    # Both sides have confirmed, so the move needs no second permission at the receiving end; it is signed by who finishes.
    return tree.union_move(
        actor=replace(actor, is_system=True), union=union, new_parent=to, on=on, document_no=document_no, note="移交属地管理"
    )


def stale_sides(matter: Matter) -> set[str]:
    """Sides whose confirmer no longer holds the permission there: a grant may have ended since."""
    found = set()
    for side, org in (("from", matter.union), ("to", matter.target)):
        kind, _, number = matter.confirmations.get(side, {}).get("by", "").partition(":")
        if org is not None and kind == "user" and int(number) not in accounts.users_holding(Perm.UNION_EDIT, org.path):
            found.add(side)
    return found


def _both_still_hold(matter: Matter, union: Union, to: Union) -> None:
    for side in sorted(stale_sides(matter)):
        word, org = ("移交方", union) if side == "from" else ("接收方", to)
        violate("orgs.confirmer_gone", f"{word}当时确认的干部现在已没有{org.name}的办理权限，请{word}重新确认。", side=side)


@transaction.atomic
def lead_add(
    *,
    actor: Actor,
    lower: Union,
    upper: Union,
    since: date,
    kind: str = LeadKind.SECOND,
    shares_data: bool = False,
    decision_no: str = "",
    layer: str = "",
) -> Lead:
    """Add the second leadership line (双重领导). The tree keeps the main one; data only when listed (ORG-04).

    Args: layer of the group the unit belongs to (core, close, other), for the slip. Source: R004, S024; policy orgs.leadership.
    """
    actor.require(Perm.UNION_MOVE, lower)
    must_be_alive(lower)
    must_be_alive(upper)
    not_future(since)
    if lower.path.startswith(upper.path) or upper.path.startswith(lower.path):
        violate("orgs.lead_in_line", f"{upper.name}和{lower.name}本来就是上下级，不用再登记第二领导关系。")
    if shares_data and not decision_no.strip():
        violate("orgs.decision_missing", "向第二上级共享数据，要写明决定文号。")
    try:
        with transaction.atomic():
            row = Lead.objects.create(lower=lower, upper=upper, kind=kind, since=since, shares_data=shares_data, decision_no=decision_no)
    except IntegrityError:
        raise Conflict("orgs.lead_once", f"{lower.name}已有一条第二领导关系，请先终止原来的。") from None
    slip = slips.leadership(actor, lower, upper, since, layer=layer, exception=bool(decision_no.strip()))
    new = {"upper": upper.pk, "kind": str(kind), "shares_data": shares_data, "slip": slip}
    event(lower, "lead", since, new=new, document_no=decision_no)
    audit.record(actor, "orgs.lead.add", row, org_path=lower.path, upper=upper.pk, shares_data=shares_data, slip=slip)
    return row


@transaction.atomic
def lead_end(*, actor: Actor, lead: Lead, on: date) -> Lead:
    """End a second leadership line (终止双重领导)."""
    lead = Lead.objects.select_for_update().select_related("lower").get(pk=lead.pk)
    actor.require(Perm.UNION_MOVE, lead.lower)
    not_future(on)
    if lead.until is not None or on <= lead.since:
        raise Conflict("orgs.lead_ended", f"这条关系已经终止，或日期早于它的开始（{lead.since}）。")
    Lead.objects.filter(pk=lead.pk).update(until=on)
    lead.until = on
    event(lead.lower, "lead_end", on, old={"upper": lead.upper_id})
    audit.record(actor, "orgs.lead.end", lead, org_path=lead.lower.path, on=on)
    return lead
