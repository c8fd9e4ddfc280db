"""App accounts (账号与授权)."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gonghui.accounts"
    verbose_name = "账号与授权"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from gonghui.accounts import jobs, sessions
        from gonghui.accounts.permissions import register_own

        register_own()
        jobs.register()
        _menu()
        user_logged_in.connect(sessions.started, dispatch_uid="accounts.sign_in")


def _menu() -> None:
    from gonghui.accounts.enums import Perm
    from gonghui.core import menu

    menu.register(
        menu.Entry("accounts.users", "账号与授权", "user-shield", "accounts:users", group="系统", perm=Perm.USER_VIEW, order=910),
        menu.Entry("accounts.roles", "权限一览", "table", "accounts:roles", group="系统", perm=Perm.GRANT_VIEW, order=920),
        menu.Entry("accounts.audit", "审计日志", "history", "accounts:audit", group="系统", perm=Perm.AUDIT_VIEW, order=930),
    )
