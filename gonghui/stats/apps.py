"""App stats (统计)."""

from __future__ import annotations

from django.apps import AppConfig


class StatsConfig(AppConfig):
    name = "gonghui.stats"
    verbose_name = "统计"

    def ready(self) -> None:
        from gonghui.core import menu
        from gonghui.members.enums import Perm

        menu.register(menu.Entry("stats.cross", "结构统计", "table", "stats:cross", group="统计与报表", perm=Perm.MEMBER_VIEW, order=167))
