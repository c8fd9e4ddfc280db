"""Decision slips the register keeps with what it records (随登记存的决定单). Source: R004, R014, R015; policy orgs.joint_form, orgs.leadership."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from gonghui.core.errors import RuleViolation
from gonghui.orgs.enums import JointForm, UnionKind
from gonghui.orgs.models import Union
from gonghui.orgs.selectors import law
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

FORMS: dict[str, str] = {
    JointForm.COMMUNITY: "community",
    JointForm.BUILDING: "building",
    JointForm.STREET: "street",
    JointForm.PROJECT: "project",
    JointForm.MARKET: "market",
    JointForm.REGIONAL_INDUSTRY: "industry",
    JointForm.PARK: "park",
}
LEVELS: dict[str, str] = {
    UnionKind.COUNTY: "county",
    UnionKind.TOWNSHIP: "township",
    UnionKind.TOWNSHIP_FEDERATION: "township",
    UnionKind.ZONE: "township",
    UnionKind.VILLAGE: "community",
    UnionKind.VILLAGE_FEDERATION: "community",
}


def area_level(parent: Union) -> str | None:
    """Level of the territory a joint union is built in. A city whose code ends in 00 is a prefecture, else a county-level city."""
    if parent.kind == UnionKind.CITY:
        return "city" if parent.area[4:6] in {"", "00"} else "county"
    return LEVELS.get(parent.kind)


def joint(actor: Actor, union: Union, parent: Union, on: date, facts: dict[str, Any]) -> str:
    """Keep the slip of a joint form; refuse where a binding condition is known not to hold."""
    given = {"form": FORMS[union.form], "area_level": area_level(parent), "association": bool(union.association), **facts}
    return _keep(actor, "orgs.joint_form", union, on, given)


def leadership(actor: Actor, lower: Union, upper: Union, on: date, *, layer: str, exception: bool) -> str:
    """Keep the slip of a second leadership line: who leads a group's unit (领导关系)."""
    same = lower.area[:6] == upper.area[:6] if lower.area and upper.area else None
    given = {"layer": layer or None, "same_place": same, "upper_exception": exception}
    return _keep(actor, "orgs.leadership", lower, on, given)


def _keep(actor: Actor, key: str, union: Union, on: date, facts: dict[str, Any]) -> str:
    decision = law.decided(key, union, on, facts)
    if decision is None:
        return ""
    if decision.blocks:
        raise RuleViolation(key, f"{decision.verdict}。", slip=decision.as_json())
    return policy.store(actor, decision, subject=f"union:{union.pk}", org_path=union.path)
