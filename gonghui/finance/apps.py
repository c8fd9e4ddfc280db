"""App finance (工会账务)."""

from __future__ import annotations

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "gonghui.finance"
    verbose_name = "工会账务"

    def ready(self) -> None:
        _permissions()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.finance.enums import Perm as P

    permissions.register(
        P,
        {
            Role.FINANCE: [
                P.BOOK_VIEW, P.BOOK_OPEN, P.BOOK_EXPORT, P.VOUCHER_MAKE, P.VOUCHER_REVERSE, P.PERIOD_CLOSE, P.PRACTICE,
            ],
            Role.CASHIER: [P.BOOK_VIEW, P.VOUCHER_POST, P.PRACTICE],
            Role.FINANCE_HEAD: [
                P.BOOK_VIEW, P.BOOK_OPEN, P.BOOK_EXPORT, P.VOUCHER_CHECK, P.VOUCHER_REVERSE, P.FINDING_OVERRIDE, P.PERIOD_CLOSE, P.PRACTICE,
            ],
            Role.CHAIR: [
                P.BOOK_VIEW, P.BOOK_OPEN, P.BOOK_EXPORT, P.VOUCHER_MAKE, P.VOUCHER_CHECK, P.VOUCHER_REVERSE, P.FINDING_OVERRIDE, P.PERIOD_CLOSE,
                P.PRACTICE,
            ],
            Role.TOWNSHIP: [
                P.BOOK_VIEW, P.BOOK_OPEN, P.BOOK_EXPORT, P.VOUCHER_MAKE, P.VOUCHER_CHECK, P.VOUCHER_REVERSE, P.FINDING_OVERRIDE, P.PERIOD_CLOSE,
                P.PRACTICE,
            ],
            Role.CITY: [P.BOOK_VIEW, P.BOOK_OPEN, P.BOOK_EXPORT, P.PRACTICE],
            Role.AUDITOR: [P.BOOK_VIEW, P.BOOK_EXPORT, P.PERIOD_REOPEN],
        },
    )  # fmt: skip
