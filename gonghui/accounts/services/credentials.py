"""Passwords, second factors, sessions of one's own account (口令、第二因素、会话)."""

from __future__ import annotations

import base64
import secrets

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from gonghui.accounts import rules, selectors, sessions
from gonghui.accounts.actor import Actor
from gonghui.accounts.models import OldPassword, RecoveryCode, SignIn, Totp, User
from gonghui.accounts.services.signin import recovery_digest
from gonghui.core import audit, clock, crypto
from gonghui.core.errors import BadInput, NotFound, NotPermitted

ISSUER = "工会网络服务平台"


def check_new_password(user: User, password: str) -> None:
    """Raises BadInput accounts.weak_password with one sentence per fault."""
    faults = rules.password_faults(password, settings.PASSWORD_POLICY, [user.username, user.name, selectors.phone_of(user)])
    kept = list(OldPassword.objects.filter(user=user).values_list("encoded", flat=True)[: rules.PASSWORDS_KEPT])
    known = kept if rules.remembers(settings.PASSWORD_POLICY) else []
    if not faults and any(check_password(password, encoded) for encoded in [user.password, *known] if encoded):
        faults.append("不能与最近用过的口令相同，请换一个。")
    if faults:
        raise BadInput("accounts.weak_password", faults[0], errors=[{"field": "new", "reason": fault} for fault in faults])


@transaction.atomic
def password_set(*, actor: Actor, user: User, password: str, once: bool = False, keep: int | None = None) -> None:
    """Give a user a new password (设口令); all other sign-ins end.

    Args: once: it must be changed at the next sign-in; keep: the sign-in that goes on.
    Raises: BadInput accounts.weak_password.
    """
    check_new_password(user, password)
    if user.password and user.has_usable_password():
        OldPassword.objects.create(user=user, encoded=user.password, created_at=clock.now())
        stale = OldPassword.objects.filter(user=user).values_list("pk", flat=True)[rules.PASSWORDS_KEPT :]
        OldPassword.objects.filter(pk__in=list(stale)).delete()
    User.objects.filter(pk=user.pk).update(password=make_password(password), must_change_password=once, password_changed_at=clock.now())
    user.refresh_from_db()
    sessions.end(SignIn.objects.filter(user=user).exclude(pk=keep or 0), "口令已改")
    audit.record(actor, "accounts.password.changed", user, once=once)


@transaction.atomic
def password_change(*, actor: Actor, user: User, old: str, new: str, keep: int | None = None) -> None:
    """Change one's own password (改口令). Raises BadInput accounts.wrong_password, accounts.weak_password."""
    if actor.user_id != user.pk:
        raise NotPermitted("accounts.own_only", "只能改自己的口令。")
    if len(old) > rules.PASSWORD_MOST or not check_password(old, user.password):
        raise BadInput("accounts.wrong_password", "现在的口令不对，请再填一次。")
    password_set(actor=actor, user=user, password=new, keep=keep)


def totp_new() -> str:
    """A fresh seed in base 32, shown once as QR; nothing is stored until a code from it is confirmed."""
    return base64.b32encode(secrets.token_bytes(rules.SECRET_BYTES)).decode()


def totp_uri(user: User, seed: str) -> str:
    """What the QR code holds."""
    from urllib.parse import quote

    return f"otpauth://totp/{quote(user.username)}?secret={seed}&issuer={quote(ISSUER)}"


@transaction.atomic
def totp_enrol(*, actor: Actor, user: User, seed: str, code: str, keep: int | None = None) -> list[str]:
    """Confirm a seed by one code and store it (启用动态口令). Returns fresh recovery codes, shown once.

    Raises: BadInput accounts.wrong_factor.
    """
    secret = base64.b32decode(seed)
    step = rules.totp_step(secret, "".join(code.split()), rules.step_of(clock.now().timestamp()))
    if step is None:
        raise BadInput("accounts.wrong_factor", "这 6 位数字不对。请确认手机时间是自动设置，再填新的一组。")
    totp_store(user, secret, step)
    sessions.end(SignIn.objects.filter(user=user).exclude(pk=keep or 0), "第二因素已换")
    audit.record(actor, "accounts.totp.enrolled", user)
    return recovery_new(actor=actor, user=user)


def totp_store(user: User, secret: bytes, step: int = 0) -> None:
    """Put the seed in its sealed place."""
    sealed = crypto.seal("accounts.totp", "secret", user.pk, secret.hex())
    Totp.objects.update_or_create(user=user, defaults={"secret": sealed, "last_step": step, "created_at": clock.now()})


@transaction.atomic
def recovery_new(*, actor: Actor, user: User) -> list[str]:
    """Ten fresh recovery codes, the old ones void (换恢复码). Only digests stay."""
    RecoveryCode.objects.filter(user=user).delete()
    fresh = [base64.b32encode(secrets.token_bytes(10)).decode()[:12] for _ in range(rules.RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=recovery_digest(user.pk, code)) for code in fresh)
    audit.record(actor, "accounts.recovery.renewed", user, count=len(fresh))
    return [f"{c[:4]}-{c[4:8]}-{c[8:]}" for c in fresh]


@transaction.atomic
def session_end(*, actor: Actor, pk: int) -> None:
    """End one of one's own sign-ins (下线). Raises NotFound."""
    if not sessions.end(SignIn.objects.filter(pk=pk, user_id=actor.user_id or 0), "本人下线"):
        raise NotFound()
    audit.append(actor.ref, "accounts.session.ended", kind="accounts.signin", object_id=str(pk))


@transaction.atomic
def session_end_others(*, actor: Actor, keep: int | None) -> int:
    """End all of one's own sign-ins but this one. Returns how many."""
    count = sessions.end(SignIn.objects.filter(user_id=actor.user_id or 0).exclude(pk=keep or 0), "本人下线")
    audit.append(actor.ref, "accounts.session.ended_others", data={"count": count})
    return count


@transaction.atomic
def preferences_set(*, actor: Actor, text_size: str) -> None:
    """Text size kept with the account (字号)."""
    User.objects.filter(pk=actor.user_id or 0).update(text_size=text_size if text_size in {"l", "xl"} else "")
    audit.append(actor.ref, "accounts.preferences.set", kind="accounts.user", object_id=str(actor.user_id), data={"text_size": text_size})


def seed_bytes(seed: str) -> bytes:
    """A base-32 seed as bytes."""
    return base64.b32decode(seed)
