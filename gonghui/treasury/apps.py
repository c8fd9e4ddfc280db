"""App treasury (预算与资金)."""

from __future__ import annotations

from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    name = "gonghui.treasury"
    verbose_name = "预算与资金"
