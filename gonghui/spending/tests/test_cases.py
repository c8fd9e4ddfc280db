"""The worked cases pin every number of the finance rules from both sides: below, at and above, for each place and each date.

Each figure of each version is moved by one step down and one up; some worked case must then come out differently. A case at the
line catches one direction, a case a step beyond it the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from gonghui.policy import examples, rules
from gonghui.policy.engine import places, run
from gonghui.policy.engine.records import Rule, Version

CASES: dict[str, list[dict[str, Any]]] = defaultdict(list)
for _key, _case in examples.every():
    CASES[_key].append(_case)


def figures() -> Iterator[tuple[str, Version, str]]:
    """Every figure of every version of the gates on spending."""
    for key, rule in sorted(rules.live().rules.items()):
        if key.startswith("finance.") and rule.kind == "decision":
            for version in rule.versions:
                for name, value in version.params.items():
                    if isinstance(value, int | Fraction) and not isinstance(value, bool):
                        yield key, version, name


def moved(rule: Rule, version: Version, name: str, way: int) -> Rule:
    """The rule with one figure of one version a step away."""
    value = version.params[name]
    step = way if isinstance(value, int) else Fraction(way, 1000)
    other = replace(version, params={**version.params, name: value + step})
    return replace(rule, versions=tuple(other if v is version else v for v in rule.versions))


def near(version: Version, case: dict[str, Any]) -> bool:
    """Can the case meet this version at all?"""
    at = str(case.get("at", "000000")).ljust(6, "0")
    place = version.jurisdiction.rstrip("0")
    return version.in_force(case["on"]) and at.startswith(place)


def caught(key: str, version: Version, name: str, way: int) -> bool:
    live = rules.live()
    pack = replace(live, rules={**live.rules, key: moved(live.rules[key], version, name, way)})
    return any(examples.faults(pack, key, case) for case in CASES[key] if near(version, case) and "value" not in case)


def test_every_figure_is_pinned_from_both_sides() -> None:
    loose = [
        f"{key} {version.jurisdiction} {version.since} {version.clause}.{name} {'+1' if way > 0 else '-1'}"
        for key, version, name in figures()
        for way in (-1, 1)
        if not caught(key, version, name, way)
    ]
    assert loose == []


def late(rule: Rule, version: Version) -> Rule:
    """The rule with one version coming into force a day later."""
    other = replace(version, since=version.since + timedelta(days=1))
    return replace(rule, versions=tuple(other if v is version else v for v in rule.versions))


def changes() -> Iterator[tuple[str, Version]]:
    """Versions that take the place of an earlier one of the same clause and place: the rule changes on that day."""
    for key, rule in sorted(rules.live().rules.items()):
        if key.startswith("finance.") and rule.kind == "decision":
            for v in rule.versions:
                before = [o for o in rule.versions if o.clause == v.clause and o.jurisdiction == v.jurisdiction and o.since < v.since]
                if before:
                    yield key, v


def first_day_seen(key: str, version: Version) -> bool:
    live = rules.live()
    rule, later = live.rules[key], late(live.rules[key], version)
    if stands(rule, version) == stands(later, version):
        return True  # what stands in its place says the same: nothing a case could show
    pack = replace(live, rules={**live.rules, key: later})
    return any(differs(pack, key, case) for case in CASES[key] if near(version, case) and "value" not in case)


def stands(rule: Rule, version: Version) -> tuple[Any, ...]:
    """Formula, figures and weight of the clause on the version's first day."""
    clause = next(c for c in rule.clauses if c.key == version.clause)
    found = run.resolve(rule, clause, version.since, places.chain(version.jurisdiction))
    return found.formula, dict(found.params), found.main.weight if found.main else ""


def differs(pack: Any, key: str, case: dict[str, Any]) -> bool:
    try:
        return bool(examples.faults(pack, key, case))
    except KeyError:  # no formula is left on that day: the case would break
        return True


def test_every_change_of_a_rule_has_a_case_on_its_first_day() -> None:
    blind = [f"{key} {v.jurisdiction} {v.clause} {v.since}" for key, v in changes() if not first_day_seen(key, v)]
    assert blind == []


def test_a_case_taken_away_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: without the cases at the line, the search finds the figure loose."""
    key = "finance.participation_prize"
    version = next(v for v in rules.live().rules[key].versions if v.params and v.jurisdiction == "110000" and v.until is None)
    assert caught(key, version, "limit_fen", -1) and caught(key, version, "limit_fen", 1)
    far = [c for c in CASES[key] if c["facts"].get("total_fen") in (100, 45001)]
    monkeypatch.setitem(CASES, key, far)
    assert not caught(key, version, "limit_fen", -1)
