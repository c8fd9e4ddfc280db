"""Paths of the kernel (内核路径); the portal includes them at the root."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from gonghui.core import web
from gonghui.core.access import public

app_name = "core"
urlpatterns = [
    path("font", web.font, name="font"),
    path("language", public(set_language), name="language"),
    path("csp-report", web.csp_report, name="csp-report"),
]
