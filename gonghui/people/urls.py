"""Paths of people (自然人路径)."""

from __future__ import annotations

from django.urls import path

from gonghui.people import web

app_name = "people"
urlpatterns = [
    path("console/people/codes/", web.codes, name="codes"),
    path("console/people/twins/", web.twins, name="twins"),
    path("console/people/twins/scan/", web.twins_scan, name="twins_scan"),
    path("console/people/twins/<int:pk>/", web.twin_decide, name="twin"),
]
