"""App privacy (个人信息保护)."""

from __future__ import annotations

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "gonghui.privacy"
    verbose_name = "个人信息保护"

    def ready(self) -> None:
        from gonghui.accounts import permissions
        from gonghui.accounts.enums import Role
        from gonghui.core import menu, verbs
        from gonghui.privacy.enums import Perm

        permissions.register(Perm, {Role.SECADMIN: list(Perm), Role.CITY: list(Perm), Role.AUDITADMIN: [Perm.VIEW]})
        verbs.register({"scoped": "圈定人员", "notified": "通知本人"})
        menu.register(
            menu.Entry("privacy.assessments", "影响评估", "shield-check", "privacy:assessments", group="系统", perm=Perm.VIEW, order=940),
            menu.Entry("privacy.incidents", "安全事件", "alert-triangle", "privacy:incidents", group="系统", perm=Perm.VIEW, order=942),
        )
