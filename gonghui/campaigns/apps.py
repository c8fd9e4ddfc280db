"""App campaigns (集中行动)."""

from __future__ import annotations

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "gonghui.campaigns"
    verbose_name = "集中行动"

    def ready(self) -> None:
        _permissions()
        _hooks()
        _menu()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.campaigns.enums import Perm as P

    permissions.register(
        P,
        {
            Role.CITY: P,
            Role.ORGANISATION: P,
            Role.TOWNSHIP: [P.CAMPAIGN_VIEW, P.CAMPAIGN_EDIT, P.CAMPAIGN_SETTLE, P.LOG_EDIT],
            Role.ORGANISER: [P.CAMPAIGN_VIEW, P.LOG_EDIT],
            Role.AUDITOR: [P.CAMPAIGN_VIEW],
        },
    )


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.campaigns import verify as checks
    from gonghui.campaigns.selectors import figures, homes
    from gonghui.campaigns.selectors.todo import inbox
    from gonghui.campaigns.services import registers
    from gonghui.core import verbs, verify
    from gonghui.members.selectors import links
    from gonghui.orgs import hooks as orgs

    links.register(homes.offer)
    approvals.register_inbox("campaigns", inbox)
    orgs.register("employer_merged", registers.employer_merged)
    verbs.register({}, {"campaigns.driver": "货车司机补充登记", "campaigns.zone": "园区劳动关系画像", "campaigns.twonew": "两新组织登记卡"})
    for id_, title, look in checks.CHECKS:
        verify.register(id_, title, look)
    figures.register()


def _menu() -> None:
    from gonghui.campaigns.enums import Perm
    from gonghui.core import menu

    group, view = "组织与会员", Perm.CAMPAIGN_VIEW
    menu.register(
        menu.Entry("campaigns.index", "集中行动", "flag", "campaigns:index", group=group, perm=view, order=127),
        menu.Entry("campaigns.sectors", "重点行业", "building-factory-2", "campaigns:sectors", group=group, perm=view, order=128),
    )
