"""Paths of income (经费收缴的网址)."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "income"
urlpatterns: list[URLPattern] = []
