"""Paths of treasury (预算与资金的网址)."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "treasury"
urlpatterns: list[URLPattern] = []
