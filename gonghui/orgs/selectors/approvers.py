"""Who approves a union below (由谁批准). Source: TUL-12-1, S028; policy orgs.approving_kinds."""

from __future__ import annotations

from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.orgs.models import Union, UnionLine
from gonghui.policy import services as policy


def approving_kinds() -> frozenset[str]:
    """Kinds of union that approve unions below them."""
    try:
        return frozenset(policy.value("orgs.approving_kinds", on=clock.today()).value)
    except NotFound as fault:
        if fault.code != "policy.not_in_force":
            raise
        return frozenset()


def approver_of(parent: Union) -> Union | None:
    """The nearest union from `parent` upwards that may approve, else the highest of all."""
    above = UnionLine.objects.filter(descendant=parent, until=None).select_related("ancestor").order_by("depth")
    held = [line.ancestor for line in above]
    kinds = approving_kinds()
    return next((union for union in held if union.kind in kinds), held[-1] if held else None)
