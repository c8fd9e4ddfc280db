"""Budget items (预算项目): which item a posting or a plan belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SEPARATOR = "/"


@dataclass(frozen=True)
class Item:
    """An item of a budget (预算项目): an account of the chart and, where it is split further, an activity."""

    account: str
    activity: str = ""

    def __str__(self) -> str:
        return f"{self.account}{SEPARATOR}{self.activity}" if self.activity else self.account


@dataclass(frozen=True)
class Row:
    """One item as given (预算项目)."""

    side: str
    account: str
    amount_fen: int
    activity: str = ""
    name: str = ""
    last_fen: int | None = None
    basis: str = ""


def parse(text: str) -> Item:
    """`50105` or `50105/festival`."""
    account, _, activity = text.partition(SEPARATOR)
    return Item(account.strip(), activity.strip())


def find(items: Iterable[Item], account: str, activities: Iterable[str] = ()) -> Item | None:
    """The item that takes a posting: the same account with one of the activities, else the account alone, else its level-1 account.

    Args: activities: what the posting is known by, e.g. the event and the project.
    """
    held, wanted = set(items), [a for a in activities if a]
    for code in dict.fromkeys((account, account[:3])):
        for activity in wanted:
            if Item(code, activity) in held:
                return Item(code, activity)
        if Item(code) in held:
            return Item(code)
    return None
