"""App organising (建会)."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig


class OrganisingConfig(AppConfig):
    name = "gonghui.organising"
    verbose_name = "建会"

    def ready(self) -> None:
        _permissions()
        _plug()
        _menu()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.organising.enums import Perm

    town = [p for p in Perm if p != Perm.POINT_EDIT]
    permissions.register(
        Perm,
        {
            Role.CITY: Perm,
            Role.ORGANISATION: Perm,
            Role.TOWNSHIP: town,
            Role.CHAIR: [Perm.CASE_VIEW, Perm.CASE_EDIT, Perm.CASE_SECOND, Perm.POINT_VIEW],
            Role.CLERK: [Perm.CASE_VIEW, Perm.CASE_EDIT],
            Role.ORGANISER: [Perm.CASE_VIEW, Perm.CASE_EDIT, Perm.COVERAGE_JOIN, Perm.POINT_VIEW],
            Role.AUDITOR: [Perm.CASE_VIEW, Perm.POINT_VIEW],
        },
    )


def _plug() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.core import verbs, verify
    from gonghui.documents import kinds
    from gonghui.documents import services as documents
    from gonghui.organising import follow, handler
    from gonghui.organising.enums import Perm
    from gonghui.organising.selectors import figures
    from gonghui.organising.services.opening import CHANGE, PREPARE, RESULT
    from gonghui.organising.verify import CHECKS
    from gonghui.orgs import hooks

    kinds.register(Path(__file__).resolve().parent / "data" / "documents.yaml", perm=Perm.CASE_VIEW)
    approvals.register(PREPARE, handler.PREPARE)
    approvals.register(CHANGE, handler.CHANGE)
    approvals.register(RESULT, handler.RESULT)
    approvals.register_inbox("organising", follow.inbox)
    hooks.register("path_moved", documents.scope_moved)
    hooks.register("employers_changed", follow.employers_changed)
    hooks.register("employer_merged", follow.employer_merged)
    hooks.register("union_ended", follow.union_ended)
    for id_, title, look in CHECKS:
        verify.register(id_, title, look)
    verbs.register({"visited": "登记观摩"}, {})
    figures.register()


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.organising.enums import Perm
    from gonghui.organising.selectors import cases

    group = "组织与会员"
    menu.register(
        menu.Entry(
            "organising.board", "建会事项", "route", "organising:board", group=group, perm=Perm.CASE_VIEW, order=121, badge=cases.waiting
        ),
        menu.Entry("organising.stages", "巩固提高", "plant", "organising:stages", group=group, perm=Perm.CASE_VIEW, order=123),
        menu.Entry("organising.points", "示范点", "flag", "organising:points", group=group, perm=Perm.POINT_VIEW, order=124),
        menu.Entry("organising.m_home", "我的建会", "flag", "organising:m-home", front="mobile", order=60),
    )
