"""App people (自然人)."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "gonghui.people"
    verbose_name = "自然人"

    def ready(self) -> None:
        from gonghui.accounts import hooks as accounts_hooks
        from gonghui.accounts import permissions
        from gonghui.accounts import services as accounts
        from gonghui.accounts.enums import Role
        from gonghui.core import rotation
        from gonghui.people import hooks, selectors
        from gonghui.people.enums import Perm

        accounts_hooks.register_person_linker(selectors.person_of_phone)
        hooks.register_reference("accounts.User", "person_id", accounts.AccountMover())

        rotation.register_sealed(
            "people.Person",
            {"id_sealed": "id_number", "phone_sealed": "phone"},
            indexes={"id_index": (selectors.ID_LABEL, "id_sealed"), "phone_index": (selectors.PHONE_LABEL, "phone_sealed")},
        )
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

        from gonghui.core import menu

        menu.register(
            menu.Entry("people.codes", "国家标准代码", "vocabulary", "people:codes", group="系统", perm=Perm.CODE_VIEW, order=960),
            menu.Entry("people.twins", "疑似重复人员", "users", "people:twins", group="组织与会员", perm=Perm.PERSON_MERGE, order=139),
        )
