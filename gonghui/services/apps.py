"""App services (普惠服务)."""

from __future__ import annotations

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "gonghui.services"
    verbose_name = "普惠服务"
