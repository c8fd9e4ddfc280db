"""Import of vouchers (凭证导入): one row per line as 用友, 金蝶 and the like export them; each voucher becomes a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from gonghui.core import clock, money
from gonghui.core.errors import Refusal
from gonghui.files.imports.headers import plain
from gonghui.files.imports.protocol import UNCHANGED, Column, Context, Plan, Problem, Sheet
from gonghui.files.imports.reading import ROW
from gonghui.finance.enums import VoucherKind, VoucherState
from gonghui.finance.imports import accounts, common, table
from gonghui.finance.imports.common import Accounts, BookHandler, Judge, State
from gonghui.finance.imports.table import Item
from gonghui.finance.models import Book, Period, Voucher
from gonghui.finance.rules.charts import chart
from gonghui.finance.rules.digest import month_of
from gonghui.finance.rules.events import EVENTS
from gonghui.finance.rules.lines import MOST_LINES, Line
from gonghui.finance.services import Bring
from gonghui.finance.services.vouchers import ready

SOURCE = "import:"
BALANCES = ("321", "322", "331", "332")
COLUMNS = (
    Column("on", "日期", ("凭证日期", "制单日期", "记账日期", "业务日期", "填制日期", "会计日期", "凭证制单日期"), required=True, kind="date"),
    Column("word", "凭证字", ("字", "凭证类别", "凭证类别字", "凭证类型", "类别", "凭证种类"), longest=12),
    Column("number", "凭证号", ("凭证编号", "凭证字号", "凭证号数", "字号", "凭证号码", "编号", "记账凭证号", "凭证序号", "号"), required=True, longest=40),
    Column("words", "摘要", ("凭证摘要", "分录摘要", "业务摘要", "说明", "业务内容"), required=True, longest=80),
    Column("code", "科目编码", ("科目代码", "会计科目编码", "会计科目代码", "科目编号", "科目号", "账户代码", "科目"), longest=80),
    Column("account", "科目名称", ("会计科目", "会计科目名称", "科目全名", "科目全称", "总账科目", "账户名称", "一级科目"), longest=120),
    Column("debit", "借方金额", ("借方", "借方本币", "借方发生额", "借方本位币", "原币借方", "借方本币金额", "本币借方金额"), longest=40),
    Column("credit", "贷方金额", ("贷方", "贷方本币", "贷方发生额", "贷方本位币", "原币贷方", "贷方本币金额", "本币贷方金额"), longest=40),
    Column("amount", "金额", ("发生额", "本币金额", "本位币金额", "本币", "交易金额"), longest=40),
    Column("side", "方向", ("借贷方向", "余额方向", "借贷", "借/贷", "借贷标志", "发生方向"), longest=10),
    Column("detail", "往来或明细", ("往来", "往来单位", "往来单位名称", "明细", "明细科目", "二级科目", "对方单位", "核算项目", "辅助核算", "辅助项", "个人", "客户", "供应商"), longest=60),
    Column("project", "项目", ("项目名称", "项目核算", "核算项目名称", "经费项目", "专项"), longest=60),
    Column("event", "事项", ("业务事项", "发生了什么", "业务类型"), longest=40),
    Column("papers", "附件张数", ("附单据数", "附件数", "附件", "单据数", "所附单据数", "附单据张数"), kind="integer"),
)  # fmt: skip
SAMPLES = (
    ("2026-01-05", "记", "1", "收到会费", "102", "银行存款", "1,200.00", "", "", "", "", "", "", "2"),
    ("", "", "", "", "401", "会费收入", "", "1,200.00", "", "", "", "", "", ""),
    ("2026-01-12", "记", "2", "看望住院会员", "50105", "职工活动支出—会员活动", "500.00", "", "", "", "", "", "看望住院会员", "1"),
    ("", "", "", "", "101", "库存现金", "", "500.00", "", "", "", "", "", ""),
)
_EVENTS = {plain(t): e.key for e in EVENTS.values() for t in (e.key, e.label)}


@dataclass
class Group:
    """The rows of one voucher (一张凭证的各行)."""

    on: str
    number: str
    items: list[Item] = field(default_factory=list)

    @property
    def rows(self) -> list[int]:
        return [i.row for i in self.items]

    @property
    def name(self) -> str:
        return f"{self.number}（{self.on}）"

    @property
    def source(self) -> str:
        """Made of the voucher's own date and number: the same file again does nothing."""
        return f"{SOURCE}{self.on}:{self.number}"[:80]


class Vouchers(BookHandler):
    """Vouchers of another program (凭证)."""

    kind = "vouchers"
    label = "账务凭证"
    columns = COLUMNS
    order = 620
    shown = ("number", "words", "code", "account")
    samples = SAMPLES

    def prepare(self, sheet: Sheet, context: Context) -> Sheet:
        return prepare(sheet, context)

    def plan(self, sheet: Sheet, context: Context) -> Plan:
        book = common.wanted(context.org_path)
        return Planner(book, context, sheet).plan()


def prepare(sheet: Sheet, context: Context) -> Sheet:
    """Totals, remarks and repeated headers aside; continued rows filled; who belongs to whom is written beside each row.

    `_of` is how many rows its voucher has, `_bad` one of them that a column's kind already refused, `_skip` one left out by hand.
    """
    raws = list(sheet.frame.iter_rows(named=True))
    read = table.sort(raws, COLUMNS)
    table.continued(read.items)
    kept = {i.row for i in read.items}
    filled = {(i.row, key) for i in read.items for key in table.FILLED if getattr(i, key)}
    problems = [p for p in sheet.problems if p.row in kept and not (p.code == "empty" and (p.row, p.column) in filled)]
    totals = [p for p in read.problems if p.row not in context.skipped]
    groups = group(read.items)
    at_fault: dict[int, int] = {}
    for p in problems:
        at_fault.setdefault(p.row, p.row)
    notes, skipped_rows, marks = list(read.notes), set[int](), dict[int, dict[str, Any]]()
    out = []
    for g in groups:
        skip = next((r for r in g.rows if r in context.skipped), 0)
        if skip:
            skipped_rows |= set(g.rows)
            out.append(g.name)
        bad = 0 if skip else next((r for r in g.rows if r in at_fault), 0)
        for item in g.items:
            said = {"_on": item.on, "_number": item.number, "_words": item.words, "_order": item.order}
            marks[item.row] = {**said, "_of": len(g.rows), "_bad": bad, "_skip": skip}
    if out:
        notes.append(f"您跳过了行的凭证整张不导入：{'、'.join(out[:5])}{f'等 {len(out)} 张' if len(out) > 5 else ''}。")
    sheet.problems = [p for p in problems if p.row not in skipped_rows] + totals
    sheet.notes += notes
    if sheet.raw is not None:  # a reader sees which voucher a continued row belongs to
        sheet.raw = _filled(sheet.raw, read.items)
    sheet.frame = _marked(sheet.frame.filter(~pl.col(ROW).is_in(list(read.aside))), marks)
    return sheet


def _filled(raw: pl.DataFrame, items: Sequence[Item]) -> pl.DataFrame:
    known = {i.row: i for i in items}
    columns = []
    for key in table.FILLED:
        cells = [c or (getattr(known[r], key) or None if r in known else None) for r, c in zip(raw[ROW], raw[key], strict=True)]
        columns.append(pl.Series(key, cells, dtype=pl.String))
    return raw.with_columns(columns)


def _marked(frame: pl.DataFrame, marks: dict[int, dict[str, Any]]) -> pl.DataFrame:
    kinds = {
        "_on": pl.String,
        "_number": pl.String,
        "_words": pl.String,
        "_order": pl.Int64,
        "_of": pl.Int64,
        "_bad": pl.Int64,
        "_skip": pl.Int64,
    }
    empty = {"_on": "", "_number": "", "_words": "", "_order": 0, "_of": 0, "_bad": 0, "_skip": 0}
    rows = [marks.get(int(r), empty) for r in frame[ROW]]
    return frame.with_columns(pl.Series(k, [m[k] for m in rows], dtype=t) for k, t in kinds.items())


def group(items: Sequence[Item]) -> list[Group]:
    """Rows of one date and number make one voucher; a row without them stands alone."""
    found: dict[tuple[str, str, int], Group] = {}
    for item in items:
        alone = 0 if item.on and item.number else item.row
        found.setdefault((item.on, item.number, alone), Group(item.on, item.number)).items.append(item)
    return list(found.values())


class Planner:
    """Judges the vouchers of one table against one book (核对)."""

    def __init__(self, book: Book, context: Context, sheet: Sheet) -> None:
        self.book, self.judge, self.state = book, Judge(), State(book)
        items = [Item(int(r[ROW]), r, r["_on"], r["_number"], r["_words"], int(r["_order"])) for r in sheet.frame.iter_rows(named=True)]
        self.groups = group(items)
        pairs = {i.row: accounts.written(i.raw["code"], i.raw["account"]) for i in items}
        self.accounts = Accounts(book.level, context.choices, pairs)
        self.closed = set(Period.objects.filter(book=book, state="closed").values_list("month", flat=True))
        self.known = _known(book, [g.source for g in self.groups])

    def plan(self) -> Plan:
        for g in self.groups:
            self._one(g)
        made, again = len(self.state.makings), sum(1 for _r, v in self.judge.verdicts if v == UNCHANGED)
        if made:
            self.judge.notes.append(f"新做 {made:,} 张凭证草稿，制单人是您；审核、记账付款请另两位同事在“待办凭证”里办。")
        closings = sum(1 for m in self.state.makings if m.kind == VoucherKind.CLOSING)
        if closings:
            self.judge.notes.append(f"其中 {closings} 张是收入支出结转，按“年终结转”记，不冲掉本年发生额。")
        if twin := self._twins():
            self.judge.notes.append(twin)
        if again:
            self.judge.notes.append(f"{again:,} 行以前导入过，内容相同，不再做凭证。")
        return self.judge.plan(self.state)

    def _twins(self) -> str:
        """Vouchers made by hand that look like these: told, not stopped."""
        new = {(m.on, common.sums(m.lines)[0]) for m in self.state.makings}
        if not new:
            return ""
        days = [on for on, _total in new]
        rows = Voucher.objects.filter(book=self.book, on__gte=min(days), on__lte=max(days)).exclude(state=VoucherState.DROPPED)
        rows = rows.exclude(source__startswith=SOURCE).order_by("on", "pk")
        same = [(on, total, words) for on, total, words in rows.values_list("on", "total_fen", "words") if (on, total) in new]
        if not same:
            return ""
        on, total, words = same[0]
        return f"{len(same)} 张和账上手工做的凭证日期、金额相同，例如 {on:%Y-%m-%d}“{words}” {money.show(total)}，请核对不是同一笔。"

    def _one(self, g: Group) -> None:
        first = g.items[0].raw
        if first["_skip"]:
            self.judge.left(g.rows)
            return
        if first["_bad"]:
            self.judge.bad(g.rows, [], _waits(g, first["_bad"]))
            return
        faults, lines = self._placed(g) or self._doubled(g), list[Line]()
        if not faults:
            lines, faults = self._lines(g)
        faults = faults or self._whole(g, lines)
        if faults:
            self.judge.bad(g.rows, faults, _waits(g, faults[0].row))
        elif (old := self.known.get(g.source)) is not None:
            self._again(g, old, lines)
        else:
            self.judge.good(g.rows)
            self.state.makings.append(self._making(g, lines))

    def _spread(self, g: Group, column: str, code: str, message: str) -> list[Problem]:
        """One cause for all rows of a voucher; the cell to mend is open where it is filled."""
        return [Problem(i.row, column if n == 0 or i.raw.get(column) else "", code, message) for n, i in enumerate(g.items)]

    def _placed(self, g: Group) -> list[Problem]:
        """Date and number: there, inside the book, in an open month, not in the future."""
        if not g.number:
            return self._spread(g, "number", "number", "没有凭证号，上面一行也接不上。请补上，例如 记-12。")
        if not g.on:
            return self._spread(g, "on", "when", "没有日期，上面一行也接不上。请补上，写成 2026-01-05。")
        on, since = date.fromisoformat(g.on), self.book.since
        if on < since:
            return self._spread(g, "on", "when", f"{g.name}早于账套启用的 {since:%Y-%m-%d}。更早的账请并进期初余额，这几行跳过。")
        if on > clock.today():
            return self._spread(g, "on", "when", f"{g.name}的日期还没有到，请核对日期，或到时再导入。")
        if month_of(on) in self.closed:
            text = f"{g.name}所在的{on.year}年{on.month}月已经结账。请跳过这几行，或由经费审查人员反结账后再导入。"
            return self._spread(g, "on", "when", text)
        return []

    def _doubled(self, g: Group) -> list[Problem]:
        """The same voucher twice in the table: each run of rows is even by itself."""
        runs = table.blocks(g.items)
        if len(runs) < 2:
            return []
        for run in runs:
            sides = [table.amounts(i.raw) for i in run]
            if len(run) < 2 or sum(s[0] for s in sides) != sum(s[1] for s in sides):
                return []
        where = "、".join(f"第 {r[0].row}–{r[-1].row} 行" for r in runs[:4])
        return self._spread(
            g, "number", "double", f"{g.name}在表里出现了 {len(runs)} 次（{where}），各自都平。请删去重复的，或改成不同的号。"
        )

    def _lines(self, g: Group) -> tuple[list[Line], list[Problem]]:
        lines, faults, on = [], [], date.fromisoformat(g.on)
        try:
            chart_ = chart(on)
        except Refusal as refusal:
            return [], self._spread(g, "on", "when", refusal.message)
        for item in g.items:
            debit, credit, fault = table.amounts(item.raw)
            if fault is None and (debit < 0 or credit < 0):
                other = "贷" if debit < 0 else "借"
                text = f"这一行是红字（负数）。请改成{other}方的正数；更正已记账的凭证，请跳过这张，在原凭证上办“冲销”。"
                fault = ("debit" if debit < 0 else "credit", text)
            if fault is None and (debit != 0) == (credit != 0):
                fault = ("debit", "借方和贷方要填一边，只填一边，不能都填，也不能是 0。")
            if fault is not None:
                faults.append(Problem(item.row, fault[0], "amount", fault[1]))
                continue
            found = self.accounts.find(item.row, chart_)
            if found.fault:
                faults.append(self.accounts.problem(item.row, found, chart_))
                continue
            lines.append((item, found, debit, credit))
        if faults:
            return [], faults
        for _item, found, _d, _c in lines:
            self.judge.understood.update([found.note] if found.note else [])
        return [_line(item, found, debit, credit) for item, found, debit, credit in lines], []

    def _whole(self, g: Group, lines: list[Line]) -> list[Problem]:
        """What holds for the voucher as one: even, not too long, one event; the services' own rules have the last word."""
        debit, credit = common.sums(lines)
        if debit != credit:
            text = common.uneven(f"{g.name}共 {len(lines)} 行，", debit, credit)
            return [Problem(i.row, "debit" if x.debit else "credit", "uneven", text) for i, x in zip(g.items, lines, strict=True)]
        if len(lines) > MOST_LINES:
            return self._spread(g, "", "voucher", f"{g.name}有 {len(lines)} 行，一张凭证最多 {MOST_LINES} 行。请在原表里拆成几张。")
        if not _words(g):
            return self._spread(g, "words", "words", f"{g.name}没有摘要，请写明这笔钱办了什么事。")
        if wrong := self._events(g):
            return wrong
        try:
            ready(self.book, date.fromisoformat(g.on), _words(g), lines, _kind(g, lines), closed=self.closed)
        except Refusal as refusal:
            return self._spread(g, "", "voucher", f"{g.name}：{refusal.message}")
        return []

    def _events(self, g: Group) -> list[Problem]:
        said = [(i.row, i.raw["event"]) for i in g.items if i.raw["event"]]
        wrong = [
            Problem(r, "event", "event", f"没有“{t}”这个事项。请清空，或写平台上的事项，例如“看望住院会员”。")
            for r, t in said
            if plain(t) not in _EVENTS
        ]
        if not wrong and len({_EVENTS[plain(t)] for _r, t in said}) > 1:
            return [Problem(r, "event", "event", f"{g.name}写了几个不同的事项，一张凭证只能是一个。请只留一个。") for r, _t in said]
        return wrong

    def _again(self, g: Group, old: Voucher, lines: list[Line]) -> None:
        if common.same(old, lines) and old.event == _event(g):
            self.judge.good(g.rows, UNCHANGED)
            return
        how = "要用表里的，请先作废原来的草稿" if old.state == VoucherState.DRAFT else "要改请冲销后用专业模式重新制单"
        text = (
            f"{g.name}已经导入过，内容不同：系统里这张{old.get_state_display()}，合计 {money.show(old.total_fen)}，"
            f"表里合计 {money.show(common.sums(lines)[0])}。{how}；不用改就跳过这几行。"
        )
        self.judge.bad(g.rows, self._spread(g, "", "taken", text), text)

    def _making(self, g: Group, lines: list[Line]) -> Bring:
        papers = max((int(i.raw["papers"] or 0) for i in g.items), default=0)
        facts: dict[str, Any] = {"import_number": g.number, **({"import_papers": papers} if papers else {})}
        return Bring(date.fromisoformat(g.on), _words(g), lines, _event(g), g.source, _kind(g, lines), facts)


def _waits(g: Group, row: int) -> str:
    return f"{g.name}的第 {row} 行要先改好，整张凭证一起导入。"


def _words(g: Group) -> str:
    return next((i.words for i in g.items if i.words), "")


def _event(g: Group) -> str:
    return next((_EVENTS[plain(i.raw["event"])] for i in g.items if i.raw["event"]), "")


def _line(item: Item, found: accounts.Found, debit: int, credit: int) -> Line:
    project = str(item.raw["project"] or "")
    return Line(
        found.code,
        debit,
        credit,
        common.detail(item.raw["detail"], found),
        "" if project in ("基本", "基本支出") else project,
        item.words,
    )


def _kind(g: Group, lines: Sequence[Line]) -> str:
    """A transfer of income and expenditure to the balances (结转) is told apart from what happened, as the year's own closing is."""
    heads = {x.account[:1] for x in lines}
    emptied = all(x.debit if x.account[0] == "4" else x.credit if x.account[0] == "5" else x.account[:3] in BALANCES for x in lines)
    said = g.on.endswith("-12-31") or any("结转" in i.words for i in g.items)
    return VoucherKind.CLOSING if emptied and said and heads & {"4", "5"} and "3" in heads else VoucherKind.NORMAL


def _known(book: Book, sources: Sequence[str]) -> dict[str, Voucher]:
    """Vouchers made of these numbers before."""
    found = {}
    for at in range(0, len(sources), 500):
        rows = Voucher.objects.filter(book=book, source__in=sources[at : at + 500]).exclude(state=VoucherState.DROPPED)
        found.update({v.source: v for v in rows.prefetch_related("postings")})
    return found
