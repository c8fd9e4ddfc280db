"""Statements as a workbook (报表导出)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import xlsxwriter

from gonghui.core.formula import escape
from gonghui.files.export import cell, mark, watermark
from gonghui.finance.selectors.notes import Notes
from gonghui.finance.selectors.statements import Flow, Income, Item, Sheet

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def sheet_rows(sheet: Sheet) -> list[tuple[Item | None, Item | None]]:
    """Left and right of the balance sheet, as printed."""
    left = [*sheet.assets, Item("", "资产合计", sheet.assets_opening, sheet.assets_closing, 0)]
    right = [
        *sheet.liabilities,
        Item("", "负债合计", sheet.liabilities_opening, sheet.liabilities_closing, 0),
        *sheet.net,
        *(
            [Item("", "收支差额（未结转）", sheet.result_opening, sheet.result_closing, 1)]
            if sheet.result_opening or sheet.result_closing
            else []
        ),
        Item("", "净资产合计", sheet.net_opening, sheet.net_closing, 0),
        Item("", "负债和净资产合计", sheet.liabilities_opening + sheet.net_opening, sheet.liabilities_closing + sheet.net_closing, 0),
    ]
    last = left.pop()
    tail = right.pop()
    return [*zip_longest(left, right), (last, tail)]


def statement_book(
    sheet: Sheet, income: Income, title: str, actor: Actor, *, said: Sequence[str] = (), notes: Notes | None = None
) -> bytes:
    """Both statements on a sheet each, the notes on a third."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"comments": mark(actor, title)})
    head, text, money = (
        book.add_format({"bold": True, "align": "center", "border": 1}),
        book.add_format({"border": 1}),
        book.add_format({"num_format": "#,##0.00", "border": 1}),
    )
    one = book.add_worksheet("资产负债表")
    one.set_column(0, 5, 18)
    one.write_string(0, 0, escape(f"资产负债表　{title}"))
    _row(one, 1, ["资产", "年初数", "期末数", "负债和净资产", "年初数", "期末数"], head, head)
    for n, (left, right) in enumerate(sheet_rows(sheet), 2):
        _row(one, n, [*_side(left), *_side(right)], text, money)
    two = book.add_worksheet("收入支出表")
    two.set_column(0, 4, 18)
    two.write_string(0, 0, escape(f"收入支出表　{title}"))
    _row(two, 1, ["项目", "本月数", "本年累计", "其中基本", "其中项目"], head, head)
    n = 2
    for label, rows, month, year in (
        ("一、收入", income.income, income.income_month, income.income_year),
        ("二、支出", income.expense, income.expense_month, income.expense_year),
    ):
        _row(two, n, [label, month, year, "", ""], text, money)
        for n, flow in enumerate(rows, n + 1):  # noqa: B020  # the next free row is carried on
            _row(two, n, _flow(flow), text, money)
        n += 1
    _row(two, n, ["三、收支差额", income.surplus_month, income.surplus_year, "", ""], text, money)
    two.write_string(n + 2, 0, escape(watermark(actor, title)))
    one.write_string(len(sheet_rows(sheet)) + 3, 0, escape(watermark(actor, title)))
    _notes(book.add_worksheet("附注"), title, said, notes, (head, text, money))
    book.close()
    return out.getvalue()


def _notes(page: Any, title: str, said: Sequence[str], notes: Notes | None, formats: tuple[Any, Any, Any]) -> None:
    """Sentences, then each table of the notes under its name."""
    head, text, money = formats
    page.set_column(0, 4, 22)
    page.write_string(0, 0, escape(f"会计报表附注　{title}"))
    row = 1
    for n, sentence in enumerate([*said, *(notes.words if notes else [])], 1):
        page.write_string(row, 0, escape(f"{n}. {sentence}"))
        row += 1
    for name, columns, rows in _tables(notes) if notes else []:
        row += 1
        page.write_string(row, 0, name)
        _row(page, row + 1, columns, head, head)
        for values in rows:
            _row(page, row + 2, list(values), text, money)
            row += 1
        row += 2


def _tables(notes: Notes) -> list[tuple[str, list[Any], Sequence[Any]]]:
    found: list[tuple[str, list[Any], Sequence[Any]]] = [
        ("往来款项", ["科目", "对方", "期末余额"], notes.dealings),
        ("库存物品、固定资产和无形资产", ["科目", "年初数", "本年借方", "本年贷方", "期末数"], notes.things),
        ("指定用途的资金（本年）", ["项目", "收到", "支出", "收支差额"], notes.projects),
    ]
    return [x for x in found if x[2]]


def _side(item: Item | None) -> list[Any]:
    return ["", "", ""] if item is None else [("　" if item.level == 2 else "") + item.name, item.opening, item.closing]


def _flow(flow: Flow) -> list[Any]:
    return [("　" if flow.level == 1 else "　　") + f"{flow.code} {flow.name}", flow.month, flow.year, flow.basic, flow.project]


def _row(sheet: Any, n: int, values: list[Any], text: Any, money: Any) -> None:
    for column, value in enumerate(values):
        if isinstance(value, int):
            sheet.write_number(n, column, cell(value, "money"), money)
        else:
            sheet.write_string(n, column, escape(str(value)), text)
