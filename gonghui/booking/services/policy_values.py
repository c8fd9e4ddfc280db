"""Numbers booking takes from the rule base (规则值), remembered for a minute: the hot path must not ask for them each time."""

from __future__ import annotations

from time import monotonic

from gonghui.core import clock
from gonghui.policy import services as policy

KEPT = 60.0
_known: dict[str, tuple[float, int]] = {}


def number(key: str) -> int:
    """A whole number of today. Raises NotFound when the rule base does not know it."""
    until, value = _known.get(key, (0.0, 0))
    if monotonic() >= until:
        value = int(policy.value(key, on=clock.today(), at="000000", unit_path="").value)
        _known[key] = (monotonic() + KEPT, value)
    return value


def pay_minutes() -> int:
    """Source: policy booking.pay_minutes."""
    return number("booking.pay_minutes")


def offer_minutes() -> int:
    """Source: policy booking.offer_minutes."""
    return number("booking.offer_minutes")


def pass_minutes() -> int:
    """Source: policy booking.pass_minutes."""
    return number("booking.pass_minutes")


def asks_in_ten_seconds() -> int:
    """Source: policy booking.asks_in_ten_seconds."""
    return number("booking.asks_in_ten_seconds")
