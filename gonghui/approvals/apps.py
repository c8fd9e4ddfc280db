"""App approvals (审批)."""

from __future__ import annotations

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "gonghui.approvals"
    verbose_name = "审批"

    def ready(self) -> None:
        from gonghui.accounts import permissions
        from gonghui.accounts.enums import ADMINISTRATORS, Role
        from gonghui.approvals import selectors
        from gonghui.approvals.enums import Perm
        from gonghui.core import menu

        business = [role for role in Role if role not in ADMINISTRATORS]
        permissions.register(Perm, {role: list(Perm) for role in business})
        menu.register(
            menu.Entry(
                "approvals.inbox",
                "待办",
                "inbox",
                "approvals:inbox",
                order=10,
                badge=selectors.inbox_rows,
                hot=True,
                perm=Perm.APPROVAL_VIEW,
            ),
            menu.Entry("approvals.list", "审批台账", "rubber-stamp", "approvals:list", group="系统", perm=Perm.APPROVAL_VIEW, order=905),
        )
