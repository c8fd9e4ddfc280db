"""Projects that reach their end (项目完工): the follow-up is opened by the day, closed by dissolving or by an extension. Source: S019, S020."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.orgs.enums import MatterKind, MatterState, UnionKind
from gonghui.orgs.models import Matter, Union
from gonghui.orgs.services import matters

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

PROJECTS = (UnionKind.PROJECT, UnionKind.ORGANISER)


@transaction.atomic
def projects_due(*, actor: Actor) -> dict[str, int]:
    """Open `PROJECT_END` for each project whose planned end has come (提出项目完工撤销). Safe to run twice."""
    today = clock.today()
    held = Matter.objects.filter(kind=MatterKind.PROJECT_END, state=MatterState.OPEN).values("union_id")
    rows = Union.objects.filter(kind__in=PROJECTS, ended_on=None, planned_end__lte=today).exclude(pk__in=held)
    count = 0
    for union in rows.order_by("pk"):
        made = matters.open_matter(
            actor,
            MatterKind.PROJECT_END,
            union=union,
            on=today,
            due_on=union.planned_end,
            note="项目已到计划完工日，请办理会员转出和撤销，或登记延期",
        )
        audit.record(actor, "orgs.matter.open", made, org_path=union.path, kind=MatterKind.PROJECT_END)
        count += 1
    return {"opened": count}
