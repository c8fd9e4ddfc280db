"""App members (会员会籍)."""

from __future__ import annotations

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "gonghui.members"
    verbose_name = "会员会籍"

    def ready(self) -> None:
        from gonghui.accounts import permissions
        from gonghui.accounts.enums import Role
        from gonghui.members.enums import Perm

        permissions.register(
            Perm,
            {
                Role.CITY: Perm,
                Role.ORGANISATION: Perm,
                Role.TOWNSHIP: Perm,
                Role.CHAIR: Perm,
                Role.CLERK: [p for p in Perm if p is not Perm.MEMBER_EXPORT],
                Role.ORGANISER: [Perm.MEMBER_VIEW, Perm.APPLICATION_VIEW],
                Role.AUDITOR: [Perm.MEMBER_VIEW, Perm.ROSTER_VIEW, Perm.APPLICATION_VIEW, Perm.TRANSFER_VIEW],
            },
        )
