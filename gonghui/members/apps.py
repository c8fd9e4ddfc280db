"""App members (会员会籍)."""

from __future__ import annotations

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "gonghui.members"
    verbose_name = "会员会籍"
