"""What the QR of a ticket says (票的二维码): booking, session, last day, signature; no personal data.

`GT1.<booking code>.<session>.<valid until as days>.<signature>`: ECDSA P-256 with SHA-256, raw r‖s in base64url, the pattern of
the member card, so that the scanner's own WebCrypto verifies it without a network.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date, timedelta

PREFIX = "GT1"
EPOCH = date(2020, 1, 1)


@dataclass(frozen=True)
class TicketCode:
    """The readable part (二维码内容)."""

    booking: str
    session: int
    valid_until: date
    signature: bytes

    @property
    def body(self) -> str:
        return body(self.booking, self.session, self.valid_until)


def body(booking: str, session: int, valid_until: date) -> str:
    """The signed text."""
    return f"{PREFIX}.{booking}.{session}.{(valid_until - EPOCH).days}"


def join(text: str, signature: bytes) -> str:
    """Body and signature as one text."""
    return text + "." + base64.urlsafe_b64encode(signature).decode().rstrip("=")


def split(code: str) -> TicketCode | None:
    """Read a code; None when it is none of ours. Accepts the link around it."""
    parts = code.strip().rsplit("#", 1)[-1].split(".")
    if len(parts) != 5 or parts[0] != PREFIX:
        return None
    try:
        session, valid = int(parts[2]), EPOCH + timedelta(days=int(parts[3]))
        signature = base64.urlsafe_b64decode(parts[4] + "=" * (-len(parts[4]) % 4))
    except (ValueError, OverflowError):
        return None
    return TicketCode(parts[1], session, valid, signature) if len(signature) == 64 else None
