"""App finance (工会账务)."""

from __future__ import annotations

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "gonghui.finance"
    verbose_name = "工会账务"

    def ready(self) -> None:
        _permissions()
        _hooks()
        _menu()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.finance.enums import Perm as P

    keeping = [P.BOOK_VIEW, P.BOOK_OPEN, P.BOOK_EXPORT, P.VOUCHER_REVERSE, P.PERIOD_CLOSE, P.PRACTICE]
    leading = [*keeping, P.VOUCHER_CHECK, P.FINDING_OVERRIDE]
    permissions.register(
        P,
        {
            Role.FINANCE: [*keeping, P.VOUCHER_MAKE],
            Role.CASHIER: [P.BOOK_VIEW, P.VOUCHER_POST, P.PRACTICE],
            Role.FINANCE_HEAD: leading,
            Role.CHAIR: [*leading, P.VOUCHER_MAKE],
            Role.TOWNSHIP: [*leading, P.VOUCHER_MAKE],
            Role.CITY: [P.BOOK_VIEW, P.BOOK_OPEN, P.BOOK_EXPORT, P.PRACTICE],
            Role.AUDITOR: [P.BOOK_VIEW, P.BOOK_EXPORT, P.PERIOD_REOPEN],
        },
    )


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.core import verify
    from gonghui.files.imports import protocol
    from gonghui.finance import hooks
    from gonghui.finance import verify as checks
    from gonghui.finance.imports.openings import Openings
    from gonghui.finance.imports.vouchers import Vouchers
    from gonghui.finance.selectors import books, guard, vouchers
    from gonghui.orgs import hooks as orgs

    orgs.register("before_dissolve", books.before_dissolve)
    hooks.register_guard("finance", guard.guard, advice=True)
    approvals.register_inbox("finance", vouchers.inbox)
    protocol.register(Openings())
    protocol.register(Vouchers())
    for id_, title, look in checks.CHECKS:
        verify.register(id_, title, look)


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.finance.enums import Perm
    from gonghui.finance.selectors import vouchers

    group = "经费与考核"
    menu.register(
        menu.Entry("finance.books", "工会账务", "book-2", "finance:books", group=group, perm=Perm.BOOK_VIEW, order=300),
        menu.Entry(
            "finance.inbox",
            "待办凭证",
            "checkup-list",
            "finance:inbox",
            group=group,
            perm=Perm.BOOK_VIEW,
            order=302,
            badge=vouchers.waiting_count,
        ),
        menu.Entry("finance.accounts", "账户登记", "building-bank", "finance:accounts", group=group, perm=Perm.BOOK_VIEW, order=304),
        menu.Entry("finance.practice", "练习账套", "school", "finance:practice", group=group, perm=Perm.PRACTICE, order=306),
    )
