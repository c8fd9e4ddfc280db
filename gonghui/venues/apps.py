"""App venues (服务阵地)."""

from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class VenuesConfig(AppConfig):
    name = "gonghui.venues"
    verbose_name = "服务阵地"

    def ready(self) -> None:
        _permissions()
        _hooks()
        _menu()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.venues.enums import Perm as P

    every = list(P)
    own = [P.VENUE_VIEW, P.VENUE_EDIT, P.CHECK_RECORD, P.LIBRARY_RUN, P.TICKET_HANDLE]
    permissions.register(
        P,
        {
            Role.CITY: every,
            Role.TOWNSHIP: every,
            Role.STEWARD: own,
            Role.CHAIR: own,
            Role.CLERK: [P.VENUE_VIEW, P.CHECK_RECORD, P.LIBRARY_RUN],
            Role.ORGANISATION: [P.VENUE_VIEW],
            Role.AUDITOR: [P.VENUE_VIEW],
        },
    )


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.core import jobs, verbs, verify
    from gonghui.files import kinds
    from gonghui.venues import exports
    from gonghui.venues import jobs as timed
    from gonghui.venues import verify as checks
    from gonghui.venues.enums import Perm
    from gonghui.venues.selectors import figures, lines, todo

    figures.register()
    lines.plug()
    verbs.register(
        {"taken": "受理", "referred": "转办", "booked": "预约", "lent": "借出", "paused": "暂停", "lost": "报失", "voided": "作废"},
        {
            "venues.venue": "服务阵地",
            "venues.offer": "服务事项",
            "venues.slot": "可约时段",
            "venues.equipment": "阵地设备",
            "venues.gathering": "阵地活动",
            "venues.money": "阵地年度经费",
        },
    )
    for id_, title, look in checks.CHECKS:
        verify.register(id_, title, look)
    approvals.register_inbox("venues", todo.inbox)
    kinds.register("venues.venues", "服务阵地", Perm.VENUE_VIEW, exports.venues, personal=False)
    kinds.register("venues.gap", "服务缺口", Perm.VENUE_VIEW, exports.gap, personal=False)
    jobs.every("venues.overdue", timedelta(hours=24), timed.overdue, title="图书超期催还")


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.venues.enums import Perm
    from gonghui.venues.selectors import todo

    group = "服务与维权"
    menu.register(
        menu.Entry("venues.venues", "服务阵地", "map-pins", "venues:venues", group=group, perm=Perm.VENUE_VIEW, order=210),
        menu.Entry(
            "venues.tickets",
            "报修和求助",
            "tool",
            "venues:tickets",
            group=group,
            perm=Perm.TICKET_HANDLE,
            order=211,
            badge=todo.ticket_rows,
        ),
        menu.Entry("venues.gap", "服务缺口", "map", "venues:gap", group=group, perm=Perm.VENUE_VIEW, order=212),
        menu.Entry("venues.m_near", "附近", "map-pin", "venues:m-near", front="mobile", order=12),
    )
