"""The registry of definitions (指标口径登记): every number on a page links to its entry here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gonghui.core.errors import NotFound

ROOT = Path(__file__).resolve().parent / "definitions"
KINDS = frozenset({"state", "flow", "opening", "sum", "band", "rate"})
UNITS = {"employer": "家", "union": "个", "person": "人", "case": "件", "visit": "次", "drive": "个", "booking": "次", "rate": ""}
ALLOWED = frozenset(
    {
        "key",
        "label",
        "unit",
        "kind",
        "of",
        "parts",
        "codes",
        "counted",
        "formula",
        "note",
        "numerator",
        "denominator",
        "target",
        "floor",
        "alternatives",
    }
)
AS_OF = "截止日当天结束时"


@dataclass(frozen=True)
class Alternative:
    """Another usual way to count a rate (另一种口径)."""

    label: str
    numerator: str
    denominator: str
    note: str = ""


@dataclass(frozen=True)
class Definition:
    """What a figure is (口径)."""

    key: str
    label: str
    unit: str
    kind: str
    counted: str
    formula: str
    note: str = ""
    of: str = ""
    parts: tuple[str, ...] = ()
    codes: str = ""
    numerator: str = ""
    denominator: str = ""
    target: str = ""
    floor: str = ""
    alternatives: tuple[Alternative, ...] = ()
    source: str = ""
    """Who counts it from records (`sources`); empty for roll-ups."""

    @property
    def pattern(self) -> bool:
        """Stands for a family of keys, one a group."""
        return self.key.endswith("*")

    @property
    def head(self) -> str:
        return self.key.rstrip("*")

    @property
    def word(self) -> str:
        """The unit's word."""
        return UNITS[self.unit]

    @property
    def slug(self) -> str:
        """The key as part of an address."""
        return self.key.replace("=*", "").replace(".*", ".other")

    def sentence(self) -> str:
        """The definition in one sentence, for `figures --json` and exports."""
        parts = [
            f"{self.label}：{self.counted}",
            f"算法：{self.formula}",
            f"截至：{AS_OF}" if self.kind != "flow" else "期间：本年 1 月 1 日至截止日",
        ]
        return "；".join([*parts, *([f"说明：{self.note}"] if self.note else [])]) + "。"


_more: dict[str, Path] = {}


def register(source: str, path: Path) -> None:
    """Definitions an app above counts from its own records; they stand behind the figures of the register, before the rates."""
    if _more.setdefault(source, path) != path:
        raise ValueError(f"口径重复登记：{source}")
    all_definitions.cache_clear()


def _files() -> Iterable[tuple[str, Path]]:
    own = [("", ROOT / f"{name}.yaml") for name in ("employers", "unions", "people", "rates")]
    return [*own[:3], *_more.items(), own[3]]


@cache
def all_definitions() -> dict[str, Definition]:
    """All definitions by key, in order of the files. A fault stops the start-up."""
    found: dict[str, Definition] = {}
    for source, path in _files():
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            item = _build(row, source)
            if item.key in found:
                raise ValueError(f"口径写了两次：{item.key}")
            found[item.key] = item
    _check(found.values(), found)
    return found


def _build(row: dict[str, Any], source: str) -> Definition:
    if strangers := set(row) - ALLOWED:
        raise ValueError(f"口径 {row.get('key')} 有不认识的键：{sorted(strangers)}")
    others = tuple(Alternative(**a) for a in row.pop("alternatives", []))
    return Definition(**{**row, "parts": tuple(row.get("parts", ()))}, alternatives=others, source=source)


def _check(items: Iterable[Definition], known: dict[str, Definition]) -> None:
    for item in items:
        needed = [*item.parts, item.numerator, item.denominator]
        needed += [k for a in item.alternatives for k in (a.numerator, a.denominator)]
        needed += [item.of] if item.kind == "opening" else []
        if item.kind not in KINDS or item.unit not in UNITS:
            raise ValueError(f"口径 {item.key} 的 kind 或 unit 不认识")
        if item.source and item.kind in {"opening", "band"}:
            raise ValueError(f"口径 {item.key} 由 {item.source} 清点，只能是 state、flow、sum、rate")
        if missing := [k for k in needed if k and k not in known]:
            raise ValueError(f"口径 {item.key} 引用了没有的指标：{missing}")


def get(key: str) -> Definition:
    """The definition of a key or of the family it belongs to. Raises NotFound figures.no_definition."""
    if found := find(key):
        return found
    raise NotFound("figures.no_definition", f"没有 {key} 这个指标的口径。请在“全部指标”里查找。", key=key)


def find(key: str) -> Definition | None:
    known = all_definitions()
    if key in known:
        return known[key]
    families = [d for d in known.values() if d.pattern and key.startswith(d.head)]
    return max(families, key=lambda d: len(d.head), default=None)


def by_slug(slug: str) -> Definition:
    """The definition behind an address."""
    for item in all_definitions().values():
        if item.slug == slug or item.key == slug:
            return item
    return get(slug)
