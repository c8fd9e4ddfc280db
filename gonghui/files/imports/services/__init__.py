"""Importing (导入办理): upload, map, check, fix, commit, undo. A batch is written whole or not at all (MEM-06)."""

from __future__ import annotations

from gonghui.files.imports.services.checking import JOB_CHECK, batch_check, check_now
from gonghui.files.imports.services.rows import row_cells, row_fix, row_fixes, row_skip, tidy_revoke
from gonghui.files.imports.services.upload import batch_map, batch_upload, memory
from gonghui.files.imports.services.whole import import_run
from gonghui.files.imports.services.working import job_check, job_commit
from gonghui.files.imports.services.writing import (
    JOB_COMMIT,
    bad_rows_taken,
    batch_abandon,
    batch_commit,
    batch_follow,
    batch_undo,
    commit_now,
)

__all__ = [
    "JOB_CHECK",
    "JOB_COMMIT",
    "bad_rows_taken",
    "batch_abandon",
    "batch_check",
    "batch_commit",
    "batch_follow",
    "batch_map",
    "batch_undo",
    "batch_upload",
    "check_now",
    "commit_now",
    "import_run",
    "job_check",
    "job_commit",
    "memory",
    "row_cells",
    "row_fix",
    "row_fixes",
    "row_skip",
    "tidy_revoke",
]
