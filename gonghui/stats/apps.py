"""App stats (统计)."""

from __future__ import annotations

from django.apps import AppConfig


class StatsConfig(AppConfig):
    name = "gonghui.stats"
    verbose_name = "统计"
