"""App counsel (心理关爱)."""

from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class CounselConfig(AppConfig):
    name = "gonghui.counsel"
    verbose_name = "心理关爱"

    def ready(self) -> None:
        _permissions()
        _hooks()
        _menu()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.counsel.enums import Perm as P

    permissions.register(
        P,
        {
            Role.CITY: [P.SERVICE_VIEW, P.SERVICE_RUN, P.STATS_VIEW, P.RISK_DECIDE],
            Role.TOWNSHIP: [P.SERVICE_VIEW, P.SERVICE_RUN, P.STATS_VIEW],
            Role.STEWARD: [P.SERVICE_VIEW, P.SERVICE_RUN, P.RISK_DECIDE],
            Role.COUNSELLOR: [P.SESSION_HOLD, P.SERVICE_VIEW],
        },
    )


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.core import jobs, rotation, verbs, verify
    from gonghui.counsel import exports
    from gonghui.counsel import jobs as timed
    from gonghui.counsel import verify as checks
    from gonghui.counsel.enums import Perm
    from gonghui.counsel.selectors import todo, vault
    from gonghui.files import kinds

    for label, column, field in (
        ("counsel.Letter", "text_sealed", "text"),
        ("counsel.Risk", "why_sealed", "why"),
        ("counsel.RiskVote", "reason_sealed", "reason"),
        ("counsel.RiskStep", "text_sealed", "text"),
        ("counsel.Handover", "why_sealed", "why"),
        ("counsel.Record", "text_sealed", "@holder_id"),
    ):
        rotation.register_sealed(label, {column: field})
    indexes = {"person_index": (vault.PERSON, "contact_sealed")}
    rotation.register_sealed("counsel.Client", {"contact_sealed": "contact"}, indexes=indexes, normal=vault.person_in)
    verbs.register(
        {"erased": "删除资料", "agreed": "同意", "booked": "预约", "raised": "提出"},
        {"counsel.slot": "咨询时段", "counsel.look": "密封内容"},
    )
    for id_, title, found in checks.CHECKS:
        verify.register(id_, title, found)
    approvals.register_inbox("counsel", todo.inbox)
    kinds.register("counsel.counsellors", "心理咨询师", Perm.SERVICE_VIEW, exports.counsellors, personal=False)
    kinds.register("counsel.gatherings", "人文关怀活动", Perm.SERVICE_VIEW, exports.gatherings, personal=False)
    kinds.register("counsel.stats", "心理关爱统计", Perm.STATS_VIEW, exports.stats, personal=False)
    jobs.every("counsel.daily", timedelta(hours=24), timed.daily, title="日程提醒和到期删除")


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.counsel.enums import Perm
    from gonghui.counsel.selectors import sessions, todo

    group = "服务与维权"
    menu.register(
        menu.Entry(
            "counsel.desk",
            "我的咨询",
            "heart-handshake",
            "counsel:desk",
            group=group,
            perm=Perm.SESSION_HOLD,
            order=240,
            badge=sessions.waiting,
        ),
        menu.Entry("counsel.counsellors", "心理关爱", "mood-smile", "counsel:counsellors", group=group, perm=Perm.SERVICE_VIEW, order=241),
        menu.Entry(
            "counsel.risks",
            "危机事项",
            "urgent",
            "counsel:risks",
            group=group,
            perm=Perm.RISK_DECIDE,
            order=242,
            badge=todo.to_decide,
            hot=True,
        ),
        menu.Entry("counsel.m_care", "关爱", "heart-handshake", "counsel:m-care", front="mobile", order=64),
    )
