"""App income (经费收缴)."""

from __future__ import annotations

from django.apps import AppConfig


class IncomeConfig(AppConfig):
    name = "gonghui.income"
    verbose_name = "经费收缴"
