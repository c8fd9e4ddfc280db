"""The export writer: inert, exact, marked (F7, R32, fault 34, fault 37)."""

from __future__ import annotations

import csv
import io
from datetime import date
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import settings as hypo
from hypothesis import strategies as st

from gonghui.accounts.actor import Actor
from gonghui.files.export import Column, escape, export_table, unescape

ACTOR = Actor(ref="user:7", name="张三", user_id=7)
TEXT = st.text(max_size=60)
HARMFUL = [c + "cmd|' /C calc'!A0" for c in "=+-@\t\r＝＋－＠"] + [" =1+1", "\u200b=1", "\n=1", "-", "=", "'=1", "-1+2"]
pytestmark = pytest.mark.engine_free


def sheet(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.fault(34)
@pytest.mark.parametrize("text", HARMFUL)
def test_no_cell_starts_a_formula_in_either_format(text: str) -> None:
    book = sheet(export_table(["内容"], [[text]], title="表", actor=ACTOR))
    cell = book.worksheets[0]["A3"]
    assert (
        cell.data_type == "s"
        and cell.value.startswith("'")
        and unescape(cell.value.replace("_x000D_", "\r")) in (text, text.replace("\r", "\n"))
    )
    written = rows(export_table(["内容"], [[text]], title="表", actor=ACTOR, fmt="csv"))[1][0]
    assert written.startswith("'") and unescape(written) == text


@pytest.mark.fault(34, 37)
@given(text=TEXT)
@example("''=1")
@example("'")
@example("-5")
def test_every_text_round_trips(text: str) -> None:
    assert unescape(escape(text)) == text
    assert escape(text)[:1] not in set("=@\t\r＝＋－＠")


@pytest.mark.parametrize("number", ["-5", "+3.25", "0012", "-0.5", "13900001234"])
def test_plain_numbers_stay_as_they_are(number: str) -> None:
    assert escape(number) == number


@hypo(max_examples=40, deadline=None)
@given(table=st.lists(st.tuples(TEXT, st.integers(-(10**13), 10**13)), max_size=6))
@example([("\ud800", 1), ("𠀀\u202e\u200b", -1), ("x" * 40000, 0)])
def test_any_table_is_written_and_amounts_are_exact(table: list[tuple[str, int]]) -> None:
    columns = [Column("名"), Column("金额", "money")]
    read = rows(export_table(columns, table, title="表", actor=ACTOR, fmt="csv"))
    assert [r[1] for r in read[1 : 1 + len(table)]] == [f"{'-' if v < 0 else ''}{abs(v) // 100}.{abs(v) % 100:02d}" for _, v in table]
    assert sheet(export_table(columns, table, title="表", actor=ACTOR)).worksheets[0].max_row >= 2


def test_kinds_definition_and_watermark() -> None:
    columns = [Column("单位"), Column("人数", "number"), Column("入会率", "ratio"), Column("日期", "date"), "备注"]
    data = export_table(
        columns,
        [["甲厂", 12, Fraction(1, 2), date(2025, 3, 1), None]],
        title="会员[统计]",
        actor=ACTOR,
        definition={"入会率": "会员 ÷ 职工"},
    )
    book = sheet(data)
    table, words = book.worksheets
    assert "张三" in table["A1"].value and "勿转传" in table["A1"].value and table["A2"].value == "单位"
    assert [c.value for c in table[3]][:4] == ["甲厂", 12, 0.5, "2025-03-01"] and table["C3"].number_format == "0.00%"
    assert words.title == "口径说明" and "会员 ÷ 职工" in [c.value for c in words["B"]]
    assert book.properties.creator == "张三" and "user:7" in [p.value for p in book.custom_doc_props.props]
    other = sheet(export_table(columns, [], title="x", actor=Actor(ref="user:8", name="李四")))
    marks = [next(p.value for p in b.custom_doc_props.props if p.name == "gonghui-mark") for b in (book, other)]
    assert marks[0] != marks[1]
    plain = sheet(export_table(["姓名"], [["甲"]], title="模板", actor=ACTOR, marked=False))
    assert plain.worksheets[0]["A1"].value == "姓名"


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        export_table(["a", "b"], [["x"]], title="t", actor=ACTOR)


@pytest.mark.fault(34)
def test_nobody_else_writes_workbooks_or_csv() -> None:
    """Whoever writes cells uses the one rule; makers of the source files of demo, bench and drill are no exports."""
    root = Path(settings.BASE_DIR)
    words = ("import xlsxwriter", "csv.writer(", "openpyxl.Workbook")
    sources = {str(p.relative_to(root)): p.read_text(encoding="utf-8") for p in root.rglob("*.py") if "tests" not in p.parts}
    found = [name for name, text in sources.items() if any(w in text for w in words) and "gonghui.core.formula" not in text]
    bare = [
        name
        for name in found
        if "formula.escape(" not in sources[name]
        and not name.startswith(("portal/demo/", "portal/drill/"))
        and not name.endswith("/bench.py")
    ]
    assert bare == []
