"""Paths of organising (建会的网址)."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "organising"
urlpatterns: list[URLPattern] = []
