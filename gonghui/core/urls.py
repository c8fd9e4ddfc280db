"""Paths of the kernel (内核路径); the portal includes them at the root."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from gonghui.core import system, web
from gonghui.core.access import public

app_name = "core"
urlpatterns = [
    path("font", web.font, name="font"),
    path("language", public(set_language), name="language"),
    path("healthz", system.healthz, name="healthz"),
    path("console/system/", system.system, name="system"),
    path("console/system/jobs/", system.job_list, name="jobs"),
    path("console/system/jobs/<int:pk>/retry", system.job_retry, name="job-retry"),
    path("console/system/jobs/<int:pk>/cancel", system.job_cancel, name="job-cancel"),
    path("console/system/verify", system.verify_now, name="verify-now"),
    path("csp-report", web.csp_report, name="csp-report"),
]
