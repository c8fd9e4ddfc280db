"""Paths of files (附件路径)."""

from __future__ import annotations

from django.urls import include, path

from gonghui.files.web import console

app_name = "files"
urlpatterns = [
    path("", include("gonghui.files.imports.urls")),
    path("files/<str:mark>/", console.open_file, name="open"),
    path("console/files/exports/", console.exports, name="exports"),
    path("console/files/exports/<int:pk>/", console.export_state, name="export"),
    path("console/files/exports/<int:pk>/download", console.export_download, name="export-download"),
]
