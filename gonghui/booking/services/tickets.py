"""Tickets (票): the signed code for the QR, its check without and with a network."""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from gonghui.booking.enums import BookingState
from gonghui.booking.models import Booking
from gonghui.booking.rules import tickets
from gonghui.core import clock, crypto
from gonghui.core.errors import Conflict

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Order of the curve P-256."""


@lru_cache(maxsize=4)
def _private(seed: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(seed, "big") % (ORDER - 1) + 1, ec.SECP256R1())


def _key() -> ec.EllipticCurvePrivateKey:
    """The signing key, derived from the key service: nothing more to keep."""
    return _private(crypto.service().index_key("booking.ticket.sign"))


def public_key() -> str:
    """The verifying key as hex of the raw point (65 bytes), for the scanner's WebCrypto."""
    point = _key().public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return point.hex()


def code_of(booking: Booking) -> str:
    """The signed code of a ticket (票的二维码). Raises: Conflict booking.no_ticket when there is none yet, or no more."""
    if booking.state not in {BookingState.TICKETED, BookingState.USED} or booking.valid_until is None:
        raise Conflict("booking.no_ticket", "这次预约现在没有票。请先确认或付款。")
    text = tickets.body(booking.code, booking.session_id, booking.valid_until)
    r, s = decode_dss_signature(_key().sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return tickets.join(text, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def genuine(read: tickets.TicketCode) -> bool:
    """Is the signature ours?"""
    signature = encode_dss_signature(int.from_bytes(read.signature[:32], "big"), int.from_bytes(read.signature[32:], "big"))
    try:
        _key().public_key().verify(signature, read.body.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def read(code: str) -> tickets.TicketCode | None:
    """A genuine code, or None. A bare booking number is not a ticket."""
    found = tickets.split(code)
    return found if found is not None and genuine(found) else None


def in_time(found: tickets.TicketCode) -> bool:
    """Is the ticket's last day still to come?"""
    return found.valid_until >= clock.today()
