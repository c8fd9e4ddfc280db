"""Reads of files (附件查询)."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from gonghui.core.errors import NotFound
from gonghui.files import store
from gonghui.files.enums import Perm
from gonghui.files.models import Export, File

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def file_get(*, pk: int) -> File:
    """A file by id, for an app that holds its key and has checked the case. Raises NotFound."""
    found = File.objects.filter(pk=pk, removed_at=None).first()
    if found is None:
        raise NotFound()
    return found


def export_list(*, actor: Actor) -> QuerySet[Export]:
    """My exports (我的导出)."""
    return Export.objects.filter(user_id=actor.user_id or 0).select_related("file", "job")


def export_get(*, actor: Actor, pk: int) -> Export:
    """One of mine, or 404."""
    found = export_list(actor=actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def export_row(*, pk: int) -> Export:
    """An export by id, for the approval that holds its id. Raises NotFound."""
    found = Export.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def export_seen(*, actor: Actor, pk: int) -> Export:
    """One of mine, or one I may approve (待我审批的导出), or 404."""
    mine = Q(user_id=actor.user_id or 0)
    to_approve = actor.within_path(Perm.EXPORT_APPROVE, "org_path")
    found = Export.objects.filter(mine | to_approve if to_approve else Q()).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def same_document(*, sha256: str) -> QuerySet[File]:
    """Files with the same bytes: a document used twice (R28)."""
    return File.objects.filter(sha256=sha256, removed_at=None)


def hash_faults() -> Generator[str, None, int]:
    """LED-12: every live file is there and its bytes match its hash."""
    count = 0
    for file in File.objects.filter(removed_at=None).order_by("pk").iterator(chunk_size=500):
        count += 1
        if (found := store.digest_at(file.place)) != file.sha256:
            yield f"附件 {file.pk}" + ("的文件不见了。" if not found else "的内容与登记的哈希不符，已被改动。")
    return count
