"""Numbers field work takes from the rule base (规则值)."""

from __future__ import annotations

from datetime import date

from gonghui.fieldwork.rules.route import Weights
from gonghui.policy import services as policy


def number(key: str, on: date) -> int:
    """A whole number in force on a day."""
    return int(policy.value(key, on=on).value)


def numbers(key: str, on: date) -> list[int]:
    """A list of whole numbers in force on a day."""
    return [int(v) for v in policy.value(key, on=on).value]


def weights(on: date) -> Weights:
    """Points of the route. Source: policy fieldwork.route_overdue, fieldwork.route_promise, fieldwork.route_distance."""
    day, most = numbers("fieldwork.route_overdue", on)
    kilometre, kilometre_most = numbers("fieldwork.route_distance", on)
    return Weights(day, most, tuple(numbers("fieldwork.route_promise", on)), kilometre, kilometre_most)
