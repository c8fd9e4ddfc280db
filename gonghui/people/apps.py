"""App people (自然人)."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "gonghui.people"
    verbose_name = "自然人"

    def ready(self) -> None:
        from gonghui.accounts import permissions
        from gonghui.accounts.enums import Role
        from gonghui.people.enums import Perm

        permissions.register(
            Perm,
            {
                Role.CITY: Perm,
                Role.ORGANISATION: Perm,
                Role.TOWNSHIP: [Perm.PERSON_VIEW, Perm.PERSON_EDIT, Perm.PERSON_REVEAL, Perm.CODE_VIEW],
                Role.CHAIR: [Perm.PERSON_VIEW, Perm.PERSON_EDIT, Perm.CODE_VIEW],
                Role.CLERK: [Perm.PERSON_VIEW, Perm.PERSON_EDIT, Perm.CODE_VIEW],
                Role.ORGANISER: [Perm.PERSON_VIEW, Perm.CODE_VIEW],
                Role.AUDITOR: [Perm.PERSON_VIEW, Perm.CODE_VIEW],
                Role.SYSADMIN: [Perm.CODE_VIEW, Perm.CODE_EDIT],
            },
        )
