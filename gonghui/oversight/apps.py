"""App oversight (经审与公开)."""

from __future__ import annotations

from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "gonghui.oversight"
    verbose_name = "经审与公开"
