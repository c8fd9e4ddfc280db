"""Import of opening balances (期初余额导入): a table of balances becomes one opening voucher on the day the book starts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import polars as pl

from gonghui.core import money
from gonghui.core.errors import Conflict, Refusal
from gonghui.files.imports.protocol import UNCHANGED, Column, Context, Plan, Problem, Sheet, Tell
from gonghui.files.imports.reading import ROW
from gonghui.finance.enums import VoucherKind, VoucherState
from gonghui.finance.imports import accounts, common, table
from gonghui.finance.imports.common import Accounts, BookHandler, Judge, State
from gonghui.finance.imports.table import Item
from gonghui.finance.models import Book, Period, Voucher
from gonghui.finance.rules.charts import chart
from gonghui.finance.rules.lines import MOST_LINES, Line
from gonghui.finance.services import Bring
from gonghui.finance.services.vouchers import one_at_a_time, ready

SOURCE = "import:opening"
WORDS = "期初余额"
OPENINGS = (VoucherKind.OPENING, VoucherKind.TRANSITION)
COLUMNS = (
    Column("code", "科目编码", ("科目代码", "会计科目编码", "会计科目代码", "科目编号", "科目号", "科目"), longest=80),
    Column("account", "科目名称", ("会计科目", "会计科目名称", "科目全名", "科目全称", "总账科目"), longest=120),
    Column("debit", "借方余额", ("期初借方余额", "期初借方", "年初借方余额", "年初借方", "期初余额借方", "年初余额借方", "借方", "借方期初余额", "借方年初余额", "借方金额"), longest=40),
    Column("credit", "贷方余额", ("期初贷方余额", "期初贷方", "年初贷方余额", "年初贷方", "期初余额贷方", "年初余额贷方", "贷方", "贷方期初余额", "贷方年初余额", "贷方金额"), longest=40),
    Column("amount", "余额", ("期初余额", "年初余额", "期初数", "年初数", "期初", "金额", "本币余额"), longest=40),
    Column("side", "方向", ("余额方向", "借贷方向", "借贷", "借/贷", "期初方向"), longest=10),
    Column("detail", "往来或明细", ("往来", "往来单位", "明细", "辅助核算", "核算项目", "对方单位", "单位或个人"), longest=60),
    Column("project", "项目", ("项目名称", "专项"), longest=60),
)  # fmt: skip
SAMPLES = (
    ("102", "银行存款", "58,200.00", "", "", "", "", ""),
    ("162", "固定资产", "12,000.00", "", "", "", "", ""),
    ("215", "其他应付款", "", "1,500.00", "", "", "青石印刷厂", ""),
    ("30104", "资产基金—固定资产", "", "12,000.00", "", "", "", ""),
    ("322", "工会资金结余", "", "56,700.00", "", "", "", ""),
)


class Openings(BookHandler):
    """Opening balances (期初余额)."""

    kind = "opening_balances"
    label = "期初余额"
    columns = COLUMNS
    order = 610
    shown = ("code", "account")
    samples = SAMPLES

    def prepare(self, sheet: Sheet, context: Context) -> Sheet:
        return prepare(sheet, context)

    def plan(self, sheet: Sheet, context: Context) -> Plan:
        return Planner(common.wanted(context.org_path), context, sheet).plan()

    def write(self, plan: Plan, context: Context, tell: Tell) -> dict[str, Any]:
        if plan.state.makings:
            one_at_a_time(plan.state.book)
            if (old := standing(plan.state.book)) is not None:
                raise Conflict("finance.opening_twice", _have(old))
        return super().write(plan, context, tell)


def prepare(sheet: Sheet, context: Context) -> Sheet:
    """Totals, classes, empty accounts and accounts that only add up their details are put aside; the latter are checked first."""
    raws = list(sheet.frame.iter_rows(named=True))
    above, wrong = parents(raws)
    read = table.sort(raws, COLUMNS, parents=above, usual=1)
    zero = [i.row for i in read.items if table.amounts(i.raw, 1) == (0, 0, None)]
    gone = read.aside | set(zero)
    notes = list(read.notes)
    if above:
        notes.append(f"{len(above)} 行是上级科目，等于它下面各行之和，只核对，不重复记。")
    if zero:
        notes.append(f"{len(zero)} 行余额是 0，不用记。")
    said = [p for p in [*read.problems, *wrong] if p.row not in context.skipped]
    sheet.problems = [p for p in sheet.problems if p.row not in gone] + said
    sheet.notes += notes
    sheet.frame = sheet.frame.filter(~pl.col(ROW).is_in(list(gone)))
    refused = sorted({p.row for p in sheet.problems})
    bad = next((r for r in refused if r not in context.skipped), 0)
    sheet.frame = sheet.frame.with_columns(pl.lit(bad, pl.Int64).alias("_bad"))
    return sheet


def parents(raws: Sequence[dict[str, Any]]) -> tuple[set[int], list[Problem]]:
    """Rows of accounts whose details stand in the table too, and those that are not the sum of them."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for raw in raws:
        number, _name = accounts.written(raw["code"], raw["account"])
        code = re.sub(r"\D", "", number)
        debit, credit, fault = table.amounts(raw, 1)
        if code and fault is None and not table.is_total(raw):
            found.setdefault(code, []).append((int(raw[ROW]), debit, credit))
    above, wrong = set[int](), []
    for code, rows in found.items():
        below = [c for c in found if c != code and c.startswith(code)]
        if not below or len(rows) > 1:
            continue
        ends = [c for c in below if not any(o != c and o.startswith(c) for o in below)]
        net = sum(d - c for e in ends for _r, d, c in found[e])
        row, debit, credit = rows[0]
        if debit - credit == net:
            above.add(row)
        else:
            text = f"{code} 写的余额是 {money.show(abs(debit - credit))}，它下面各明细相加是 {money.show(abs(net))}，相差 {money.show(abs(debit - credit - net))}。请改到相等。"
            wrong.append(Problem(row, "debit" if debit else "credit" if credit else "code", "total", text))
    return above, wrong


def standing(book: Book) -> Voucher | None:
    """The opening voucher the book has: draft, checked or posted and not taken back."""
    rows = Voucher.objects.filter(book=book, kind__in=OPENINGS).exclude(state=VoucherState.DROPPED)
    return rows.exclude(reversal__state=VoucherState.POSTED).order_by("pk").first()


def _have(old: Voucher) -> str:
    how = "要重来，请先作废这张草稿" if old.state == VoucherState.DRAFT else "有错请冲销后重来"
    return f"账套已经有期初凭证：{old.on:%Y-%m-%d}“{old.words}”，合计 {money.show(old.total_fen)}，{old.get_state_display()}。一套账只有一张期初，{how}。"


class Planner:
    """Judges the balances of one table against one book (核对)."""

    def __init__(self, book: Book, context: Context, sheet: Sheet) -> None:
        self.book, self.judge, self.state, self.context = book, Judge(), State(book), context
        raws = list(sheet.frame.iter_rows(named=True))
        self.items = [Item(int(r[ROW]), r) for r in raws]
        self.bad = int(raws[0]["_bad"]) if raws else 0
        self.table = chart(book.since)
        pairs = {i.row: accounts.written(i.raw["code"], i.raw["account"]) for i in self.items}
        self.accounts = Accounts(book.level, context.choices, pairs)

    def plan(self) -> Plan:
        rows = [i.row for i in self.items]
        if not rows:
            return self.judge.plan(self.state)
        lines, faults = self._lines()
        merged, old = _merged(lines), standing(self.book)
        known = old is not None and not faults and not self.bad and old.source == SOURCE and common.same(old, merged)
        if known:
            self.judge.good(rows, UNCHANGED)
            self.judge.notes.append("这份期初余额以前导入过，内容相同，不再做凭证。")
        elif old is not None:
            self.judge.bad(rows, [Problem(r, "", "have", _have(old)) for r in rows], "")
        elif faults or self.bad:
            self.judge.bad(rows, faults, f"期初余额是一张凭证，第 {faults[0].row if faults else self.bad} 行要先改好，各行一起导入。")
        elif wrong := self._whole(merged, lines):
            self.judge.bad(rows, wrong, wrong[0].message)
        else:
            self.judge.good(rows)
            self.state.makings.append(Bring(self.book.since, WORDS, merged, source=SOURCE, kind=VoucherKind.OPENING))
            total = money.show(common.sums(merged)[0])
            text = f"做一张期初凭证草稿，日期 {self.book.since:%Y-%m-%d}，借贷各 {total}。制单人是您；审核、记账请另两位同事办。"
            self.judge.notes.append(text)
        return self.judge.plan(self.state)

    def _lines(self) -> tuple[list[Line], list[Problem]]:
        lines, faults = [], []
        for item in self.items:
            found = self.accounts.find(item.row, self.table)
            if found.fault:
                faults.append(self.accounts.problem(item.row, found, self.table))
                continue
            usual = -1 if self.table.accounts[found.code].credit_side else 1
            debit, credit, fault = table.amounts(item.raw, usual)
            if fault is None and debit and credit:
                fault = ("debit", "一行只能有借方或贷方余额，请只留一边；同一科目两边都有的，分成两行写往来单位。")
            if fault is None and found.code[:1] in "45" and (self.book.since.month, self.book.since.day) == (1, 1):
                fault = ("code", "收入、支出科目年初没有余额。请先在原来的账里做年终结转，再用结转后的余额表。")
            if fault is not None:
                code = "account" if fault[0] == "code" else "amount"
                faults.append(Problem(item.row, fault[0], code, fault[1]))
                continue
            self.judge.understood.update([found.note] if found.note else [])
            lines.append(Line(found.code, debit, credit, common.detail(item.raw["detail"], found), str(item.raw["project"] or ""), WORDS))
        return lines, faults

    def _whole(self, merged: list[Line], lines: list[Line]) -> list[Problem]:
        """Even, not too long; the services' own rules have the last word."""
        debit, credit = common.sums(lines)
        if debit != credit:
            text = common.uneven("期初余额", debit, credit)
            return [Problem(i.row, _side(i, x), "uneven", text) for i, x in zip(self.items, lines, strict=True)]
        if len(merged) > MOST_LINES:
            text = f"期初有 {len(merged)} 行，一张凭证最多 {MOST_LINES} 行。请把往来明细按科目合并后再导入。"
            return [Problem(i.row, "", "voucher", text) for i in self.items]
        closed = set(Period.objects.filter(book=self.book, state="closed").values_list("month", flat=True))
        try:
            ready(self.book, self.book.since, WORDS, merged, VoucherKind.OPENING, closed=closed)
        except Refusal as refusal:
            return [Problem(i.row, "", "voucher", refusal.message) for i in self.items]
        return []


def _side(item: Item, line: Line) -> str:
    if item.raw["debit"] or item.raw["credit"]:
        return "debit" if line.debit else "credit"
    return "amount"


def _merged(lines: Sequence[Line]) -> list[Line]:
    """Rows of one account, side, counterpart and project become one line."""
    found: dict[tuple[str, bool, str, str], Line] = {}
    for x in lines:
        key = (x.account, x.debit != 0, x.detail, x.project)
        old = found.get(key, Line(x.account, 0, 0, x.detail, x.project, x.words))
        found[key] = Line(x.account, old.debit + x.debit, old.credit + x.credit, x.detail, x.project, x.words)
    return [x for x in found.values() if x.debit or x.credit]
