"""App booking (服务预约)."""

from __future__ import annotations

from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "gonghui.booking"
    verbose_name = "服务预约"

    def ready(self) -> None:
        from gonghui.booking.bench import run as bench

        bench.register()
        _doors()
        _hooks()
        _permissions()
        _exports()
        _menu()


def _hooks() -> None:
    from gonghui.booking import jobs, verify
    from gonghui.booking.selectors import figures, lines
    from gonghui.booking.services import merging, payments
    from gonghui.core import verify as checks

    figures.register()
    for id_, title, look in verify.CHECKS:
        checks.register(id_, title, look)
    jobs.register()
    merging.install()
    lines.plug()
    payments.register(payments.Gateway("demo", "演示付款", lambda payment: f"/m/booking/pay/{payment.reference}/"))


def _doors() -> None:
    from gonghui.booking.web import door
    from gonghui.core import serving

    for path, app in door.DOORS.items():
        serving.door(path, app)


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.booking.enums import Perm

    every = list(Perm)
    reading = [Perm.ITEM_VIEW, Perm.BOOKING_VIEW, Perm.REPORT_VIEW]
    unit = [*reading, Perm.ITEM_EDIT, Perm.ITEM_PUBLISH, Perm.BOOKING_MANAGE, Perm.CHECK_IN, Perm.DRAW_RUN]
    permissions.register(
        Perm,
        {
            Role.CITY: every,
            Role.ORGANISATION: reading,
            Role.TOWNSHIP: every,
            Role.CHAIR: unit,  # bars and appeals are decided one level up, never by the employer-paid chair
            Role.CLERK: [Perm.ITEM_VIEW, Perm.ITEM_EDIT, Perm.BOOKING_VIEW, Perm.CHECK_IN],
            Role.STEWARD: [*reading, Perm.CHECK_IN],
            Role.AUDITOR: reading,
        },
    )


def _exports() -> None:
    from gonghui.booking import exports
    from gonghui.booking.enums import Perm
    from gonghui.core import rotation
    from gonghui.files import kinds

    kinds.register("booking.bookings", "预约名单", Perm.BOOKING_VIEW, exports.bookings)
    kinds.register("booking.report", "预约成效", Perm.REPORT_VIEW, exports.report, personal=False)
    rotation.register_sealed("booking.Draw", {"seed_sealed": "seed"})


def _menu() -> None:
    from gonghui.booking.enums import Perm
    from gonghui.booking.selectors import desk
    from gonghui.core import menu

    group = "服务与维权"
    menu.register(
        menu.Entry("booking.items", "服务预约", "ticket", "booking:items", group=group, perm=Perm.ITEM_VIEW, order=202, badge=desk.open_now),
        menu.Entry("booking.checkins", "到场核销", "scan", "booking:checkins", group=group, perm=Perm.CHECK_IN, order=203),
        menu.Entry(
            "booking.appeals", "预约申诉", "message-report", "booking:appeals", group=group, perm=Perm.APPEAL_DECIDE, order=204,
            badge=desk.appeals_open,
        ),
        menu.Entry("booking.bars", "限约名单", "calendar-x", "booking:bars", group=group, perm=Perm.BAR_MANAGE, order=205),
        menu.Entry("booking.m_home", "服务预约", "ticket", "booking:m-home", front="mobile", order=10),
    )  # fmt: skip
