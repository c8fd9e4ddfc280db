"""Which persons an officer may see (可见人员): members of unions in scope and workers of employers in scope."""

from __future__ import annotations

from django.db.models import Q

from gonghui.accounts.actor import Actor
from gonghui.members.models import Employment, Membership
from gonghui.people import hooks


def reach(actor: Actor, perm: str) -> Q:
    """Filter over Person for the paths where the actor holds the permission."""
    members = Membership.objects.filter(actor.within(perm, "union")).values("person_id")
    workers = Employment.objects.filter(actor.within(perm, "employer__union")).values("person_id")
    return Q(pk__in=members) | Q(pk__in=workers)


def register() -> None:
    """Called from `MembersConfig.ready()`."""
    hooks.register_reach("members", reach)
