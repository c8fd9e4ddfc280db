"""Paths of venues (服务阵地的网址)."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "venues"
urlpatterns: list[URLPattern] = []
