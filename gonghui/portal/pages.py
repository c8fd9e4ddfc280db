"""Paths of the portal (门户的网址)."""

from __future__ import annotations

from django.urls import path

from gonghui.portal.web import pages, publish

app_name = "portal"
urlpatterns = [
    path("", pages.root, name="root"),
    path("console/", pages.console, name="home"),
    path("console/search/", pages.search, name="search"),
    path("m/", pages.mobile, name="mobile"),
    path("help/", pages.guide, name="help"),
    path("news/", publish.news, name="news"),
    path("news/<int:pk>/", publish.news_item, name="news_item"),
    path("console/publish/", publish.publications, name="publications"),
    path("console/publish/new/", publish.publication_new, name="publication_new"),
    path("console/publish/<int:pk>/", publish.publication, name="publication"),
    path("console/publish/<int:pk>/submit/", publish.publication_submit, name="publication_submit"),
    path("console/publish/<int:pk>/archive/", publish.publication_archive, name="publication_archive"),
    path("console/experience/", publish.experiences, name="experiences"),
    path("console/experience/new/", publish.experience_new, name="experience_new"),
    path("console/experience/<int:pk>/adopt/", publish.experience_adopt, name="experience_adopt"),
]
