"""What the register tells the layers above it (登记变动通知): facts as plain values, handlers in the same transaction.

Figures fold employers and unions into roll-ups, members follow places; neither is known here. A handler that raises undoes
the whole change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

EVENTS = frozenset(
    {
        "employers_changed",  # (pairs: list[tuple[EmployerFact | None, EmployerFact | None]])
        "unions_changed",  # (pairs: list[tuple[UnionFact | None, UnionFact | None]])
        "unions_removed",  # (ids): entered by mistake, about to be deleted; rows above that hang on them go first
        "union_moved",  # (union_id, day, old_parent_id, new_parent_id)
        "path_moved",  # (old_path, new_path): columns that hold a path as text follow
        "union_ended",  # (union_id, successor_id | None, day)
        "before_dissolve",  # (union) -> list[str]: what still stands in the way
        "before_merge",  # (union, into) -> list[str]
        "employer_merged",  # (absorbed_id, survivor_id, day): workers and papers follow
        "employer_unmerged",  # (absorbed_id, survivor_id, day)
    }
)


@dataclass(frozen=True)
class EmployerFact:
    """All of an employer that is counted (单位的统计事实), with its whole history."""

    pk: int
    sector: str
    ownership: str
    industry: str
    area: str
    key_sector: str
    two_new: bool
    listed_on: date
    written_off_on: date | None
    written_off_reason: str
    spells: tuple[tuple[str, date, date | None], ...]  # (status, since, until)
    coverages: tuple[tuple[int, str, bool, date, date | None], ...]  # (union, form, main, since, until)
    places: tuple[tuple[int, date, date | None], ...]  # (union, since, until)


@dataclass(frozen=True)
class UnionFact:
    """All of a union that is counted (工会的统计事实). `since`: from when kind, form, mode and state stand."""

    pk: int
    kind: str
    form: str
    mode: str
    state: str
    founded_on: date
    ended_on: date | None
    since: date | None = None


class FactProvider(Protocol):
    """Counts of a union that a higher layer knows: `members`, `women_members`, `workers`, `women_workers`, …"""

    def __call__(self, union_id: int, on: date) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class BlindGroup:
    """Workers of one category and place whom no union can act for (维权盲点), from a layer that knows workers."""

    kind: str
    union_id: int
    employer_id: int | None
    workers: int


class BlindProvider(Protocol):
    """Blind spots below the given org paths ("" is everything) on a day."""

    def __call__(self, paths: list[str], on: date) -> list[BlindGroup]: ...


_handlers: dict[str, list[Callable[..., Any]]] = {event: [] for event in EVENTS}
_providers: list[FactProvider] = []
_blind: list[BlindProvider] = []


def register(event: str, handler: Callable[..., Any]) -> None:
    """Call `handler` at each such event. An unknown event raises; the same handler twice counts once."""
    if event not in EVENTS:
        raise LookupError(f"没有这种登记变动：{event}")
    if handler not in _handlers[event]:
        _handlers[event].append(handler)


def unregister(event: str, handler: Callable[..., Any]) -> None:
    """Take a handler away again (tests)."""
    _handlers[event].remove(handler)


def fire(event: str, *args: Any) -> list[Any]:
    """Call every handler in order of registration, inside the caller's transaction."""
    return [handler(*args) for handler in _handlers[event]]


def register_facts(provider: FactProvider) -> None:
    """Supply counts for the duties of a union (members, women members, workers …)."""
    if provider not in _providers:
        _providers.append(provider)


def supplied_facts(union_id: int, on: date) -> dict[str, Any]:
    """Counts from all providers; a later provider wins."""
    found: dict[str, Any] = {}
    for provider in _providers:
        found.update({k: v for k, v in provider(union_id, on).items() if v is not None})
    return found


def register_blind(provider: BlindProvider) -> None:
    """Supply workers whom no union can act for (S003)."""
    if provider not in _blind:
        _blind.append(provider)


def blind_groups(paths: list[str], on: date) -> list[BlindGroup]:
    """Blind spots from all providers."""
    return [group for provider in _blind for group in provider(paths, on)]
