"""Life of a batch (批次流程)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.files.imports.enums import BatchState as S
from gonghui.files.imports.models import ImportBatch

BATCH: Flow[ImportBatch] = Flow(
    "files.import",
    {
        S.UPLOADED: {S.MAPPED, S.ABANDONED},
        S.MAPPED: {S.MAPPED, S.CHECKED, S.FAILED, S.ABANDONED},
        S.CHECKED: {S.MAPPED, S.CHECKED, S.COMMITTING, S.ABANDONED},
        S.COMMITTING: {S.COMMITTED, S.CHECKED, S.FAILED},
        S.COMMITTED: {S.UNDONE},
        S.UNDONE: set(),
        S.ABANDONED: set(),
        S.FAILED: {S.MAPPED, S.ABANDONED},
    },
)
