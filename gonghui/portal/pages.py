"""Paths of the portal (门户的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.portal.web import pages

app_name = "portal"
urlpatterns = [
    path("", pages.root, name="root"),
    path("console/", pages.console, name="home"),
    path("console/search/", pages.search, name="search"),
    path("m/", pages.mobile, name="mobile"),
    path("help/", pages.guide, name="help"),
]
