"""Formats of bank files as data (银行文件格式), read from `data/bank_formats.yaml`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from gonghui.core.formula import escape

DATA = Path(__file__).parent.parent / "data" / "bank_formats.yaml"
OUTCOMES = ("paid", "failed", "unknown")


@dataclass(frozen=True)
class Format:
    """How one bank wants its file and how it answers (银行文件格式)."""

    key: str
    label: str
    kind: str
    encoding: str
    columns: tuple[tuple[str, str], ...]
    answer: dict[str, tuple[str, ...]]
    outcomes: dict[str, str]

    @property
    def labels(self) -> list[str]:
        return [label for _key, label in self.columns]


@lru_cache(maxsize=1)
def formats() -> dict[str, Format]:
    """All formats."""
    raw: dict[str, dict[str, Any]] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return {key: _format(key, body) for key, body in raw.items()}


def _format(key: str, body: Mapping[str, Any]) -> Format:
    outcomes = {str(word): to for to in OUTCOMES for word in body["outcomes"].get(to, ())}
    return Format(
        key,
        body["label"],
        body["kind"],
        body.get("encoding", "utf-8"),
        tuple((name, str(label)) for name, label in body["columns"].items()),
        {name: tuple(words) for name, words in body["answer"].items()},
        outcomes,
    )


def values(chosen: Format, lines: Iterable[Mapping[str, str]]) -> list[list[str]]:
    """Rows of the file, safe against formulas."""
    return [[escape(line[name]) for name, _label in chosen.columns] for line in lines]


def csv_bytes(chosen: Format, rows: Sequence[Sequence[str]]) -> bytes:
    """The file as csv in the bank's encoding."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(chosen.labels)
    writer.writerows(rows)
    return out.getvalue().encode(chosen.encoding, "replace")
