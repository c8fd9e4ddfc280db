"""App notices (消息)."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "gonghui.notices"
    verbose_name = "消息"
