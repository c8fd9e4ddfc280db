"""What the QR of a card says (会员证二维码): number, validity and signature, no personal data.

`GH1.<number>.<issued as days>.<valid as days>.<signature>`: ECDSA P-256 with SHA-256, raw r‖s in base64url, so that the
browser's own WebCrypto verifies it without a network.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date, timedelta

PREFIX = "GH1"
EPOCH = date(2020, 1, 1)


@dataclass(frozen=True)
class CardCode:
    """The readable part of a code."""

    number: str
    made_on: date
    valid_until: date
    signature: bytes

    @property
    def body(self) -> str:
        return body(self.number, self.made_on, self.valid_until)


def body(number: str, made_on: date, valid_until: date) -> str:
    """The signed text."""
    return f"{PREFIX}.{number}.{(made_on - EPOCH).days}.{(valid_until - EPOCH).days}"


def join(text: str, signature: bytes) -> str:
    """Body and signature as one text."""
    return text + "." + base64.urlsafe_b64encode(signature).decode().rstrip("=")


def split(code: str) -> CardCode | None:
    """Read a code; None when it is none of ours. Accepts the link around it."""
    text = code.strip().rsplit("#", 1)[-1]
    parts = text.split(".")
    if len(parts) != 5 or parts[0] != PREFIX:
        return None
    try:
        made, valid = (EPOCH + timedelta(days=int(p)) for p in parts[2:4])
        signature = base64.urlsafe_b64decode(parts[4] + "=" * (-len(parts[4]) % 4))
    except (ValueError, OverflowError):
        return None
    return CardCode(parts[1], made, valid, signature) if len(signature) == 64 else None
