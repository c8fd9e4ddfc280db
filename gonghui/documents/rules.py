"""The small markup of templates (范本标记): parsed into blocks, merged with values, told in words.

One source makes both page and Word, so that they cannot differ (docs/howto below). A line is one block:

    # 大标题        ## 小标题        ^ 顶格（主送机关）     > 右对齐（落款）     = 居中
    - 列表项        ---（换页）      其余为正文，首行空两字
    | 栏目 | 栏目 |                  表头；连着的 | 行是同一张表，第一行是表头
    |@名单| {{名单.name}} | …        名单里每一项重复这一行
    ?字段? 整行                      字段有值才出现
    {{字段}}                         代入的值；没有值的留空白横线
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

FIELD = re.compile(r"\{\{\s*([a-z_][a-z0-9_.]*)\s*\}\}")
CONDITION = re.compile(r"^\?([a-z_]+)\?\s*")
REPEAT = re.compile(r"^\|@([a-z_]+)\|")
BLANK = "＿＿＿＿＿＿"
KINDS = {"# ": "title", "## ": "heading", "^ ": "plain", "> ": "right", "= ": "center", "- ": "item"}
GIVEN = frozenset({"number", "date", "org", "signatory"})
"""Values every document has."""


@dataclass(frozen=True)
class Field:
    """A declared merge field (合并字段)."""

    name: str
    label: str
    type: str = "text"
    origin: str = ""
    required: bool = True
    sample: Any = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Block:
    """A line or a table (段落或表格). `rows` of a table: the first is its head."""

    kind: str
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    condition: str = ""
    repeats: list[str] = field(default_factory=list)


def parse(source: str) -> list[Block]:
    """Blocks of a template, not merged yet."""
    blocks: list[Block] = []
    for line in source.splitlines():
        line = line.rstrip()
        if not line.strip():
            continue
        condition, rest = "", line
        if found := CONDITION.match(line):
            condition, rest = found.group(1), line[found.end() :]
        if rest.startswith("|"):
            _row(blocks, rest, condition)
        elif rest.strip() == "---":
            blocks.append(Block("page", condition=condition))
        else:
            mark = next((m for m in sorted(KINDS, key=len, reverse=True) if rest.startswith(m)), "")
            blocks.append(Block(KINDS.get(mark, "para"), rest[len(mark) :].strip(), condition=condition))
    return blocks


def _row(blocks: list[Block], line: str, condition: str) -> None:
    repeat = ""
    if found := REPEAT.match(line):
        repeat, line = found.group(1), "|" + line[found.end() :]
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if blocks and blocks[-1].kind == "table" and blocks[-1].condition == condition:
        blocks[-1].rows.append(cells)
        blocks[-1].repeats.append(repeat)
    else:
        blocks.append(Block("table", rows=[cells], repeats=[repeat], condition=condition))


def names(source: str) -> set[str]:
    """Fields a source uses: in text, in conditions, in repeated rows."""
    used = {m.group(1).split(".")[0] for m in FIELD.finditer(source)}
    for line in source.splitlines():
        if found := CONDITION.match(line):
            used.add(found.group(1))
            line = line[found.end() :]
        if found := REPEAT.match(line):
            used.add(found.group(1))
    return used


def faults(source: str, fields: Sequence[Field]) -> list[str]:
    """What is wrong with a source (范本检查): unknown fields, lists outside a repeated row, no title."""
    known = {f.name: f for f in fields}
    found = [f"范本用了没有登记的字段“{name}”。" for name in sorted(names(source) - set(known) - GIVEN)]
    for line in source.splitlines():
        repeat = REPEAT.match(CONDITION.sub("", line))
        for m in FIELD.finditer(line):
            name, _, column = m.group(1).partition(".")
            if name in known and known[name].type == "list" and (repeat is None or repeat.group(1) != name):
                found.append(f"名单“{known[name].label}”只能用在 |@{name}| 开头的表格行里。")
            if column and name in known and column not in known[name].columns and column != "n":
                found.append(f"名单“{known[name].label}”没有“{column}”这一栏。")
    if "{{" in FIELD.sub("", source):
        found.append("有没有写完的 {{…}}，请核对。")
    if not any(b.kind == "title" for b in parse(source)):
        found.append("范本要有一行标题，以“# ”开头。")
    return found


def missing(fields: Sequence[Field], values: Mapping[str, Any]) -> list[str]:
    """Labels of required fields without a value."""
    return [f.label for f in fields if f.required and values.get(f.name) in (None, "", [])]


def merge(blocks: Sequence[Block], values: Mapping[str, Any]) -> list[Block]:
    """The blocks with the values put in. A value is text: it never becomes markup."""
    out: list[Block] = []
    for block in blocks:
        if block.condition and values.get(block.condition) in (None, "", [], False):
            continue
        if block.kind != "table":
            out += [Block(block.kind, part) for part in _fill(block.text, values).split("\n")]
            continue
        rows: list[list[str]] = []
        for cells, repeat in zip(block.rows, block.repeats, strict=True):
            if not repeat:
                rows.append([_fill(cell, values, blank="") for cell in cells])
                continue
            for n, item in enumerate(values.get(repeat) or [], 1):
                line = {repeat: {**item, "n": n}}
                rows.append([_fill(cell, {**values, **line}, blank="") for cell in cells])
        out.append(Block("table", rows=rows))
    return out


def _fill(text: str, values: Mapping[str, Any], *, blank: str = BLANK) -> str:
    def put(found: re.Match[str]) -> str:
        name, _, column = found.group(1).partition(".")
        value = values.get(name)
        if column:
            value = value.get(column) if isinstance(value, Mapping) else None
        return shown(value) or blank

    return FIELD.sub(put, text)


def shown(value: Any) -> str:
    """A value as written in a document: dates as 2026年3月5日, numbers plainly."""
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def as_plain(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Blocks as plain data for the archive."""
    return [{k: v for k, v in asdict(b).items() if k in {"kind", "text", "rows"} and v} for b in blocks]


def from_plain(rows: Sequence[Mapping[str, Any]]) -> list[Block]:
    """Blocks of an archived copy."""
    return [Block(r["kind"], r.get("text", ""), [list(c) for c in r.get("rows", [])]) for r in rows]


def as_text(blocks: Sequence[Block]) -> str:
    """All words in order, for search and comparison with the Word file."""
    return "\n".join("\n".join("\t".join(r) for r in b.rows) if b.kind == "table" else b.text for b in blocks)
