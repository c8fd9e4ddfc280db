"""The signed pass of the hot path (预约凭据): what the rules have decided about one member and one session, good for minutes.

`<base64url of JSON>.<base64url of HMAC-SHA256>`. The item page issues it after the rules were decided; the booking request
carries it in a header instead of a session cookie, so it needs neither a session query nor a CSRF token. It cannot be used
before `opens`, so a script gains nothing by asking early. It carries no name and no number of the member.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

VERSION = 1
SEAL_BYTES = 32


@dataclass(frozen=True, slots=True)
class Pass:
    """The content (凭据内容).

    Args: opens, expires: Unix seconds; tags as in `rules.quota` (`first_time`, `township:<path>` …); claims (holder, scope,
    how many at most) as in `rules.claims`; rank 0 for members never served, 1 for others; ref the actor of the audit log.
    """

    person: int
    session: int
    item: int
    opens: float
    expires: float
    tags: tuple[str, ...] = ()
    claims: tuple[tuple[str, str, int], ...] = ()
    union_path: str = ""
    first_time: bool = False
    shift: str = "unknown"
    household: str = ""
    rank: int = 1
    ref: str = ""


class Unreadable(Exception):
    """Not a pass of ours (凭据无效)."""


def seal(found: Pass, key: bytes) -> str:
    """The text of a pass."""
    values = [
        VERSION, found.person, found.session, found.item, found.opens, found.expires, found.tags, found.claims,
        found.union_path, int(found.first_time), found.shift, found.household, found.rank, found.ref,
    ]  # fmt: skip
    body = urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).rstrip(b"=")
    return (body + b"." + urlsafe_b64encode(_sign(body, key)).rstrip(b"=")).decode()


def read(text: str, key: bytes) -> Pass:
    """The content of a pass whose signature holds. Raises Unreadable."""
    try:
        body, _dot, given = text.encode("ascii").partition(b".")
        signature = urlsafe_b64decode(given + b"=" * (-len(given) % 4))
        if len(signature) != SEAL_BYTES or not hmac.compare_digest(signature, _sign(body, key)):
            raise Unreadable
        values = json.loads(urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    except (ValueError, UnicodeError) as fault:
        raise Unreadable from fault
    if values[0] != VERSION:
        raise Unreadable
    _version, person, session, item, opens, expires, tags, claims, path, first, shift, household, rank, ref = values
    return Pass(
        person, session, item, opens, expires, tuple(tags), tuple((h, s, n) for h, s, n in claims), path, bool(first), shift, household,
        rank, ref,
    )  # fmt: skip


def _sign(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, body, hashlib.sha256)
