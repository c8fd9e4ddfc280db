"""Figures several parts of one page ask for (一页共用的指标): read once, remembered by the actor for the request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from gonghui.figures.selectors import boards, values
from gonghui.orgs.selectors import closure
from gonghui.orgs.selectors.closure import Node

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

T = TypeVar("T")


def _once(actor: Actor, key: str, read: Callable[[], T]) -> T:
    if key not in actor.memo:
        actor.memo[key] = read()
    found: T = actor.memo[key]
    return found


def snapshot(actor: Actor, union_id: int, day: date) -> values.Snapshot:
    """All counts of a union as of a day."""
    return _once(actor, f"figures.snapshot.{union_id}.{day}", lambda: values.snapshot(union_id, day))


def children(actor: Actor, union_id: int, day: date) -> list[Node]:
    """Who stood directly below on a day."""
    return _once(actor, f"figures.children.{union_id}.{day}", lambda: closure.children_on(union_id, day))


def ranking(actor: Actor, below: Sequence[Node], union_id: int, day: date) -> list[boards.Rank]:
    """Those directly below, ranked."""
    return _once(actor, f"figures.ranking.{union_id}.{day}", lambda: boards.ranking(below, day))
