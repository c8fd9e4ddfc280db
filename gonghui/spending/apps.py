"""App spending (支出把关)."""

from __future__ import annotations

from django.apps import AppConfig


class SpendingConfig(AppConfig):
    name = "gonghui.spending"
    verbose_name = "支出把关"

    def ready(self) -> None:
        _permissions()
        _hooks()
        _menu()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.spending.enums import Perm

    upper = [
        Perm.PLAN_VIEW,
        Perm.PLAN_EDIT,
        Perm.PLAN_CONFIRM,
        Perm.PLAN_EXPORT,
        Perm.OVERRIDE_DECIDE,
        Perm.OVERRIDE_VIEW,
        Perm.FIGURE_EDIT,
    ]
    permissions.register(
        Perm,
        {
            Role.CITY: [*upper, Perm.CARE_VIEW],
            Role.TOWNSHIP: [*upper, Perm.CARE_VIEW],
            Role.CHAIR: [*upper, Perm.CARE_VIEW],
            Role.CLERK: [Perm.PLAN_VIEW, Perm.PLAN_EDIT],
            Role.FINANCE: [Perm.PLAN_VIEW, Perm.PLAN_EDIT, Perm.PLAN_EXPORT, Perm.OVERRIDE_VIEW, Perm.CARE_VIEW],
            Role.CASHIER: [Perm.PLAN_VIEW],
            Role.FINANCE_HEAD: upper,
            Role.AUDITOR: [Perm.PLAN_VIEW, Perm.PLAN_EXPORT, Perm.OVERRIDE_VIEW, Perm.CARE_VIEW],
        },
    )


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.core import rotation, verbs, verify
    from gonghui.files import kinds
    from gonghui.finance import hooks as finance
    from gonghui.spending import exports
    from gonghui.spending import verify as checks
    from gonghui.spending.enums import Perm
    from gonghui.spending.selectors import todo
    from gonghui.spending.services import approving, vouchers
    from gonghui.spending.services.plans import APPROVAL

    approvals.register(APPROVAL, approving.HANDLER)
    approvals.register_inbox("spending", todo.inbox)
    finance.register_guard("spending", vouchers.guard, clears=vouchers.clears)
    finance.register_passed("spending", vouchers.passed)
    finance.register_done("spending", vouchers.done)
    rotation.register_sealed("spending.Plan", {"care_sealed": "care"})
    kinds.register("spending.plans", "支出计划", Perm.PLAN_EXPORT, exports.plans, personal=False)
    verbs.register({"chosen": "选定"})
    for id_, title, look in checks.CHECKS:
        verify.register(id_, title, look)


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.spending.enums import Perm
    from gonghui.spending.selectors import overrides

    group = "经费与考核"
    menu.register(
        menu.Entry("spending.plans", "支出计划", "clipboard-list", "spending:plans", group=group, perm=Perm.PLAN_VIEW, order=330),
        menu.Entry("spending.planner", "节日慰问测算", "gift", "spending:planner", group=group, perm=Perm.PLAN_VIEW, order=332),
        menu.Entry("spending.catalogue", "能不能报", "help-circle", "spending:catalogue", group=group, perm=Perm.PLAN_VIEW, order=334),
        menu.Entry(
            "spending.overrides", "例外清单", "alert-circle", "spending:overrides", group=group, perm=Perm.OVERRIDE_VIEW, order=336,
            badge=overrides.waiting,
        ),
        menu.Entry("spending.m_home", "能不能花", "help-circle", "spending:m-home", perm=Perm.PLAN_VIEW, front="mobile", order=60),
    )  # fmt: skip
