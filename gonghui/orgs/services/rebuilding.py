"""What becomes of the union of a restructured employer (改制重组单位的工会): the outcome is chosen, done and only then closed. Source: S026, R013."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.core import audit
from gonghui.orgs.enums import MatterKind
from gonghui.orgs.models import Matter
from gonghui.orgs.services import matters
from gonghui.orgs.services.common import violate
from gonghui.orgs.services.outcomes import OUTCOMES

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def rebuild_choose(*, actor: Actor, matter: Matter, outcome: str) -> Matter:
    """Choose 重建、改建、合并 or 撤销 (选定处理方式); the flow itself starts from the matter's page."""
    matter = matters.open_for(actor, matter)
    if matter.kind != MatterKind.REBUILD:
        violate("orgs.not_a_rebuild", "这件事不是改制重组后的工会重建。")
    if outcome not in OUTCOMES:
        violate("orgs.outcome_missing", "请选重建、改建、合并或撤销中的一种。")
    old = matter.outcome
    matter.outcome = outcome
    matter.save(update_fields=["outcome"])
    audit.record(actor, "orgs.matter.outcome", matter, org_path=matters.home_of(matter).path, old=old, new=outcome)
    return matter
