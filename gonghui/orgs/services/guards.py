"""Checks and follow-ups around the tree (组建前的核对与随后事项)."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gonghui.core import clock
from gonghui.orgs.enums import JointForm, MatterKind, Perm, UnionKind
from gonghui.orgs.models import Certificate, Employer, Union
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.selectors import approvers, policy_values
from gonghui.orgs.services import matters
from gonghui.orgs.services.common import must_be_alive, not_future, refuse, violate

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

DETAILS = frozenset(
    "short_name form host target_mode review_on area industry covered_areas association address latitude longitude "
    "planned_start planned_end management pilot party_org".split()
)
"""Columns of a union that `union_build` takes as they are."""


def may_build(actor: Actor, parent: Union | None) -> None:
    """Permission at the parent; the root only once."""
    actor.require(Perm.UNION_BUILD, parent)
    if parent is None and Union.objects.filter(depth=0).exists():
        violate("orgs.one_root", "组织树已有最上级工会。请选择上级工会再组建。")


def approved(actor: Actor, parent: Union | None, kind: str, document_no: str) -> None:
    """A union is built with the approval of the union above that may approve; who is not it names the document.

    Inner kinds are the grassroots union's own affair. Source: TUL-12-1, S028; policy orgs.approver, orgs.approving_kinds.
    """
    if parent is None or actor.is_system or kind in rules.INNER or document_no.strip():
        return
    approver = approvers.approver_of(parent)
    if approver is not None and not actor.may(Perm.UNION_BUILD, approver):
        violate("orgs.approval_missing", f"这个工会要由{approver.name}批准，请填写它的批复文号。", approver=approver.code)


def check_build(
    parent: Union | None, *, kind: str, name: str, mode: str, day: date, employer: Employer | None, details: dict[str, Any]
) -> None:
    """Everything a new union must satisfy."""
    strangers = set(details) - DETAILS
    if strangers:
        raise TypeError(f"union_build 不认识参数 {sorted(strangers)}")
    if not name.strip():
        violate("orgs.name_missing", "请填写工会全称。")
    not_future(day, "成立日期")
    if parent is not None:
        must_be_alive(parent)
        refuse(rules.placement_fault(kind, parent.kind, parent.name))
        if parent.depth + 2 > rules.MOST_LEVELS:
            violate("orgs.too_deep", f"组织树最多 {rules.MOST_LEVELS} 级，{parent.name}下面不能再设。")
    refuse(rules.form_fault(kind, str(details.get("form") or ""), name))
    refuse(
        rules.mode_fault(
            mode,
            has_host=details.get("host") is not None,
            target_mode=str(details.get("target_mode") or ""),
            has_review=details.get("review_on") is not None,
        )
    )
    _check_kind(kind, day, details)
    if employer is not None:
        _check_own(employer, kind)


def _check_kind(kind: str, day: date, details: dict[str, Any]) -> None:
    if kind == UnionKind.INDUSTRY and not details.get("industry"):
        violate("orgs.industry_missing", "行业性工会联合会要写明行业。")
    if details.get("form") == JointForm.REGIONAL_INDUSTRY and not details.get("association"):
        violate("orgs.association_missing", "区域性行业工会依托行业协会建立，请写明协会名称。")
    if kind == UnionKind.COOPERATIVE and not details.get("management"):
        violate("orgs.management_missing", "专业合作社工会要写明由属地管理还是由龙头企业管理。")
    if kind in {UnionKind.PROJECT, UnionKind.ORGANISER}:
        project_check(kind, details.get("planned_start"), details.get("planned_end"), day)


def project_check(kind: str, start: date | None, end: date | None, day: date) -> None:
    """Half a year or more: a union; shorter: an elected organiser (工期与组织形式). Source: R006; policy orgs.project_months."""
    if start is None or end is None:
        violate("orgs.project_dates", "项目部要写明计划开工和计划完工日期，系统据此判断建工会还是选组织员。")
    if end <= start:
        violate("orgs.project_dates", f"计划完工 {end} 应晚于计划开工 {start}。")
    months = policy_values.number("orgs.project_months", day)
    if months is None:
        return
    long = project_is_long(start, end, day)
    if kind == UnionKind.PROJECT and not long:
        violate(
            "orgs.project_short",
            f"工期 {start}–{end} 不足 {months} 个月，应选举工会组织员，不设工会。请把类别改为“工会组织员”。",
            months=months,
        )
    if kind == UnionKind.ORGANISER and long:
        violate("orgs.project_long", f"工期 {start}–{end} 达到 {months} 个月，应组建项目部工会。请把类别改为“项目部工会”。", months=months)


def project_is_long(start: date, end: date, day: date) -> bool:
    """Does the project last long enough for a union? Source: policy orgs.project_months."""
    months = policy_values.number("orgs.project_months", day)
    return months is not None and clock.add_months(start, months) <= end


def _check_own(employer: Employer, kind: str) -> None:
    if employer.written_off_on is not None:
        violate(
            "orgs.employer_gone", f"{employer.name}已于 {employer.written_off_on} 核减（{employer.get_status_display()}），不能再组建工会。"
        )
    twin = Union.objects.filter(employer=employer, ended_on=None, kind__in=rules.OWN).first()
    if kind in rules.OWN and twin is not None:
        violate("orgs.own_union_twice", f"{employer.name}已有工会“{twin.name}”，一个单位只建一个基层工会。可在它下面设分会或车间工会。")


def certificate_follow(actor: Actor, union: Union, on: date, what: str) -> None:
    """A change of name, representative or seat is to be registered in time (法人变更登记). Source: LPR-16-1; policy orgs.certificate_change_days."""
    if not Certificate.objects.filter(union=union, cancelled_on=None).exists():
        return
    days = policy_values.number("orgs.certificate_change_days", on)
    matters.open_matter(
        actor,
        MatterKind.CERTIFICATE,
        union=union,
        on=on,
        due_on=on + timedelta(days=days) if days else None,
        note=f"{what}，须办理法人资格证变更登记",
    )


def scope_moved(actor: Actor, old_path: str, new_path: str) -> None:
    """Grants and running approvals of the moved subtree follow it (授权、审批随迁)."""
    for app in ("accounts", "approvals"):
        import_module(f"gonghui.{app}.services").scope_moved(actor=actor, old_path=old_path, new_path=new_path)
