"""Checks of the archive on the live data (文书核验)."""

from __future__ import annotations

from collections.abc import Generator

from gonghui.core.crypto import Unsealable
from gonghui.documents import selectors
from gonghui.documents.models import Document


def copies_unchanged() -> Generator[str, None, int]:
    """DOC-01: the archived text of every issued copy gives the digest written at issue."""
    checked = 0
    for row in Document.objects.select_related("archive").order_by("pk").iterator(chunk_size=500):
        checked += 1
        try:
            if not hasattr(row, "archive"):
                yield f"文书 {row.public_id} 的归档正文不见了。"
            elif not selectors.whole(row):
                yield f"文书 {row.public_id} 的归档正文与出具时的散列不符。"
        except (Unsealable, ValueError):
            yield f"文书 {row.public_id} 的归档正文打不开。"
    return checked


CHECKS = [("DOC-01", "出具的文书与归档散列一致", copies_unchanged)]
