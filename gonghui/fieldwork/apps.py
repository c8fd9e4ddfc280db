"""App fieldwork (上门服务)."""

from __future__ import annotations

from datetime import time, timedelta

from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    name = "gonghui.fieldwork"
    verbose_name = "上门服务"

    def ready(self) -> None:
        _permissions()
        _hooks()
        _timed()
        _menu()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.fieldwork.enums import Perm

    permissions.register(
        Perm,
        {
            Role.CITY: Perm,
            Role.ORGANISATION: Perm,
            Role.TOWNSHIP: Perm,
            Role.ORGANISER: [Perm.VISIT_VIEW, Perm.VISIT_EDIT, Perm.CLASH_SETTLE, Perm.RESULT_VIEW],
            Role.AUDITOR: [Perm.VISIT_VIEW, Perm.RESULT_VIEW],
        },
    )


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.core import rotation, verbs, verify
    from gonghui.fieldwork import verify as checks
    from gonghui.fieldwork.selectors import figures, inbox
    from gonghui.fieldwork.services import following
    from gonghui.orgs import hooks as orgs

    orgs.register("employer_merged", following.employer_merged)
    orgs.register("path_moved", following.path_moved)
    rotation.register_sealed("fieldwork.OnSiteJoin", {"payload_sealed": "payload"})
    approvals.register_inbox("fieldwork", inbox.inbox)
    verbs.register({"stage_reached": "推进成熟度", "ordered": "派出", "received": "收到"})
    for id_, title, look in checks.CHECKS:
        verify.register(id_, title, look)
    figures.register()


def _timed() -> None:
    from gonghui.core import jobs
    from gonghui.fieldwork import jobs as timed

    jobs.every("fieldwork.fill", timedelta(days=1), timed.fill, title="包片内新空白点列入跟踪", at=time(2, 10))
    jobs.every("fieldwork.stale", timedelta(days=1), timed.stale, title="停用久未同步的外勤手机", at=time(2, 15))


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.fieldwork.enums import Perm
    from gonghui.fieldwork.selectors import desk

    group = "组织与会员"
    menu.register(
        menu.Entry("fieldwork.visits", "上门走访", "map", "fieldwork:visits", group=group, perm=Perm.VISIT_VIEW, order=124),
        menu.Entry(
            "fieldwork.organisers", "工建指导员", "user-check", "fieldwork:organisers", group=group, perm=Perm.RESULT_VIEW, order=125
        ),
        menu.Entry(
            "fieldwork.clashes",
            "同步冲突",
            "arrows-right-left",
            "fieldwork:clashes",
            group=group,
            perm=Perm.CLASH_SETTLE,
            order=126,
            badge=desk.clashes_open,
        ),
    )
