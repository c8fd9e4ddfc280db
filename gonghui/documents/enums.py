"""Words of documents (文书)."""

from __future__ import annotations

from enum import StrEnum


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    DOCUMENT_VIEW = "documents.document.view"
    TEMPLATE_VIEW = "documents.template.view"
    TEMPLATE_EDIT = "documents.template.edit"
