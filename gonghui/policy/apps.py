"""App policy (规则库)."""

from __future__ import annotations

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    name = "gonghui.policy"
    verbose_name = "规则库"
