"""Read the rule files (读规则文件). Unknown keys, double keys and a missing source are faults that name file and key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from gonghui.policy.engine import expr, strict
from gonghui.policy.engine.records import (
    CLAUSE_KINDS,
    CONFIDENCES,
    FACT_TYPES,
    KINDS,
    NORM_LEVELS,
    OVERRIDES,
    ROUNDINGS,
    SEVERITIES,
    STATE_LAW,
    Clause,
    FactSpec,
    PackError,
    Rule,
    Source,
    Version,
)

RULE_KEYS = {
    "label", "kind", "question", "answers", "unit", "type", "facts", "clauses", "outcome", "relevant_date", "values", "local", "params",
    "advice", "refs", "reviewed_on", "reviewed_by", "review_after_days",
}  # fmt: skip
VERSION_KEYS = {
    "clause", "from", "until", "jurisdiction", "value", "params", "formula", "override", "severity", "confidence", "source", "norm_level",
    "inclusive", "rounding", "ref", "note",
}  # fmt: skip
FACT_KEYS = {"type", "label", "meaning", "unit", "min", "choices", "optional", "fixed"}
CLAUSE_KEYS = {"label", "kind", "hint", "tighter", "unit"}
SOURCE_KEYS = {"text", "article", "paragraph", "quote", "note"}
TEXT_KEYS = {"title", "version", "number", "issuer", "in_force", "note"}
DEFAULT_ANSWERS = {"true": "符合", "false": "不符合", "unknown": "还缺事实，不能判断"}
RESERVED = {"on", "outcome"}


@dataclass(frozen=True)
class Pack:
    """All rules with one hash (规则包)."""

    rules: Mapping[str, Rule]
    hash: str
    trees: Mapping[str, Any] = field(default_factory=dict, repr=False)
    refs: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    compared: Mapping[str, tuple[tuple[Any, Any], ...]] = field(default_factory=dict, repr=False)


class Faults:
    """Collects faults of one file with the key they stand at."""

    def __init__(self, name: str) -> None:
        self.name, self.rows = name, list[str]()

    def add(self, key: str, text: str) -> None:
        self.rows.append(f"{self.name}: {key}: {text}")

    def keys(self, where: str, data: Any, allowed: set[str]) -> dict[str, Any]:
        """The mapping, each unknown key a fault."""
        if not isinstance(data, dict):
            self.add(where, "应是键值表")
            return {}
        for key in data:
            if key not in allowed:
                self.add(f"{where}.{key}".lstrip("."), "不认识的键")
        return data

    def one_of(self, where: str, value: Any, allowed: Iterable[str]) -> Any:
        if value not in allowed:
            self.add(where, f"{value!r} 不在 {'、'.join(allowed)} 之中")
        return value


def load(root: Path) -> Pack:
    """All rules under `root/<area>/<rule>.yaml`; `_sources.yaml` beside and above them names the texts. Raises PackError."""
    faults, rules, digest = list[str](), dict[str, Rule](), hashlib.sha256()
    named = _texts(root, faults)
    trees: dict[str, Any] = {}
    for path in sorted([*root.glob("_sources.yaml"), *root.glob("*/*.yaml")]):
        digest.update(f"{path.parent.name}/{path.name}\n".encode() + path.read_bytes())
        if path.name.startswith("_"):
            continue
        key = f"{path.parent.name}.{path.stem}"
        try:
            rules[key] = build(key, strict.read(path), named, trees, file=f"{path.parent.name}/{path.name}")
        except PackError as fault:
            faults += [f if f.startswith(path.parent.name) else f"{path.parent.name}/{f}" for f in fault.faults]
    for rule in rules.values():
        faults += _references(rule, rules, trees)
    if faults:
        raise PackError(faults)
    return pack_of(rules, digest.hexdigest(), trees)


def pack_of(rules: Mapping[str, Rule], hash: str, trees: Mapping[str, Any]) -> Pack:
    """A pack, with what every decision needs to know of its formulas worked out once."""
    refs = {text: tuple(sorted(n for n in expr.names(tree) if "." in n)) for text, tree in trees.items()}
    return Pack(rules, hash, trees, refs, {text: tuple(expr.compared(tree)) for text, tree in trees.items()})


def texts(root: Path) -> dict[str, dict[str, Any]]:
    """The named texts. Raises PackError."""
    faults = list[str]()
    found = _texts(root, faults)
    if faults:
        raise PackError(faults)
    return found


def _texts(root: Path, faults: list[str]) -> dict[str, dict[str, Any]]:
    texts: dict[str, dict[str, Any]] = {}
    for path in [*sorted(root.glob("_sources.yaml")), *sorted(root.glob("*/_sources.yaml"))]:
        note = Faults(f"{path.parent.name}/{path.name}")
        try:
            data = strict.read(path) or {}
        except PackError as fault:
            faults += fault.faults
            continue
        for name, text in data.items():
            if name in texts:
                note.add(name, "文件名称重复")
            texts[name] = note.keys(name, text, TEXT_KEYS)
            if not texts[name].get("title"):
                note.add(name, "缺少 title")
        faults += note.rows
    return texts


def build(key: str, data: Any, texts: Mapping[str, Any], trees: dict[str, Any], *, file: str = "") -> Rule:
    """One rule from its data. Raises PackError with all its faults."""
    note = Faults(file or key)
    data = note.keys("", data, RULE_KEYS)
    for need in ("label", "kind", "values", "reviewed_on"):
        if not data.get(need):
            note.add(need, "缺少")
    note.one_of("kind", data.get("kind"), KINDS)
    facts = tuple(_fact(note, name, f) for name, f in note.keys("facts", data.get("facts") or {}, set(data.get("facts") or {})).items())
    clauses = _clauses(note, data)
    versions = tuple(_version(note, key, i, v, texts, {c.key for c in clauses}) for i, v in enumerate(data.get("values") or []))
    if note.rows:
        raise PackError(note.rows)
    rule = Rule(
        key=key,
        label=data["label"],
        kind=data["kind"],
        question=data.get("question") or data["label"],
        answers={**DEFAULT_ANSWERS, **{str(k).lower(): v for k, v in (data.get("answers") or {}).items()}},
        relevant_date=data.get("relevant_date") or "办理当日",
        clauses=clauses,
        versions=versions,
        facts=facts,
        unit=data.get("unit") or "",
        type=data.get("type") or "int",
        outcome=data.get("outcome") or "",
        local=data.get("local") or {},
        params=data.get("params") or {},
        advice=data.get("advice") or "",
        refs=tuple(data.get("refs") or ()),
        reviewed_on=data.get("reviewed_on"),
        reviewed_by=data.get("reviewed_by") or "",
        review_after_days=data.get("review_after_days") or 365,
        file=file,
    )
    _formulas(note, rule, trees)
    _overlaps(note, rule)
    if note.rows:
        raise PackError(note.rows)
    return rule


def _fact(note: Faults, name: str, data: Any) -> FactSpec:
    where = f"facts.{name}"
    data = note.keys(where, data, FACT_KEYS)
    note.one_of(f"{where}.type", data.get("type"), FACT_TYPES)
    if not data.get("label"):
        note.add(f"{where}.label", "缺少")
    if data.get("type") == "enum" and not data.get("choices"):
        note.add(f"{where}.choices", "缺少")
    if name in RESERVED or not str(name).isidentifier():
        note.add(where, "事实名称不能用")
    choices = {str(k): str(v) for k, v in (data.get("choices") or {}).items()}
    label = data.get("label") or name
    meaning = data.get("meaning") or label
    return FactSpec(
        name,
        data.get("type") or "",
        label,
        meaning,
        data.get("unit") or "",
        data.get("min", 0),
        choices,
        bool(data.get("optional")),
        bool(data.get("fixed")),
    )


def _clauses(note: Faults, data: dict[str, Any]) -> tuple[Clause, ...]:
    written = data.get("clauses")
    if written is None:
        kind = {"parameter": "value", "formula": "number"}.get(str(data.get("kind")), "condition")
        return (Clause("main", str(data.get("label")), kind, unit=data.get("unit") or ""),)
    out = []
    for key, row in note.keys("clauses", written, set(written)).items():
        row = note.keys(f"clauses.{key}", row, CLAUSE_KEYS)
        note.one_of(f"clauses.{key}.kind", row.get("kind"), CLAUSE_KINDS)
        if not row.get("label"):
            note.add(f"clauses.{key}.label", "缺少")
        out.append(
            Clause(
                key, row.get("label") or key, row.get("kind") or "", row.get("hint") or "", row.get("tighter") or {}, row.get("unit") or ""
            )
        )
    return tuple(out)


def _version(note: Faults, key: str, i: int, data: Any, texts: Mapping[str, Any], clauses: set[str]) -> Version:
    where = f"values[{i}]"
    data = note.keys(where, data, VERSION_KEYS)
    clause = data.get("clause", "main")
    note.one_of(f"{where}.clause", clause, clauses)
    since, until = data.get("from"), data.get("until")
    if not isinstance(since, date):
        note.add(f"{where}.from", "缺少生效日期，或不是日期")
        since = date.max
    if until is not None and (not isinstance(until, date) or until < since):
        note.add(f"{where}.until", "失效日期早于生效日期，或不是日期")
        until = None
    place = str(data.get("jurisdiction", "000000"))
    if not (len(place) == 6 and place.isdigit()):
        note.add(f"{where}.jurisdiction", "应是 6 位行政区划代码，要加引号")
    for name, allowed in (("norm_level", NORM_LEVELS), ("confidence", CONFIDENCES), ("severity", SEVERITIES)):
        note.one_of(f"{where}.{name}", data.get(name), allowed)
    override = note.one_of(f"{where}.override", data.get("override", "replace"), OVERRIDES)
    if data.get("rounding"):
        note.one_of(f"{where}.rounding", data["rounding"], ROUNDINGS)
    params = note.keys(f"{where}.params", data.get("params") or {}, set(data.get("params") or {}))
    value, params = (_exact(note, f"{where}.{name}", found) for name, found in (("value", data.get("value")), ("params", params)))
    return Version(
        key=key,
        clause=str(clause),
        since=since,
        until=until,
        jurisdiction=place,
        norm_level=str(data.get("norm_level")),
        severity=str(data.get("severity")),
        confidence=str(data.get("confidence")),
        source=_source(note, where, data.get("source"), texts),
        value=value,
        params=params,
        formula=str(data.get("formula") or ""),
        override=override,
        inclusive=bool(data.get("inclusive", True)),
        rounding=data.get("rounding") or "",
        ref=str(data.get("ref") or ""),
        note=data.get("note") or "",
    )


def _source(note: Faults, where: str, data: Any, texts: Mapping[str, Any]) -> Source:
    data = note.keys(f"{where}.source", data, SOURCE_KEYS) if data else {}
    name = data.get("text")
    if not name:
        note.add(f"{where}.source", "缺少依据")
        return Source("", "", "")
    text = texts.get(name)
    if text is None:
        note.add(f"{where}.source.text", f"_sources.yaml 里没有《{name}》")
        return Source(name, name, "")
    return Source(
        text=name,
        title=text.get("title") or name,
        version=str(text.get("version") or ""),
        article=data.get("article") or "",
        paragraph=data.get("paragraph") or "",
        quote=data.get("quote") or "",
        number=text.get("number") or "",
        issuer=text.get("issuer") or "",
        note="；".join(filter(None, [text.get("note"), data.get("note")])),
    )


def _exact(note: Faults, where: str, value: Any) -> Any:
    try:
        return exact(value)
    except PackError as fault:
        note.add(where, fault.faults[0])
        return {} if isinstance(value, dict) else None


def exact(value: Any) -> Any:
    """A value of a rule: `1/2` is a Fraction, floats are refused."""
    if isinstance(value, float):
        raise PackError([f"数值 {value} 是小数，请写成分数，如 1/2，或写成分"])
    if isinstance(value, str):
        head, slash, tail = value.partition("/")
        return Fraction(int(head), int(tail)) if slash and head.isdigit() and tail.isdigit() else value
    if isinstance(value, dict):
        return {k: exact(v) for k, v in value.items()}
    return [exact(v) for v in value] if isinstance(value, list) else value


def _formulas(note: Faults, rule: Rule, trees: dict[str, Any]) -> None:
    """Every formula parses and reads only names the rule has."""
    facts, before = {f.name for f in rule.facts}, set[str]()
    for clause in rule.clauses:
        mine = [v for v in rule.versions if v.clause == clause.key]
        params = {p for v in mine for p in v.params}
        for v in mine:
            if clause.kind == "value":
                if v.value is None:
                    note.add(f"{clause.key} {v.id}", "缺少 value")
                continue
            if not v.formula and not any(w.formula and w.since <= v.since for w in mine if w.jurisdiction == "000000"):
                note.add(f"{clause.key} {v.id}", "缺少 formula，也没有可继承的全国公式")
            _formula(note, f"{clause.key} {v.id}", v.formula, facts | params | before | {"on"}, trees)
        before.add(clause.key)
    _formula(note, "outcome", rule.outcome, before | facts | {"on"}, trees)


def _formula(note: Faults, where: str, text: str, known: set[str], trees: dict[str, Any]) -> None:
    if not text:
        return
    try:
        trees[text] = expr.parse(text)
    except expr.ExprError as fault:
        note.add(where, str(fault))
        return
    for name in sorted(expr.names(trees[text])):
        if name not in known and "." not in name:
            note.add(where, f"公式里的 {name} 不是事实、参数或前面的条款")


def _overlaps(note: Faults, rule: Rule) -> None:
    """One clause, one place, one day: one version. A union norm or target never replaces state law."""
    for i, a in enumerate(rule.versions):
        for b in rule.versions[i + 1 :]:
            if a.clause != b.clause:
                continue
            same = a.jurisdiction == b.jurisdiction and "add" not in (a.override, b.override)
            if same and a.since <= (b.until or date.max) and b.since <= (a.until or date.max):
                note.add(f"{a.clause} {a.id} / {b.id}", "同一地区同一时间有两个版本")
            if ("kpi" in (a.norm_level, b.norm_level)) and a.norm_level != b.norm_level:
                note.add(a.clause, "工作目标不能和法规写在同一条款")
    for name, how in rule.local.items():
        if how == "tighten" and not any(name in c.tighter for c in rule.clauses):
            note.add(f"local.{name}", "只能从严的，要在条款的 tighter 里写明往哪边算严")
    for v in rule.versions:
        if v.override == "tighten" and not rule.clause(v.clause).tighter:
            note.add(f"{v.clause} {v.id}", "只能从严的，要在条款的 tighter 里写明往哪边算严")
        over = [w for w in rule.versions if w.clause == v.clause and w.jurisdiction == "000000" and v.jurisdiction != "000000"]
        if v.override in ("replace", "formula") and v.norm_level not in STATE_LAW and any(w.norm_level in STATE_LAW for w in over):
            note.add(f"{v.clause} {v.id}", "工会规定不能取代国家法律，请用 tighten 或 add")


def _references(rule: Rule, rules: Mapping[str, Rule], trees: Mapping[str, Any]) -> list[str]:
    """References `area.rule` point to parameters that exist."""
    out = []
    for formula in {v.formula for v in rule.versions if v.formula}:
        named = expr.names(trees[formula]) if formula in trees else ()
        strangers = [n for n in named if "." in n and (n not in rules or rules[n].kind != "parameter")]
        out += [f"{rule.file}: 公式引用的 {name} 不是已有的参数规则" for name in strangers]
    return out


def describe(pack: Pack) -> str:
    """Short name of the pack for people."""
    return f"规则包 {pack.hash[:8]}，{len(pack.rules)} 条规则"


def canonical(value: Any) -> str:
    """JSON with sorted keys, for hashes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
