"""Officers' accounts (干部账号): made, changed, disabled, reset."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from gonghui.accounts import sessions
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import ADMINISTRATORS, Perm, Role, UserKind
from gonghui.accounts.models import Grant, RecoveryCode, SignIn, Totp, User
from gonghui.accounts.services import credentials
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotPermitted

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz"


def one_time_password() -> str:
    """A password to be changed at first sign-in, easy to read out: three groups with capitals and digits."""
    groups = ["".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3)]
    return "-".join(groups).capitalize() + str(secrets.randbelow(90) + 10)


@transaction.atomic
def officer_create(
    *, actor: Actor, username: str, name: str, title: str = "", email: str = "", person_id: int | None = None, password: str | None = None
) -> tuple[User, str]:
    """A new officer's account without any right (建干部账号).

    Returns: the user and a one-time password. Raises: NotPermitted; BadInput accounts.bad_username; Conflict accounts.username_taken.
    """
    actor.require(Perm.USER_EDIT, "")
    login = username.strip().lower()
    if not USERNAME.fullmatch(login):
        raise BadInput("accounts.bad_username", "登录名用 3–40 个小写字母、数字、点或横线，以字母开头。")
    chosen = password or one_time_password()
    user = User(
        username=login, name=name.strip(), title=title, email=email, person_id=person_id, kind=UserKind.OFFICER, date_joined=clock.now()
    )
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise Conflict("accounts.username_taken", f"登录名 {login} 已有人用，或这个人已有干部账号。请换一个或查已有账号。") from None
    credentials.password_set(actor=actor, user=user, password=chosen, once=True)
    audit.record(actor, "accounts.user.created", user, username=login, title=title)
    return user, chosen


@transaction.atomic
def officer_edit(*, actor: Actor, user: User, name: str, title: str, email: str) -> User:
    """Change name, post and mail of an officer's account, nothing else (改账号资料, ACC-06)."""
    actor.require(Perm.USER_EDIT, "")
    old = {"name": user.name, "title": user.title, "email": user.email}
    new = {"name": name, "title": title, "email": email}
    User.objects.filter(pk=user.pk, kind=UserKind.OFFICER).update(**new)
    user.refresh_from_db()
    changed = {key for key in new if old[key] != new[key]}
    audit.record(actor, "accounts.user.edited", user, fields=sorted(changed))
    return user


@transaction.atomic
def officer_set_active(*, actor: Actor, user: User, active: bool, reason: str) -> User:
    """Disable an account, ending all its sign-ins, or enable it again (停用、启用)."""
    actor.require(Perm.USER_EDIT, "")
    if user.pk == actor.user_id:
        raise NotPermitted("accounts.not_yourself", "不能停用自己的账号。请由另一位系统管理员办理。")
    if not User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active):
        raise Conflict("accounts.active_already", f"账号已经是{'启用' if active else '停用'}状态。")
    if not active:
        sessions.end(SignIn.objects.filter(user=user), "账号停用")
    user.refresh_from_db()
    audit.record(actor, f"accounts.user.{'enabled' if active else 'disabled'}", user, reason=reason)
    return user


@transaction.atomic
def officer_reset(*, actor: Actor, user: User, reason: str) -> str:
    """Forgotten password or lost phone (重置): a one-time password, the second factor to be set up anew, all sign-ins end.

    Returns: the one-time password, shown once.
    """
    actor.require(Perm.USER_EDIT, "")
    if user.pk == actor.user_id:
        raise NotPermitted("accounts.not_yourself", "不能重置自己的账号。请由另一位系统管理员办理。")
    fresh = one_time_password()
    credentials.password_set(actor=actor, user=user, password=fresh, once=True)
    Totp.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    audit.record(actor, "accounts.user.reset", user, reason=reason)
    return fresh


@transaction.atomic
def administrators_create(*, actor: Actor) -> list[tuple[Role, User, str]]:
    """First run (首次启用): one account for each of the three administrators, with one-time passwords. No default accounts.

    Raises: NotPermitted; Conflict accounts.admins_exist when an administrator already holds a role.
    """
    if not actor.is_system:
        raise NotPermitted("accounts.command_only", "三员账号只能在服务器上用 gonghui createadmin 建立。")
    if Grant.objects.filter(role__in=list(ADMINISTRATORS), revoked_at=None).exists():
        raise Conflict("accounts.admins_exist", "三员账号已经建立过，不能再建。要补一名，请加 --role 和 --username。")
    return [administrator_create(actor=actor, role=role, username=str(role)) for role in (Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN)]


@transaction.atomic
def administrator_create(*, actor: Actor, role: Role, username: str, name: str = "") -> tuple[Role, User, str]:
    """One more administrator, from the command line only (补建管理员)."""
    if not actor.is_system or role not in ADMINISTRATORS:
        raise NotPermitted("accounts.command_only", "三员账号只能在服务器上用 gonghui createadmin 建立。")
    user, password = officer_create(actor=actor, username=username, name=name or role.label, title=role.label)
    row = Grant.objects.create(user=user, role=role, since=clock.today(), reason="首次启用", granted_by=actor.ref, org_name="全部")
    audit.record(actor, "accounts.grant.given", row, role=str(role), user=user.pk)
    return role, user, password


@transaction.atomic
def demo_officer(
    *, actor: Actor, username: str, name: str, password: str, totp_seed: str, title: str = "", person_id: int | None = None
) -> User:
    """An account of the demo city, ready to sign in with known password and seed (演示账号). Only in the demo and in tests.

    Args: totp_seed in base 32. The public password passes no policy check, which is why production refuses DEMO.
    """
    if not actor.is_system or not (settings.DEMO or settings.TESTING):
        raise NotPermitted("accounts.demo_only", "演示账号只能在演示模式下建立。")
    values: dict[str, Any] = {"name": name, "title": title, "person_id": person_id, "kind": UserKind.OFFICER, "date_joined": clock.now()}
    user = User(username=username, must_change_password=False, password_changed_at=clock.now(), **values)
    user.set_password(password)
    user.save(force_insert=True)
    credentials.totp_store(user, credentials.seed_bytes(totp_seed))
    audit.record(actor, "accounts.user.created", user, demo=True)
    return user
