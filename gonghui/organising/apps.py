"""App organising (建会)."""

from __future__ import annotations

from django.apps import AppConfig


class OrganisingConfig(AppConfig):
    name = "gonghui.organising"
    verbose_name = "建会"
