"""Who comes in (登录): password, then second factor. Not in a transaction: counts must outlive a refusal."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from gonghui.accounts import codes, hooks, rules, selectors, throttle
from gonghui.accounts.enums import CodePurpose, Factor, UserKind
from gonghui.accounts.models import RecoveryCode, Totp, User
from gonghui.accounts.services import workers
from gonghui.core import audit, clock, crypto
from gonghui.core.errors import BadInput

WRONG_PASSWORD = "登录名或口令不对，请核对后再试。忘了口令，请联系系统管理员重置。"  # noqa: S105  # a message
WRONG_FACTOR = "动态口令不对、已过期或已用过。请等手机上换了新的 6 位数字再填。"


@lru_cache(maxsize=1)
def _dummy() -> str:
    """A hash nobody's password has: unknown names cost the same work as known ones (bar 13)."""
    return make_password(secrets.token_urlsafe(32))


def password_check(*, username: str, password: str, network: str, device: str = "") -> User:
    """The officer behind a login name and password (验口令). Answer and work are the same whether or not the name exists.

    Args: network where it comes from; device mark of a browser in which this name has signed in before, else "".
    Raises: TooMany accounts.too_many; BadInput accounts.wrong_password.
    """
    name = username.strip().lower()
    account = (rules.BY_DEVICE, f"{name}|{device}") if device else (rules.BY_ACCOUNT, name)
    throttle.spend(*account)
    if not device:
        throttle.spend(rules.BY_NETWORK, network)
    user = User.objects.filter(username=name, kind=UserKind.OFFICER).first()
    encoded = user.password if user is not None else _dummy()
    right = len(password) <= rules.PASSWORD_MOST and check_password(password, encoded, _upgrade(user) if user else None)
    if user is None or not right or not user.is_active:
        audit.append("anonymous", "accounts.signin.refused", data={"name": audit.digest("accounts.username", name), "network": network})
        raise BadInput("accounts.wrong_password", WRONG_PASSWORD)
    throttle.forget(*account)
    if not device:
        throttle.refund(rules.BY_NETWORK, network)
    return user


def _upgrade(user: User) -> Callable[[str], None]:
    """An older hash is replaced at sign-in (bar 8)."""

    def setter(raw: str) -> None:
        User.objects.filter(pk=user.pk, password=user.password).update(password=make_password(raw))
        user.refresh_from_db(fields=["password"])

    return setter


def steps_missing(user: User) -> list[str]:
    """What an officer must still do before coming in: `password` (change it), `totp` (set up the second factor)."""
    found = []
    if user.must_change_password or rules.password_expired(selectors.password_age_days(user), settings.PASSWORD_POLICY):
        found.append("password")
    if not selectors.has_totp(user.pk):
        found.append("totp")
    return found


def factor_check(*, user: User, code: str) -> Factor:
    """Check the second factor: a code of the app, or a recovery code (验第二因素).

    Raises: TooMany accounts.too_many; BadInput accounts.wrong_factor.
    """
    throttle.spend(rules.BY_FACTOR, str(user.pk))
    text = "".join(code.split()).replace("-", "").upper()
    if text.isdigit() and len(text) == rules.CODE_DIGITS:
        used = _use_totp(user.pk, text)
        factor = Factor.TOTP
    else:
        used, factor = _use_recovery(user.pk, text), Factor.RECOVERY
    if not used:
        audit.append(selectors.ref_of(user), "accounts.factor.refused", data={"factor": str(factor)})
        raise BadInput("accounts.wrong_factor", WRONG_FACTOR if factor is Factor.TOTP else "恢复码不对或已用过。一个恢复码只能用一次。")
    throttle.forget(rules.BY_FACTOR, str(user.pk))
    return factor


def _use_totp(user_id: int, code: str) -> bool:
    """A code counts once: the step moves forward only, by compare-and-set, on the server's clock."""
    if not selectors.has_totp(user_id):
        return False
    step = rules.totp_step(selectors.totp_secret(user_id), code, rules.step_of(clock.now().timestamp()))
    return step is not None and Totp.objects.filter(pk=user_id, last_step__lt=step).update(last_step=step) == 1


def _use_recovery(user_id: int, code: str) -> bool:
    digest = recovery_digest(user_id, code)
    used = RecoveryCode.objects.filter(user_id=user_id, digest=digest, used_at=None).update(used_at=clock.now()) == 1
    if used:
        audit.append(f"user:{user_id}", "accounts.recovery.used", data={"left": selectors.recovery_left(user_id)})
    return used


def recovery_digest(user_id: int, code: str) -> bytes:
    """Keyed digest of a recovery code."""
    return crypto.blind("accounts.recovery", f"{user_id}|{code}")


def code_send(*, phone: str, network: str) -> None:
    """Send a worker the code to sign in with (发登录验证码). The answer is the same for every number."""
    codes.send(phone, CodePurpose.SIGN_IN, network)


def worker_check(*, phone: str, code: str, network: str) -> User:
    """The worker behind a phone and its code; a new number gets an account, a known one its person (职工登录).

    Raises: TooMany; BadInput accounts.wrong_code.
    """
    throttle.spend(rules.BY_NETWORK, network)
    codes.check(phone, CodePurpose.SIGN_IN, code)
    throttle.refund(rules.BY_NETWORK, network)
    return workers.worker_of_phone(phone, hooks.person_of(phone))


def step_up_check(*, user: User, code: str) -> None:
    """A fresh second factor before a dangerous act (二次验证): officers by app, workers by SMS."""
    if user.kind == UserKind.OFFICER:
        factor_check(user=user, code=code)
        return
    throttle.spend(rules.BY_FACTOR, str(user.pk))
    codes.check(selectors.phone_of(user), CodePurpose.STEP_UP, code)
    throttle.forget(rules.BY_FACTOR, str(user.pk))


def step_up_send(*, user: User, network: str) -> None:
    """Send a worker the code of a step-up."""
    codes.send(selectors.phone_of(user), CodePurpose.STEP_UP, network)
