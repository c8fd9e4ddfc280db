"""App orgs (组织登记)."""

from __future__ import annotations

from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "gonghui.orgs"
    verbose_name = "组织登记"

    def ready(self) -> None:
        _permissions()
        _plug()
        _menu()
        _timed()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.orgs.enums import Perm

    permissions.register(
        Perm,
        {
            Role.CITY: Perm,
            Role.ORGANISATION: Perm,
            Role.TOWNSHIP: [p for p in Perm if p not in {Perm.UNION_DISSOLVE, Perm.EMPLOYER_MERGE}],
            Role.CHAIR: [Perm.EMPLOYER_VIEW, Perm.UNION_VIEW, Perm.POST_EDIT, Perm.AGREEMENT_EDIT],
            Role.CLERK: [Perm.EMPLOYER_VIEW, Perm.UNION_VIEW],
            Role.ORGANISER: [Perm.EMPLOYER_VIEW, Perm.EMPLOYER_EDIT, Perm.SPOT_VIEW, Perm.SPOT_EDIT, Perm.UNION_VIEW],
            Role.AUDITOR: [Perm.EMPLOYER_VIEW, Perm.UNION_VIEW, Perm.SPOT_VIEW],
        },
    )


def _plug() -> None:
    """Importers, checks, finder and menu."""
    from gonghui.accounts import hooks as accounts_hooks
    from gonghui.core import rotation, verify
    from gonghui.files.imports import protocol
    from gonghui.orgs import checks
    from gonghui.orgs.imports.employers import Employers
    from gonghui.orgs.imports.unions import Unions
    from gonghui.orgs.selectors import unions

    protocol.register(Unions())
    protocol.register(Employers())
    accounts_hooks.register_org_finder(unions.union_find)
    rotation.register_sealed(
        "orgs.Employer", {"phone_sealed": "phone_sealed"}, indexes={"phone_index": ("orgs.employer.phone", "phone_sealed")}
    )
    rotation.register_sealed("orgs.UnionAccount", {"number_sealed": "number_sealed"})
    for check_id, title, look in checks.CHECKS:
        verify.register(check_id, title, look)


def _timed() -> None:
    from datetime import time, timedelta

    from gonghui.approvals import services as approvals
    from gonghui.core import jobs
    from gonghui.orgs import jobs as timed
    from gonghui.orgs.selectors.inbox import inbox

    jobs.every("orgs.projects", timedelta(days=1), timed.projects_due, title="项目完工提出撤销", at=time(1, 40))
    jobs.every("orgs.reminders", timedelta(days=1), timed.remind, title="届满、到期和走访提醒", at=time(1, 50))
    approvals.register_inbox("orgs", inbox)


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.orgs.enums import Perm
    from gonghui.orgs.selectors import spots

    group = "组织与会员"
    menu.register(
        menu.Entry("orgs.unions", "工会组织", "sitemap", "orgs:unions", group=group, perm=Perm.UNION_VIEW, order=100),
        menu.Entry("orgs.employers", "单位底册", "building-community", "orgs:employers", group=group, perm=Perm.EMPLOYER_VIEW, order=110),
        menu.Entry("orgs.spots", "空白点", "flag", "orgs:spots", group=group, perm=Perm.SPOT_VIEW, order=120, badge=spots.spots_open),
    )
