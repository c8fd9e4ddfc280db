"""Paths of spending (支出把关的网址)."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "spending"
urlpatterns: list[URLPattern] = []
