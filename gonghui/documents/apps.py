"""App documents (文书)."""

from __future__ import annotations

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "gonghui.documents"
    verbose_name = "文书"

    def ready(self) -> None:
        _permissions()
        _plug()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.documents.enums import Perm

    permissions.register(
        Perm,
        {
            Role.CITY: Perm,
            Role.ORGANISATION: Perm,
            **{r: [Perm.DOCUMENT_VIEW, Perm.TEMPLATE_VIEW] for r in (Role.TOWNSHIP, Role.CHAIR, Role.CLERK, Role.ORGANISER, Role.AUDITOR)},
        },
    )


def _plug() -> None:
    from gonghui.core import menu, rotation, verify
    from gonghui.documents.enums import Perm
    from gonghui.documents.verify import CHECKS

    rotation.register_sealed("documents.Archive", {"text_sealed": "text"})
    for id_, title, look in CHECKS:
        verify.register(id_, title, look)
    group = "文化与办公"
    menu.register(
        menu.Entry("documents.list", "文书台账", "file-text", "documents:list", group=group, perm=Perm.DOCUMENT_VIEW, order=440),
        menu.Entry(
            "documents.templates", "文书范本", "file-pencil", "documents:templates", group=group, perm=Perm.TEMPLATE_VIEW, order=441
        ),
    )
