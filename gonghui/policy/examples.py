"""Worked cases of the rules (规则案例): read from `cases/<area>/<rule>.yaml`, run by test and by command."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.policy import rules
from gonghui.policy.engine import run, strict
from gonghui.policy.engine.loader import Pack
from gonghui.policy.engine.records import plain

KEYS = {"name", "on", "at", "facts", "outcome", "severity", "values", "missing", "nearest", "conflicts", "source", "value", "param"}


def every() -> list[tuple[str, dict[str, Any]]]:
    """All cases with the key of their rule."""
    out = []
    for path in sorted(rules.CASES.glob("*/*.yaml")):
        out += [(f"{path.parent.name}.{path.stem}", case) for case in strict.read(path)]
    return out


def of(key: str) -> list[dict[str, Any]]:
    """The cases of one rule: its own file alone is read. `key` is a known rule's."""
    area, _, name = key.partition(".")
    path = rules.CASES / area / f"{name}.yaml"
    return list(strict.read(path)) if path.exists() else []


def faults(pack: Pack, key: str, case: dict[str, Any]) -> list[str]:
    """What the pack answers differently from the case."""
    if unknown := set(case) - KEYS:
        return [f"案例里有不认识的键 {unknown}"]
    on: date = case["on"]
    if "value" in case:
        found = run.value(pack, f"{key}.{case['param']}" if "param" in case else key, on=on, at=case.get("at", "000000"))
        return [] if plain(found.value) == case["value"] else [f"value {plain(found.value)!r} ≠ {case['value']!r}"]
    decision = run.decide(pack, key, on=on, at=case.get("at", "000000"), given=case["facts"])
    got = decision.as_json()
    out = [
        f"{name} {got[name]!r} ≠ {case[name]!r}" for name in ("outcome", "severity", "missing") if name in case and got[name] != case[name]
    ]
    for part in ("values", "nearest"):
        for name, wanted in (case.get(part) or {}).items():
            if (got[part] or {}).get(name) != wanted:
                out.append(f"{part}.{name} {(got[part] or {}).get(name)!r} ≠ {wanted!r}")
    if "conflicts" in case and len(decision.conflicts) != case["conflicts"]:
        out.append(f"conflicts {len(decision.conflicts)} ≠ {case['conflicts']}")
    if "source" in case and not any(case["source"] in r["source"] for r in got["rules"]):
        out.append(f"source {case['source']} 不在 {[r['source'] for r in got['rules']]}")
    return out
