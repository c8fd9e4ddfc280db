"""App venues (服务阵地)."""

from __future__ import annotations

from django.apps import AppConfig


class VenuesConfig(AppConfig):
    name = "gonghui.venues"
    verbose_name = "服务阵地"
