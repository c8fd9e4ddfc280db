"""App services (普惠服务)."""

from __future__ import annotations

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "gonghui.services"
    verbose_name = "普惠服务"

    def ready(self) -> None:
        from gonghui.accounts import permissions
        from gonghui.accounts.enums import Role
        from gonghui.core import rotation, verbs
        from gonghui.services.enums import Perm

        every = list(Perm)
        unit = [Perm.HEALTH_VIEW, Perm.HEALTH_EDIT, Perm.HEALTH_ATTEND, Perm.ACTIVITY_VIEW, Perm.ACTIVITY_EDIT]
        events = [Perm.EVENT_VIEW, Perm.EVENT_RUN, Perm.FEEDBACK_VIEW]
        permissions.register(
            Perm,
            {
                Role.CITY: every,
                Role.TOWNSHIP: every,
                Role.CHAIR: [*unit, *events],  # results are put in by the desk of the centre, never by the employer's level
                Role.CLERK: [Perm.HEALTH_VIEW, Perm.ACTIVITY_VIEW],
                Role.STEWARD: [Perm.HEALTH_ATTEND, Perm.HEALTH_RESULT, Perm.ACTIVITY_VIEW, Perm.ACTIVITY_EDIT, *events],
                Role.AUDITOR: [Perm.ACTIVITY_VIEW, Perm.EVENT_VIEW],
            },
        )
        rotation.register_sealed("services.HealthResult", {"text_sealed": "text"})
        verbs.register(
            {
                "session_added": "加场次",
                "result_put": "封存结果",
                "result_opened": "本人查看结果",
                "visit_booked": "预约体检",
                "duty_set": "排班",
                "supply_moved": "领还",
                "practice_set": "安排训练",
                "noted": "写交班记录",
            }
        )
        _hooks()
        _menu()


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.files import kinds
    from gonghui.services import exports
    from gonghui.services.enums import Perm
    from gonghui.services.selectors import figures, lines, todo

    figures.register()
    lines.plug()
    approvals.register_inbox("services", todo.inbox)
    kinds.register("services.rota", "保障排班表", Perm.EVENT_VIEW, exports.rota)
    kinds.register("services.ratings", "服务满意度", Perm.FEEDBACK_VIEW, exports.ratings, personal=False)


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.services.enums import Perm

    group = "服务与维权"
    menu.register(
        menu.Entry("services.plans", "职工体检", "heartbeat", "services:plans", group=group, perm=Perm.HEALTH_VIEW, order=230),
        menu.Entry("services.sessions", "到检登记", "stethoscope", "services:sessions", group=group, perm=Perm.HEALTH_ATTEND, order=231),
        menu.Entry(
            "services.activities", "文体活动", "ball-basketball", "services:activities", group=group, perm=Perm.ACTIVITY_VIEW, order=234
        ),
        menu.Entry("services.events", "重大活动保障", "shield-check", "services:events", group=group, perm=Perm.EVENT_VIEW, order=236),
        menu.Entry("services.feedback", "服务满意度", "star", "services:feedback", group=group, perm=Perm.FEEDBACK_VIEW, order=237),
        menu.Entry("services.m_shifts", "我的班次", "clock-hour-4", "services:m-shifts", front="mobile", order=65),
        menu.Entry("services.m_activities", "文体活动", "ball-basketball", "services:m-activities", front="mobile", order=63),
        menu.Entry("services.m_health", "职工体检", "heartbeat", "services:m-health", front="mobile", order=62),
    )
