"""Proposing a union on the spot (现场提出建会): the shop joins a union that stands, or a case begins and goes on to the officer. Source: S006, S014, P01."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core.errors import BadInput, Refusal
from gonghui.fieldwork.enums import Perm
from gonghui.fieldwork.services import common
from gonghui.organising import services as organising
from gonghui.orgs.enums import CoverageForm
from gonghui.orgs.enums import Perm as OrgPerm
from gonghui.orgs.selectors import unions

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST_UNITS = 60


def propose(actor: Actor, employer: Any, fields: Mapping[str, Any], source: str = "") -> dict[str, Any]:
    """One tap for the small shop, or a case (提出建会). What the case still lacks is said, not refused.

    Raises: NotPermitted; BadInput; what organising refuses.
    """
    union_id = fields.get("union")
    if isinstance(union_id, int) and not isinstance(union_id, bool):
        union = unions.union_get(actor=actor, pk=union_id, perm=OrgPerm.UNION_VIEW)
        organising.coverage_join(actor=actor, employer=employer, union=union)
        return {"joined": union.name, "why": []}
    form = fields.get("form")
    if form not in CoverageForm.values:
        raise BadInput("fieldwork.form", "请选建会的形式。")
    leader = (common.text_of(fields.get("leader"), 40, "筹备组组长"), common.text_of(fields.get("phone"), 20, "组长电话"))
    case = organising.case_open(
        actor=actor, employer=employer, form=str(form), source=source[:40], name=common.text_of(fields.get("name"), 60, "名称"),
        reason=common.text_of(fields.get("reason"), 200, "理由"), leader=leader if leader[0] else None, units=_units(actor, employer, fields.get("units")),
    )  # fmt: skip
    why = []
    try:
        with transaction.atomic():
            organising.case_submit(actor=actor, case=case, signatory=leader[0])
    except Refusal as refusal:
        why.append(refusal.message)
    return {"case": case.pk, "number": case.number, "why": why}


def _units(actor: Actor, employer: Any, wanted: Any) -> list[Any]:
    """The other shops of the street, each followed through mergers and inside the actor's rights."""
    ids = wanted if isinstance(wanted, list) else []
    if len(ids) > MOST_UNITS:
        raise BadInput("fieldwork.units", f"一次最多列 {MOST_UNITS} 家。")
    found = {u.pk: u for u in (common.employer_for(actor, pk, Perm.VISIT_EDIT) for pk in ids)}
    found.pop(employer.pk, None)
    return list(found.values())
