"""App oversight (经审与公开)."""

from __future__ import annotations

from datetime import time, timedelta

from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "gonghui.oversight"
    verbose_name = "经审与公开"

    def ready(self) -> None:
        _permissions()
        _hooks()
        _menu()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.oversight.enums import Perm as P

    reading = [P.AUDIT_VIEW, P.STATEMENT_VIEW, P.CLASS_VIEW]
    desk = [*reading, P.RECTIFY, P.STATEMENT_EDIT, P.QUESTION_ANSWER]
    permissions.register(
        P,
        {
            Role.CITY: [*reading, P.CLASS_EDIT, P.OVERRIDE_EXPORT],
            Role.TOWNSHIP: [*desk, P.STATEMENT_PUBLISH, P.CLASS_EDIT, P.OVERRIDE_EXPORT],
            Role.CHAIR: [*reading, P.RECTIFY, P.STATEMENT_PUBLISH, P.QUESTION_ANSWER, P.CLASS_EDIT],
            Role.FINANCE: desk,
            Role.FINANCE_HEAD: [*desk, P.CLASS_EDIT],
            Role.AUDITOR: [*reading, P.AUDIT_PLAN, P.AUDIT_DO, P.OVERRIDE_EXPORT, P.CLASS_EDIT],
        },
    )


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.core import jobs, verbs, verify
    from gonghui.files import kinds
    from gonghui.oversight import exports
    from gonghui.oversight import jobs as timed
    from gonghui.oversight import verify as checks
    from gonghui.oversight.enums import Perm
    from gonghui.oversight.selectors import todo

    verbs.register({"looked": "抽查", "escalated": "逾期上报"})
    approvals.register_inbox("oversight", todo.inbox)
    for id_, title, look in checks.CHECKS:
        verify.register(id_, title, look)
    kinds.register("oversight.overrides", "例外清单", Perm.OVERRIDE_EXPORT, exports.overrides, personal=False)
    kinds.register("oversight.findings", "审计问题台账", Perm.OVERRIDE_EXPORT, exports.findings, personal=False)
    jobs.every("oversight.escalate", timedelta(days=1), timed.escalate, title="审计整改逾期上报", at=time(6, 40))
    jobs.every("oversight.cascade", timedelta(days=1), timed.cascade, title="培训逾期没有传达的提醒", at=time(6, 50))
    jobs.every("oversight.publication", timedelta(days=1), timed.publication, title="财务公布逾期提醒", at=time(6, 45))


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.oversight.enums import Perm

    group = "经费与考核"
    menu.register(
        menu.Entry("oversight.tasks", "经审工作", "zoom-check", "oversight:tasks", group=group, perm=Perm.AUDIT_VIEW, order=360),
        menu.Entry(
            "oversight.workbench", "审计工作台", "report-analytics", "oversight:workbench", group=group, perm=Perm.AUDIT_VIEW, order=362
        ),
        menu.Entry("oversight.overrides", "全部例外", "alert-octagon", "oversight:overrides", group=group, perm=Perm.AUDIT_VIEW, order=364),
        menu.Entry(
            "oversight.statements", "财务公布", "speakerphone", "oversight:statements", group=group, perm=Perm.STATEMENT_VIEW, order=366
        ),
        menu.Entry("oversight.classes", "财务培训会", "school", "oversight:classes", group=group, perm=Perm.CLASS_VIEW, order=368),
        menu.Entry("oversight.m_statements", "财务公开", "report-money", "oversight:m-statements", front="mobile", order=64),
    )
