"""Groups of a union with their members (小组查询)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from gonghui.core.errors import NotFound
from gonghui.members.enums import Perm
from gonghui.members.models import Membership

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def groups(union: Any) -> QuerySet[Any]:
    """Live groups of a union with how many members each has."""
    found: QuerySet[Any] = union.groups.filter(until=None).select_related("leader")
    counted: QuerySet[Any] = found.annotate(people=Count("memberships", filter=Q(memberships__until=None)))
    return counted.order_by("name", "pk")


def loose(union: Any) -> QuerySet[Membership]:
    """Members of the union itself without a group (没有编组的会员)."""
    return Membership.objects.filter(union=union, group=None, until=None).select_related("person").order_by("person__name", "pk")


def group_get(*, actor: Actor, pk: int) -> Any:
    """One group in scope, or 404."""
    model = Membership._meta.get_field("group").related_model
    assert model is not None and not isinstance(model, str)
    row = model._default_manager.filter(actor.within(Perm.MEMBER_VIEW, "union"), pk=pk).select_related("union", "leader").first()
    if row is None:
        raise NotFound()
    return row


def group_members(group: Any) -> QuerySet[Membership]:
    """Open spells of a group."""
    return Membership.objects.filter(group=group, until=None).select_related("person").order_by("person__name", "pk")
