"""App booking (服务预约)."""

from __future__ import annotations

from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "gonghui.booking"
    verbose_name = "服务预约"

    def ready(self) -> None:
        _doors()


def _doors() -> None:
    from gonghui.booking.web import door
    from gonghui.core import serving

    for path, app in door.DOORS.items():
        serving.door(path, app)
