"""App files (附件)."""

from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "gonghui.files"
    verbose_name = "附件"

    def ready(self) -> None:
        from gonghui.files.imports import setup

        setup.ready()
