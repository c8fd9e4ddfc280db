"""Paths of booking (服务预约的网址)."""

from __future__ import annotations

from django.urls import URLPattern, path

from gonghui.booking.web import hot

app_name = "booking"
urlpatterns: list[URLPattern] = [
    path("api/booking/take", hot.take, name="api-take"),
    path("api/booking/remaining", hot.left, name="api-remaining"),
]
