"""Where other apps add to a worker's timeline (职工动态的登记口, S051): one registration, one rule of who sees what.

A source yields its rows for one person, cut to the actor's scope unless the actor is that person. The subject sees every source.
An officer sees a source only with its permission at the member's union; a sensitive one (health, counselling, hardship) also needs
`members.note.view`, which no role of the employer-paid level holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from gonghui.members.enums import Perm

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@dataclass(frozen=True)
class Line:
    """One thing on record (一条动态): when, what, a word beside it, a note, and the address of its page."""

    at: date | datetime
    text: str
    who: str = ""
    note: str = ""
    url: str = ""


class Rows(Protocol):
    """The lines of one person; `own` when the person asks."""

    def __call__(self, actor: Actor, person_id: int, own: bool) -> Iterable[Line]: ...


@dataclass(frozen=True)
class Source:
    """What one app adds (来源)."""

    key: str
    label: str
    perm: str
    rows: Rows
    sensitive: bool = False


_sources: dict[str, Source] = {}
OWN = frozenset({"spell", "job", "join", "card", "move", "post", "note"})
"""Kinds of members itself."""


def register(key: str, label: str, *, perm: str, rows: Rows, sensitive: bool = False) -> None:
    """Add a source. A key that another source holds raises; the same source twice counts once."""
    made = Source(key, label, str(perm), rows, sensitive)
    if key in OWN or _sources.setdefault(key, made) != made:
        raise ValueError(f"职工动态的来源重复：{key}")


def unregister(key: str) -> None:
    """Take a source away again (tests)."""
    _sources.pop(key, None)


def open_to(actor: Actor, person_id: int, union: Any) -> list[Source]:
    """Sources this reader may see of a member of `union` (None: no membership, only the subject)."""
    if actor.person_id == person_id:
        return list(_sources.values())
    if union is None:
        return []
    return [s for s in _sources.values() if actor.may(s.perm, union) and (not s.sensitive or actor.may(Perm.NOTE_VIEW, union))]


__all__ = ["OWN", "Line", "Source", "open_to", "register", "unregister"]
