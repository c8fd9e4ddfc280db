"""App income (经费收缴)."""

from __future__ import annotations

from datetime import time, timedelta

from django.apps import AppConfig


class IncomeConfig(AppConfig):
    name = "gonghui.income"
    verbose_name = "经费收缴"

    def ready(self) -> None:
        from gonghui.income.imports import bench, dues

        dues.register()
        bench.register()
        _permissions()
        _hooks()
        _timed()
        _menu()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.income.enums import Perm as P

    reading = [P.LEVY_VIEW, P.STAFF_VIEW, P.RECON_VIEW]
    desk = [P.LEVY_EDIT, P.DEMAND_EDIT, P.REFUND_EDIT, P.DUES_VIEW, P.DUES_EDIT, P.WAGE_REVEAL, P.STAFF_UNIT, P.RECON_EDIT]
    permissions.register(
        P,
        {
            Role.FINANCE: [*reading, *desk],
            Role.CASHIER: [*reading, P.LEVY_EDIT, P.DUES_VIEW, P.STAFF_FINANCE],
            Role.FINANCE_HEAD: [*reading, *desk, P.STAFF_FINANCE, P.WAIVE_DECIDE],
            Role.CHAIR: [*reading, P.DUES_VIEW, P.RECON_EDIT, P.STAFF_UNIT, P.STAFF_FINANCE, P.WAIVE_DECIDE],
            Role.TOWNSHIP: [*reading, *desk, P.STAFF_FINANCE, P.WAIVE_DECIDE],
            Role.CITY: [*reading, P.DUES_VIEW, P.WAIVE_DECIDE, P.STAFF_FINANCE],
            Role.AUDITOR: [*reading, P.DUES_VIEW],
        },
    )


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.core import rotation, verify
    from gonghui.files import kinds
    from gonghui.income import exports, handlers
    from gonghui.income import verify as checks
    from gonghui.income.enums import Perm
    from gonghui.income.selectors import todo
    from gonghui.income.services import demands, refunds

    rotation.register_sealed("income.DuesBase", {"wage_sealed": "wage"})
    approvals.register(demands.WAIVER, handlers.WAIVER)
    approvals.register(refunds.REFUND, handlers.REFUND)
    approvals.register_inbox("income", todo.inbox)
    for id_, title, look in checks.CHECKS:
        verify.register(id_, title, look)
    kinds.register("income.declarations", "拨缴台账", Perm.LEVY_VIEW, exports.declarations, personal=False)
    kinds.register("income.dues_list", "会费收缴单", Perm.DUES_EDIT, exports.dues_list)
    kinds.register("income.recon", "三方核对", Perm.RECON_EDIT, exports.reconciliation)


def _timed() -> None:
    from gonghui.core import jobs
    from gonghui.income import jobs as timed

    jobs.every("income.periods", timedelta(days=1), timed.periods, title="生成拨缴申报期", at=time(2, 10))
    jobs.every("income.reminders", timedelta(days=1), timed.reminders, title="非在编人员经费年度提醒", at=time(2, 20))


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.income.enums import Perm

    group = "经费与考核"
    menu.register(
        menu.Entry("income.home", "经费收缴", "cash", "income:home", group=group, perm=Perm.LEVY_VIEW, order=340),
        menu.Entry("income.dues", "会员会费", "wallet", "income:dues", group=group, perm=Perm.DUES_VIEW, order=342),
        menu.Entry("income.demands", "催缴与支付令", "gavel", "income:demands", group=group, perm=Perm.LEVY_VIEW, order=344),
        menu.Entry("income.staff", "非在编人员经费", "id", "income:staff", group=group, perm=Perm.STAFF_VIEW, order=346),
        menu.Entry("income.recons", "三方核对", "git-compare", "income:recons", group=group, perm=Perm.RECON_VIEW, order=348),
        menu.Entry("income.m_dues", "我的会费", "wallet", "income:m-dues", front="mobile", order=60),
    )
