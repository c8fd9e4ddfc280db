"""Writes and answers of the rule base (规则库). Other apps: `from gonghui.policy import services as policy`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gonghui.core.errors import BadInput, NotFound
from gonghui.policy import rules
from gonghui.policy.engine import run
from gonghui.policy.engine.decision import Decision
from gonghui.policy.engine.records import Fact, FactError, Value

__all__ = ["Decision", "Fact", "Value", "decide", "value"]


def value(key: str, *, on: date, at: str = "000000", unit_path: str = "") -> Value:
    """A value of the rule base with its source (取规则值).

    Args: key `area.rule` of a parameter, or `area.rule.param` of a decision; on the legally relevant day; at a GB/T 2260
    code; unit_path the path of the union whose by-law values count.
    Raises: NotFound policy.unknown_key, policy.not_in_force.
    """
    try:
        return run.value(rules.live(), key, on=on, at=at, local=())
    except run.NotInForce as fault:
        raise NotFound("policy.not_in_force", f"{on.isoformat()} 没有生效的规则 {key}，请核对日期。", key=key) from fault
    except KeyError as fault:
        raise _unknown(key) from fault


def decide(key: str, *, on: date, at: str = "000000", facts: Mapping[str, Any], unit_path: str = "") -> Decision:
    """One decision with everything that explains it (作出决定); nothing is stored.

    Args: facts by name, plain or `Fact` with where it comes from; one left out or None is unknown.
    Raises: NotFound policy.unknown_key; BadInput policy.bad_fact.
    """
    try:
        return run.decide(rules.live(), key, on=on, at=at, given=facts, unit_path=unit_path, local=())
    except FactError as fault:
        raise BadInput("policy.bad_fact", str(fault), key=key) from fault
    except KeyError as fault:
        raise _unknown(key) from fault


def _unknown(key: str) -> NotFound:
    return NotFound("policy.unknown_key", f"规则库里没有 {key}。用 gonghui rules list 看全部规则。", key=key)
