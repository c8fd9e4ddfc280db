"""App fieldwork (上门服务)."""

from __future__ import annotations

from django.apps import AppConfig


class FieldworkConfig(AppConfig):
    name = "gonghui.fieldwork"
    verbose_name = "上门服务"
