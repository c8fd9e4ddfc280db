"""App core (内核)."""

from __future__ import annotations

from datetime import time, timedelta

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gonghui.core"
    verbose_name = "内核"

    def ready(self) -> None:
        from gonghui.core import checks, core_checks, heads, health, jobs, menu, rotation, system, verify

        core_checks.register()
        jobs.every(health.VERIFY, timedelta(days=1), verify.nightly, title="每晚核验全部数据", at=time(3))
        jobs.every("core.heads", timedelta(days=1), heads.publish, title="导出审计链头", at=time(0, 5))
        jobs.every("core.sweep", timedelta(days=1), core_checks.sweep, title="清理旧任务和会话", at=time(2))
        jobs.every("core.rotation", timedelta(hours=1), rotation.finish, title="续做换钥")
        menu.register(
            menu.Entry("core.system", "运行状况", "activity", "core:system", group="系统", perm=system.VIEW, order=900),
            menu.Entry("core.jobs", "后台任务", "list-details", "core:jobs", group="系统", perm=system.VIEW, order=910),
        )
        assert checks  # importing it registers the system checks
