"""Income in the sweep of all addresses (权限扫描): which table each number names, and one of each thing in both trees."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.income.rules.periods import Period
from gonghui.income.services import declarations, demands, dues, payers, receipts, recon, refunds, staff

ARGS = {
    "income:declaration.pk": "income.Declaration",
    "income:take.pk": "income.Declaration",
    "income:correct.pk": "income.Declaration",
    "income:payer.pk": "income.Payer",
    "income:payer_end.pk": "income.Payer",
    "income:declare.pk": "income.Payer",
    "income:demand_issue.pk": "income.Payer",
    "income:refund_new.pk": "income.Payer",
    "income:receipt.pk": "income.Receipt",
    "income:receipt_reverse.pk": "income.Receipt",
    "income:remit_reverse.pk": "income.Remittance",
    "income:demand.pk": "income.Demand",
    "income:letter.pk": "income.Demand",
    "income:petition.pk": "income.Demand",
    "income:demand_act.pk": "income.Demand",
    "income:demand_act.verb": "=refresh",
    "income:refund.pk": "income.Refund",
    "income:refund_pay.pk": "income.Refund",
    "income:reveal.pk": "income.DuesBase",
    "income:dues_list.pk": "income.DuesList",
    "income:dues_print.pk": "income.DuesList",
    "income:dues_export.pk": "income.DuesList",
    "income:dues_upload.pk": "income.DuesList",
    "income:dues_receipt.pk": "income.DuesList",
    "income:dues_close.pk": "income.DuesList",
    "income:dues_cash.pk": "income.DuesItem",
    "income:base_set.pk": "income.DuesItem",
    "income:payment_claim.pk": "income.Payment",
    "income:payment_return.pk": "income.Payment",
    "income:payment_reverse.pk": "income.Payment",
    "income:staff_check.pk": "income.StaffCheck",
    "income:staff_print.pk": "income.StaffCheck",
    "income:staff_act.pk": "income.StaffCheck",
    "income:staff_act.verb": "=unit",
    "income:recon.pk": "income.Reconciliation",
    "income:recon_settle.pk": "income.Reconciliation",
    "income:recon_print.pk": "income.Reconciliation",
    "income:recon_export.pk": "income.Reconciliation",
    "income:line_reopen.pk": "income.ReconLine",
}
SYSTEM = Actor.system("test")
YEAR = 2024


def furnish(world: Any, tree: Any) -> None:
    """One of each thing of income in a tree: payer, period, receipt, remittance, demand, refund, list, payment, check, reconciliation."""
    union = tree.union
    who = payers.payer_open(actor=SYSTEM, employer=tree.employer, union=union, since=date(YEAR, 1, 1), channel="treasury")
    with clock.at(date(YEAR, 3, 1)):
        paid = declarations.declaration_make(actor=SYSTEM, payer=who, since=date(YEAR, 1, 1), amounts={"time_wage": 1_000_000}, workers=3)
        receipts.receipt_take(actor=SYSTEM, declaration=paid, amount_fen=20_000, on=date(YEAR, 3, 1))
        receipts.remit(actor=SYSTEM, union=union, amount_fen=4_000, on=date(YEAR, 3, 1))
        declarations.declaration_make(actor=SYSTEM, payer=who, since=date(YEAR, 2, 1), amounts={"time_wage": 1_000_000}, workers=3)
    with clock.at(date(YEAR, 9, 1)):
        demands.demand_issue(actor=SYSTEM, payer=who)
        staff.staff_remind(actor=SYSTEM, payer=who, year=YEAR + 1)
    with clock.at(date(YEAR, 12, 20)):
        clerk = accounts.acting((Role.FINANCE, union.path), username=f"income-{tree.key}", name="经办会计")
        refunds.refund_propose(actor=clerk, payer=who, kind="small", since=date(YEAR, 1, 1), to_union=union)
    _dues(tree, union)


def _dues(tree: Any, union: Any) -> None:
    today = clock.today()
    first = tree.members[0]
    dues.bases_set(actor=SYSTEM, union=union, since=today.replace(day=1), wages={first.person_id: 526_800})
    period = Period(today.replace(day=1), 1)
    listing = dues.list_make(actor=SYSTEM, union=union, period=period)
    dues.payments_post(actor=SYSTEM, listing=listing, on=today, rows=[dues.Arrived(700, None, "unknown", "外来人")])
    recon.recon_make(actor=SYSTEM, union=union, period=period)
