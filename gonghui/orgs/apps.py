"""App orgs (组织登记)."""

from __future__ import annotations

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "gonghui.orgs"
    verbose_name = "组织登记"

    def ready(self) -> None:
        from gonghui.accounts import permissions
        from gonghui.accounts.enums import Role
        from gonghui.orgs.enums import Perm

        permissions.register(
            Perm,
            {
                Role.CITY: Perm,
                Role.ORGANISATION: Perm,
                Role.TOWNSHIP: [p for p in Perm if p not in {Perm.UNION_DISSOLVE, Perm.EMPLOYER_MERGE}],
                Role.CHAIR: [Perm.EMPLOYER_VIEW, Perm.UNION_VIEW, Perm.POST_EDIT],
                Role.CLERK: [Perm.EMPLOYER_VIEW, Perm.UNION_VIEW],
                Role.ORGANISER: [Perm.EMPLOYER_VIEW, Perm.EMPLOYER_EDIT, Perm.SPOT_VIEW, Perm.SPOT_EDIT, Perm.UNION_VIEW],
                Role.AUDITOR: [Perm.EMPLOYER_VIEW, Perm.UNION_VIEW, Perm.SPOT_VIEW],
            },
        )
