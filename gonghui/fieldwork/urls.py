"""Paths of fieldwork (上门服务的网址)."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "fieldwork"
urlpatterns: list[URLPattern] = []
