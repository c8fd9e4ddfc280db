"""App figures (指标)."""

from __future__ import annotations

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "gonghui.figures"
    verbose_name = "指标"
