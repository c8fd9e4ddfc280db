"""Paths of the import wizard (导入路径)."""

from __future__ import annotations

from django.urls import path

from gonghui.files.imports import web

app_name = "imports"
urlpatterns = [
    path("console/import/", web.home, name="home"),
    path("console/import/template/<str:kind>/", web.template, name="template"),
    path("console/import/<int:pk>/", web.detail, name="detail"),
    path("console/import/<int:pk>/map/", web.mapping, name="map"),
    path("console/import/<int:pk>/check/", web.check, name="check"),
    path("console/import/<int:pk>/tidied/", web.tidied, name="tidied"),
    path("console/import/<int:pk>/progress/", web.progress, name="progress"),
    path("console/import/<int:pk>/bad-rows/", web.bad_rows, name="bad-rows"),
    path("console/import/<int:pk>/undo/", web.undo, name="undo"),
    path("console/import/<int:pk>/abandon/", web.abandon, name="abandon"),
    path("console/import/<int:pk>/follow/", web.follow, name="follow"),
]
