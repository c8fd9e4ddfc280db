"""Merging what several people changed without seeing each other (离线合并). Pure.

Each edit says what its writer had seen: everything earlier of the same device, and every edit up to the version the device
last fetched. An edit that nobody saw is a head of its field. One value among the heads is the value; several are a clash,
all kept. The result is a function of the set of edits: order of arrival and repetition change nothing, and no value is
dropped unless a later writer had seen it. Source: S008, assurance §8 (sync).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

STATE = "state"
CLOSED = '"cancelled"'


@dataclass(frozen=True)
class Edit:
    """One change of one field (一次修改).

    Args: uid unique; value as canonical JSON; device empty for the desk; seq order on the device; base version the writer had
    fetched; version at which the server took it; made when the writer says it was made.
    """

    uid: str
    field: str
    value: str
    device: str
    seq: int
    base: int
    version: int
    made: str = ""

    def saw(self, other: Edit) -> bool:
        """Did the writer of this one know the other?"""
        if self.device and self.device == other.device:
            return other.seq < self.seq
        return other.version <= self.base


@dataclass(frozen=True)
class Held:
    """A field after merging (合并后的一项): the value shown, and the heads behind it."""

    value: str
    heads: tuple[Edit, ...]

    @property
    def clash(self) -> bool:
        """Do the heads differ?"""
        return len({h.value for h in self.heads}) > 1


@dataclass(frozen=True)
class Merged:
    """A document after merging (合并后的资料). `closed`: edits that stand against closing, when there are any."""

    fields: dict[str, Held]
    against_closing: tuple[Edit, ...] = ()

    @property
    def clashes(self) -> tuple[str, ...]:
        return tuple(sorted(k for k, v in self.fields.items() if v.clash))


def heads(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits of one field nobody has seen; a ring, which no honest device makes, keeps them all."""
    rows = sorted(set(edits), key=_order)
    found = tuple(e for e in rows if not any(o.uid != e.uid and o.saw(e) for o in rows))
    return found or tuple(rows)


def _order(edit: Edit) -> tuple[str, str]:
    return edit.made, edit.uid


def merge(edits: Iterable[Edit]) -> Merged:
    """All edits of a document to one state. Between clashing heads the latest made is shown until a person decides."""
    by_field: dict[str, dict[str, Edit]] = defaultdict(dict)
    for edit in edits:
        by_field[edit.field][edit.uid] = edit
    fields = {}
    for name in sorted(by_field):
        found = heads(by_field[name].values())
        fields[name] = Held(max(found, key=_order).value, found)
    against = _against_closing(by_field, fields)
    if against and STATE in fields:
        alive = [h for h in fields[STATE].heads if h.value != CLOSED]
        shown = max(alive, key=_order).value if alive else _before_closing(by_field[STATE].values())
        fields[STATE] = Held(shown, fields[STATE].heads)
    return Merged(fields, against)


def _against_closing(by_field: dict[str, dict[str, Edit]], fields: dict[str, Held]) -> tuple[Edit, ...]:
    """Edits whose writers did not know of the closing, and which the closer did not know: they are kept, not buried."""
    state = fields.get(STATE)
    closings = [h for h in state.heads if h.value == CLOSED] if state else []
    found = {
        edit.uid: edit
        for closing in closings
        for name, rows in by_field.items()
        for edit in rows.values()
        if (name != STATE or edit.value != CLOSED) and not closing.saw(edit) and not edit.saw(closing)
    }
    return tuple(sorted(found.values(), key=_order))


def _before_closing(edits: Iterable[Edit]) -> str:
    rows = sorted((e for e in edits if e.value != CLOSED), key=_order)
    return rows[-1].value if rows else '"planned"'
