"""Reads of accounts (账号查询)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from gonghui.accounts import permissions, rules
from gonghui.accounts.actor import Actor, Scope, any_of, subtree
from gonghui.accounts.enums import Perm, UserKind
from gonghui.accounts.models import Grant, RecoveryCode, SignIn, Totp, User
from gonghui.core import clock, crypto
from gonghui.core.models import AuditEntry

STEPPED_UP = "stepped_up_until"


def active(at: str = "") -> Q:
    """Grants in force today (生效); `at` is the way to the grants, for example `user__grants__`."""
    today = clock.today()
    return Q(**{f"{at}revoked_at": None, f"{at}since__lte": today}) & (Q(**{f"{at}until__isnull": True}) | Q(**{f"{at}until__gt": today}))


def signed_in(pk: int, user_id: Any) -> tuple[SignIn | None, tuple[Scope, ...]]:
    """A sign-in with its user and the grants in force, in one statement."""
    held = FilteredRelation("user__grants", condition=active("user__grants__"))
    found = (
        SignIn.objects.filter(pk=pk, user_id=user_id)
        .select_related("user")
        .annotate(held=held, role=F("held__role"), path=F("held__org_path"))
    )
    rows = list(found.order_by("role", "path"))
    if not rows:
        return None, ()
    officer = rows[0].user.kind == UserKind.OFFICER
    return rows[0], tuple(Scope(r.role, r.path) for r in rows if officer and r.role is not None)


def grants_active(user: User) -> QuerySet[Grant]:
    """Grants of a user in force today (生效授权)."""
    return Grant.objects.filter(active(), user=user)


def actor_of(user: User, session: Any = None, scopes: tuple[Scope, ...] | None = None) -> Actor:
    """The actor behind a signed-in user, with the grants in force now (`scopes` where they were read already)."""
    officer = user.kind == UserKind.OFFICER
    if scopes is None:
        scopes = tuple(Scope(g.role, g.org_path) for g in grants_active(user).order_by("role", "org_path")) if officer else ()
    stepped = bool(session) and float(session.get(STEPPED_UP, 0)) > clock.now().timestamp()
    return Actor(
        ref=ref_of(user),
        name=user.name,
        user_id=user.pk,
        person_id=user.person_id,
        is_officer=officer,
        stepped_up=stepped,
        scopes=scopes,
    )


def ref_of(user: User) -> str:
    """The reference of the audit log."""
    return f"user:{user.pk}" if user.kind == UserKind.OFFICER else f"worker:{user.pk}"


def actor_by_id(user_id: int) -> Actor | None:
    """The actor behind a user that may act now; None for a disabled or unknown one."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return actor_of(user) if user is not None else None


def user_of_name(username: str) -> User | None:
    """The officer of a login name, disabled ones included (按登录名找账号)."""
    return User.objects.filter(username=username.strip().lower(), kind=UserKind.OFFICER).first()


def name_of(ref: str) -> str:
    """A person's name behind a reference of the audit log."""
    kind, _, number = ref.partition(":")
    if kind in {"user", "worker"} and number.isdigit():
        return User.objects.filter(pk=int(number)).values_list("name", flat=True).first() or ref
    return {"anonymous": "未登录"}.get(ref, f"系统（{number}）" if number else ref)


def names_of(refs: set[str]) -> dict[str, str]:
    """`name_of` for many, in one query."""
    ids = {int(r.split(":")[1]) for r in refs if r.startswith(("user:", "worker:"))}
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
    return {r: names.get(int(r.split(":")[1]), r) if r.startswith(("user:", "worker:")) else name_of(r) for r in refs}


def users_holding(perm: str, path: str) -> list[int]:
    """Ids of officers who hold a permission at a path (谁能办): for hints, notices and escalation."""
    roles = [role for role in permissions.roles() if str(perm) in permissions.of_role(role)]
    return list(_reaching(roles, path).values_list("user_id", flat=True).distinct())


def users_with_role(role: str, path: str) -> list[int]:
    """Ids of officers with this role whose grant reaches the path."""
    return list(_reaching([str(role)], path).values_list("user_id", flat=True).distinct())


def users_with_role_below(role: str, path: str) -> list[int]:
    """Ids of officers with this role granted at the path or anywhere below it: whom the officer of the path can give work."""
    return list(
        Grant.objects.filter(active(), subtree(path, "org_path"), role=str(role), user__is_active=True)
        .values_list("user_id", flat=True)
        .distinct()
    )


def _reaching(roles: list[str], path: str) -> QuerySet[Grant]:
    above = [path[:n] for n in range(0, len(path) + 1, 4)]
    return Grant.objects.filter(active(), role__in=roles, org_path__in=above, user__is_active=True)


# -- console: users and grants -----------------------------------------------------------------------------------


def user_list(*, actor: Actor, words: str = "", role: str = "", state: str = "") -> QuerySet[User]:
    """Officers' accounts the actor may see: those with a grant in scope; whole-federation administrators see all."""
    found = User.objects.filter(kind=UserKind.OFFICER).filter(_visible(actor))
    if words:
        held = Grant.objects.filter(user=OuterRef("pk"), org_name__icontains=words, revoked_at=None)
        found = found.filter(Q(name__icontains=words) | Q(username__icontains=words) | Q(Exists(held)))
    if role:
        found = found.filter(Exists(Grant.objects.filter(active(), user=OuterRef("pk"), role=role)))
    if state in {"on", "off"}:
        found = found.filter(is_active=state == "on")
    if state == "none":
        found = found.filter(~Exists(Grant.objects.filter(active(), user=OuterRef("pk"))))
    return found.annotate(grant_count=Count("grants", filter=Q(grants__revoked_at=None))).order_by("name", "pk")


def _visible(actor: Actor) -> Q:
    paths = actor.paths(Perm.USER_VIEW)
    if "" in paths:
        return Q()
    return Q(Exists(Grant.objects.filter(any_of(subtree(p, "org_path") for p in paths), user=OuterRef("pk"))))


def user_get(*, actor: Actor, pk: int) -> User:
    """One officer's account the actor may see, or 404."""
    return get_object_or_404(User.objects.filter(_visible(actor), kind=UserKind.OFFICER), pk=pk)


def grant_list(*, actor: Actor, user: User) -> QuerySet[Grant]:
    """All grants of a user within the actor's scope, old ones too."""
    return Grant.objects.filter(actor.within_path(Perm.GRANT_VIEW, "org_path"), user=user).order_by("revoked_at", "-since", "-pk")


def grant_get(*, actor: Actor, pk: int) -> Grant:
    """One grant the actor may revoke, or 404."""
    return get_object_or_404(Grant.objects.filter(actor.within_path(Perm.GRANT_EDIT, "org_path")).select_related("user"), pk=pk)


# -- second factor, sessions -------------------------------------------------------------------------------------


def has_totp(user_id: int) -> bool:
    """Is a second factor set up?"""
    return Totp.objects.filter(pk=user_id).exists()


def totp_secret(user_id: int) -> bytes:
    """The seed, opened."""
    sealed = Totp.objects.values_list("secret", flat=True).get(pk=user_id)
    return bytes.fromhex(crypto.unseal("accounts.totp", "secret", user_id, sealed))


def recovery_left(user_id: int) -> int:
    """Unused recovery codes."""
    return RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()


def phone_of(user: User) -> str:
    """The phone number of an account, opened, or ""."""
    return crypto.unseal("accounts.user", "phone", user.pk, user.phone_sealed) if user.phone_sealed else ""


def sign_in_list(user_id: int) -> list[SignIn]:
    """Live sign-ins, the latest first."""
    return [
        row
        for row in SignIn.objects.filter(user_id=user_id, ended_at=None).select_related("user").order_by("-seen_at")
        if alive(row, clock.now())
    ]


def alive(row: SignIn, now: datetime) -> bool:
    """Does the sign-in still count: not ended, not idle, not too old?"""
    kind = row.user.kind
    return row.ended_at is None and now - row.seen_at < rules.IDLE[kind] and now - row.started_at < rules.ABSOLUTE[kind]


def password_age_days(user: User) -> int | None:
    """Days since the password was changed."""
    return (clock.now() - user.password_changed_at).days if user.password_changed_at else None


# -- who may do what, audit --------------------------------------------------------------------------------------


def audit_list(
    *, actor: Actor, who: str = "", verb: str = "", kind: str = "", object_id: str = "", since: Any = None, until: Any = None
) -> QuerySet[AuditEntry]:
    """Audit entries in the actor's scope, the latest first."""
    found = AuditEntry.objects.filter(actor.within_path(Perm.AUDIT_VIEW, "org_path")).order_by("-seq")
    if who:
        ids = [f"user:{pk}" for pk in User.objects.filter(Q(name=who) | Q(username=who)).values_list("pk", flat=True)]
        found = found.filter(actor__in=[who, *ids])
    if verb:
        found = found.filter(verb__startswith=verb)
    if kind:
        found = found.filter(kind=kind)
    if object_id:
        found = found.filter(object_id=object_id)
    if since:
        found = found.filter(at__gte=datetime(since.year, since.month, since.day, tzinfo=clock.SHANGHAI))
    if until:
        found = found.filter(at__lt=datetime(until.year, until.month, until.day, tzinfo=clock.SHANGHAI) + timedelta(days=1))
    return found


def demo_accounts() -> list[tuple[User, str, bytes]]:
    """Officers of the demo with their roles and seeds: those whose audit entry says they were made for it."""
    made = AuditEntry.objects.filter(verb="accounts.user.created", kind="accounts.user", data__contains='"demo":true').values_list(
        "object_id", flat=True
    )
    users = (
        User.objects.filter(pk__in=[int(pk) for pk in made], is_active=True, totp__isnull=False).prefetch_related("grants").order_by("pk")
    )
    rows = []
    for user in users:
        roles = "、".join(
            f"{g.get_role_display()}{f'（{g.org_name}）' if g.org_name else ''}" for g in user.grants.all() if g.revoked_at is None
        )
        rows.append((user, roles, totp_secret(user.pk)))
    return rows


def officers_near(*, actor: Actor, words: str) -> list[tuple[int, str]]:
    """Officers with a grant above, at or below one of the actor's unions, by name: (id, name with post). At most 20."""
    reach = [
        subtree(s.path, "org_path") | Q(org_path__in=[s.path[:n] for n in range(4, len(s.path) + 1, 4)]) for s in actor.scopes if s.path
    ]
    near = Grant.objects.filter(active(), any_of(reach), user=OuterRef("pk"))
    found = User.objects.filter(Exists(near), kind=UserKind.OFFICER, is_active=True, name__icontains=words).exclude(pk=actor.user_id or 0)
    return [(u.pk, f"{u.name}（{u.title}）" if u.title else u.name) for u in found.order_by("name", "pk")[:20]]
