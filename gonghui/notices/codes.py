"""Codes by SMS (验证码短信): the sender that accounts asks."""

from __future__ import annotations

from gonghui.accounts import hooks, rules
from gonghui.accounts.actor import Actor
from gonghui.notices import services

MINUTES = str(int(rules.CODE_LIFE.total_seconds() // 60))


def send(phone: str, purpose: str, code: str) -> None:
    """Put a code into the outbox. Raises TooMany notices.sms_limit, Unavailable notices.sms_unset."""
    services.sms_send(
        Actor.system(f"code.{purpose}"[:30]), phone=phone, template="accounts.code", params={"code": code, "minutes": MINUTES}, urgent=True
    )


def offer() -> None:
    """Tell accounts that we send codes."""
    hooks.register_sender(send)
