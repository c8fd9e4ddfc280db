"""Ways on from joining (入会之后、之时还可以办的): apps above register them, shown on the phone beside the application and the table's code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Link:
    """A page of another app for this person or this table."""

    title: str
    text: str
    url: str
    icon: str = "chevron-right"
    instead: bool = False
    """May be filled in instead of the common application."""


Offer = Callable[[Any, Any], Link | None]
_offers: list[Offer] = []


def register(offer: Offer) -> None:
    """`offer(person, ceremony)` answers with a link or None; either may be None."""
    if offer not in _offers:
        _offers.append(offer)


def offered(person: Any = None, ceremony: Any = None) -> list[Link]:
    """What is open to this person, at this table."""
    return [link for link in (offer(person, ceremony) for offer in _offers) if link is not None]
