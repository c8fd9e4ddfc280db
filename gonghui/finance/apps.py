"""App finance (工会账务)."""

from __future__ import annotations

from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "gonghui.finance"
    verbose_name = "工会账务"
