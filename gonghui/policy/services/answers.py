"""Values and decisions (取值、判断). Nothing is stored here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from gonghui.core.errors import BadInput, NotFound
from gonghui.policy import rules, selectors
from gonghui.policy.engine import run
from gonghui.policy.engine.decision import Decision
from gonghui.policy.engine.loader import Pack
from gonghui.policy.engine.records import FactError, Value


def value(key: str, *, on: date, at: str = "000000", unit_path: str = "", pack: Pack | None = None) -> Value:
    """A value of the rule base with its source (取规则值).

    Args: key `area.rule` of a parameter, or `area.rule.param` of a decision; on the legally relevant day; at a GB/T 2260
    code; unit_path the path of the union whose by-law values count; pack a draft instead of the live rules.
    Raises: NotFound policy.unknown_key, policy.not_in_force; BadInput policy.bad_fact.
    """
    try:
        return run.value(pack or rules.live(), key, on=on, at=at, local=selectors.local_versions(unit_path))
    except run.NotInForce as fault:
        raise NotFound("policy.not_in_force", f"{on.isoformat()} 没有生效的规则 {key}，请核对日期。", key=key) from fault
    except FactError as fault:
        raise BadInput("policy.bad_fact", str(fault), key=key) from fault
    except KeyError as fault:
        raise unknown(key) from fault


def decide(key: str, *, on: date, at: str = "000000", facts: Mapping[str, Any], unit_path: str = "", pack: Pack | None = None) -> Decision:
    """One decision with everything that explains it (作出决定); nothing is stored.

    Args: facts by name, plain or `Fact` with where it comes from; one left out or None is unknown.
    Raises: NotFound policy.unknown_key; BadInput policy.bad_fact.
    """
    try:
        local = selectors.local_versions(unit_path)
        return run.decide(pack or rules.live(), key, on=on, at=at, given=facts, unit_path=unit_path, local=local)
    except FactError as fault:
        raise BadInput("policy.bad_fact", str(fault), key=key) from fault
    except run.NotInForce as fault:
        raise NotFound("policy.not_in_force", f"{on.isoformat()} 没有生效的规则 {fault}，请核对日期。", key=key) from fault
    except KeyError as fault:
        raise unknown(key) from fault


def decide_params(key: str, *, on: date, at: str = "000000", unit_path: str = "") -> Decision:
    """A decision without facts: shows the values in force and what would have to be known."""
    return decide(key, on=on, at=at, facts={}, unit_path=unit_path)


def changes(key: str, first: date, last: date, unit_path: str = "") -> list[date]:
    """The first day, and every later one up to the last on which some version of the rule begins or ends, at any place: a decision
    that holds on all of them with the same facts holds on every day between. Raises NotFound policy.unknown_key.
    """
    rule = rules.live().rules.get(key)
    if rule is None:
        raise unknown(key)
    versions = (*rule.versions, *(v for v in selectors.local_versions(unit_path) if v.key == key))
    turns = {v.since for v in versions} | {v.until + timedelta(days=1) for v in versions if v.until is not None}
    return [first, *sorted(day for day in turns if first < day <= last)]


def unknown(key: str) -> NotFound:
    """The refusal for a key that does not exist."""
    return NotFound("policy.unknown_key", f"规则库里没有 {key}。用 gonghui rules list 看全部规则。", key=key)
