"""Paths of finance (工会账务的网址)."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "finance"
urlpatterns: list[URLPattern] = []
