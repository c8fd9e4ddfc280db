"""The nearest plan that would pass (最近的可行计划): a search over counts and amounts, pure and general.

A knob changes a plan in whole steps: 0 is the plan as it is, `most` the furthest. The search promises, whatever `passes` is:
the proposed plan passes, and one step less on any turned knob does not (property-tested).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Knob(Generic[T]):
    """One thing that can be changed (可以调整的一项): `turn(plan, n)` the plan changed by n steps, `say(n)` in words."""

    name: str
    most: int
    turn: Callable[[T, int], T]
    say: Callable[[int], str]
    weight: int = 1


@dataclass(frozen=True)
class Proposal(Generic[T]):
    """A plan that passes (可行计划), with how far each knob was turned."""

    plan: T
    turns: tuple[tuple[Knob[T], int], ...]
    cost: float

    @property
    def text(self) -> str:
        """`获奖人数减少 3 人；单价降到 150 元`."""
        return "，并且".join(knob.say(n) for knob, n in self.turns)


def least(passes: Callable[[int], bool], most: int) -> int | None:
    """The first of 0…most that passes, where one that passes is bracketed: `least` passes, `least - 1` does not.

    Doubles its stride until something passes, then halves the bracket; at the end it looks at `most` itself, and at the step
    before it, since all the way is often nothing at all (a price of zero) where one step less is still a plan.
    """
    if passes(0):
        return 0
    low, stride = 0, 1
    while low < most:
        high = min(low + stride, most)
        if passes(high):
            return _between(passes, low, high)
        if high == most and most - 1 > low and passes(most - 1):
            return _between(passes, low, most - 1)
        low, stride = high, stride * 2
    return None


def _between(passes: Callable[[int], bool], low: int, high: int) -> int:
    """`low` fails and `high` passes: narrow until they stand beside each other."""
    while high - low > 1:
        middle = (low + high) // 2
        if passes(middle):
            high = middle
        else:
            low = middle
    return high


def single(plan: T, knobs: Sequence[Knob[T]], passes: Callable[[T], bool]) -> list[Proposal[T]]:
    """Each knob alone, the cheapest first (只改一项)."""
    found = []
    for knob in knobs:
        n = least(partial(_alone, plan, knob, passes), knob.most)
        if n:
            found.append(Proposal(knob.turn(plan, n), ((knob, n),), _cost(knob, n)))
    return sorted(found, key=lambda p: p.cost)


def _alone(plan: T, knob: Knob[T], passes: Callable[[T], bool], n: int) -> bool:
    return passes(knob.turn(plan, n))


def together(plan: T, knobs: Sequence[Knob[T]], passes: Callable[[T], bool]) -> Proposal[T] | None:
    """Several knobs at once where none suffices alone (同时改几项): all the way, then each back as far as it goes.

    Repeats until no knob can be turned back a step: so one step less on any of them fails.
    """
    turned = [k.most for k in knobs]
    if not passes(_turn(plan, knobs, turned)):
        return None
    moved = True
    while moved:
        moved = False
        for i in range(len(knobs)):
            n = _back(partial(_with, plan, knobs, passes, tuple(turned), i), turned[i])
            moved = moved or n < turned[i]
            turned[i] = n
    used = tuple((k, n) for k, n in zip(knobs, turned, strict=True) if n)
    return Proposal(_turn(plan, knobs, turned), used, sum(_cost(k, n) for k, n in used))


def _with(plan: T, knobs: Sequence[Knob[T]], passes: Callable[[T], bool], turned: Sequence[int], at: int, n: int) -> bool:
    return passes(_turn(plan, knobs, [*turned[:at], n, *turned[at + 1 :]]))


def _back(passes: Callable[[int], bool], now: int) -> int:
    """The furthest back from `now` by bracketing: the result passes, one step less does not. 0 passes needs no bracket."""
    return 0 if passes(0) else _between(passes, 0, now) if now else 0


def _turn(plan: T, knobs: Sequence[Knob[T]], turned: Sequence[int]) -> T:
    for knob, n in zip(knobs, turned, strict=True):
        plan = knob.turn(plan, n) if n else plan
    return plan


def _cost(knob: Knob[T], n: int) -> float:
    return knob.weight * n / knob.most


def nearest(plan: T, knobs: Sequence[Knob[T]], passes: Callable[[T], bool], *, most: int = 4) -> list[Proposal[T]]:
    """Up to `most` ways to a plan that passes (最近的可行计划); none when the plan passes already or nothing helps."""
    if passes(plan):
        return []
    alone = single(plan, knobs, passes)
    if alone:
        return alone[:most]
    both = together(plan, knobs, passes)
    return [both] if both else []
