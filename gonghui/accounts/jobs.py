"""Timed work of accounts (定时清理) and its checks in `gonghui verify`."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta

from gonghui.accounts import selectors, throttle
from gonghui.accounts.enums import ADMINISTRATORS
from gonghui.accounts.models import Grant, LoginCode, SignIn
from gonghui.core import clock, jobs, rotation, verify

KEPT = timedelta(days=180)


def register() -> None:
    """Called in `AppConfig.ready()`."""
    jobs.every("accounts.sweep", timedelta(days=1), sweep, title="清理过期的登录记录")
    rotation.register_sealed("accounts.User", {"phone_sealed": "phone"}, indexes={"phone_index": ("accounts.user.phone", "phone_sealed")})
    rotation.register_sealed("accounts.Totp", {"secret": "secret"})
    verify.register("ACC-04", "三员分立：系统、安全、审计管理员不由同一人兼任", three_disjoint)


def sweep() -> dict[str, int]:
    """Old codes, buckets and ended sign-ins go (清理)."""
    now = clock.now()
    return {
        "codes": LoginCode.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()[0],
        "buckets": throttle.sweep(),
        "sign_ins": SignIn.objects.filter(seen_at__lt=now - KEPT).delete()[0],
    }


def three_disjoint() -> Generator[str, None, int]:
    """ACC-04 on the live data."""
    held: dict[str, set[str]] = {}
    rows = Grant.objects.filter(selectors.active(), role__in=list(ADMINISTRATORS)).select_related("user")
    for row in rows:
        who = f"person:{row.user.person_id}" if row.user.person_id else f"user:{row.user_id}"
        held.setdefault(who, set()).add(row.role)
    for who, roles in sorted(held.items()):
        if len(roles) > 1:
            yield f"{who} 同时是{'、'.join(sorted(roles))}。"
    return len(rows)
