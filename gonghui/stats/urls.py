"""Paths of statistics (统计的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.stats.web import console

app_name = "stats"
urlpatterns = [
    path("console/stats/", console.cross, name="cross"),
    path("console/stats/export/", console.cross_export, name="cross_export"),
]
