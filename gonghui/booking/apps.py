"""App booking (服务预约)."""

from __future__ import annotations

from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "gonghui.booking"
    verbose_name = "服务预约"
