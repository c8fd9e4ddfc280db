"""App approvals (审批)."""

from __future__ import annotations

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "gonghui.approvals"
    verbose_name = "审批"
