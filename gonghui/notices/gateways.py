"""Ways out for text messages (短信网关): `GONGHUI_SMS_GATEWAY` names the class."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from gonghui.core import env
from gonghui.core.errors import Unavailable


class GatewayFault(Exception):
    """The gateway did not take the message; try again later (网关未受理)."""


class Gateway(Protocol):
    """Hands one message over and returns the gateway's number. `reference` lets the gateway drop a repeat."""

    def send(self, phone: str, text: str, reference: str) -> str: ...


class OutboxOnly:
    """Nothing leaves the machine: the outbox is the result (demo, tests)."""

    def send(self, phone: str, text: str, reference: str) -> str:
        return f"outbox-{reference[:8]}"


class Unset:
    """No gateway is set up: refuses by name."""

    def send(self, phone: str, text: str, reference: str) -> str:
        raise Unavailable("notices.sms_unset", "短信还没有开通。请系统管理员设置短信网关，或改用其他登录方式。")


class HttpGateway:
    """JSON over HTTPS: `POST {to, text, reference}` with a bearer token; success is 2xx with `{"code": 0, "id": …}`.

    `GONGHUI_SMS_HTTP_URL`, `GONGHUI_SMS_HTTP_TOKEN`; a message is given up on after `GONGHUI_SMS_HTTP_TIMEOUT` seconds (8).
    """

    def __init__(self) -> None:
        self.url, self.token = env.text("SMS_HTTP_URL"), env.text("SMS_HTTP_TOKEN")
        self.timeout = env.number("SMS_HTTP_TIMEOUT", 8, least=1)

    def send(self, phone: str, text: str, reference: str) -> str:
        body = json.dumps({"to": phone, "text": text, "reference": reference}).encode()
        head = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        try:
            request = urllib.request.Request(self.url, body, head)  # noqa: S310  # the operator's own address
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310
                said: Any = json.loads(answer.read(65536))
        except (OSError, ValueError) as fault:
            raise GatewayFault(f"网关没有应答：{type(fault).__name__}") from fault
        if not isinstance(said, dict) or said.get("code") != 0:
            raise GatewayFault(f"网关退回：{str(said.get('code') if isinstance(said, dict) else said)[:40]}")
        return str(said.get("id", ""))[:64]


def current() -> Gateway:
    """The gateway of the settings."""
    made: Gateway = import_string(settings.SMS_GATEWAY)()
    return made


def is_set() -> bool:
    """Is there a way out at all?"""
    return not str(settings.SMS_GATEWAY).endswith(".Unset")
