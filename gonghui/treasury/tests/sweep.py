"""What treasury adds to the sweep (权限扫描的资金部分): one of each of its things in both trees."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.finance import services as finance
from gonghui.finance.selectors import books
from gonghui.orgs import services as orgs
from gonghui.treasury import services
from gonghui.treasury.rules.items import Row
from gonghui.treasury.services import assets, bank, batches, budgets, payments, projects

system = Actor.system("test")
ARGS: dict[str, str] = {
    **{f"treasury:{n}.pk": "treasury.Budget" for n in ("budget", "budget_edit", "budget_export", "budget_act")},
    "treasury:budget_act.verb": "=report",
    **{f"treasury:{n}.pk": "treasury.FinalAccount" for n in ("final", "final_export", "final_explain", "final_act")},
    "treasury:final_act.verb": "=report",
    "treasury:hold_release.pk": "treasury.Reservation",
    **{f"treasury:{n}.pk": "treasury.Payment" for n in ("payment", "payment_edit", "payment_act")},
    "treasury:payment_act.verb": "=cancel",
    **{f"treasury:{n}.pk": "treasury.PaymentBatch" for n in ("batch", "batch_pay", "batch_file", "batch_answer", "batch_act")},
    "treasury:batch_act.verb": "=drop",
    "treasury:line_settle.pk": "treasury.BatchLine",
    **{f"treasury:{n}.pk": "orgs.UnionAccount" for n in ("account", "account_act")},
    "treasury:account_act.verb": "=auto",
    "treasury:unmatch.pk": "treasury.BankEntry",
    **{f"treasury:{n}.pk": "treasury.Reconciliation" for n in ("reconciliation", "reconciliation_check")},
    **{f"treasury:{n}.pk": "treasury.Asset" for n in ("asset", "asset_act")},
    "treasury:asset_act.verb": "=return",
    **{f"treasury:{n}.pk": "treasury.Stocktake" for n in ("stocktake", "stocktake_act")},
    "treasury:stocktake_act.verb": "=record",
    **{f"treasury:{n}.pk": "treasury.FundingProject" for n in ("project", "project_act")},
    "treasury:project_act.verb": "=stop",
    "treasury:source_arrived.pk": "treasury.FundingSource",
    "treasury:purchase_accepted.pk": "treasury.FundingPurchase",
}
UNREACHED = {
    "treasury:cashier",
    "treasury:reconciliation",
    "treasury:reconciliation_check",
    "treasury:unmatch",
    "treasury:batch_pay",
    "treasury:batch_file",
}
"""The payer is a cashier of the union; the world of the sweep has none."""


def furnish(world: Any, tree: Any) -> None:
    """A budget, a plan, a payment in a batch, a statement, an asset, a project of the tree's union."""
    union, today = tree.union, clock.today()
    held = union.accounts.filter(until=None).first()
    if held is None:
        if not union.certificates.exists():
            orgs.certificate_add(actor=system, union=union, number="证9", issued_on=date(2021, 1, 1), valid_until=date(2041, 1, 1))
        held = orgs.account_set(actor=system, union=union, bank="江州农商行", number="9550880000001234", since=date(2022, 1, 1))
    if books.book_of(union) is None:
        finance.book_open(actor=system, union=union, since=date(today.year, 1, 1))
    budgets.budget_register(
        actor=system, union=union, year=today.year, rows=[Row("income", "402", 900_000), Row("spending", "50102", 800_000)], examined_on=today,
        approved_on=today, document_no="纪要 1",
    )  # fmt: skip
    _final(union)
    services.reserve(actor=system, union=union, item="50102", amount=90_000, source=f"test.plan:{tree.key}", words_="运动会")
    _paying(tree, union, held)
    bank.statement_write(actor=system, account=held, lines=[bank.Said(today, -5_000, f"S{tree.key}", 100_000, "文体店", "", "器材")])
    bank.reconciliation_make(actor=system, account=held, on=today)
    assets.asset_add(actor=system, union=union, name="音箱", kind="general", cost_fen=150_000, bought_on=today, years=6)
    assets.stocktake_open(actor=system, union=union, on=today)
    project = projects.project_open(actor=system, union=union, name="职工书屋", kind="books", begun_on=today)
    source = projects.source_add(actor=system, project=project, level="upper", giver="上级工会", promised_fen=200_000)
    projects.source_arrived(actor=system, source=source, amount_fen=100_000, on=today)
    projects.purchase_add(actor=system, project=project, name="图书", kind="books", quantity=2, price_fen=5_000, bought_on=today)


def _final(union: Any) -> None:
    """A final account as it stands; the procedure has tests of its own."""
    from django.apps import apps

    sheet = {"assets": [], "liabilities": [], "net": [], "sums": {}, "result": [0, 0]}
    apps.get_model("treasury", "FinalAccount").objects.create(
        union=union, year=2025, book=books.book_of(union), seal="0" * 64, sheet=sheet, maker_ref="system:test", created_at=clock.now()
    )


def _paying(tree: Any, union: Any, held: Any) -> None:
    from gonghui.approvals import services as approvals

    maker = accounts.acting((Role.FINANCE, union.path), username=f"tr-maker-{tree.key}")
    chair = accounts.acting((Role.CHAIR, union.path), username=f"tr-chair-{tree.key}")
    row = payments.payment_request(
        actor=maker, union=union, payee="文体店", amount_fen=5_000, words="器材", account="6217000000001234", source=f"test.plan:{tree.key}"
    )
    row = payments.payment_submit(actor=maker, payment=row)
    approvals.approval_decide(actor=chair, approval=row.approval, decision="approve")
    batches.batch_make(actor=maker, union=union, account=held, payments_=[row])
