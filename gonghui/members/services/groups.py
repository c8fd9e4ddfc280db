"""Groups and sub-branches (工会小组、分会, S049): an elected leader of its own, filed above. Source: R007."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core.errors import RuleViolation
from gonghui.members.models import Membership
from gonghui.orgs.services import posts as orgs

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def group_filed(*, actor: Actor, group: Any, leader_id: int | None, filed_on: date | None) -> Any:
    """Register the elected leader and the filing (登记组长和备案). Raises: NotPermitted; RuleViolation members.leader_elsewhere; Conflict."""
    if leader_id is not None and not Membership.objects.filter(person_id=leader_id, group_id=group.pk, until=None).exists():
        raise RuleViolation("members.leader_elsewhere", "组长从本小组的会员里选举产生。请先把他调到这个小组，或另选一人。")
    return orgs.group_update(actor=actor, group=group, leader_id=leader_id, filed_on=filed_on)
