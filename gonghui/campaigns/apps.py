"""App campaigns (集中行动)."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "gonghui.campaigns"
    verbose_name = "集中行动"
