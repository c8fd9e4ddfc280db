"""Paths of the kernel (内核路径); the portal includes them at the root."""

from __future__ import annotations

from django.urls import path

from gonghui.core import web

app_name = "core"
urlpatterns = [
    path("font", web.font, name="font"),
    path("csp-report", web.csp_report, name="csp-report"),
]
