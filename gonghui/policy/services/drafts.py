"""Drafts, what-if and differences (草案、试算、比较). Drafts live in memory only and never touch the live rules."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gonghui.core.errors import BadInput
from gonghui.policy import rules
from gonghui.policy.engine import facts as facts_of
from gonghui.policy.engine import loader, places, run, strict
from gonghui.policy.engine.decision import Decision
from gonghui.policy.engine.loader import Pack
from gonghui.policy.engine.records import FactError, PackError, Rule, answer, plain
from gonghui.policy.selectors import version_dict
from gonghui.policy.services.answers import decide


@dataclass(frozen=True)
class Variation:
    """One changed circumstance (一种假设)."""

    label: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    on: date | None = None
    at: str | None = None
    unit_path: str | None = None
    draft: Pack | None = None


def draft(texts: Mapping[str, str], base: Pack | None = None) -> Pack:
    """A pack with some rules replaced by drafts (草案规则包).

    Args: texts rule key -> YAML text. Raises: BadInput policy.bad_draft with every fault.
    """
    live = base or rules.live()
    changed, trees, faults = dict(live.rules), dict(live.trees), list[str]()
    known = loader.texts(rules.ROOT)
    for key, text in texts.items():
        try:
            changed[key] = loader.build(key, strict.parse(text, key), known, trees, file=f"草案 {key}")
        except PackError as fault:
            faults += fault.faults
    if faults:
        raise BadInput("policy.bad_draft", "草案规则有误：" + "；".join(faults) + "。", errors=[{"reason": f} for f in faults])
    digest = hashlib.sha256((live.hash + loader.canonical(dict(texts))).encode()).hexdigest()
    return loader.pack_of(changed, digest, trees)


def what_if(
    key: str, variations: Iterable[Variation], *, on: date, at: str = "000000", facts: Mapping[str, Any], unit_path: str = ""
) -> list[dict[str, Any]]:
    """The decision as it is and under each variation (试算比较表): outcome, values and what differs from the first row.

    Raises: as `decide`.
    """
    base = decide(key, on=on, at=at, facts=facts, unit_path=unit_path)
    rows = [_row("现在", base, None)]
    for v in variations:
        merged = {**facts, **v.facts}
        other = decide(
            key, on=v.on or on, at=v.at or at, facts=merged, unit_path=unit_path if v.unit_path is None else v.unit_path, pack=v.draft
        )
        rows.append(_row(v.label, other, base))
    return rows


def _row(label: str, decision: Decision, base: Decision | None) -> dict[str, Any]:
    changes = [] if base is None else list(_changes(base, decision))
    return {
        "label": label,
        "outcome": answer(decision.outcome),
        "verdict": decision.verdict,
        "severity": decision.severity,
        "values": {k: plain(v) for k, v in decision.values.items()},
        "sources": [str(u.version.source) for u in decision.used],
        "missing": list(decision.missing),
        "changed": bool(changes),
        "changes": changes,
        "decision": decision,
    }


def _changes(base: Decision, other: Decision) -> Iterable[str]:
    if base.outcome != other.outcome:
        yield f"结论：{base.verdict} → {other.verdict}"
    if base.severity != other.severity:
        yield f"严重程度：{base.severity} → {other.severity}"
    for name in sorted(set(base.values) | set(other.values)):
        old, new = base.values.get(name), other.values.get(name)
        if old != new:
            label = other.rule.params.get(name) or next((c.label for c in other.rule.clauses if c.key == name), name)
            yield f"{label}：{_show(old)} → {_show(new)}"
    old_sources, new_sources = [str(u.version.source) for u in base.used], [str(u.version.source) for u in other.used]
    if old_sources != new_sources:
        yield f"依据：{'、'.join(dict.fromkeys(old_sources))} → {'、'.join(dict.fromkeys(new_sources))}"


def _show(value: Any) -> str:
    return "没有规定" if value is None else facts_of.show(plain(value) if isinstance(value, list | dict) else value)


def diff_dates(first: date, last: date, at: str = "000000", pack: Pack | None = None) -> list[dict[str, Any]]:
    """Rules whose version at a place differs between two days (两个日期之间的变化). Raises: BadInput policy.bad_fact."""
    try:
        chain = places.chain(at)
    except FactError as fault:
        raise BadInput("policy.bad_fact", str(fault)) from fault
    out = []
    for key, rule in sorted((pack or rules.live()).rules.items()):
        for clause in rule.clauses:
            before, after = (_state(rule, clause, day, chain) for day in (first, last))
            if before != after:
                out.append({"key": key, "label": rule.label, "clause": clause.label, "before": before, "after": after})
    return out


def _state(rule: Rule, clause: Any, on: date, chain: tuple[str, ...]) -> dict[str, Any] | None:
    found = run.resolve(rule, clause, on, chain)
    if found.main is None:
        return None
    version = version_dict(found.main)
    return {name: version[name] for name in ("from", "value", "params", "formula", "source", "severity", "confidence")}


def diff_packs(other: Path) -> list[dict[str, Any]]:
    """What another folder of rules says differently from the live one (两个规则包之间的变化). Raises: BadInput policy.bad_draft."""
    try:
        theirs = loader.load(other)
    except PackError as fault:
        raise BadInput("policy.bad_draft", "那个规则包有误：" + "；".join(fault.faults) + "。") from fault
    mine = rules.live()
    out: list[dict[str, Any]] = []
    for key in sorted(set(mine.rules) | set(theirs.rules)):
        old, new = mine.rules.get(key), theirs.rules.get(key)
        before, after = ([version_dict(v) for v in r.versions] if r else None for r in (old, new))
        if before != after or (old and new and (old.outcome, old.facts) != (new.outcome, new.facts)):
            kind = "新增" if old is None else "删除" if new is None else "修改"
            label = (new or old).label if (new or old) else key  # type: ignore[union-attr]  # one of them exists
            out.append({"key": key, "label": label, "change": kind, "before": before, "after": after})
    return out
