"""App figures (指标)."""

from __future__ import annotations

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "gonghui.figures"
    verbose_name = "指标"

    def ready(self) -> None:
        from gonghui.accounts import permissions
        from gonghui.accounts.enums import Role
        from gonghui.core import verify
        from gonghui.figures import recount
        from gonghui.figures.enums import Perm
        from gonghui.figures.services import rolls
        from gonghui.orgs import hooks

        permissions.register(
            Perm,
            {
                Role.CITY: Perm,
                Role.ORGANISATION: Perm,
                Role.TOWNSHIP: [Perm.FIGURE_VIEW, Perm.FIGURE_EXPORT, Perm.REPORT_EDIT, Perm.REPORTED_EDIT],
                Role.CHAIR: [Perm.FIGURE_VIEW, Perm.REPORTED_EDIT],
                Role.CLERK: [Perm.FIGURE_VIEW],
                Role.ORGANISER: [Perm.FIGURE_VIEW],
                Role.AUDITOR: [Perm.FIGURE_VIEW, Perm.FIGURE_EXPORT],
                Role.FINANCE: [Perm.FIGURE_VIEW],
                Role.FINANCE_HEAD: [Perm.FIGURE_VIEW],
                Role.RIGHTS: [Perm.FIGURE_VIEW],
            },
        )
        _menu()
        hooks.register("employers_changed", rolls.employers_changed)
        hooks.register("unions_changed", rolls.unions_changed)
        hooks.register("union_moved", rolls.union_moved)
        hooks.register("unions_removed", rolls.unions_removed)
        verify.register("RPT-01", "每个总数等于从记录重新清点的数", recount.totals_equal)
        verify.register("RPT-02", "每级总数等于下级之和加本级", recount.parents_add_up)


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.figures.enums import Perm

    group = "统计与报表"
    menu.register(
        menu.Entry("figures.home", "全部指标", "chart-bar", "figures:home", group=group, perm=Perm.FIGURE_VIEW, order=160),
        menu.Entry("figures.rates", "建会三率", "percentage", "figures:rates", group=group, perm=Perm.FIGURE_VIEW, order=162),
        menu.Entry("figures.bridge", "期初期末平衡", "scale", "figures:bridge", group=group, perm=Perm.FIGURE_VIEW, order=164),
        menu.Entry("figures.reported", "上报数与实有数", "git-compare", "figures:reported", group=group, perm=Perm.FIGURE_VIEW, order=166),
        menu.Entry("figures.reports", "报表", "report-analytics", "figures:reports", group=group, perm=Perm.FIGURE_VIEW, order=168),
    )
