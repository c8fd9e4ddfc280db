"""App orgs (组织登记)."""

from __future__ import annotations

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "gonghui.orgs"
    verbose_name = "组织登记"

    def ready(self) -> None:
        _permissions()
        _plug()


def _permissions() -> None:
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


def _plug() -> None:
    """Importers, checks, finder and menu."""
    from gonghui.accounts import hooks as accounts_hooks
    from gonghui.core import verify
    from gonghui.files.imports import protocol
    from gonghui.orgs import checks
    from gonghui.orgs.imports.employers import Employers
    from gonghui.orgs.imports.unions import Unions
    from gonghui.orgs.selectors import unions

    protocol.register(Unions())
    protocol.register(Employers())
    accounts_hooks.register_org_finder(unions.union_find)
    for check_id, title, look in checks.CHECKS:
        verify.register(check_id, title, look)
