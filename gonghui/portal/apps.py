"""App portal (门户)."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "gonghui.portal"
    verbose_name = "门户"

    def ready(self) -> None:
        from gonghui.core import hub, menu
        from gonghui.figures import services as figures
        from gonghui.members import enums as members
        from gonghui.members.selectors import counts
        from gonghui.portal import benches
        from gonghui.portal.selectors import alerts, finders, places

        benches.register()

        menu.register(
            menu.Entry("portal.home", "工作台", "layout-dashboard", "portal:home", order=0),
            menu.Entry("portal.m_home", "我的工会", "home", "portal:mobile", front="mobile", order=0),
        )
        menu.places(places.places)
        menu.fix(guide="portal:help")
        for fn in alerts.ALL:
            hub.alerts(fn)
        hub.finder("工会", finders.find_unions)
        hub.finder("用人单位", finders.find_employers)
        hub.finder("会员", finders.find_members)
        figures.register_recount("members", counts.member_counts, but=counts.UNCOUNTED)
        figures.register_recount("workers", counts.worker_counts)
        figures.register_labels("employment_kind", lambda: {str(v): str(n) for v, n in members.EmploymentKind.choices})
