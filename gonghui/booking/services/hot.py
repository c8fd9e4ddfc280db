"""The booking request (预约请求): pass, throttle, group commit. One function behind both doors, WSGI and Django.

No cookie is read, so nobody else's page can send it in a member's name: the pass stands in a header of its own.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from django.conf import settings

from gonghui.booking.rules import passes
from gonghui.booking.services import demand, policy_values
from gonghui.booking.services.desk import desk
from gonghui.booking.services.engine import Answer, Ask
from gonghui.booking.services.throttle import Throttle
from gonghui.core import clock
from gonghui.core.errors import Refusal, TooMany

throttle = Throttle(policy_values.asks_in_ten_seconds)
LONGEST_KEY, LONGEST_BODY = 40, 1024
EXPIRED = Answer(False, "booking.pass_expired", "页面打开太久了，请刷新后再约。您没有丢失任何名额。")
UNREADABLE = Answer(False, "booking.pass_invalid", "预约凭据无效，请回到项目页面重新打开。")
BAD_KEY = Answer(False, "booking.bad_key", "提交编号缺失或太长，请刷新页面后再试。")
STATUS = {"booking.pass_expired": 401, "booking.pass_invalid": 401, "booking.bad_key": 422}


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"gonghui.booking.pass|" + secret.encode()).digest()


def key() -> bytes:
    """The key of the passes of this installation."""
    return _key(str(settings.SECRET_KEY))


def take(pass_text: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Answer one request: status, headers, JSON. Never raises for what a caller can send."""
    try:
        answer = ask(pass_text, body)
    except Refusal as refusal:
        retry = str(getattr(refusal, "retry_after", 1))
        return refusal.status, {"Retry-After": retry}, _json({"ok": False, "code": refusal.code, "message": refusal.message})
    status = 200 if answer.ok else STATUS.get(answer.code, 409)
    return status, {}, _json({"ok": answer.ok, "code": answer.code, "message": answer.message, **answer.facts})


def ask(pass_text: str, body: bytes) -> Answer:
    """Read, throttle, submit. Raises TooMany, Unavailable."""
    try:
        found = passes.read(pass_text, key())
    except passes.Unreadable:
        return UNREADABLE
    wait = throttle.wait(found.person)
    if wait:
        seconds = max(1, round(wait))
        raise TooMany("booking.too_often", "点得太快了，请稍等一下再试。多点不会更容易约到。", retry_after=seconds)
    now = clock.now().timestamp()
    if now >= found.expires:
        return EXPIRED
    try:
        asked = json.loads(body) if body else {}
        name, waits = asked.get("key"), bool(asked.get("wait", False))
    except (ValueError, AttributeError):
        return BAD_KEY
    if not isinstance(name, str) or not 8 <= len(name) <= LONGEST_KEY or not name.isprintable():
        return BAD_KEY
    if now < found.opens:  # the transaction looks again, at the session itself
        return Answer(False, "booking.not_open", "还没有到开始预约的时间。", {"seconds": max(1, int(found.opens - now))})
    answer = desk.submit(to_ask(found, name, wait=waits))
    if not answer.ok and answer.code == "booking.full":
        demand.note(found, answer.code)
    return answer


def to_ask(found: passes.Pass, name: str, *, wait: bool = False) -> Ask:
    """The request that a pass allows."""
    return Ask(
        found.person, found.session, name, found.tags, found.claims, found.union_path, found.first_time, found.shift, found.household,
        found.rank, found.ref, wait=wait,
    )  # fmt: skip


def _json(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
