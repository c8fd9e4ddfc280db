"""Records of the rule base (规则记录): what a YAML file becomes, and what a decision is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

Plain = int | str | bool | Fraction | date | None

KINDS = ("parameter", "decision", "formula")
CLAUSE_KINDS = ("condition", "duty", "option", "ban", "number", "value")
NORM_LEVELS = ("law", "admin_regulation", "departmental_rule", "local_regulation", "union_norm", "policy", "kpi")
STATE_LAW = ("law", "admin_regulation", "departmental_rule", "local_regulation")
OVERRIDES = ("replace", "tighten", "add", "formula")
SEVERITIES = ("info", "warn", "block")
CONFIDENCES = ("V", "K", "U")
FACT_TYPES = ("int", "ratio", "date", "bool", "text", "enum", "fen")
ROUNDINGS = ("ceil", "floor", "half_up")

LEVEL_LABELS = {
    "law": "国家法律",
    "admin_regulation": "行政法规",
    "departmental_rule": "部门规章",
    "local_regulation": "地方性法规",
    "union_norm": "工会内部规定",
    "policy": "平台或本级规定",
    "kpi": "工作目标",
}
CONFIDENCE_LABELS = {"V": "已核对", "K": "待核对原文", "U": "存疑，待核对"}
SEVERITY_LABELS = {"block": "不符合不能办", "warn": "提醒，不阻止", "info": "仅供参考"}


class PackError(Exception):
    """A rule file that cannot be used (规则文件有误). `faults` names file and key of each fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("规则库有误，不能启动：\n" + "\n".join(faults))
        self.faults = faults


class FactError(ValueError):
    """A fact that cannot be read (事实有误). The message is Chinese and ends in 。"""


@dataclass(frozen=True, slots=True)
class FactSpec:
    """A fact a rule asks for (事实说明)."""

    name: str
    type: str
    label: str
    meaning: str
    unit: str = ""
    minimum: int | None = 0
    choices: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False
    fixed: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As `rules list --json` prints it."""
        plain = {
            "name": self.name,
            "type": self.type,
            "unit": self.unit,
            "meaning": self.meaning,
            "label": self.label,
            "optional": self.optional,
        }
        return {**plain, "choices": dict(self.choices)} if self.choices else plain


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value is written (依据): a text in one version, with its article."""

    text: str
    title: str
    version: str
    article: str = ""
    paragraph: str = ""
    quote: str = ""
    number: str = ""
    issuer: str = ""
    note: str = ""

    def __str__(self) -> str:
        head = f"《{self.title}》" if "《" not in self.title else self.title
        return head + (f"（{self.version}）" if self.version else "") + self.article + self.paragraph


@dataclass(frozen=True, slots=True)
class Version:
    """One dated, placed version of a clause (规则版本)."""

    key: str
    clause: str
    since: date
    jurisdiction: str
    norm_level: str
    severity: str
    confidence: str
    source: Source
    until: date | None = None
    value: Any = None
    params: Mapping[str, Any] = field(default_factory=dict)
    formula: str = ""
    override: str = "replace"
    inclusive: bool = True
    rounding: str = ""
    ref: str = ""
    note: str = ""
    unit_path: str = ""

    @property
    def id(self) -> str:
        """Name of the version: the day it came into force."""
        return self.since.isoformat()

    def in_force(self, on: date) -> bool:
        """`until` is the last day in force."""
        return self.since <= on and (self.until is None or on <= self.until)

    @property
    def weight(self) -> str:
        """Severity after the caps: not verified, or a KPI, only warns (DESIGN §4.4)."""
        if self.severity == "block" and (self.confidence != "V" or self.norm_level == "kpi"):
            return "warn"
        return self.severity


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement of a rule (条款): a duty, option, ban, condition, or a number to compute."""

    key: str
    label: str
    kind: str
    hint: str = ""
    tighter: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with all its versions (规则)."""

    key: str
    label: str
    kind: str
    question: str
    answers: Mapping[str, str]
    relevant_date: str
    clauses: tuple[Clause, ...]
    versions: tuple[Version, ...]
    facts: tuple[FactSpec, ...] = ()
    unit: str = ""
    type: str = "int"
    outcome: str = ""
    local: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    advice: str = ""
    refs: tuple[str, ...] = ()
    reviewed_on: date | None = None
    reviewed_by: str = ""
    review_after_days: int = 365
    file: str = ""

    @property
    def area(self) -> str:
        return self.key.split(".", 1)[0]

    def fact(self, name: str) -> FactSpec:
        return next(f for f in self.facts if f.name == name)

    def clause(self, key: str) -> Clause:
        return next(c for c in self.clauses if c.key == key)

    @property
    def confidence(self) -> str:
        """The weakest confidence among its versions."""
        return max((v.confidence for v in self.versions), key=CONFIDENCES.index)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact with where it came from (事实与来源)."""

    value: Plain
    source: str = ""
    record: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """A rule version used, or set aside (所用规则)."""

    version: Version
    clause: str
    label: str
    why: str = ""
    result: Any = None

    def as_dict(self) -> dict[str, Any]:
        """As the JSON contract prints it."""
        v = self.version
        return {
            "key": v.key,
            "version": v.id,
            "source": str(v.source),
            "norm_level": v.norm_level,
            "jurisdiction": (v.unit_path and f"unit:{v.unit_path}") or v.jurisdiction,
            "confidence": v.confidence,
        }


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its source (规则值)."""

    key: str
    value: Any
    source: str
    version: Version
    chain: tuple[Used, ...] = ()
    unit: str = ""
    label: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the arithmetic (计算步骤)."""

    text: str
    expression: str
    result: Any
    clause: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {"text": self.text, "expression": self.expression, "result": plain(self.result)}


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """What one clause says (逐条结果)."""

    clause: Clause
    result: Any
    versions: tuple[Version, ...]
    steps: tuple[Step, ...] = ()
    refs: tuple[Value, ...] = ()
    reads: tuple[str, ...] = ()

    @property
    def severity(self) -> str:
        """The strongest weight of its versions; a value that is not verified, or a target, takes `block` down to `warn`."""
        found = max((v.weight for v in self.versions), key=SEVERITIES.index)
        firm = all(r.version.confidence == "V" and r.version.norm_level != "kpi" for r in self.refs)
        return found if firm or found != "block" else "warn"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two norms that answer differently (规定不一致): both are shown, none is hidden."""

    kept: Version
    other: Version
    kept_result: Any
    other_result: Any
    text: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "readings": [
                {"source": str(v.source), "norm_level": v.norm_level, "jurisdiction": v.jurisdiction, "result": plain(r)}
                for v, r in ((self.kept, self.kept_result), (self.other, self.other_result))
            ],
        }


@dataclass(frozen=True, slots=True)
class Nearest:
    """The nearest change that flips the outcome (最近的变化)."""

    fact: str
    label: str
    before: Any
    after: Any
    change: Any
    outcome: bool | None
    text: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "fact": self.fact,
            "from": plain(self.before),
            "to": plain(self.after),
            "change": plain(self.change),
            "outcome": answer(self.outcome),
            "text": self.text,
        }


def unique(rows: Any) -> list[Any]:
    """Rows in order, each once."""
    seen: list[Any] = []
    for row in rows:
        if row not in seen:
            seen.append(row)
    return seen


def answer_name(outcome: bool | None) -> str:
    """`true`, `false` or `unknown`."""
    return "unknown" if outcome is None else "true" if outcome else "false"


def answer(outcome: bool | None) -> bool | str:
    """JSON form of an outcome."""
    return "unknown" if outcome is None else outcome


def plain(value: Any) -> Any:
    """JSON form of a value: ratios as `1/2`, dates ISO."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value
