"""App documents (文书)."""

from __future__ import annotations

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "gonghui.documents"
    verbose_name = "文书"
