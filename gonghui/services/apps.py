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
        permissions.register(
            Perm,
            {
                Role.CITY: every,
                Role.TOWNSHIP: every,
                Role.CHAIR: unit,  # results are put in by the desk of the centre, never by the employer's level
                Role.CLERK: [Perm.HEALTH_VIEW, Perm.ACTIVITY_VIEW],
                Role.STEWARD: [Perm.HEALTH_ATTEND, Perm.HEALTH_RESULT, Perm.ACTIVITY_VIEW, Perm.ACTIVITY_EDIT],
                Role.AUDITOR: [Perm.ACTIVITY_VIEW],
            },
        )
        rotation.register_sealed("services.HealthResult", {"text_sealed": "text"})
        verbs.register({"session_added": "加场次", "result_put": "封存结果", "result_opened": "本人查看结果", "visit_booked": "预约体检"})
        _hooks()
        _menu()


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.services.selectors import todo

    approvals.register_inbox("services", todo.inbox)


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
        menu.Entry("services.m_activities", "文体活动", "ball-basketball", "services:m-activities", front="mobile", order=63),
        menu.Entry("services.m_health", "职工体检", "heartbeat", "services:m-health", front="mobile", order=62),
    )
