"""Words of files (附件)."""

from __future__ import annotations

from enum import StrEnum


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    FILE_VIEW = "files.file.view"
