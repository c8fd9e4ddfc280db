"""App people (自然人)."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "gonghui.people"
    verbose_name = "自然人"
