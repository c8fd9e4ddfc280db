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
        from gonghui.people import hooks as people
        from gonghui.portal import benches, wiring
        from gonghui.portal.demo import detect
        from gonghui.portal.selectors import alerts, finders, places, records

        wiring.connect()
        benches.register()
        detect.register()

        from gonghui.accounts import permissions
        from gonghui.accounts.enums import Role
        from gonghui.approvals import kinds
        from gonghui.portal import services
        from gonghui.portal.enums import Perm

        permissions.register(
            Perm,
            {
                Role.CITY: Perm,
                Role.ORGANISATION: Perm,
                Role.TOWNSHIP: Perm,
                Role.CHAIR: [Perm.PUBLISH_EDIT, Perm.PUBLISH_APPROVE, Perm.EXPERIENCE_VIEW],
                Role.CLERK: [Perm.PUBLISH_EDIT, Perm.EXPERIENCE_VIEW],
                Role.ORGANISER: [Perm.EXPERIENCE_VIEW],
            },
        )
        kinds.register(services.KIND, services.HANDLER)
        office = "文化与办公"
        menu.register(
            menu.Entry(
                "portal.publish", "信息发布", "speakerphone", "portal:publications", group=office, perm=Perm.PUBLISH_EDIT, order=410
            ),
            menu.Entry("portal.experience", "典型经验", "bulb", "portal:experiences", group=office, perm=Perm.EXPERIENCE_VIEW, order=412),
            menu.Entry("portal.m_news", "工会公布", "news", "portal:news", front="mobile", order=60),
        )
        menu.register(
            menu.Entry("portal.home", "工作台", "layout-dashboard", "portal:home", order=0),
            menu.Entry("portal.m_home", "我的工会", "home", "portal:mobile", front="mobile", order=0),
        )
        menu.places(places.places)
        menu.fix(guide="portal:help")
        for fn in alerts.ALL:
            hub.alerts(fn)
        people.register_story("工作单位", records.employers_of)
        people.register_story("会籍", records.unions_of)
        hub.finder("工会", finders.find_unions)
        hub.finder("用人单位", finders.find_employers)
        hub.finder("会员", finders.find_members)
        figures.register_recount("members", counts.member_counts, but=counts.UNCOUNTED)
        figures.register_recount("workers", counts.worker_counts)
        figures.register_labels("employment_kind", lambda: {str(v): str(n) for v, n in members.EmploymentKind.choices})
