"""Paths of booking (服务预约的网址)."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "booking"
urlpatterns: list[URLPattern] = []
