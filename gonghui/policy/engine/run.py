"""Decide (作出决定): resolve versions along the chain of places, evaluate the clauses, explain."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gonghui.policy.engine import expr, facts, places, words
from gonghui.policy.engine.decision import Decision
from gonghui.policy.engine.loader import Pack
from gonghui.policy.engine.nearest import nearest
from gonghui.policy.engine.records import (
    LEVEL_LABELS,
    SEVERITIES,
    STATE_LAW,
    Clause,
    ClauseResult,
    Conflict,
    Fact,
    FactError,
    Rule,
    Step,
    Used,
    Value,
    Version,
    answer,
    unique,
)

ABSENT = {"condition": True, "duty": False, "option": False, "ban": False}


class NotInForce(LookupError):
    """No version of the rule is in force on that day in that place."""


@dataclass
class Resolved:
    """What holds for one clause at one place on one day (适用版本)."""

    clause: Clause
    main: Version | None = None
    formula: str = ""
    value: Any = None
    params: dict[str, Any] = field(default_factory=dict)
    adds: list[Version] = field(default_factory=list)
    aside: list[tuple[Version, str, str, dict[str, Any]]] = field(default_factory=list)

    @property
    def versions(self) -> tuple[Version, ...]:
        return (*([self.main] if self.main else []), *self.adds)


def resolve(rule: Rule, clause: Clause, on: date, chain: Sequence[str], local: Sequence[Version] = ()) -> Resolved:
    """Walk from the nation to the place and the unit; the nearest wins in the way its override says (适用顺序)."""
    out = Resolved(clause)
    mine = [v for v in rule.versions if v.clause == clause.key and v.in_force(on)]
    ordered = [v for place in chain for v in mine if v.jurisdiction == place]
    ordered += sorted((v for v in local if v.key == rule.key and v.clause == clause.key and v.in_force(on)), key=lambda v: len(v.unit_path))
    for v in ordered:
        if v.override == "add":
            out.adds.append(v)
        elif v.override == "tighten" and out.main and not _stricter(clause, v, out):
            out.aside.append((v, f"{_who(v)}只能从严，这里放宽了，不采用", out.formula, {**out.params, **v.params}))
        else:
            if out.main:
                out.aside.append((out.main, _why(v, out.main), out.formula, out.params))
            out.formula, out.value = v.formula or out.formula, v.value if v.value is not None else out.value
            out.params = {**out.params, **v.params}
            out.main = v
    if out.main is None and out.adds:
        out.main = out.adds.pop(0)
        out.formula, out.value, out.params = out.main.formula, out.main.value, dict(out.main.params)
    return out


def _who(v: Version) -> str:
    return f"本单位规定（{v.source}）" if v.unit_path else f"{places.name(v.jurisdiction)}的规定"


def _why(winner: Version, loser: Version) -> str:
    if winner.unit_path:
        return f"本单位规定就近适用：{winner.source}"
    how = {"tighten": "从严规定", "formula": "另定算法"}.get(winner.override, "另有规定")
    return f"{places.name(winner.jurisdiction)}{how}，就近适用：{winner.source}"


def _stricter(clause: Clause, v: Version, out: Resolved) -> bool:
    new = {**v.params, **({"value": v.value} if v.value is not None else {})}
    old = {**out.params, **({"value": out.value} if out.value is not None else {})}
    for name, way in clause.tighter.items():
        if name in new and name in old and new[name] != old[name] and (new[name] < old[name]) != (way == "lower"):
            return False
    return True


def value(pack: Pack, key: str, *, on: date, at: str = places.NATION, local: Sequence[Version] = ()) -> Value:
    """A parameter rule, or `area.rule.param` of a decision, with its source. Raises KeyError, NotInForce, FactError."""
    rule, param = find(pack, key)
    for clause in rule.clauses:
        found = resolve(rule, clause, on, places.chain(at), local)
        if found.main is None or (param and param not in found.params):
            continue
        chosen = found.params[param] if param else found.value
        why = tuple(Used(v, clause.key, clause.label, text, p.get(param) if param else v.value) for v, text, _, p in found.aside)
        return Value(key, chosen, str(found.main.source), found.main, why, rule.unit, rule.label, rule.type)
    raise NotInForce(key)


def find(pack: Pack, key: str) -> tuple[Rule, str]:
    """The rule, and the parameter when the key has three parts."""
    if key in pack.rules:
        return pack.rules[key], ""
    head, _, param = key.rpartition(".")
    if head in pack.rules and any(param in v.params for v in pack.rules[head].versions):
        return pack.rules[head], param
    raise KeyError(key)


class Case:
    """One rule, one day, one place: evaluated for any set of facts."""

    def __init__(self, pack: Pack, rule: Rule, on: date, chain: Sequence[str], local: Sequence[Version]) -> None:
        self.pack, self.rule, self.on = pack, rule, on
        self.resolved = [resolve(rule, c, on, chain, local) for c in rule.clauses]
        self.values: dict[str, Value] = {}
        for r in self.resolved:
            for formula in [r.formula, *(v.formula for v in r.adds), *(f for _, _, f, _ in r.aside)]:
                for name in pack.refs.get(formula, ()):
                    self.values[name] = value(pack, name, on=on, at=chain[-1], local=local)
        self.refs = {name: found.value for name, found in self.values.items()}

    def env(self, given: Mapping[str, Any], params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {**self.refs, "on": self.on, **given, **(params or {})}

    def formulas(self, r: Resolved) -> list[tuple[Version, str, dict[str, Any]]]:
        """The main formula and the added ones, each with its parameters."""
        if r.main is None:
            return []
        return [(r.main, r.formula, r.params), *((v, v.formula or r.formula, {**r.params, **v.params}) for v in r.adds)]

    def read(self, r: Resolved) -> tuple[Value, ...]:
        """The values of other rules that a clause reads."""
        names = {name for _, formula, _ in self.formulas(r) for name in self.pack.refs.get(formula, ())}
        return tuple(self.values[name] for name in sorted(names))

    def reads(self, r: Resolved) -> tuple[str, ...]:
        """The facts a clause reads, also through other clauses; a figure the place has fixed stands in for the fact of that name."""
        names, seen, fixed = {r.clause.key}, set[str](), set[str]()
        while names - seen:
            seen |= names
            for other in (o for o in self.resolved if o.clause.key in names):
                for _, formula, params in self.formulas(other):
                    names = names | (expr.names(self.pack.trees[formula]) if formula else set())
                    fixed |= set(params)
        return tuple(f.name for f in self.rule.facts if f.name in names - fixed)

    def results(self, given: Mapping[str, Any], log: dict[str, list[Step]] | None = None) -> dict[str, Any]:
        """What each clause says. A clause with no version in force says what silence says."""
        done: dict[str, Any] = {}
        for r in self.resolved:
            key, kind = r.clause.key, r.clause.kind
            if r.main is None:
                done[key] = ABSENT.get(kind)
                continue
            if kind == "value":
                done[key] = r.value
                if log is not None:
                    shown = facts.show(r.value, type=self.rule.type, unit=self.rule.unit)
                    log[key] = [Step(f"{self.rule.label} {shown}", "", r.value, key)]
                continue
            parts = []
            for v, formula, params in self.formulas(r):
                env = self.env({**given, **done}, params)
                steps = log.setdefault(key, []) if log is not None else None
                parts.append(self.one(r.clause, v, formula, env, steps))
            done[key] = parts[0] if len(parts) == 1 else combine(kind, parts)
        return done

    def one(self, clause: Clause, v: Version, formula: str, env: dict[str, Any], steps: list[Step] | None) -> Any:
        """One formula; with `steps`, every comparison is written down."""
        tree = self.pack.trees[formula]
        if steps is None:
            return expr.Eval(env, inclusive=v.inclusive, rounding=v.rounding)(tree)
        run = expr.Eval(env, inclusive=v.inclusive, rounding=v.rounding)
        say = words.Phrase(self.rule, env, run, self.values)

        def log(node: ast.expr, op: ast.cmpop, left: Any, right: Any, result: Any) -> None:
            steps.append(Step(f"{say(node)}：{words.verdict(result)}", words.formal(op, left, right), result, clause.key))

        before = len(steps)
        result = expr.Eval(env, inclusive=v.inclusive, rounding=v.rounding, log=log)(tree)
        if clause.kind == "number":
            shown = facts.show(result, type="" if clause.unit else self.rule.type, unit=clause.unit or self.rule.unit)
            steps.append(Step(f"{say(tree)} ＝ {shown}", formula, result, clause.key))
        elif len(steps) == before or not _plain_comparison(tree):
            steps.append(Step(f"{say(tree)}：{words.verdict(result)}", formula, result, clause.key))
        return result

    def outcome(self, given: Mapping[str, Any], results: Mapping[str, Any] | None = None) -> bool | None:
        """The answer of the rule."""
        done = results if results is not None else self.results(given)
        if not any(r.main for r in self.resolved):
            return None
        if self.rule.outcome:
            return expr.truth(expr.Eval({**self.env(given), **done})(self.pack.trees[self.rule.outcome]))
        if self.rule.kind != "decision":
            return True if done[self.rule.clauses[0].key] is not None else None
        conditions = [done[c.key] for c in self.rule.clauses if c.kind == "condition"]
        return combine("condition", conditions) if conditions else expr.truth(done[self.rule.clauses[0].key])

    def missing(self, given: Mapping[str, Any], done: Mapping[str, Any]) -> list[str]:
        """Facts whose being unknown makes the outcome unknown, in the order of the rule."""
        wanted = set(done) if not self.rule.outcome else set()
        if self.rule.outcome:
            wanted = expr.unknown_names(self.pack.trees[self.rule.outcome], expr.Eval({**self.env(given), **done}))
        found, seen = {n for n in wanted if n in given}, set[str]()
        while wanted - seen:
            seen |= wanted
            for r in (r for r in self.resolved if r.clause.key in wanted and r.main and r.clause.kind != "value"):
                for v, formula, params in self.formulas(r):
                    run = expr.Eval(self.env({**given, **done}, params), inclusive=v.inclusive, rounding=v.rounding)
                    wanted = wanted | expr.unknown_names(self.pack.trees[formula], run)
            found |= {n for n in wanted if n in given and given[n] is None}
        return [f.name for f in self.rule.facts if f.name in found and given.get(f.name) is None]


def _plain_comparison(tree: Any) -> bool:
    """Said already, word for word, by the one comparison it consists of."""
    return isinstance(tree, ast.Compare) or (isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "reach")


def combine(kind: str, parts: Sequence[Any]) -> bool | None:
    """Added clauses: one more duty, option or ban (或); one more condition (且)."""
    final = kind != "condition"
    if any(p is final for p in parts):
        return final
    return None if any(p is None for p in parts) else not final


def decide(
    pack: Pack, key: str, *, on: date, at: str = places.NATION, given: Mapping[str, Any], unit_path: str = "", local: Sequence[Version] = ()
) -> Decision:
    """The decision of one rule on given facts. Raises KeyError, FactError."""
    rule = pack.rules[key]
    read = facts.read(rule, given)
    plain_facts = {name: f.value for name, f in read.items()}
    case = Case(pack, rule, on, places.chain(at), local)
    log: dict[str, list[Step]] = {}
    try:
        done = case.results(plain_facts, log)
        outcome = case.outcome(plain_facts, done)
    except expr.ExprError as fault:
        raise FactError(f"规则 {key} 用这些事实算不出来：{fault}。") from fault
    clauses = tuple(
        ClauseResult(r.clause, done[r.clause.key], r.versions, tuple(unique(log.get(r.clause.key, []))), case.read(r), case.reads(r))
        for r in case.resolved
        if r.main
    )
    steps = tuple(step for c in clauses for step in c.steps) or (
        Step(f"{on.isoformat()} 在{places.name(places.code(at))}没有已录入的规则版本。", "", None),
    )
    return Decision(
        rule=rule,
        on=on,
        at=places.code(at),
        unit_path=unit_path,
        facts=read,
        outcome=outcome,
        severity=_severity(clauses, outcome),
        clauses=clauses,
        values=_values(case, done),
        arithmetic=steps,
        used=tuple(_used(clauses)),
        overridden=_aside(case, plain_facts, done),
        conflicts=_conflicts(case, plain_facts, done, outcome),
        missing=tuple(case.missing(plain_facts, done)) if outcome is None else (),
        nearest=nearest(case, plain_facts, outcome) if rule.kind == "decision" else None,
        pack=pack.hash,
    )


def _severity(clauses: Sequence[ClauseResult], outcome: bool | None) -> str:
    """The strongest weight among the clauses that bring about the outcome; an unknown outcome warns at most."""
    if outcome is None:
        return "warn" if any(c.severity != "info" for c in clauses) else "info"
    conditions = [c for c in clauses if c.clause.kind == "condition"]
    if conditions:
        deciding = [c for c in conditions if c.result is False] if outcome is False else conditions
    else:
        asks = [c for c in clauses if c.clause.kind in ABSENT]
        deciding = [c for c in asks if c.result is True] if asks else list(clauses)
    return max((c.severity for c in deciding), key=SEVERITIES.index, default="info")


def _used(clauses: Sequence[ClauseResult]) -> Iterator[Used]:
    for c in clauses:
        yield from (Used(v, c.clause.key, c.clause.label, "", c.result) for v in c.versions)
        yield from (Used(r.version, c.clause.key, c.clause.label, "", r.value) for r in c.refs)


def _values(case: Case, done: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = dict(case.refs)
    for r in case.resolved:
        for name, v in r.params.items() if r.main else ():
            out[name if out.get(name, v) == v else f"{r.clause.key}.{name}"] = v
    for r in case.resolved:
        if r.main:
            result = done[r.clause.key]
            name = "value" if r.clause.key == "main" and r.clause.kind in ("number", "value") else r.clause.key
            out[name] = answer(result) if r.clause.kind in ABSENT else result
    return out


def _other(
    case: Case, r: Resolved, v: Version, formula: str, params: Mapping[str, Any], given: Mapping[str, Any], done: Mapping[str, Any]
) -> Any:
    """What a version set aside would have said."""
    if r.clause.kind == "value":
        return v.value
    env = case.env({**given, **done}, params)
    return expr.Eval(env, inclusive=v.inclusive, rounding=v.rounding)(case.pack.trees[v.formula or formula])


def _aside(case: Case, given: Mapping[str, Any], done: Mapping[str, Any]) -> tuple[Used, ...]:
    return tuple(
        Used(v, r.clause.key, r.clause.label, why, _other(case, r, v, formula, params, given, done))
        for r in case.resolved
        for v, why, formula, params in r.aside
    )


def _conflicts(case: Case, given: Mapping[str, Any], done: Mapping[str, Any], outcome: bool | None) -> tuple[Conflict, ...]:
    """State law against union norm with another answer, and clauses that should agree and do not."""
    out = []
    for r in case.resolved:
        for v, _, formula, params in r.aside:
            assert r.main is not None
            if (v.norm_level in STATE_LAW) == (r.main.norm_level in STATE_LAW) or v.override == "tighten":
                continue
            other = _other(case, r, v, formula, params, given, done)
            if other is not None and other != done[r.clause.key]:
                out.append(_conflict(r.clause.label, r.main, v, done[r.clause.key], other))
    tree = case.pack.trees.get(case.rule.outcome) if case.rule.outcome else None
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "agree":
            names = [a.id for a in node.args if isinstance(a, ast.Name)]
            sides = [(r.main, done[r.clause.key]) for r in case.resolved if r.clause.key in names and r.main]
            for version, result in sides[1:]:
                if None not in (result, sides[0][1]) and result != sides[0][1]:
                    out.append(_conflict(case.rule.question, sides[0][0], version, sides[0][1], result))
    return tuple(out)


def _conflict(label: str, kept: Version, other: Version, kept_result: Any, other_result: Any) -> Conflict:
    def say(result: Any) -> str:
        return facts.show(result)

    text = (
        f"{label}：{kept.source}（{LEVEL_LABELS[kept.norm_level]}）答“{say(kept_result)}”，"
        f"{other.source}（{LEVEL_LABELS[other.norm_level]}）答“{say(other_result)}”，两者不一致，请人工判断。"
    )
    return Conflict(kept, other, kept_result, other_result, text)


__all__ = ["Case", "Fact", "NotInForce", "decide", "find", "resolve", "value"]
