"""Paths of notices (消息路径)."""

from __future__ import annotations

from django.urls import path

from gonghui.notices.web import api, console, demo, mobile

app_name = "notices"
urlpatterns = [
    path("console/notices/", console.inbox, name="inbox"),
    path("console/notices/read-all", console.read_all, name="read-all"),
    path("console/notices/<int:pk>/open", console.open_notice, name="open"),
    path("console/notices/sms/", console.sms, name="sms"),
    path("console/notices/sms/<int:pk>/resend", console.sms_resend, name="sms-resend"),
    path("m/notices/", mobile.inbox, name="m-inbox"),
    path("m/notices/read-all", mobile.read_all, name="m-read-all"),
    path("m/notices/<int:pk>/open", mobile.open_notice, name="m-open"),
    path("api/notices/sms/report", api.sms_report, name="sms-report"),
    path("demo/outbox/", demo.outbox, name="demo-outbox"),
]
