"""App portal (门户)."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "gonghui.portal"
    verbose_name = "门户"
