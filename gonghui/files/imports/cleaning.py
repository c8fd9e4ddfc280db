"""Tidying that needs no question (自动整理): spaces, full width, apostrophes, dates. Every change is counted and can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from gonghui.files.imports.protocol import Column, Problem, Sheet
from gonghui.files.imports.reading import ROW

INVISIBLE = "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]"
_WIDE = [chr(i) for i in range(0xFF01, 0xFF5F)] + ["\u3000"]
_HALF = [chr(i - 0xFEE0) for i in range(0xFF01, 0xFF5F)] + [" "]
SHOWN_CELLS = 500
YES = ("是", "y", "yes", "true", "1", "√", "✓", "✔", "有", "对", "在会", "已入会", "会员", "农民工")
NO = ("否", "n", "no", "false", "0", "×", "x", "✗", "无", "不是", "未入会", "非会员", "非农民工")
KINDS = {
    "apostrophe": "去掉号码前的撇号",
    "fullwidth": "全角数字改半角",
    "date": "日期统一写法",
    "case": "小写 x 改大写",
    "space": "去掉空格",
    "word": "统一写法",
}


def pick(frame: pl.DataFrame, mapping: Mapping[str, str], columns: Sequence[Column], after: int) -> pl.DataFrame:
    """The rows below the header, under the handler's keys; rows without any text fall away, absent columns are empty."""
    texts = [c for c in frame.columns if c != ROW]
    body = frame.filter(pl.col(ROW) > after)
    filled = pl.any_horizontal(pl.col(c).is_not_null() for c in texts)
    body = body.filter(filled)
    if body.height:
        blank = pl.all_horizontal(pl.col(c).is_null() | (pl.col(c).str.strip_chars() == "") for c in texts)
        body = body.filter(~blank)
    picked = [pl.col(mapping[c.key]).alias(c.key) if mapping.get(c.key) in texts else pl.lit(None, pl.String).alias(c.key) for c in columns]
    return body.select(pl.col(ROW), *picked)


def overlay(frame: pl.DataFrame, fixes: Mapping[int, Mapping[str, str]]) -> pl.DataFrame:
    """Put corrected cells over the file's own."""
    for key in {k for row in fixes.values() for k in row} & set(frame.columns):
        rows = {r: row[key] for r, row in fixes.items() if key in row}
        given = pl.DataFrame(
            {ROW: list(rows), "_fix": [v or None for v in rows.values()], "_has": True},
            schema={ROW: pl.UInt32, "_fix": pl.String, "_has": pl.Boolean},
        )
        frame = frame.join(given, on=ROW, how="left", maintain_order="left")
        frame = frame.with_columns(pl.when(pl.col("_has")).then("_fix").otherwise(key).alias(key)).drop("_fix", "_has")
    return frame


def tidy(frame: pl.DataFrame, columns: Sequence[Column], untidy: Iterable[Sequence[object]] = (), shown: bool = True) -> Sheet:
    """Tidy every column by its kind. Args: untidy: (row, key) pairs whose clean-up was taken back; shown: also list the changed cells."""
    kept: dict[str, list[int]] = {}
    for row, key in untidy:
        kept.setdefault(str(key), []).append(int(str(row)))
    sheet = Sheet(frame, columns=tuple(c.key for c in columns))
    for column in columns:
        raw = sheet.frame[column.key]
        if raw.null_count() == raw.len():
            continue
        clean = _column(raw, column)
        if column.key in kept:
            back = sheet.frame[ROW].is_in(kept[column.key])
            clean = pl.select(pl.when(back).then(raw).otherwise(clean)).to_series()
        changed = (raw != clean).fill_null(False) | (raw.is_not_null() & clean.is_null())
        if changed.any():
            _count(sheet, column, raw, clean, changed, shown)
        sheet.frame = sheet.frame.with_columns(clean.alias(column.key))
    for column in columns:
        _judge(sheet, column)
    return sheet


def _column(raw: pl.Series, column: Column) -> pl.Series:
    s = raw
    if s.str.contains(INVISIBLE).any():
        s = s.str.replace_all(INVISIBLE, "")
    if column.kind in ("number", "date", "flag", "integer", "code") and s.str.contains("[！-～\u3000]").any():
        s = s.str.replace_many(_WIDE, _HALF)
    if s.str.contains(r"^\s|\s$|\u3000").any():
        s = s.str.strip_chars(" \t\r\n\u3000\u00a0")
    if column.kind in ("number", "code") and s.str.contains("^['’‘`]").any():
        s = s.str.strip_chars_start("'’‘`").str.strip_chars()
    if column.kind == "number":
        s = _number(s)
    elif column.kind == "name":
        s = _name(s)
    elif column.kind == "date":
        s = dates(s)
    elif column.kind == "flag":
        s = _flag(s)
    elif column.kind == "integer":
        s = s.str.replace(r"^([\d,]+)(\.0+)?\s*[人个名家]?$", "$1").str.replace_all(",", "")
    if column.choices:
        s = _choice(s, column)
    return pl.select(pl.when(s == "").then(None).otherwise(s)).to_series()


def _number(s: pl.Series) -> pl.Series:
    if s.str.contains(r"[\s\-－—·]").any():
        s = s.str.replace_all(r"[\s\-－—·]", "")
    return s.str.to_uppercase() if s.str.contains("[a-z]").any() else s


def _name(s: pl.Series) -> pl.Series:
    """Spaces inside a Chinese name are alignment, not name; names with Latin letters keep theirs."""
    spaced = s.str.contains(r"\s|\u3000").fill_null(False)
    if not spaced.any():
        return s
    latin = s.str.contains("[A-Za-z]").fill_null(False)
    joined = s.str.replace_all(r"[\s\u3000]", "")
    return pl.select(pl.when(spaced & ~latin).then(joined).otherwise(s)).to_series()


def dates(s: pl.Series) -> pl.Series:
    """ISO dates from the usual spellings and Excel day numbers; what is none of them stays as it is."""
    if s.drop_nulls().str.contains(r"^\d{4}-\d{2}-\d{2}$").all():
        return s
    t = s.str.replace(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$", "").str.replace_all(r"\s", "")
    parts = t.str.extract_groups(r"^(\d{4})[-/.年－](\d{1,2})[-/.月－](\d{1,2})日?$").struct.unnest()
    joined = parts.select(pl.concat_str(pl.col("1"), pl.col("2").str.zfill(2), pl.col("3").str.zfill(2), separator="-")).to_series()
    eight = t.str.extract_groups(r"^(\d{4})(\d{2})(\d{2})$").struct.unnest()
    packed = eight.select(pl.concat_str("1", "2", "3", separator="-")).to_series()
    serial = t.str.extract(r"^(\d{5})(?:\.\d+)?$", 1).cast(pl.Int32, strict=False)
    day = pl.Series(["1899-12-30"]).str.to_date().dt.epoch("d")[0]
    counted = (serial + day).cast(pl.Date).dt.strftime("%Y-%m-%d")
    return pl.select(pl.coalesce(pl.lit(joined), pl.lit(packed), pl.lit(counted), pl.lit(s))).to_series()


def _flag(s: pl.Series) -> pl.Series:
    low = s.str.to_lowercase()
    return pl.select(pl.when(low.is_in(list(YES))).then(pl.lit("1")).when(low.is_in(list(NO))).then(pl.lit("0")).otherwise(s)).to_series()


def _choice(s: pl.Series, column: Column) -> pl.Series:
    choices = column.choices or {}
    values = set(choices.values())
    table = {**{v: v for v in values}, **choices}
    return s.replace(list(table), list(table.values()))


def _count(sheet: Sheet, column: Column, raw: pl.Series, clean: pl.Series, changed: pl.Series, shown: bool) -> None:
    """Count the changes by kind; pure translation of words (是 -> 1, 汉族 -> 01) is not a clean-up."""
    if column.kind == "flag" or column.choices:
        return
    for row, before, after in zip(sheet.frame[ROW].filter(changed), raw.filter(changed), clean.filter(changed), strict=True):
        kind = _kind(str(before), column)
        if kind == "native":
            continue
        sheet.tidied[kind] = sheet.tidied.get(kind, 0) + 1
        if shown and len(sheet.cells) < SHOWN_CELLS:
            sheet.cells.append((int(row), column.key, str(before), str(after or ""), kind))


def _kind(before: str, column: Column) -> str:
    if column.kind == "date":
        return "native" if before.endswith(" 00:00:00") else "date"
    if before.lstrip()[:1] in "'’‘`":
        return "apostrophe"
    if any("！" <= c <= "～" for c in before):
        return "fullwidth"
    if before != before.upper() and before.strip() == before and column.kind == "number":
        return "case"
    return "space"


def _judge(sheet: Sheet, column: Column) -> None:
    """The problems a column's kind alone can tell."""
    s, rows = sheet.frame[column.key], sheet.frame[ROW]

    def add(mask: pl.Series, code: str, message: str) -> None:
        sheet.problems += [Problem(int(r), column.key, code, message) for r in rows.filter(mask.fill_null(False))]

    if column.required:
        add(s.is_null(), "empty", f"{column.label}没有填，请补上。")
    if s.null_count() == s.len():
        return
    if column.kind == "date":
        parsed = s.str.to_date("%Y-%m-%d", strict=False)
        bad = s.is_not_null() & (parsed.is_null() | (parsed.dt.year() < 1900) | (parsed.dt.year() > 2100))
        month = s.str.contains(r"^\d{4}[-/.年]\d{1,2}月?$").fill_null(False)
        add(bad & month, "date", f"{column.label}只写到月，请补上日，写成 2026-11-23。")
        add(bad & ~month, "date", f"{column.label}读不成日期，请写成 2026-11-23。")
    elif column.kind == "flag":
        add(s.is_not_null() & ~s.is_in(["1", "0"]), "flag", f"{column.label}请写“是”或“否”。")
    elif column.kind == "integer":
        add(s.is_not_null() & ~s.str.contains(r"^\d{1,9}$"), "integer", f"{column.label}请写整数。")
    elif column.choices and column.strict:
        words = "、".join(list(column.choices)[:8])
        add(s.is_not_null() & ~s.is_in(sorted(set(column.choices.values()))), "choice", f"{column.label}不在可选范围内，可写：{words}。")
    if column.kind in ("text", "name", "code", "number") and not column.choices:
        long = s.str.len_chars() > column.longest
        add(long, "long", f"{column.label}超过 {column.longest} 个字，请核对是否填错了列。")
