"""App spending (支出把关)."""

from __future__ import annotations

from django.apps import AppConfig


class SpendingConfig(AppConfig):
    name = "gonghui.spending"
    verbose_name = "支出把关"
