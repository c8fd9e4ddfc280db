"""What start-up needs of import: its jobs. Called from `FilesConfig.ready()`."""

from __future__ import annotations


def ready() -> None:
    """Register jobs."""
    from gonghui.core import jobs
    from gonghui.files.imports import services

    jobs.register(services.JOB_CHECK, services.job_check)
    jobs.register(services.JOB_COMMIT, services.job_commit)
