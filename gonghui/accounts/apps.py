"""App accounts (账号与授权)."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gonghui.accounts"
    verbose_name = "账号与授权"

    def ready(self) -> None:
        from gonghui.accounts import permissions
        from gonghui.accounts.enums import Perm, Role

        permissions.register(
            Perm,
            {
                Role.SYSADMIN: [Perm.USER_VIEW, Perm.USER_EDIT, Perm.SYSTEM_VIEW, Perm.OUTBOX_VIEW],
                Role.SECADMIN: [Perm.USER_VIEW, Perm.GRANT_VIEW, Perm.GRANT_EDIT],
                Role.AUDITADMIN: [Perm.USER_VIEW, Perm.GRANT_VIEW, Perm.AUDIT_VIEW],
            },
        )
