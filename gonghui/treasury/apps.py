"""App treasury (预算与资金)."""

from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    name = "gonghui.treasury"
    verbose_name = "预算与资金"

    def ready(self) -> None:
        _permissions()
        _hooks()
        _menu()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.treasury.enums import Perm as P

    views = [P.BUDGET_VIEW, P.PAYMENT_VIEW, P.BANK_VIEW, P.ASSET_VIEW, P.PROJECT_VIEW]
    edits = [P.BUDGET_EDIT, P.PAYMENT_EDIT, P.BANK_EDIT, P.ASSET_EDIT, P.PROJECT_EDIT]
    permissions.register(
        P,
        {
            Role.CITY: [*views, P.PAYMENT_CHECK, P.BUDGET_RECORD, P.PROJECT_EDIT],
            Role.TOWNSHIP: [*views, *edits, P.PAYMENT_CHECK, P.BUDGET_RECORD],
            Role.CHAIR: [*views, *edits, P.PAYMENT_CHECK],
            Role.CLERK: [P.BUDGET_VIEW, P.ASSET_VIEW, P.ASSET_EDIT],
            Role.FINANCE: [*views, *edits],
            Role.FINANCE_HEAD: [*views, P.BUDGET_EDIT, P.PAYMENT_CHECK, P.BUDGET_RECORD],
            Role.CASHIER: [*views, P.PAYMENT_PAY],
            Role.AUDITOR: views,
        },
    )


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.core import bench as benches
    from gonghui.core import jobs, rotation, verbs, verify
    from gonghui.files import kinds
    from gonghui.files.imports import protocol
    from gonghui.finance import hooks as finance
    from gonghui.treasury import bench, exports
    from gonghui.treasury import jobs as timed
    from gonghui.treasury import verify as checks
    from gonghui.treasury.enums import Perm
    from gonghui.treasury.imports.statements import Statements
    from gonghui.treasury.selectors import marks
    from gonghui.treasury.selectors.todo import inbox
    from gonghui.treasury.services import budgets, finals, grounds, guard, payments

    benches.register("ledger", bench.run, commits=True)
    finance.register_guard("budget", guard.check, clears=guard.clears)
    finance.register_passed("budget", guard.passed)
    finance.register_mark("over_budget", "超预算", "bad", marks.over_budget)
    finance.register_mark("no_budget", "没有预算", "warn", marks.no_budget)
    finance.register_closing("treasury", marks.before_closing)
    finance.register_done("treasury", guard.done)
    finance.register_tie("treasury", grounds.tie)
    approvals.register(budgets.KIND, budgets.HANDLER)
    approvals.register(finals.KIND, finals.HANDLER)
    approvals.register(payments.KIND, payments.HANDLER)
    approvals.register_inbox("treasury", inbox)
    protocol.register(Statements())
    rotation.register_sealed("treasury.Payment", {"account_sealed": "account_sealed"})
    for id_, title, look in checks.CHECKS:
        verify.register(id_, title, look)
    kinds.register("treasury.budget", "预算和执行", Perm.BUDGET_VIEW, exports.budget, personal=False)
    kinds.register("treasury.final", "决算", Perm.BUDGET_VIEW, exports.final, personal=False)
    kinds.register("treasury.assets", "资产台账", Perm.ASSET_VIEW, exports.assets)
    verbs.register({"explained": "说明差异"})
    jobs.every("treasury.silent", timedelta(hours=1), timed.silent, title="银行没有回执的付款转为结果不明")


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.treasury.enums import Perm
    from gonghui.treasury.selectors import todo

    group = "经费与考核"
    menu.register(
        menu.Entry("treasury.budgets", "预算", "chart-bar", "treasury:budgets", group=group, perm=Perm.BUDGET_VIEW, order=320),
        menu.Entry("treasury.finals", "决算", "clipboard-check", "treasury:finals", group=group, perm=Perm.BUDGET_VIEW, order=321),
        menu.Entry(
            "treasury.payments",
            "付款",
            "coins",
            "treasury:payments",
            group=group,
            perm=Perm.PAYMENT_VIEW,
            order=322,
            badge=todo.unknown_rows,
            hot=True,
        ),
        menu.Entry(
            "treasury.cashier", "出纳台", "cash", "treasury:cashier", group=group, perm=Perm.PAYMENT_PAY, order=323, badge=todo.to_pay_rows
        ),
        menu.Entry("treasury.accounts", "银行账户", "building-bank", "treasury:accounts", group=group, perm=Perm.BANK_VIEW, order=324),
        menu.Entry("treasury.assets", "资产", "box", "treasury:assets", group=group, perm=Perm.ASSET_VIEW, order=326),
        menu.Entry("treasury.projects", "资金项目", "building-store", "treasury:projects", group=group, perm=Perm.PROJECT_VIEW, order=328),
    )
