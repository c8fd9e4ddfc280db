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
        _rule_permissions()
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


def _rule_permissions() -> None:
    """The rule base stands below accounts, so its permissions are given out here."""
    from gonghui.accounts.enums import ADMINISTRATORS, Role
    from gonghui.accounts.permissions import register
    from gonghui.policy.enums import Perm

    held = {role: [Perm.RULE_VIEW] for role in Role if role not in ADMINISTRATORS}
    for role in (Role.CITY, Role.ORGANISATION):
        held[role] = [Perm.RULE_VIEW, Perm.RULE_REVIEW, Perm.LOCAL_EDIT]
    for role in (Role.TOWNSHIP, Role.CHAIR):
        held[role] = [Perm.RULE_VIEW, Perm.LOCAL_EDIT]
    register(Perm, held)
