"""Import of bank statements (银行对账单导入): xlsx or csv, any of the usual column names; amounts in one column or two."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from gonghui.accounts.actor import Actor
from gonghui.core import clock, mask, money
from gonghui.files.imports.protocol import CREATED, REJECTED, UNCHANGED, Column, Context, Handler, Plan, Problem, Sheet, Tell
from gonghui.treasury.enums import Perm
from gonghui.treasury.models import BankEntry, Statement
from gonghui.treasury.selectors import bank as reads
from gonghui.treasury.services import bank
from gonghui.treasury.services.bank import Said

COLUMNS = (
    Column("on", "交易日期", ("日期", "记账日期", "交易时间", "入账日期"), required=True, kind="date"),
    Column("income", "收入金额", ("贷方发生额", "收入", "贷方金额", "存入金额", "贷方"), longest=30),
    Column("outgo", "支出金额", ("借方发生额", "支出", "借方金额", "支取金额", "借方"), longest=30),
    Column("amount", "交易金额", ("金额", "发生额"), longest=30),
    Column("balance", "余额", ("账户余额", "当前余额", "本次余额"), longest=30),
    Column("payee", "对方户名", ("对方名称", "对方账户名称", "收付款人"), longest=120),
    Column("account", "对方账号", ("对方账户", "收付款账号"), kind="number", longest=40),
    Column("reference", "流水号", ("交易流水号", "银行流水号", "凭证号", "业务编号", "流水"), longest=60),
    Column("words", "摘要", ("用途", "附言", "备注", "交易摘要"), longest=160),
)


@dataclass
class State:
    """What `write` does."""

    account: Any = None
    lines: list[Said] = field(default_factory=list)


class Statements(Handler):
    """Bank statement of the union's account in use (银行对账单)."""

    kind = "bank_statement"
    label = "银行对账单"
    perm = Perm.BANK_EDIT
    columns = COLUMNS
    causes = {"account": "工会账户", "amount": "金额", "date": "日期", "double": "表内重复"}

    def plan(self, sheet: Sheet, context: Context) -> Plan:
        account = _account(context)
        state, verdicts, problems, seen = State(account), list[tuple[int, str]](), list[Problem](), set[str]()
        said = [(int(raw["_row"]), *_read(raw)) for raw in sheet.frame.iter_rows(named=True)]
        known = set(BankEntry.objects.filter(account=account).values_list("reference", flat=True)) if account is not None else set()
        repeated: dict[str, int] = {}
        for row, line, fault in said:
            if account is None:
                fault = ("", "account", "这个工会还没有登记银行账户。请先在组织页登记账户，再导入对账单。")
            if line is not None and not line.reference:
                line = _numbered(line, repeated)
            if fault is None and line is not None and line.reference in seen:
                fault = ("reference", "double", f"流水号 {line.reference} 在表里出现了两次。请核对后只留一行。")
            if fault is not None or line is None:
                column, code, message = fault or ("amount", "amount", "金额读不出来。")
                problems.append(Problem(row, column, code, message))
                verdicts.append((row, REJECTED))
                continue
            seen.add(line.reference)
            if line.reference in known:
                verdicts.append((row, UNCHANGED))
            else:
                state.lines.append(line)
                verdicts.append((row, CREATED))
        frame = pl.DataFrame(verdicts, schema={"_row": pl.UInt32, "verdict": pl.String}, orient="row")
        return Plan(frame, problems, state)

    def write(self, plan: Plan, context: Context, tell: Tell) -> dict[str, Any]:
        if not plan.state.lines:
            return {"statement": None}
        made = bank.statement_write(actor=context.actor, account=plan.state.account, lines=plan.state.lines, batch=context.batch)
        pairs = bank.match_auto(actor=context.actor, account=plan.state.account)
        tell(made.rows, made.rows, f"已导入 {made.rows} 笔，自动核对 {pairs} 笔")
        return {"statement": made.pk}

    def undo(self, kept: dict[str, Any], context: Context) -> None:
        found = Statement.objects.filter(pk=kept.get("statement") or 0).select_related("account__union").first()
        if found is not None:
            bank.statement_undo(actor=context.actor, statement=found)

    def targets(self, actor: Actor) -> list[tuple[str, str]]:
        return [(a.union.path, f"{a.union.name}（{a.bank} {a.number_mask}）") for a in reads.account_list(actor=actor)[:200]]


def _account(context: Context) -> Any:
    return reads.account_model()._default_manager.filter(union__path=context.org_path, until=None).select_related("union").first()


def _numbered(line: Said, repeated: dict[str, int]) -> Said:
    """A stable number for a line of a bank that gives none: the same file read again gives the same ones."""
    body = f"{line.on}|{line.amount_fen}|{line.balance_fen}|{line.payee}|{line.words}"
    stem = hashlib.sha256(body.encode()).hexdigest()[:16]
    repeated[stem] = repeated.get(stem, 0) + 1
    return Said(line.on, line.amount_fen, f"N{stem}-{repeated[stem]}", line.balance_fen, line.payee, line.payee_mask, line.words)


def _fen(text: str | None) -> int | None:
    if text is None or not text.strip() or text.strip() in {"-", "—"}:
        return None
    return money.parse(text)


def _read(raw: Mapping[str, Any]) -> tuple[Said | None, tuple[str, str, str] | None]:
    try:
        income, outgo, amount, balance = (_fen(raw[k]) for k in ("income", "outgo", "amount", "balance"))
    except ValueError as fault:
        return None, ("amount", "amount", f"金额“{fault}”读不出来，请写成 1234.50 这样。")
    fen = (income or 0) - (outgo or 0) if income is not None or outgo is not None else amount
    if not fen or ((income or 0) and (outgo or 0)):
        return None, ("amount", "amount", "收入和支出要填一边，不能都填，也不能是 0。")
    if not raw["on"]:
        return None, ("on", "date", "交易日期没有填或读不出来。")
    on = date.fromisoformat(raw["on"])
    if on > clock.today():
        return None, ("on", "date", f"交易日期 {on} 晚于今天，请核对。")
    digits = "".join(c for c in raw["account"] or "" if c.isdigit())
    return Said(
        on, fen, (raw["reference"] or "").strip(), balance, raw["payee"] or "", mask.card(digits) if digits else "", raw["words"] or ""
    ), None
