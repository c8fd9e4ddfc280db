"""Paths of benefits (普惠与疗休养的网址)."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "benefits"
urlpatterns: list[URLPattern] = []
