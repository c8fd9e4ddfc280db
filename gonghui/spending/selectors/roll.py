"""Who takes part (参加人): the whole roll, a group, or a pasted list matched with the register."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gonghui.core import crypto
from gonghui.people import selectors as people
from gonghui.spending.selectors.facts import roll_on

MOST_LINES = 2000
SPLIT = re.compile(r"[\n,，、;；\t]+")


@dataclass
class Matched:
    """What a pasted list came to (名单匹配结果)."""

    persons: list[int] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    several: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)


def match(union: Any, text: str, on: date) -> Matched:
    """Names, phone numbers, identity numbers or card numbers, one a line, matched with the union's members on that day.

    A name borne by two is not guessed: it has to be given with a number.
    """
    out, seen = Matched(), set[int]()
    by_name: dict[str, list[int]] = {}
    rows = roll_on(union, on).values_list("person_id", "person__name", "card_no", "person__phone_index", "person__id_index")
    by_key: dict[Any, int] = {}
    for pk, name, card, phone, number in rows:
        by_name.setdefault(name, []).append(pk)
        by_key |= {k: pk for k in (card or None, _bytes(phone), _bytes(number)) if k}
    for part in [p.strip() for p in SPLIT.split(text) if p.strip()][:MOST_LINES]:
        found = _find(part, by_name, by_key)
        if not found:
            out.missing.append(part)
        elif len(found) > 1:
            out.several.append(part)
        elif found[0] in seen:
            out.double.append(part)
        else:
            seen.add(found[0])
            out.persons.append(found[0])
    return out


def _bytes(value: Any) -> bytes | None:
    return bytes(value) if value is not None else None


def _find(part: str, by_name: dict[str, list[int]], by_key: dict[Any, int]) -> list[int]:
    for word in re.split(r"\s+", part):
        for key in (word, crypto.blind(people.PHONE_LABEL, word) if word.isdigit() and len(word) == 11 else None,
                    crypto.blind(people.ID_LABEL, word.upper()) if len(word) == 18 else None):  # fmt: skip
            if key is not None and key in by_key:
                return [by_key[key]]
    return by_name.get(part, by_name.get(part.split()[0], []))


def everyone(union: Any, on: date) -> list[int]:
    """All counted members on a day (全体会员)."""
    return list(roll_on(union, on).values_list("person_id", flat=True))


def group_of(union: Any, group: int, on: date) -> list[int]:
    """Members of one group of the union."""
    return list(roll_on(union, on).filter(group_id=group).values_list("person_id", flat=True))


def groups(union: Any) -> list[tuple[int, str]]:
    """Groups that can be chosen."""
    return list(union.groups.filter(until=None).order_by("name").values_list("pk", "name"))
