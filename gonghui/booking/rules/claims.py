"""Which rights a booking uses up (占用的权利): one row each, unique in the database.

Every cap and every exclusion is the same thing: a holder may have at most `most` live bookings within a scope. A scope is a
short text, so one table and one unique index carry them all: `item:5`, `session:9`, `group:3`, `day:2026-05-01`,
`month:2026-05`, `year:2026`, `kind:sport:2026`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

WORDS = {
    "item": "这个项目您已经约过了",
    "session": "这一场您已经约过了",
    "group": "您约了同组的另一项，两项只能约一个",
    "day": "您当天的预约次数已到上限",
    "month": "您本月的预约次数已到上限",
    "year": "您本年的预约次数已到上限",
    "kind": "您本年同类项目的预约次数已到上限",
}


@dataclass(frozen=True, slots=True)
class Right:
    """One right to be used (一项权利): `most` at a time for `holder` within `scope`."""

    holder: str
    scope: str
    most: int


def rights(
    *, person: int, household: str, item: int, session: int, day: date, category: str, caps: Mapping[str, Any], group: int | None,
    group_household: bool, exclude_household: bool,
) -> tuple[Right, ...]:  # fmt: skip
    """What one booking uses up (本次占用的权利).

    Args: day: of the service; caps `{"item", "session", "day", "month", "year", "category_year": at most}`, a missing or zero
    cap is none, but without any for item and session one per item holds; group the exclusion group; group_household: the
    group counts the household; exclude_household: the item counts the household.
    """
    me, home = f"p{person}", f"h{household}" if household else ""
    own = dict(caps)
    if not own.get("item") and not own.get("session"):
        own["item"] = 1
    out = [Right(me, f"{name}:{where}", int(own[name])) for name, where in (("item", item), ("session", session)) if own.get(name)]
    out += [
        Right(me, scope, int(own[cap]))
        for cap, scope in (
            ("day", f"day:{day.isoformat()}"),
            ("month", f"month:{day:%Y-%m}"),
            ("year", f"year:{day.year}"),
            ("category_year", f"kind:{category}:{day.year}"),
        )
        if own.get(cap)
    ]
    if group is not None:
        out.append(Right(home if group_household and home else me, f"group:{group}", 1))
    if exclude_household and home:
        out.append(Right(home, f"item:{item}", 1))
    return tuple(sorted(out, key=lambda r: (r.holder, r.scope)))


def word(scope: str) -> str:
    """Why a used-up scope stands in the way, for the member."""
    return WORDS.get(scope.partition(":")[0], "您的预约次数已到上限")


def free_number(used: set[int], most: int) -> int | None:
    """The lowest free number of a right, or None when all are used."""
    return next((n for n in range(1, most + 1) if n not in used), None)
