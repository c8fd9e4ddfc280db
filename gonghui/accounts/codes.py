"""Codes by SMS (短信验证码): sent through the gateway that `notices` registers, checked once. Source: assurance R22, bar 11."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import F

from gonghui.accounts import hooks, rules, throttle
from gonghui.accounts.enums import CodePurpose
from gonghui.accounts.hooks import register_sender
from gonghui.accounts.limits import Limit
from gonghui.accounts.models import LoginCode
from gonghui.core import clock, crypto
from gonghui.core.errors import BadInput

__all__ = ["check", "register_sender", "send"]
WRONG = "验证码不对或已过期。请核对短信里最新的 6 位数字，或重新获取。"


def index_of(phone: str) -> bytes:
    """Blind index of a phone number."""
    return crypto.blind("accounts.user.phone", phone)


def send(phone: str, purpose: CodePurpose, network: str) -> None:
    """Make a code and hand it over (发验证码). The answer is the same for every number.

    Raises: TooMany accounts.too_many; Unavailable accounts.no_gateway.
    """
    for limit, key in ((rules.SMS_MINUTE, phone), (rules.SMS_DAY, phone), (rules.SMS_NETWORK, network), (_budget(), "all")):
        throttle.spend(limit, key)
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}"
    now = clock.now()
    with transaction.atomic():
        LoginCode.objects.filter(phone_index=index_of(phone), purpose=purpose, used_at=None).update(used_at=now)
        row = LoginCode.objects.create(
            phone_index=index_of(phone), purpose=purpose, digest=b"", expires_at=now + rules.CODE_LIFE, created_at=now
        )
        LoginCode.objects.filter(pk=row.pk).update(digest=_digest(row.pk, code))
        hooks.send_code(phone, str(purpose), code)


def _budget() -> Limit:
    return Limit(rules.SMS_ALL.name, settings.SMS_DAILY_BUDGET, rules.SMS_ALL.window)


def _digest(pk: int, code: str) -> bytes:
    return crypto.blind("accounts.login_code", f"{pk}|{code}")


def check(phone: str, purpose: CodePurpose, code: str) -> None:
    """Use a code up. Each try is counted before it is compared. Raises BadInput accounts.wrong_code."""
    now = clock.now()
    open_rows = LoginCode.objects.filter(phone_index=index_of(phone), purpose=purpose, used_at=None, expires_at__gt=now)
    row = open_rows.order_by("-pk").first()
    counted = row is not None and open_rows.filter(pk=row.pk, tries__lt=rules.CODE_TRIES).update(tries=F("tries") + 1)
    expected = bytes(row.digest) if row is not None and counted else b""
    right = secrets.compare_digest(expected, _digest(row.pk if row else 0, code))
    if not right or row is None or not LoginCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now):
        raise BadInput("accounts.wrong_code", WRONG)
