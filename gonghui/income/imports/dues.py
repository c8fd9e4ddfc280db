"""Payroll and bank files of dues as a kind of import (会费到账导入): matched rows are posted, the others wait at the desk."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from gonghui.core import clock, crypto, mask, money
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.files.imports.protocol import CREATED, UPDATED, Column, Context, Handler, Plan, Problem, Sheet, Tell
from gonghui.files.imports.reading import ROW
from gonghui.income.enums import ListState, PaidBy, PaymentState, Perm
from gonghui.income.models import DuesList, Payment
from gonghui.income.rules import matching
from gonghui.income.selectors import dues as reads
from gonghui.income.services import dues
from gonghui.people import rules as people
from gonghui.people.selectors import ID_LABEL, PHONE_LABEL

COLUMNS = (
    Column("name", "姓名", ("职工姓名", "会员姓名", "员工姓名", "户名", "付款人", "缴费人", "对方户名", "名字"), kind="name", longest=60, example="张三"),
    Column(
        "id_number", "证件号码", ("身份证号", "身份证号码", "公民身份号码", "证件号", "身份证"), kind="number", sensitive="id", longest=40,
        example="990101198803150016",
    ),
    Column("phone", "手机号", ("手机", "手机号码", "联系电话", "电话"), kind="number", sensitive="phone", longest=30, example="13800138000"),
    Column(
        "amount", "金额", ("会费", "代扣会费", "会费金额", "交易金额", "到账金额", "缴费金额", "扣款金额", "实缴金额"), required=True, longest=30, example="26.30"
    ),
)  # fmt: skip
CAUSES = {"amount": "金额", "list": "收缴单"}


@dataclass
class State:
    """What will be written (办理方案)."""

    listing: DuesList | None = None
    rows: list[dues.Arrived] = field(default_factory=list)


class Dues(Handler):
    """Money of one collection list."""

    kind, label, perm = "dues", "会费到账", Perm.DUES_EDIT
    columns = COLUMNS
    causes = CAUSES

    def prepare(self, sheet: Sheet, context: Context) -> Sheet:
        """Amounts in fen; a row without a readable amount cannot be booked."""
        fens = []
        for r in sheet.frame.iter_rows(named=True):
            fen = amount_of(r["amount"] or "")
            fens.append(fen)
            if fen is None:
                sheet.problems.append(Problem(int(r[ROW]), "amount", "amount", "金额读不出来，或不大于 0。请照原始单据填写，如 26.30。"))
        sheet.frame = sheet.frame.with_columns(pl.Series("_fen", fens, dtype=pl.Int64))
        return sheet

    def plan(self, sheet: Sheet, context: Context) -> Plan:
        """Find each row's member among those of the list."""
        listing = listing_of(context)
        if listing is None:
            bad = [Problem(int(r), "", "list", "找不到要登记的收缴单，或已经结清。请先生成这一期的收缴单。") for r in sheet.frame[ROW]]
            return Plan(pl.DataFrame({ROW: [], "verdict": []}, schema={ROW: pl.UInt32, "verdict": pl.String}), bad)
        rows = list(sheet.frame.iter_rows(named=True))
        matches = matching.match_all(read_rows(rows), reads.candidates(listing))
        state = State(listing, [arrived(r, m) for r, m in zip(rows, matches, strict=True)])
        verdicts = pl.DataFrame({ROW: [int(r[ROW]) for r in rows], "verdict": [CREATED if m.person else UPDATED for m in matches]},
                                schema={ROW: pl.UInt32, "verdict": pl.String})  # fmt: skip
        return Plan(verdicts, [], state, notes(matches))

    def write(self, plan: Plan, context: Context, tell: Tell) -> dict[str, Any]:
        """Post everything at once."""
        state: State = plan.state
        if state is None or state.listing is None:
            raise RuleViolation("income.no_list", "没有可以登记的收缴单。")
        how = str(context.options.get("how") or PaidBy.PAYROLL)
        made = dues.payments_post(
            actor=context.actor, listing=state.listing, on=context.as_of, rows=state.rows, how=how, batch=context.batch
        )
        return {"batch": context.batch, "rows": len(made)}

    def undo(self, kept: dict[str, Any], context: Context) -> None:
        """Reverse every matched row and return the others; refused once a receipt stands."""
        rows = Payment.objects.filter(batch=kept["batch"], reverses=None).select_related("listing", "union", "person")
        if any(p.receipt_id is not None for p in rows):
            raise Conflict("imports.undo_blocked", "这批会费已开收据，不能整批撤回。请先冲销收据，或逐笔冲正。")
        for payment in rows:
            if payment.state == PaymentState.UNMATCHED:
                dues.payment_return(actor=context.actor, payment=payment, reason="整批撤回")
            elif payment.state == PaymentState.MATCHED and not Payment.objects.filter(reverses=payment).exists():
                dues.payment_reverse(actor=context.actor, payment=payment, reason="整批撤回")

    def targets(self, actor: Any) -> list[tuple[str, str]]:
        """Unions with an open list."""
        rows = DuesList.objects.filter(actor.within(Perm.DUES_EDIT, "union"), state=ListState.OPEN)
        return list(dict.fromkeys(rows.order_by("union__path").values_list("union__path", "union__name")))[:200]


def amount_of(text: str) -> int | None:
    """Fen of a cell; None when it is no positive amount. A trailing third decimal of zero is Excel's."""
    plain = people.tidy(text).replace(" ", "")
    if "." in plain and len(plain.rsplit(".", 1)[1]) > 2 and set(plain.rsplit(".", 1)[1][2:]) <= {"0"}:
        plain = plain[: plain.rindex(".") + 3]
    try:
        fen = money.parse(plain)
    except ValueError:
        return None
    return fen if fen > 0 else None


def listing_of(context: Context) -> DuesList | None:
    """The list the file is for: named in the options, else the newest open one of the union."""
    rows = DuesList.objects.filter(
        context.actor.within(Perm.DUES_EDIT, "union"), union__path=context.org_path, state=ListState.OPEN
    ).select_related("union")
    wanted = context.options.get("listing")
    return rows.filter(pk=int(wanted)).first() if wanted else rows.order_by("-since").first()


def read_rows(rows: list[dict[str, Any]]) -> list[matching.Row]:
    """Rows as matching knows them: whole numbers become blind indexes, the rest stays text for partial marks."""
    by_id, by_phone, today = crypto.blinder(ID_LABEL), crypto.blinder(PHONE_LABEL), clock.today()
    return [read_row(r, by_id, by_phone, today) for r in rows]


def read_row(r: dict[str, Any], by_id: Any, by_phone: Any, today: date) -> matching.Row:
    """One row."""
    number, phone = people.tidy_number(r.get("id_number") or ""), people.tidy_number(r.get("phone") or "")
    read = people.resident_read(number, today) if number else None
    digits, message = people.phone_read(phone) if phone else ("", "")
    good_phone = bool(digits) and not message
    return matching.Row(
        int(r[ROW]), people.tidy(r.get("name") or ""), by_id(read.number) if read and read.number and not read.problem else None,
        by_phone(digits) if good_phone else None, read.number if read and read.number else number, digits if good_phone else phone, int(r["_fen"]),
    )  # fmt: skip


def arrived(r: dict[str, Any], m: matching.Match) -> dues.Arrived:
    """A row as it is booked: masks only."""
    number, phone = people.tidy_number(r.get("id_number") or ""), people.tidy_number(r.get("phone") or "")
    return dues.Arrived(
        int(r["_fen"]), m.person, m.how[:16], people.tidy(r.get("name") or ""), mask.id_number(number)[:24], mask.phone(phone)[:16], m.row
    )


def notes(matches: list[matching.Match]) -> list[str]:
    """What the page says above the rows."""
    waiting = Counter(m.how for m in matches if m.person is None)
    found = sum(m.person is not None for m in matches)
    said = [f"{found} 行已认出会员。"]
    if waiting:
        reasons = "、".join(f"{matching.HOW[how]} {n} 行" for how, n in waiting.most_common())
        said.append(f"{sum(waiting.values())} 行认不准，登记后转到“待认领”：{reasons}。")
    return said


def register() -> None:
    """Called from `IncomeConfig.ready()`."""
    from gonghui.files.imports import protocol

    protocol.register(Dues())
