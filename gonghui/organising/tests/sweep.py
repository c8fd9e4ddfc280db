"""Organising in the sweep (建会的扫描部件)."""

from __future__ import annotations

from typing import Any

ARGS = {
    "organising:plan.pk": "orgs.Employer",
    "organising:join.pk": "orgs.Employer",
    "organising:change.pk": "orgs.Union",
    "organising:stage.pk": "orgs.Union",
    "organising:point.pk": "organising.Point",
    "organising:point_end.pk": "organising.Point",
    "organising:point_visit.pk": "organising.Point",
    "organising:settle.pk": "organising.Follower",
    "organising:case_act.verb": "=submit",
    "organising:m-document.document": "=999999",
    "organising:m-join.token": "=qa-no-such-token",
    "organising:pk": "organising.Case",
}
OWNED = {"organising.Case/mine"}


def furnish(world: Any, tree: Any) -> None:
    """A case on its way, a demonstration point with a follower in each tree."""
    from gonghui.accounts.actor import Actor
    from gonghui.organising import services
    from gonghui.organising.services import stages

    system = Actor.system("test")
    case = services.case_open(actor=system, employer=tree.rows["blank"], form="own", leader=(tree.members[0].person.name, ""))
    services.case_submit(actor=system, case=case)
    point = stages.point_name(actor=system, union=tree.union, theme="building", experience="先服务后建会，一次上门办三样材料。")
    stages.follower_add(actor=system, point=point, union=tree.sibling)


UNREACHED = {"organising:m-case", "organising:m-case_act", "organising:m-document", "organising:m-join", "organising:settle"}
"""Addresses that ask for a later step, a pass or a code the small world does not hold; their own tests open them."""
