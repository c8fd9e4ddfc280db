"""Named figures and small factories of treasury: 会计 makes, 主席 checks, 出纳 pays, all of one union."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.approvals import services as approvals
from gonghui.finance import services as finance
from gonghui.members.tests import make as members
from gonghui.orgs import services as orgs
from gonghui.orgs.tests import make as register
from gonghui.treasury.enums import Control
from gonghui.treasury.models import Budget, Payment
from gonghui.treasury.rules.items import Row
from gonghui.treasury.services import batches, budgets, payments

system = Actor.system("test")
YEAR = date(2025, 1, 1)
CARD = "6217000000000001234"
ROWS = (
    Row("income", "402", 10_000_000),
    Row("spending", "50105", 3_000_000, "festival", "节日慰问"),
    Row("spending", "50105", 1_000_000),
    Row("spending", "50102", 2_000_000),
    Row("spending", "50404", 1_000_000),
)


def union(name: str = "青石茶厂", area: str = "") -> Any:
    """A grassroots union with its book, certificate and account."""
    town = register.root()
    firm = register.employer(town, name)
    made = register.own_union(firm, town, area=area or "371002")
    orgs.certificate_add(actor=system, union=made, number="证1", issued_on=date(2021, 1, 1), valid_until=date(2031, 1, 1))
    orgs.account_set(actor=system, union=made, bank="江州农商行", number="9550880000001234", since=date(2022, 1, 1))
    finance.book_open(actor=system, union=made, since=date(2022, 1, 1))
    return made


def book(of: Any) -> Any:
    from gonghui.finance.selectors import books

    return books.book_of(of)


def someone(of: Any, role: Role, word: str, **more: Any) -> Actor:
    """An officer of this very union; the same word is the same account."""
    from django.apps import apps

    name = f"{word}-{of.pk}"
    held = apps.get_model("accounts.User").objects.filter(username=name).first()
    return accounts.actor(held) if held else accounts.acting((role, of.path), username=name, name=word, **more)


def maker(of: Any) -> Actor:
    return someone(of, Role.FINANCE, "kuaiji")


def chair(of: Any) -> Actor:
    return someone(of, Role.CHAIR, "zhuxi")


def cashier(of: Any) -> Actor:
    return someone(of, Role.CASHIER, "chuna")


def auditor(of: Any) -> Actor:
    return someone(of, Role.AUDITOR, "jingshen")


def in_force(of: Any, rows: Any = ROWS, year: int = 2025, **more: Any) -> Budget:
    """A budget entered from paper."""
    more.setdefault("control", Control.RULE)
    return budgets.budget_register(
        actor=maker(of),
        union=of,
        year=year,
        rows=list(rows),
        examined_on=date(year, 1, 5),
        approved_on=date(year, 1, 8),
        document_no="会议纪要 1 号",
        **more,
    )


def approve(paper: Any, *actors: Actor) -> None:
    """One after the other."""
    for actor in actors:
        paper.refresh_from_db()
        approvals.approval_decide(actor=actor, approval=paper, decision="approve")


def voucher(
    of: Any,
    amount: int = 100_000,
    event: str = "sports",
    on: date = date(2025, 5, 6),
    *,
    checked: bool = True,
    source: str = "",
    cash: bool = False,
) -> Any:
    """A voucher of the union, checked by the chair."""
    made = finance.entry(
        actor=maker(of),
        book=book(of),
        event=event,
        on=on,
        amount=amount,
        words="办活动",
        source=source,
        facts={"cash": cash, "participants": 100},
    )
    return finance.voucher_check(actor=chair(of), voucher=made) if checked else made


def posted(of: Any, amount: int = 100_000, event: str = "sports", on: date = date(2025, 5, 6), source: str = "") -> Any:
    return finance.voucher_post(actor=cashier(of), voucher=voucher(of, amount, event, on, source=source))


def payment(of: Any, amount: int = 100_000, **more: Any) -> Payment:
    """Asked for on a checked voucher."""
    cash = more.get("method") == "cash"
    more.setdefault("voucher", voucher(of, amount, cash=cash))
    more.setdefault("account", "" if cash else CARD)
    more.setdefault("payee", "青石文体用品店")
    return payments.payment_request(actor=maker(of), union=of, amount_fen=amount, words=more.pop("words", "购买比赛用品"), **more)


def approved(of: Any, amount: int = 100_000, **more: Any) -> Payment:
    row = payments.payment_submit(actor=maker(of), payment=payment(of, amount, **more))
    approve(row.approval, chair(of))
    row.refresh_from_db()
    return row


def account(of: Any) -> Any:
    return of.accounts.get(until=None)


def batch(of: Any, *rows: Payment, format: str = "general") -> Any:
    return batches.batch_make(actor=maker(of), union=of, account=account(of), payments_=rows or [approved(of)], format=format)


def ready(of: Any, *rows: Payment) -> Any:
    """A batch approved by somebody else."""
    return batches.batch_approve(actor=chair(of), batch=batch(of, *rows))


person = members.person
