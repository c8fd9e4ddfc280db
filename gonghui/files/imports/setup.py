"""What start-up needs of import: its jobs and its menu entry. Called from `FilesConfig.ready()`."""

from __future__ import annotations


def ready() -> None:
    """Register jobs and menu."""
    from gonghui.core import jobs, menu
    from gonghui.files.imports import services

    jobs.register(services.JOB_CHECK, services.job_check)
    jobs.register(services.JOB_COMMIT, services.job_commit)
    menu.register(menu.Entry("files.imports", "数据导入", "file-import", "imports:home", group="组织与会员", order=260))
