"""Reading numbers and dates of a whole roster at once (花名册整理). Pure; the same verdicts as `people.rules`, row by row."""

from __future__ import annotations

from datetime import date

import polars as pl

from gonghui.files.imports.protocol import Context, Problem, Sheet
from gonghui.files.imports.reading import ROW
from gonghui.people import rules
from gonghui.people.enums import IdCheck, IdKind

SOFT = ("sex", "ethnic", "education", "political", "group", "kind")
LABELS = {"sex": "性别", "ethnic": "民族", "education": "学历", "political": "政治面貌", "group": "八大群体", "kind": "用工形式"}
SCIENTIFIC = r"^[+-]?\d+(\.\d+)?[eE][+-]?\d+$"


def prepare(sheet: Sheet, context: Context, values: dict[str, set[str]]) -> Sheet:
    """Add `_check`, `_birth`, `_sex` and problems. Args: values: allowed codes of the soft columns."""
    f = sheet.frame
    notes: dict[str, int] = {}
    f = _soften(f, values, notes)
    f, problems = _documents(f, context.as_of, notes)
    f, more = _phones(f)
    f = _agree(f, notes)
    f = f.with_columns(
        pl.when(pl.col("home_area").str.contains(r"^\d{6,12}$")).then(pl.col("home_area")).otherwise(None).alias("home_area"),
        pl.col("hired_on").str.to_date("%Y-%m-%d", strict=False).alias("_hired"),
        pl.col("joined_on").str.to_date("%Y-%m-%d", strict=False).alias("_joined"),
    )
    late = f.filter((pl.col("_hired") > context.as_of) | (pl.col("_joined") > context.as_of))
    problems += more + [
        Problem(
            int(r), "joined_on" if j and j > context.as_of else "hired_on", "dates", f"日期晚于花名册的截至日期 {context.as_of}，请核对。"
        )
        for r, j in late.select(ROW, "_joined").iter_rows()
    ]
    blank = f.filter(pl.col("id_number").is_null() & pl.col("phone").is_null() & pl.col("name").is_not_null())
    problems += [Problem(int(r), "id_number", "who", "证件号和手机号都没有填，认不出是谁。请至少补一项。") for r in blank[ROW]]
    sheet.frame, sheet.problems = f, sheet.problems + problems
    sheet.notes += [text.format(n=f"{n:,}") for text, n in notes.items()]
    return sheet


def _soften(f: pl.DataFrame, values: dict[str, set[str]], notes: dict[str, int]) -> pl.DataFrame:
    """Words nobody knows are left empty and counted: an unknown schooling is no reason to keep a person out."""
    for key in SOFT:
        odd = f[key].is_not_null() & ~f[key].is_in(sorted(values[key]))
        if n := int(odd.sum() or 0):
            notes[f"{LABELS[key]}有 {{n}} 处认不出，已留空"] = n
            f = f.with_columns(pl.when(pl.lit(odd)).then(None).otherwise(pl.col(key)).alias(key))
    return f


def _documents(f: pl.DataFrame, today: date, notes: dict[str, int]) -> tuple[pl.DataFrame, list[Problem]]:
    number = pl.col("id_number")
    f = f.with_columns(
        pl.when(number.is_null())
        .then(pl.lit(IdKind.NONE.value))
        .when(pl.col("id_kind").is_null())
        .then(pl.lit(IdKind.RESIDENT.value))
        .otherwise(pl.col("id_kind"))
        .alias("id_kind")
    )
    old = f["id_number"].str.contains(r"^\d{15}$").fill_null(False) & f["id_kind"].is_in([IdKind.RESIDENT, IdKind.HK_MO_TW])
    if n := int(old.sum()):
        notes["15 位老身份证号 {n} 个，已补成 18 位"] = n
        new = [rules.upgrade(v) if o else v for v, o in zip(f["id_number"], old, strict=True)]
        f = f.with_columns(pl.Series("id_number", new, dtype=pl.String))
    local = pl.col("id_kind").is_in([IdKind.RESIDENT, IdKind.HK_MO_TW])
    digits = [number.str.slice(i, 1).cast(pl.Int32, strict=False) for i in range(17)]
    total = pl.sum_horizontal(d * w for d, w in zip(digits, rules.WEIGHTS, strict=True)) % 11
    shaped = number.str.contains(r"^\d{17}[\dX]$").fill_null(False)
    expected = total.replace_strict(list(range(11)), list(rules.CHECKS), default=None, return_dtype=pl.String)
    birth = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    f = f.with_columns((local & shaped).alias("_shaped")).with_columns(
        (pl.col("_shaped") & (number.str.slice(17, 1) == expected)).fill_null(False).alias("_ok"),
        pl.when(pl.col("_shaped") & birth.is_between(date(1900, 1, 1), today)).then(birth).otherwise(None).alias("_birth"),
        pl.when(pl.col("_shaped"))
        .then(pl.when(digits[16] % 2 == 1).then(pl.lit("1")).otherwise(pl.lit("2")))
        .otherwise(None)
        .alias("_sex"),
        pl.when(pl.col("_shaped") & number.str.contains(r"^8[123]0000"))
        .then(pl.lit(IdKind.HK_MO_TW.value))
        .otherwise(pl.col("id_kind"))
        .alias("id_kind"),
    )
    f = f.with_columns(pl.when("_ok").then(pl.lit(IdCheck.OK.value)).otherwise(pl.lit(IdCheck.UNVERIFIED.value)).alias("_check"))
    if n := int((f["_shaped"] & ~f["_ok"]).sum()):
        notes["证件号校验位对不上 {n} 个，按“未核验”登记"] = n
    if n := int((f["_shaped"] & f["_birth"].is_null()).sum()):
        notes["证件号里的出生日期不寻常 {n} 个，照登"] = n
    bad = f.filter(number.is_not_null() & ~pl.col("_shaped") & (local | ~number.str.contains(r"^[A-Z0-9]{5,20}$")))
    problems = []
    for row, kind, text in bad.select(ROW, "id_kind", "id_number").iter_rows():
        read = rules.id_read(IdKind(kind) if kind in IdKind.values else IdKind.RESIDENT, text, today)
        problems.append(Problem(int(row), "id_number", "id", read.message or "证件号读不出来，请照证件改好。"))
    return f, problems


def _phones(f: pl.DataFrame) -> tuple[pl.DataFrame, list[Problem]]:
    if f["phone"].str.contains(r"^(\+?86|0086)1\d{10}$").any():
        f = f.with_columns(pl.col("phone").str.replace(r"^(\+?86|0086)(1\d{10})$", "$2"))
    bad = f.filter(pl.col("phone").is_not_null() & ~pl.col("phone").str.contains(r"^1\d{10}$"))
    return f, [
        Problem(int(r), "phone", "phone", rules.phone_read(p)[1] or "手机号读不出来，请重填。")
        for r, p in bad.select(ROW, "phone").iter_rows()
    ]


def _agree(f: pl.DataFrame, notes: dict[str, int]) -> pl.DataFrame:
    """Sex and birth date come from the document when the table has none; a disagreement is counted, the table's word stays (MEM-04)."""
    f = f.with_columns(pl.col("birth_date").str.to_date("%Y-%m-%d", strict=False).alias("_born"))
    odd = f.select(
        (pl.col("_ok") & pl.col("sex").is_in(["1", "2"]) & (pl.col("sex") != pl.col("_sex"))).sum().alias("sex"),
        (pl.col("_ok") & pl.col("_born").is_not_null() & (pl.col("_born") != pl.col("_birth"))).sum().alias("born"),
    ).row(0)
    if odd[0]:
        notes["性别与证件号不一致 {n} 人，请核对"] = odd[0]
    if odd[1]:
        notes["出生日期与证件号不一致 {n} 人，请核对"] = odd[1]
    return f.with_columns(pl.coalesce("sex", "_sex").alias("sex"), pl.coalesce("_born", "_birth").alias("_born"))
