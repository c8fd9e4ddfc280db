"""Every number of the money rules is held by worked cases on both sides (门槛上下都有案例).

A number is moved by its smallest step, up and down, in the version where it stands, and the cases of its rule are worked
again. Where none of them notices, a case below, at or above the line is missing for that place and date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from gonghui.policy import examples, rules
from gonghui.policy.engine.loader import Pack
from gonghui.policy.engine.records import Rule, Version

pytestmark = pytest.mark.engine_free
AREAS = frozenset({"finance", "treasury", "income", "spending", "oversight"})
STEP = Fraction(1, 1000)
ALLOWED: frozenset[tuple[str, str, str, str]] = frozenset()
"""(rule, clause, place and day, number): numbers that no case can hold, with the reason beside each."""


@cache
def cases() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for key, case in examples.every():
        found[key].append(case)
    return found


def numbers(version: Version) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every whole number and ratio of a version with the way to it, those inside tables too; truth values are none."""
    plain = {**version.params, **({"value": version.value} if version.value is not None else {})}
    yield from _within((), plain)


def _within(path: tuple[Any, ...], held: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(held, (int, Fraction)) and not isinstance(held, bool):
        yield path, held
    elif isinstance(held, Mapping):
        for name, part in held.items():
            yield from _within((*path, name), part)
    elif isinstance(held, (list, tuple)):
        for n, part in enumerate(held):
            yield from _within((*path, n), part)


def _with(held: Any, path: tuple[Any, ...], number: Any) -> Any:
    """The same with one number changed."""
    if not path:
        return number
    head, *rest = path
    if isinstance(held, Mapping):
        return {k: _with(v, tuple(rest), number) if k == head else v for k, v in held.items()}
    return type(held)(_with(v, tuple(rest), number) if n == head else v for n, v in enumerate(held))


def moved(rule: Rule, at: int, path: tuple[Any, ...], number: Any) -> Rule:
    """The rule with one number of one version changed."""
    version = rule.versions[at]
    if path[0] == "value" and version.value is not None:
        changed = replace(version, value=_with(version.value, path[1:], number))
    else:
        changed = replace(version, params=_with(dict(version.params), path, number))
    return replace(rule, versions=(*rule.versions[:at], changed, *rule.versions[at + 1 :]))


def noticed(pack: Pack, rule: Rule) -> bool:
    """Does a case of the rule answer otherwise now?"""
    other = replace(pack, rules={**pack.rules, rule.key: rule})
    return any(_differs(other, rule.key, case) for case in cases()[rule.key])


def _differs(pack: Pack, key: str, case: dict[str, Any]) -> bool:
    try:
        return bool(examples.faults(pack, key, case))
    except Exception:  # a number that breaks the rule was noticed
        return True


def lacking(pack: Pack, rule: Rule) -> list[tuple[str, str, str, str]]:
    """Numbers of a rule that may be moved without any case noticing."""
    found = []
    for at, version in enumerate(rule.versions):
        for path, number in numbers(version):
            step = STEP if isinstance(number, Fraction) else 1
            ways = {"上调": number + step, "下调": number - step}
            dull = [way for way, other in ways.items() if not noticed(pack, moved(rule, at, path, other))]
            if dull:
                found.append(
                    (rule.key, version.clause, f"{version.jurisdiction} {version.id}", f"{'.'.join(map(str, path))} {'、'.join(dull)}")
                )
    return found


@pytest.mark.parametrize("area", sorted(AREAS))
def test_every_number_of_the_money_rules_is_held_from_both_sides(area: str) -> None:
    pack = rules.live()
    found = [row for key, rule in pack.rules.items() if rule.area == area for row in lacking(pack, rule)]
    assert [row for row in found if row not in ALLOWED] == []


def test_the_check_sees_a_line_without_a_case() -> None:
    """One of the cases at the line is taken away: the check names rule, place and number."""
    pack, key = rules.live(), "finance.participation_prize"
    assert lacking(pack, pack.rules[key]) == []
    held = cases()[key][:]
    try:
        cases()[key][:] = [c for c in held if c.get("at", "").startswith("11") is False]
        assert {(row[0], row[2][:2]) for row in lacking(pack, pack.rules[key])} == {(key, "11")}
    finally:
        cases()[key][:] = held
