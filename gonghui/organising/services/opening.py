"""Opening and preparing a case (提出、修改、送审、撤回). Source: S006, TUL-11, TUL-12."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.approvals import services as approvals
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict
from gonghui.organising import rules
from gonghui.organising.enums import JOINT_FORMS, CaseKind, CaseState, Form, Outcome, Perm
from gonghui.organising.models import Case, Unit
from gonghui.organising.selectors import cases as reads
from gonghui.organising.selectors import planning, policy_values
from gonghui.organising.services import common, papers, spotting
from gonghui.organising.services.common import at_step, locked, may_work, move, open_step, violate
from gonghui.orgs.enums import Mode, UnionKind
from gonghui.orgs.rules import tree
from gonghui.people import selectors as people_reads
from gonghui.people import services as people
from gonghui.people.enums import IdKind
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gonghui.accounts.actor import Actor

PREPARE, CHANGE, RESULT = "organising.prepare", "organising.change", "organising.result"
ALIASES = {"single": Form.OWN, "": Form.OWN}
EDITABLE = frozenset(
    "name reason association industry planned_start planned_end target_mode review_on host second layer chair_name congress_on".split()
)


@transaction.atomic
def case_open(
    *,
    actor: Actor,
    employer: Any,
    form: str,
    source: str = "",
    name: str = "",
    reason: str = "",
    leader: tuple[str, str] | None = None,
    units: Iterable[Any] = (),
    **details: Any,
) -> Case:
    """Open a case to build a union for an employer (提出建会).

    Args: form a `Form` or a coverage form of the register (`single`, `regional`, `joint3` …); source where it came from, e.g. `visit:12`;
    leader (name, phone) of the chair-to-be; units further employers of a joint union; details: EDITABLE columns.
    Raises: NotPermitted; RuleViolation organising.use_join, .employer_gone, .own_union, .project_short, .project_long …; Conflict organising.case_open.
    """
    actor.require(Perm.CASE_EDIT, employer.union)
    chosen = Form(ALIASES.get(form, form))
    if chosen == Form.JOIN:
        violate("use_join", "加入已有的联合工会不用立项，请直接办理“加入”。")
    if strange := set(details) - EDITABLE:
        raise TypeError(f"建会事项没有这些项目：{sorted(strange)}")
    _fits(employer, chosen, details)
    parent = _parent(employer, chosen, details)
    place = rules.place_of(employer.address or "")
    given = name.strip() or rules.union_name(employer.name, chosen, place[1] if place else "")
    case = Case(
        number=_number(), kind=CaseKind.BUILD, form=chosen, employer=employer, org=employer.union, parent=parent,
        approver=reads.expected_approver(parent, chosen), name=given[:120], mode=rules.mode_of(chosen), reason=reason[:300],
        source=source[:40], token=secrets.token_urlsafe(12), maker=actor.ref[:40], opened_on=clock.today(), created_at=clock.now(), **details,
    )  # fmt: skip
    _insert(case, "这个单位已有一件建会事项在办，请从看板里打开它。")
    for unit in units:
        unit_add(actor=actor, case=case, employer=unit, reason=reason or "人数少，不宜单独建会")
    if leader is not None and leader[0].strip():
        _lead(actor, case, *leader)
    _slip(actor, case)
    open_step(actor, case, CaseState.APPLICATION)
    spotting.preparing(actor, employer, rules.coverage_of(chosen))
    audit.record(actor, "organising.case.opened", case, org_path=case.org.path, employer=employer.pk, form=chosen, source=source)
    return case


def _insert(case: Case, taken: str) -> None:
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError:
        raise Conflict("organising.case_open", taken) from None


def _number() -> str:
    """A random short number: cases of two cities never collide, and nobody counts along."""
    return f"JH{clock.today():%y%m}-" + "".join(secrets.choice("23456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(6))


def _fits(employer: Any, form: Form, details: dict[str, Any]) -> None:
    """What makes a form impossible from the start."""
    if employer.written_off_on is not None:
        violate("employer_gone", f"{employer.name}已于 {employer.written_off_on} 核减（{employer.get_status_display()}），不能建会。")
    own = employer.own_unions.filter(ended_on=None, kind__in=[str(k) for k in tree.OWN]).first()
    if own is not None and form not in {Form.PROJECT, Form.ORGANISER}:
        violate("own_union", f"{employer.name}已有工会“{own.name}”，一个单位只建一个基层工会。")
    _dates(form, details.get("planned_start"), details.get("planned_end"))
    if form == Form.AFFILIATED and details.get("host") is None:
        violate("host_missing", "挂靠建要写明挂靠在哪个工会。")
    if form == Form.TRANSITIONAL and not (details.get("target_mode") and details.get("review_on")):
        violate("target_missing", "过渡建要写明将来转为哪种方式、哪天复核。")
    if form == Form.INDUSTRY and not (details.get("industry") or employer.industry):
        violate("industry_missing", "行业性工会联合会要写明行业。")
    if form == Form.JOINT6 and not details.get("association"):
        violate("association_missing", "区域性行业工会依托行业协会建立，请写明协会名称。")


def _dates(form: Form, start: date | None, end: date | None) -> None:
    """A project of half a year or more has a union, a shorter one an organiser. Source: R006; policy organising.form, orgs.project_months."""
    if form not in {Form.PROJECT, Form.ORGANISER}:
        return
    if start is None or end is None:
        violate("project_dates", "请写明计划开工和计划完工日期，系统据此判断建工会还是选组织员。")
    if end <= start:
        violate("project_dates", f"计划完工 {end} 应晚于计划开工 {start}。")
    months = rules.months_between(start, end)
    decision = policy_values.decide("organising.form", {"project": True, "months": months, "members": 0}, clock.today())
    long = decision is not None and decision.values.get("project_union") is True
    if form == Form.PROJECT and not long:
        violate("project_short", f"工期 {start}–{end} 不到半年，应选举工会组织员，不设工会。请把形式改为“工会组织员”。", months=months)
    if form == Form.ORGANISER and long:
        violate("project_long", f"工期 {start}–{end} 达到半年，应组建项目部工会。请把形式改为“项目部工会”。", months=months)


def _parent(employer: Any, form: Form, details: dict[str, Any]) -> Any:
    """The union above: the group's for a core unit in the same place, else the territory's. Source: R004; policy orgs.leadership."""
    second, layer = details.get("second"), details.get("layer", "")
    territorial = planning.parent_of(employer, form)
    if second is None:
        return territorial
    if second.kind != UnionKind.GROUP:
        violate("second_kind", f"{second.name}不是企业集团工会，不能作第二上级。")
    same = bool(territorial.area) and territorial.area[:6] == (second.area or territorial.area)[:6]
    decision = policy_values.decide("orgs.leadership", {"layer": layer or "other", "same_place": same}, clock.today(), territorial)
    if decision is not None and decision.outcome is True:
        details["second"] = None  # direct leadership: the group is the parent itself
        return second
    return territorial


def _slip(actor: Actor, case: Case) -> None:
    """Keep the slip that proposed, so that the reason for the form stands with the case."""
    if case.employer is None:
        return
    project = (case.planned_start, case.planned_end) if case.planned_start and case.planned_end else None
    plan = planning.plan_for(case.employer, project=project)
    if plan.slip is not None:
        case.slip = policy.store(actor, plan.slip, subject=f"case:{case.pk}", org_path=case.org.path)
        Case.objects.filter(pk=case.pk).update(slip=case.slip)


def _lead(actor: Actor, case: Case, name: str, phone: str) -> None:
    """Who will lead the preparation: found by phone and name, else registered."""
    name = name.strip()
    person = None
    if phone.strip():
        found = people_reads.person_of_phone(phone)
        if found is not None:
            person = people_reads.person_get(actor=planning.SYSTEM, pk=found)
            if person.name != name:
                violate("leader_name", "这个手机号登记的不是这个姓名，请核对后再填。")
        else:
            person = people.person_register(
                actor=planning.SYSTEM, name=name, org_path=case.org.path, id_kind=IdKind.NONE, phone=phone, source="建会筹备"
            )
    Case.objects.filter(pk=case.pk).update(chair_name=name[:60], leader=person)
    case.chair_name, case.leader = name[:60], person
    case.prep.update_or_create(name=name[:60], defaults={"duty": "组长", "side": "职工", "person": person})


@transaction.atomic
def leader_set(*, actor: Actor, case: Case, name: str, phone: str) -> Case:
    """Name the chair-to-be (确定筹备组组长); with a phone he can work on it himself."""
    actor.require(Perm.CASE_EDIT, case.org)
    case = locked(case)
    at_step(case, CaseState.APPLICATION, CaseState.GROUP, CaseState.RECRUITING, CaseState.MEETING)
    _lead(actor, case, name, phone)
    audit.record(actor, "organising.case.leader", case, org_path=case.org.path, person=case.leader_id)
    return case


@transaction.atomic
def unit_add(*, actor: Actor, case: Case, employer: Any, reason: str) -> Unit:
    """Another employer takes part in the joint union (加入联合). Source: TUL-11-2, R014."""
    actor.require(Perm.CASE_EDIT, case.org)
    actor.require(Perm.CASE_EDIT, employer.union)
    at_step(case, CaseState.APPLICATION, CaseState.GROUP, CaseState.RECRUITING)
    if case.form not in JOINT_FORMS | {Form.REGIONAL, Form.INDUSTRY}:
        violate("not_joint", "只有联合工会和联合会才列参加单位。")
    if employer.pk == case.employer_id or employer.written_off_on is not None:
        violate("unit", f"{employer.name}是发起单位，或已经核减。")
    row, _made = Unit.objects.get_or_create(case=case, employer=employer, defaults={"reason": reason[:120]})
    audit.record(actor, "organising.case.unit_added", case, org_path=case.org.path, employer=employer.pk)
    return row


@transaction.atomic
def case_edit(*, actor: Actor, case: Case, **values: Any) -> Case:
    """Change what the application says (修改申请), before it is handed in."""
    may_work(actor, case)
    case = locked(case)
    at_step(case, CaseState.APPLICATION)
    if strange := set(values) - EDITABLE:
        raise TypeError(f"不能这样修改：{sorted(strange)}")
    if case.form:
        _dates(Form(case.form), values.get("planned_start", case.planned_start), values.get("planned_end", case.planned_end))
    Case.objects.filter(pk=case.pk).update(**values)
    audit.record(actor, "organising.case.edited", case, org_path=case.org.path, fields=sorted(values))
    return locked(case)


@transaction.atomic
def case_submit(*, actor: Actor, case: Case, signatory: str = "") -> Case:
    """Hand the request in (送审请示): the document is issued and the levels above decide.

    Raises: NotPermitted; RuleViolation organising.incomplete naming all that is missing.
    """
    may_work(actor, case)
    case = locked(case)
    at_step(case, CaseState.APPLICATION)
    if left := missing(case):
        violate("incomplete", f"还缺{'、'.join(left)}，请补齐后再送审。", left=left)
    approver = reads.expected_approver(case.parent or case.org, case.form)
    Case.objects.filter(pk=case.pk).update(approver=approver)
    case.approver = approver
    papers.issue_request(actor, case, signatory=signatory or case.chair_name or actor.name)
    move(actor, case, CaseState.PENDING)
    kind = PREPARE if case.kind in rules.ELECTING else CHANGE
    step = case.steps.get(until=None)
    approvals.approval_submit(
        actor=actor, kind=kind, subject_id=case.pk, title=f"{case.name}：{case.get_kind_display()}请示", org_path=case.org.path,
        org_name=case.org.name, due_on=step.due_on, note=case.reason,
    )  # fmt: skip
    return case


def missing(case: Case) -> list[str]:
    """What the request still lacks (送审前要补的)."""
    left = []
    if not case.name.strip():
        left.append("工会名称")
    if case.kind in rules.ELECTING and not case.chair_name:
        left.append("筹备组组长")
    if case.form in JOINT_FORMS and not case.reason.strip():
        left.append("不单独建会的理由")
    if case.form in JOINT_FORMS and not case.units.exists():
        left.append("参加联合的另一家单位")
    if case.kind not in rules.ELECTING and case.kind != CaseKind.HANDOVER and not case.congress_on and not _unit_ended(case):
        left.append("会员（代表）大会通过日期")
    if case.kind not in rules.ELECTING and not case.reason.strip():
        left.append("理由")
    return left


def _unit_ended(case: Case) -> bool:
    firm = case.union.employer if case.union is not None else None
    return firm is not None and firm.written_off_on is not None


@transaction.atomic
def case_withdraw(*, actor: Actor, case: Case, reason: str) -> Case:
    """Stop a case (撤回): nothing that was joined is lost, the applicants are told. Not possible once the union stands."""
    may_work(actor, case)
    case = locked(case)
    if case.ended or (case.union_id is not None and case.kind in rules.ELECTING and case.state in {CaseState.FILING, CaseState.SETUP}):
        violate("too_late", f"现在是“{case.get_state_display()}”，不能撤回。工会已经批准成立的，要办撤销。")
    if len(reason.strip()) < 4:
        violate("reason", "请写明撤回的理由，至少 4 个字。")
    return stop(actor, case, CaseState.WITHDRAWN, reason)


def stop(actor: Actor, case: Case, to: str, reason: str, outcome: str = Outcome.STOPPED) -> Case:
    """End a case before its union stands (inside another service)."""
    pending = case.state in {CaseState.PENDING, CaseState.RESULT}
    move(actor, case, to, outcome=outcome, reason=reason, changes={"end_reason": reason[:200]})
    if pending and to in {CaseState.WITHDRAWN, CaseState.GONE}:
        papers.drop_approval(actor, case)
    if case.employer is not None:
        spotting.agreed(actor, case.employer)
    common.tell(actor, case, f"{case.name}：{case.get_state_display()}", reason)
    for person in case.applicants.filter(left_at=None).values_list("person_id", flat=True):
        papers.tell_person(actor, person, f"{case.name}暂时不建了，您的申请没有丢，可改由属地工会受理。")
    return case


def change_open(
    *, actor: Actor, union: Any, kind: str, reason: str, target: Any = None, congress_on: date | None = None, name: str = "",
    parts: list[dict[str, Any]] | None = None, source: str = "",
) -> Case:  # fmt: skip
    """Open a case for a union that stands: rebuild, merge, split, hand over, dissolve (提出变更). Source: TUL-13-1, CON-16-1, S025, S026."""
    return _change_open(actor, union, CaseKind(kind), reason, target, congress_on, name, parts or [], source)


@transaction.atomic
def _change_open(
    actor: Actor,
    union: Any,
    kind: CaseKind,
    reason: str,
    target: Any,
    congress_on: date | None,
    name: str,
    parts: list[dict[str, Any]],
    source: str,
) -> Case:
    actor.require(Perm.CASE_EDIT, union)
    if kind == CaseKind.BUILD:
        violate("use_open", "建会请从单位或空白点提出。")
    if union.ended_on is not None or union.parent_id is None:
        violate("union_ended", f"{union.name}已经终止，或是最上级，不能办理。")
    if kind in {CaseKind.MERGE, CaseKind.HANDOVER} and target is None:
        violate("target_missing", "请写明并入或接收的工会。")
    if kind == CaseKind.HANDOVER and target.kind not in tree.TERRITORIAL:
        violate("not_territorial", f"{target.name}不是地方工会。移交要交给单位所在地的地方工会。")
    if kind == CaseKind.SPLIT and len(parts) < 2:
        violate("split_parts", "分立至少成立两个工会，请写明各自的名称和单位。")
    parent = target if kind == CaseKind.HANDOVER else union.parent
    case = Case(
        number=_number(), kind=kind, employer=union.employer, union=union, org=union, parent=parent, target=target,
        approver=reads.expected_approver(union.parent), second=_second_of(union), name=name.strip() or union.name, mode=union.mode,
        reason=reason[:300], congress_on=congress_on, parts=parts, source=source[:40], token=secrets.token_urlsafe(12),
        maker=actor.ref[:40], opened_on=clock.today(), created_at=clock.now(), form=_form_of(union) if kind == CaseKind.REBUILD else "",
    )  # fmt: skip
    _insert(case, f"{union.name}已有同样的事项在办，请从看板里打开它。")
    open_step(actor, case, CaseState.APPLICATION)
    audit.record(actor, "organising.case.opened", case, org_path=union.path, kind=kind, union=union.pk, source=source)
    return case


def _second_of(union: Any) -> Any:
    """The second leadership line of a group's unit: it is asked before the main one decides. Source: R004, S024."""
    lead = union.leads_up.filter(until=None).select_related("upper").first()
    return lead.upper if lead is not None else None


def _form_of(union: Any) -> str:
    if union.kind == UnionKind.JOINT:
        return str(union.form)
    named: dict[str, str] = {UnionKind.REGIONAL: Form.REGIONAL, UnionKind.INDUSTRY: Form.INDUSTRY, UnionKind.PROJECT: Form.PROJECT}
    by_mode: dict[str, str] = {Mode.AFFILIATED: Form.AFFILIATED, Mode.TRANSITIONAL: Form.TRANSITIONAL}
    return named.get(union.kind) or by_mode.get(union.mode) or str(Form.OWN)
