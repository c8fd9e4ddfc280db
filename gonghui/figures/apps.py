"""App figures (指标)."""

from __future__ import annotations

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "gonghui.figures"
    verbose_name = "指标"

    def ready(self) -> None:
        from gonghui.accounts import permissions
        from gonghui.accounts.enums import Role
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
            },
        )
        hooks.register("employers_changed", rolls.employers_changed)
        hooks.register("unions_changed", rolls.unions_changed)
        hooks.register("union_moved", rolls.union_moved)
