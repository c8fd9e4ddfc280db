"""Reads of accounts (账号查询)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from gonghui.accounts.actor import Actor, Scope
from gonghui.accounts.enums import UserKind
from gonghui.accounts.models import Grant, User
from gonghui.core import clock


def grants_active(user: User) -> QuerySet[Grant]:
    """Grants in force today (生效授权)."""
    today = clock.today()
    return Grant.objects.filter(Q(until__isnull=True) | Q(until__gt=today), user=user, revoked_at=None, since__lte=today)


def actor_of(user: User, session: Any = None) -> Actor:
    """The actor behind a signed-in user, with the grants in force now."""
    officer = user.kind == UserKind.OFFICER
    scopes = tuple(Scope(g.role, g.org_path) for g in grants_active(user)) if officer else ()
    stepped = bool(session) and float(session.get("stepped_up_until", 0)) > clock.now().timestamp()
    return Actor(
        ref=f"user:{user.pk}" if officer else f"worker:{user.pk}",
        name=user.name,
        user_id=user.pk,
        person_id=user.person_id,
        is_officer=officer,
        stepped_up=stepped,
        scopes=scopes,
    )
