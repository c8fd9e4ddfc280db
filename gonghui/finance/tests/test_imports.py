"""Vouchers and opening balances from another program (凭证导入、期初余额导入): read, asked back, drafted, taken back."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.models import User
from gonghui.accounts.tests import make as people
from gonghui.core import clock, jobs
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.files.imports import services as imports
from gonghui.files.imports.models import ImportBatch, ImportRow
from gonghui.files.imports.protocol import Context, Plan, quiet
from gonghui.finance import services
from gonghui.finance.imports import accounts, table
from gonghui.finance.imports.common import State
from gonghui.finance.imports.openings import standing
from gonghui.finance.imports.vouchers import Vouchers
from gonghui.finance.models import Book, Voucher
from gonghui.finance.rules import Line, chart
from gonghui.finance.selectors import ledger
from gonghui.finance.tests import make

MARCH = date(2026, 3, 31)
HEAD = ("凭证日期", "凭证字号", "凭证摘要", "科目代码", "会计科目", "借方发生额", "贷方发生额")
GOOD = (
    ("2026-03-05", "记-0001", "收到会费", "102", "银行存款", "1,200.00", ""),
    ("", "", "", "401", "会费收入", "", "1,200.00"),
    ("2026/3/10", "记-2", "看望住院会员", "50105", "职工活动支出\\会员活动", "500", "0.00"),
    ("2026/3/10", "记-2", "看望住院会员", "101", "库存现金", "0.00", "500"),
    ("", "", "合计", "", "", "1,700.00", "1,700.00"),
    ("", "", "制单：张三", "", "", "", ""),
)
NEW = chart(date(2026, 1, 1))
OLD = chart(date(2021, 1, 1))


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    with clock.at(MARCH):
        yield


def sheet(rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD) -> bytes:
    return "\n".join("\t".join(r) for r in (head, *rows)).encode()


def run(book: Book, rows: Sequence[Sequence[str]], head: Sequence[str] = HEAD, kind: str = "vouchers", **more: Any) -> dict[str, Any]:
    actor = more.pop("actor", None) or make.maker(book)
    return imports.import_run(actor=actor, kind=kind, content=sheet(rows, head), name="凭证.csv", org_path=book.union.path, **more)


def drafts(book: Book) -> list[Voucher]:
    return list(Voucher.objects.filter(book=book, state="draft").order_by("on", "pk"))


def causes(report: dict[str, Any]) -> dict[int, str]:
    return {p["row"]: p["code"] for p in reversed(report["problems"])}


def told(report: dict[str, Any], row: int) -> str:
    return " ".join(p["message"] for p in report["problems"] if p["row"] == row)


# -- reading, without a database ---------------------------------------------------------------------------------------


@pytest.mark.engine_free
@pytest.mark.parametrize(
    ("text", "fen"),
    [("1,234.50", 123_450), ("￥12", 1_200), ("", 0), (None, 0), ("—", 0), ("0.00", 0), ("(3.20)", -320), ("-5", -500), ("1234.5600000000001", 123_456), ("1.2E+3", 120_000)],
)  # fmt: skip
def test_amounts_of_other_programs_are_read_to_the_fen(text, fen):
    assert table.fen(text) == fen


@pytest.mark.engine_free
@pytest.mark.parametrize("text", ["1.234", "一百", "1,23.0", "NaN", "Infinity", "99999999999999999999", "12.3.4"])
def test_an_amount_that_is_not_certain_is_not_guessed(text):
    with pytest.raises(table.Unreadable):
        table.fen(text)


@pytest.mark.engine_free
@pytest.mark.parametrize(
    ("word", "number", "said"),
    [("", "记-12", "记-12"), ("", "记字第0012号", "记-12"), ("记", "12", "记-12"), ("", "12", "记-12"), ("收款凭证", "3", "收款-3"), ("", "转 7", "转-7"), ("", "记-12-1/2", "记-12"), ("", "A1B2", "A1B2"), ("", "", ""), ("", "12.0", "记-12")],
)  # fmt: skip
def test_a_number_has_one_way_of_writing(word, number, said):
    assert table.number_of(word, number) == said


@pytest.mark.engine_free
@pytest.mark.parametrize(
    ("code", "name", "found", "detail"),
    [
        ("102", "银行存款", "102", ""), ("", "会费收入", "401", ""), ("50105", "", "50105", ""), ("501.05", "", "50105", ""), ("", "职工活动支出—会员活动", "50105", ""),
        ("10201", "银行存款-工商银行", "102", "工商银行"), ("102.01", "工商银行", "102", "工商银行"), ("10201", "", "102", "10201"), ("1002", "银行存款", "102", ""),
        ("", "50105 会员活动", "50105", ""), ("", "会员活动费", "50105", ""), ("50105 会员活动", "", "50105", ""), ("50105001", "", "", ""), ("50105", "会员活动费", "50105", ""), ("101", "现金", "101", ""),
        ("501", "职工活动支出\\会员活动", "50105", ""), ("163", "累计折旧", "163", ""), ("215", "其他应付款/青石印刷厂", "215", "青石印刷厂"),
        ("", "职工活动支出\\文体活动费", "50102", ""), ("501", "职工活动支出-文体活动支出", "50102", ""), ("", "职工活动支出/文体活动/歌咏赛", "50102", "歌咏赛"),
    ],
)  # fmt: skip
def test_an_account_is_known_by_code_or_name(code, name, found, detail):
    got = accounts.match(*accounts.written(code, name), NEW, "basic")
    assert (got.code, got.detail) == (found, detail) and bool(got.fault) is (found == "")


@pytest.mark.engine_free
@pytest.mark.parametrize(
    ("code", "name", "level", "table_", "words", "first"),
    [
        ("501", "职工活动支出", "basic", NEW, "有明细科目", "50101"),
        ("501", "会员活动费", "basic", NEW, "有明细科目", "50105"),
        ("50105", "会员活动", "county", NEW, "基层工会的科目", "502"),
        ("506", "行政支出", "basic", NEW, "县级以上工会的科目", ""),
        ("2211", "", "basic", NEW, "没有", ""),
        ("102", "库存现金", "basic", NEW, "对不上", "102"),
        ("301", "固定基金", "basic", NEW, "2009", ""),
        ("", "会员活动开支", "basic", NEW, "没有", "50105"),
        ("50105", "会员活动", "basic", OLD, "2021", ""),
        ("", "", "basic", NEW, "没有填", None),
        ("6602", "管理费用", "basic", NEW, "没有", None),
    ],
)
def test_an_account_that_is_not_certain_is_asked_with_choices(code, name, level, table_, words, first):
    got = accounts.match(*accounts.written(code, name), table_, level)
    assert not got.code and words in got.fault and got.fault.endswith("。")
    if first:
        assert got.choices[0] == first
    assert all(c in table_.accounts and not table_.accounts[c].details for c in got.choices)
    assert all(table_.accounts[c].fits(level) for c in got.choices)


@pytest.mark.engine_free
def test_totals_count_from_the_head_or_from_any_total_above_and_a_wrong_one_is_named():
    rows = [{"_row": n, "on": "", "number": "", "words": w, "code": c, "account": "", "debit": d, "credit": k, "amount": "", "side": ""} for n, (w, c, d, k) in enumerate([
        ("a", "102", "10", ""), ("b", "401", "", "10"), ("小计", "", "10", "10"), ("合计报销差旅费", "505", "5", ""), ("d", "102", "", "5"), ("本页合计", "", "5", "5"),
        ("本年累计", "", "15", "15"), ("合计", "", "15", "15.01"), ("第 1 页", "", "", ""),
    ], 2)]  # fmt: skip
    read = table.sort(rows, Vouchers.columns)
    assert [i.row for i in read.items] == [2, 3, 5, 6] and read.aside == {4, 7, 8, 10}
    assert [(p.row, p.column) for p in read.problems] == [(9, "credit")] and "相差 ¥0.01" in read.problems[0].message
    assert table.sort(rows[:-2], Vouchers.columns).problems == []


@pytest.mark.engine_free
def test_an_empty_row_ends_what_stood_above_it():
    def item(row: int, order: int, on: str = "", number: str = "") -> table.Item:
        return table.Item(row, {"on": on, "number": number, "words": ""}, order=order)

    items = [item(2, 0, "2026-03-05", "1"), item(3, 1), item(5, 2), item(6, 3, "2026-03-06"), item(7, 4, "", "2")]
    table.continued(items)
    assert [(i.on, i.number) for i in items] == [
        ("2026-03-05", "记-1"),
        ("2026-03-05", "记-1"),
        ("", ""),
        ("2026-03-06", ""),
        ("2026-03-06", "记-2"),
    ]


# -- vouchers ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.system("S208")
@pytest.mark.invariant("LED-01")
def test_rows_of_another_program_become_drafts_and_a_second_time_changes_nothing():
    book = make.book()
    report = run(book, GOOD)
    assert (report["rows"], report["created"], report["rejected"]) == (4, 4, 0), report
    one, two = drafts(book)
    assert one.lines == [Line("102", 120_000, 0, words="收到会费"), Line("401", 0, 120_000, words="收到会费")]
    assert (one.on, one.words, one.source, one.facts, one.maker_id) == (
        date(2026, 3, 5),
        "收到会费",
        "import:2026-03-05:记-1",
        {"import_number": "记-1"},
        90_001,
    )
    assert two.total_fen == 50_000 and any("还没有附件" in f["text"] for f in two.findings)  # the guards were asked
    assert not ledger.sums(book, None, MARCH)  # nothing is posted
    again = run(book, GOOD)
    assert (again["created"], again["unchanged"]) == (0, 4) and len(drafts(book)) == 2
    services.voucher_check(actor=make.checker(book), voucher=one)
    services.voucher_post(actor=make.poster(book), voucher=one)
    assert run(book, GOOD)["unchanged"] == 4  # posted ones are known by their lines too


@pytest.mark.django_db
def test_the_same_number_with_other_content_is_asked_back():
    book = make.book()
    run(book, GOOD)
    other = [(*r[:5], r[5].replace("1,200.00", "1,300.00"), r[6].replace("1,200.00", "1,300.00")) for r in GOOD[:2]]
    report = run(book, other)
    assert (report["created"], report["rejected"]) == (0, 2) and set(causes(report).values()) == {"taken"}
    assert "¥1,200.00" in told(report, 2) and "¥1,300.00" in told(report, 2) and len(drafts(book)) == 2


@pytest.mark.django_db
@pytest.mark.invariant("LED-01")
@pytest.mark.parametrize(("credit", "good"), [("99.99", False), ("100.00", True), ("100.01", False)])
def test_a_voucher_that_is_uneven_by_a_fen_stays_out_as_a_whole(credit, good):
    book = make.book()
    report = run(book, [("2026-03-05", "记-1", "培训", "50501", "", "100.00", ""), ("", "", "", "102", "", "", credit), *GOOD[2:4]])
    assert len(drafts(book)) == (2 if good else 1)
    if not good:
        assert causes(report) == {2: "uneven", 3: "uneven"} and all(t in told(report, 3) for t in ("¥100.00", f"¥{credit}", "相差 ¥0.01"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        (("2025-12-31", "记-9", "早", "50501", "", "1", ""), "when", "启用"),
        (("2026-04-01", "记-9", "晚", "50501", "", "1", ""), "when", "还没有到"),
        (("2026-02-28", "记-9", "关", "50501", "", "1", ""), "when", "2026年2月已经结账"),
        (("2026-02-30", "记-9", "无", "50501", "", "1", ""), "date", "读不成日期"),
        (("", "", "无", "50501", "", "1", ""), "empty", "凭证号没有填"),
        (("", "记-9", "无", "50501", "", "1", ""), "empty", "日期没有填"),
        (("2026-03-01", "记-9", "红", "50501", "", "-1", ""), "amount", "红字"),
        (("2026-03-01", "记-9", "两边", "50501", "", "1", "1"), "amount", "只填一边"),
        (("2026-03-01", "记-9", "零", "50501", "", "0", "0"), "amount", "不能是 0"),
        (("2026-03-01", "记-9", "读不出", "50501", "", "壹元", ""), "amount", "读不出来"),
        (("2026-03-01", "记-9", "一级", "505", "", "1", ""), "account", "有明细科目"),
        (("2026-03-01", "记-9", "长" * 81, "50501", "", "1", ""), "long", "80"),
    ],
)
def test_what_stands_in_the_way_is_named_and_the_rest_of_the_voucher_waits(row, code, words):
    book = make.book()
    services.period_close(actor=make.checker(book), book=book, month=202601)
    services.period_close(actor=make.checker(book), book=book, month=202602)
    other = (row[0], row[1], "", "102", "", "", row[5].lstrip("-") if row[5] != "壹元" else "1")
    report = run(book, [row, other, *GOOD[2:4]])
    assert report["created"] == 2 and report["rejected"] == 2 and len(drafts(book)) == 1
    assert causes(report)[2] == code and words in told(report, 2), report["problems"]
    assert 3 in causes(report)  # the other row of the voucher does not go alone


@pytest.mark.django_db
def test_rows_sorted_by_account_come_together_and_a_voucher_pasted_twice_is_asked():
    book = make.book()
    mixed = [GOOD[2], ("2026-03-05", "记-1", "收到会费", *GOOD[0][3:]), GOOD[3], ("2026-03-05", "记-1", "收到会费", *GOOD[1][3:])]
    assert run(book, mixed)["created"] == 4 and len(drafts(book)) == 2
    twice = make.book(make.union("另一厂"))
    report = run(twice, [*GOOD[2:4], *GOOD[:2], *GOOD[2:4]])
    assert len(drafts(twice)) == 1 and {causes(report)[r] for r in (2, 3, 6, 7)} == {"double"}


@pytest.mark.django_db
def test_amount_and_side_detail_project_event_and_papers_are_kept():
    book = make.book()
    head = ("日期", "凭证字", "号", "摘要", "科目", "金额", "借/贷", "往来单位", "项目名称", "事项", "附单据数")
    rows = [
        ("20260306", "转", "8", "慰问", "50105", "60", "借", "青石商店", "基本支出", "看望住院会员", "3"),
        ("", "", "", "", "10201 工商银行", "60", "贷", "", "", "", ""),
        ("20260307", "转", "9", "专项", "50503", "70", "借", "", "职工书屋", "", ""),
        ("", "", "", "", "102", "70", "贷", "", "", "", ""),
        ("20260308", "转", "10", "不明", "50503", "70", "借", "", "", "吃饭", ""),
        ("", "", "", "", "102", "70", "贷", "", "", "", ""),
    ]
    report = run(book, rows, head)
    one, two = drafts(book)
    assert one.lines == [Line("50105", 6_000, 0, "青石商店", "", "慰问"), Line("102", 0, 6_000, "工商银行", "", "慰问")]
    assert (one.event, one.facts, two.lines[0].project) == ("hospital", {"import_number": "转-8", "import_papers": 3}, "职工书屋")
    assert causes(report) == {6: "event", 7: "sibling"} and any("10201" in n or "工商银行" in n for n in report["notes"] if n)


@pytest.mark.django_db
def test_a_workbook_with_merged_cells_and_real_numbers_is_read():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        page, day = made.add_worksheet("凭证"), made.add_format({"num_format": "yyyy-mm-dd"})
        page.merge_range("A1:F1", "序时账")
        for n, head in enumerate(("日期", "凭证号", "摘要", "科目编码", "借方金额", "贷方金额")):
            page.write(1, n, head)
        page.merge_range("A3:A4", "")
        page.write_datetime("A3", datetime(2026, 3, 5), day)
        page.merge_range("B3:B4", "")
        page.write_number("B3", 7)
        for row, cells in ((2, ("收会费", 102, 0.1 + 0.2, 0)), (3, ("收会费", 401, 0, 0.3))):
            for n, cell in enumerate(cells, 2):
                page.write(row, n, cell)
        page.write(4, 2, "合计")
        page.write(4, 4, 0.3)
        page.write(4, 5, 0.3)
    book = make.book()
    report = imports.import_run(
        actor=make.maker(book), kind="vouchers", content=out.getvalue(), name="序时账.xlsx", org_path=book.union.path
    )
    assert report["created"] == 2, report["problems"]
    (one,) = drafts(book)
    assert (one.on, one.total_fen, one.source) == (date(2026, 3, 5), 30, "import:2026-03-05:记-7")


@pytest.mark.django_db
def test_a_voucher_made_by_hand_that_looks_the_same_is_told():
    book = make.book()
    make.draft(book, 50_000, on=make.DAY)
    assert any("手工做的凭证" in n and "看望住院会员" in n for n in run(book, GOOD)["notes"])
    assert not any("手工做的凭证" in n for n in run(make.book(make.union("另一厂")), GOOD)["notes"])


@pytest.mark.django_db
def test_the_transfer_at_the_end_of_a_year_does_not_wipe_out_what_happened():
    book = make.book(since=date(2025, 1, 1))
    rows = [
        ("2025-12-31", "记-90", "结转收入", "401", "", "1,200", ""), ("", "", "", "322", "", "", "1,200"),
        ("2025-12-31", "记-91", "买文具", "50504", "", "5", ""), ("", "", "", "102", "", "", "5"),
    ]  # fmt: skip
    run(book, rows)
    assert [v.kind for v in drafts(book)] == ["closing", "normal"]


# -- opening balances --------------------------------------------------------------------------------------------------

OPEN_HEAD = ("科目编码", "科目名称", "期初借方余额", "期初贷方余额")
OPEN = (
    ("101", "库存现金", "100", ""),
    ("102", "银行存款", "900.00", ""),
    ("10201", "银行存款—工行", "600.00", ""),
    ("10202", "银行存款—农行", "300.00", ""),
    ("135", "其他应收款", "0.00", ""),
    ("162", "固定资产", "500", ""),
    ("资产小计", "", "1,500.00", ""),
    ("301", "资产基金", "", "500"),
    ("30104", "固定资产", "", "500"),
    ("322", "工会资金结余", "", "1,000"),
    ("合计", "", "1,500.00", "1,500.00"),
)


@pytest.mark.django_db
@pytest.mark.system("S208")
@pytest.mark.invariant("LED-01")
def test_a_table_of_balances_becomes_one_opening_voucher_on_the_first_day():
    book = make.book()
    report = run(book, OPEN, OPEN_HEAD, "opening_balances")
    (made,) = drafts(book)
    assert (report["created"], report["rejected"]) == (6, 0), report["problems"]
    assert (made.kind, made.on, made.total_fen, made.source) == ("opening", make.SINCE, 150_000, "import:opening")
    assert {(x.account, x.detail, x.debit - x.credit) for x in made.lines} == {
        ("101", "", 10_000), ("102", "工行", 60_000), ("102", "农行", 30_000), ("162", "", 50_000), ("30104", "", -50_000), ("322", "", -100_000),
    }  # fmt: skip
    assert run(book, OPEN, OPEN_HEAD, "opening_balances")["unchanged"] == 6  # the same again
    services.voucher_check(actor=make.checker(book), voucher=made)
    services.voucher_post(actor=make.poster(book), voucher=made)
    assert {r.account.code: r.opening for r in ledger.trial_balance(book, MARCH)}["102"] == 90_000


@pytest.mark.django_db
def test_a_book_has_one_opening_only_until_it_is_taken_back():
    book = make.book()
    old = make.opening(book)
    report = run(book, OPEN, OPEN_HEAD, "opening_balances")
    assert set(causes(report).values()) == {"have"} and "¥10,000.00" in told(report, 2) and not drafts(book)
    back = services.voucher_reverse(actor=make.maker(book), voucher=old)
    assert standing(book) == old
    services.voucher_check(actor=make.checker(book), voucher=back)
    services.voucher_post(actor=make.poster(book), voucher=back)
    assert standing(book) is None and run(book, OPEN, OPEN_HEAD, "opening_balances")["created"] == 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "row", "code", "words"),
    [
        ({9: ("322", "工会资金结余", "", "999.99"), 10: ("322", "", "", "0")}, 2, "uneven", "相差 ¥0.01"),
        ({2: ("10201", "银行存款—工行", "599", "")}, 3, "total", "相差 ¥1.00"),
        ({5: ("402", "拨缴经费收入", "500", "")}, 7, "account", "年终结转"),
        ({5: ("162", "固定资产", "500", "3")}, 7, "amount", "只能有借方或贷方"),
        ({10: ("合计", "", "1,500.00", "1,400.00")}, 12, "total", "相差 ¥100.00"),
    ],
)
def test_balances_that_do_not_agree_are_all_kept_out(change, row, code, words):
    book = make.book()
    rows = [change.get(n, r) for n, r in enumerate(OPEN)]
    report = run(book, rows, OPEN_HEAD, "opening_balances")
    assert not drafts(book) and report["created"] == 0 and causes(report)[row] == code, causes(report)
    assert words in told(report, row)


@pytest.mark.django_db
def test_balance_with_its_side_and_the_usual_side_where_none_is_written():
    book = make.book()
    rows = [("银行存款", "借", "70"), ("其他应付款", "", "20"), ("工会资金结余", "贷", "50"), ("专用基金", "平", "0")]
    report = run(book, rows, ("科目名称", "余额方向", "期初余额"), "opening_balances")
    (made,) = drafts(book)
    assert report["created"] == 3 and [(x.account, x.debit, x.credit) for x in made.lines] == [
        ("102", 7_000, 0),
        ("215", 0, 2_000),
        ("322", 0, 5_000),
    ]


# -- who may, and back again -------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.invariant("AID-02")
def test_only_the_own_hand_imports_and_the_importer_is_the_maker():
    book, elsewhere = make.book(), make.union("无关厂")
    above = make.officer(Role.FINANCE, book.union.parent, 9)
    with pytest.raises(NotPermitted) as fault:
        run(book, GOOD, actor=above)
    assert fault.value.code == "finance.own_chain"
    with pytest.raises(NotFound):
        run(book, GOOD, actor=make.officer(Role.FINANCE, elsewhere, 8))
    with pytest.raises(NotPermitted):
        run(book, GOOD, actor=make.poster(book))
    with pytest.raises(BadInput) as none:
        imports.import_run(
            actor=make.officer(Role.FINANCE, elsewhere, 8), kind="vouchers", content=sheet(GOOD), name="a", org_path=elsewhere.path
        )
    assert none.value.code == "finance.no_book" and not ImportBatch.objects.exists()
    handler = Vouchers()
    assert handler.targets(above) == [] and handler.targets(make.maker(book)) == [(book.union.path, book.union.name)]
    services.book_agent_set(actor=make.orgs.system, book=book, agent=elsewhere)  # a joint office beside, not above
    agent = make.officer(Role.FINANCE, elsewhere, 8)
    assert handler.targets(agent) == [(book.union.path, book.union.name)]
    run(book, GOOD, actor=agent)
    assert {v.maker_id for v in drafts(book)} == {8}


@pytest.fixture
def desk() -> tuple[Book, User, Client]:
    book = make.book()
    user = people.officer((Role.FINANCE, book.union.path), name="会计某")
    return book, user, people.client(user)


def uploaded(client: Client, book: Book, rows: Sequence[Sequence[str]], kind: str = "vouchers", head: Sequence[str] = HEAD) -> ImportBatch:
    file = SimpleUploadedFile("凭证.csv", sheet(rows, head))
    data = {"kind": kind, "target": book.union.path, "as_of": "2026-03-31", "file": file}
    assert client.post(reverse("files:imports:home"), data).status_code == 302
    batch = ImportBatch.objects.latest("pk")
    assert client.post(reverse("files:imports:map", args=[batch.pk]), batch.mapping).status_code == 302
    batch.refresh_from_db()
    return batch


def act(client: Client, batch: ImportBatch, do: str, **more: str) -> str:
    done = client.post(reverse("files:imports:check", args=[batch.pk]), {"do": do, **more}, follow=True)
    assert done.status_code == 200
    batch.refresh_from_db()
    return done.content.decode()


@pytest.mark.django_db
@pytest.mark.system("S208")
@pytest.mark.invariant("AID-02")
def test_upload_preview_fix_commit_undo(desk):
    book, user, client = desk
    bad = [
        ("2026-03-11", "记-3", "跑步比赛", "501", "职工活动支出", "80.00", ""), ("", "", "", "102", "", "", "80.00"),
        ("2026-03-12", "记-4", "踢球比赛", "501", "职工活动支出", "90.00", ""), ("", "", "", "102", "", "", "90.00"),
        ("2026-03-13", "记-5", "付培训费", "50501", "", "70.00", ""), ("", "", "", "102", "", "", "60.00"),
        ("2026-03-14", "记-6", "不要的", "50501", "", "一", ""), ("", "", "", "102", "", "", "1.00"),
    ]  # fmt: skip
    batch = uploaded(client, book, [*GOOD[:4], *bad])
    page = client.get(reverse("files:imports:check", args=[batch.pk])).content.decode()
    assert batch.created == 4 and batch.rejected == 8 and not drafts(book)
    assert "这样写的行都记 50102" in page and "相差 ¥10.00" in page and "跑步比赛" in page
    rows = {r.row: r for r in ImportRow.objects.filter(batch=batch)}
    act(client, batch, "save", **{f"c-{rows[6].pk}": "=50102"})  # both rows written so
    assert {r.row for r in ImportRow.objects.filter(batch=batch, state="open")} == {10, 11, 12, 13}
    rows = {r.row: r for r in ImportRow.objects.filter(batch=batch)}
    act(client, batch, "save", **{f"f-{rows[11].pk}-credit": "65.00"})  # not yet even
    assert "相差 ¥5.00" in client.get(reverse("files:imports:check", args=[batch.pk])).content.decode()
    rows = {r.row: r for r in ImportRow.objects.filter(batch=batch)}
    act(client, batch, "save", **{f"f-{rows[11].pk}-credit": "70.00"})
    rows = {r.row: r for r in ImportRow.objects.filter(batch=batch)}
    page = act(client, batch, f"skip:{rows[12].pk}")  # one row left out leaves out its voucher
    assert not ImportRow.objects.filter(batch=batch, state="open").exists() and "记-6（2026-03-14）" in page
    act(client, batch, "commit")
    jobs.run_all()
    batch.refresh_from_db()
    assert (batch.state, batch.created, batch.rejected) == ("committed", 10, 2), batch.error
    made = drafts(book)
    assert [v.lines[0].account for v in made] == ["102", "50105", "50102", "50102", "50501"]
    assert {(v.maker_id, v.maker_person_id, v.maker_ref) for v in made} == {
        (user.pk, user.person_id, f"user:{user.pk}")
    }  # a person, not the job
    with pytest.raises(RuleViolation) as apart:
        services.voucher_check(actor=make.officer(Role.CHAIR, book.union, user.pk), voucher=made[0])
    assert apart.value.code == "finance.duties_apart"
    result = client.get(reverse("files:imports:detail", args=[batch.pk])).content.decode()
    assert "看导入的凭证" in result and "草稿凭证会作废" in result and "会籍" not in result
    assert "记-1（导入）" in client.get(reverse("finance:voucher", args=[made[0].pk])).content.decode()
    checked = services.voucher_check(actor=make.checker(book), voucher=made[1])
    undo = reverse("files:imports:undo", args=[batch.pk])
    said = client.post(undo, {"reason": "导错了"}, follow=True).content.decode()
    assert "看望住院会员（待记账）" in said and len(drafts(book)) == 4  # nothing is half taken back
    services.voucher_return(actor=make.checker(book), voucher=checked, note="退")
    client.post(undo, {"reason": "导错了"})
    batch.refresh_from_db()
    assert batch.state == "undone" and not drafts(book) and Voucher.objects.filter(book=book, state="dropped").count() == 5
    assert run(book, GOOD)["created"] == 4  # a batch taken back does not stand in the way


@pytest.mark.django_db
@pytest.mark.invariant("AID-02")
def test_a_job_does_not_make_vouchers_for_somebody_who_has_left(desk):
    book, user, client = desk
    batch = uploaded(client, book, GOOD)
    job = Actor(ref=f"user:{user.pk}", name="系统", is_system=True)
    context = Context(job, book.union.path, MARCH, batch=batch.pk)
    plan = Plan(pl.DataFrame(), [], State(book, [services.Bring(MARCH, "培训", [Line("50501", 1), Line("102", 0, 1)], source="import:x")]))
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(NotPermitted) as fault:
        Vouchers().write(plan, context, quiet)
    assert fault.value.code == "finance.import_actor" and not drafts(book)
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert len(Vouchers().write(plan, context, quiet)["vouchers"]) == 1


@pytest.mark.django_db
def test_a_stranger_does_not_see_the_batch_and_the_union_above_does_not_write_it(desk):
    book, _user, client = desk
    batch = uploaded(client, book, GOOD)
    stranger = people.client(people.officer((Role.FINANCE, make.union("外厂").path), name="外人"))
    for name in ("check", "map", "detail", "bad-rows"):
        assert stranger.get(reverse(f"files:imports:{name}", args=[batch.pk])).status_code == 404
    above = people.client(people.officer((Role.FINANCE, book.union.parent.path), name="上级"))
    assert above.post(reverse("files:imports:check", args=[batch.pk]), {"do": "commit"}).status_code == 403
    jobs.run_all()
    assert not drafts(book)


@pytest.mark.django_db
def test_the_book_page_leads_there_and_the_template_can_be_imported(desk):
    book, _user, client = desk
    page = client.get(reverse("finance:book", args=[book.pk])).content.decode()
    links = re.findall(r'href="([^"]*console/import/\?[^"]*)"', page)
    assert {k for k in ("vouchers", "opening_balances") if any(f"kind={k}" in x for x in links)} == {"vouchers", "opening_balances"}
    form = client.get(links[0].replace("&amp;", "&")).content.decode()
    assert re.search(rf'<option value="{book.union.path}" selected>', form)
    reader = people.client(people.officer((Role.AUDITOR, book.union.path), name="经审"))
    assert "console/import/?" not in reader.get(reverse("finance:book", args=[book.pk])).content.decode()
    for kind, made in (("opening_balances", 1), ("vouchers", 3)):
        got = client.get(reverse("files:imports:template", args=[kind]))
        rows = [
            ["" if c is None else str(c) for c in r]
            for r in openpyxl.load_workbook(io.BytesIO(got.content)).active.iter_rows(values_only=True)
        ]
        at = next(n for n, r in enumerate(rows) if "科目编码" in r)
        assert run(book, rows[at + 1 :], rows[at], kind)["rejected"] == 0
        assert len(drafts(book)) == made


@pytest.mark.django_db
def test_many_drafts_at_once_say_what_one_by_one_says_and_touch_the_audit_chain_once():
    book, twin = make.book(), make.book(make.union("另一厂"))
    lines = [Line("50105", 500), Line("101", 0, 500)]
    items = [services.Bring(make.DAY, f"看望第 {n} 位", lines, "hospital", f"import:{n}") for n in range(3)]
    one = [
        services.voucher_draft(actor=make.maker(twin), book=twin, on=i.on, words=i.words, lines=lines, event=i.event, source=i.source)
        for i in items
    ]
    before = AuditEntry.objects.count()
    many = services.vouchers_draft(actor=make.maker(book), book=book, items=items)
    assert AuditEntry.objects.count() == before + 1 and AuditEntry.objects.latest("seq").verb == "finance.voucher.made"
    held = Voucher.objects.filter(book=book).order_by("pk")
    assert [v.lines for v in held] == [v.lines for v in one] and [v.pk for v in held] == [v.pk for v in many]
    assert [[f["key"] for f in v.findings if f["key"] != "finance.twin"] for v in held] == [
        [f["key"] for f in v.findings if f["key"] != "finance.twin"] for v in one
    ]
    assert all(any(f["key"] == "finance.twin" for f in v.findings) for v in held)  # each sees the others, whatever their order
    with pytest.raises(Conflict) as fault:
        services.vouchers_draft(actor=make.maker(book), book=book, items=items[:1])
    assert fault.value.code == "finance.source_taken" and Voucher.objects.filter(book=book).count() == 3
    with pytest.raises(NotPermitted):
        services.vouchers_draft(actor=make.poster(book), book=book, items=items[:1])
    services.voucher_check(actor=make.checker(book), voucher=many[1])
    with pytest.raises(Conflict):
        services.vouchers_drop(actor=make.maker(book), book=book, vouchers=many, reason="撤销")
    assert not Voucher.objects.filter(book=book, state="dropped").exists()  # all or none
    assert services.vouchers_drop(actor=make.maker(book), book=book, vouchers=[many[0], many[2]], reason="撤销") == 2


@pytest.mark.django_db
def test_the_reads_of_a_check_do_not_grow_with_the_vouchers(django_assert_max_num_queries):
    book = make.book()
    rows = [
        r
        for n in range(30)
        for r in ((f"2026-03-{n % 28 + 1:02d}", f"记-{n}", "收会费", "102", "", "1", ""), ("", "", "", "401", "", "", "1"))
    ]
    with django_assert_max_num_queries(12):
        assert run(book, rows, dry_run=True)["created"] == 60
