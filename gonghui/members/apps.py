"""App members (会员会籍)."""

from __future__ import annotations

from datetime import time, timedelta

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "gonghui.members"
    verbose_name = "会员会籍"

    def ready(self) -> None:
        from gonghui.members.imports import handler, reach

        handler.register()
        reach.register()
        _permissions()
        _hooks()
        _timed()
        _menu()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.members.enums import Perm

    every = list(Perm)
    away = {Perm.NOTE_VIEW, Perm.IDENTITY_DESK}  # what the employer-paid level must not hold
    reading = [Perm.MEMBER_VIEW, Perm.ROSTER_VIEW, Perm.APPLICATION_VIEW, Perm.TRANSFER_VIEW]
    permissions.register(
        Perm,
        {
            Role.CITY: every,
            Role.ORGANISATION: every,
            Role.TOWNSHIP: every,
            Role.CHAIR: [p for p in every if p not in away],
            Role.CLERK: [p for p in every if p not in {Perm.MEMBER_EXPORT, Perm.APPLICATION_DECIDE, Perm.REQUEST_DECIDE, *away}],
            Role.ORGANISER: [Perm.MEMBER_VIEW, Perm.APPLICATION_VIEW, Perm.APPLICATION_FILE],
            Role.AUDITOR: reading,
        },
    )


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.core import rotation, verify
    from gonghui.files import kinds
    from gonghui.members import exports
    from gonghui.members import verify as checks
    from gonghui.members.enums import Perm
    from gonghui.members.selectors import blind, todo
    from gonghui.members.selectors import members as reads
    from gonghui.members.services import folding, merging, transfers
    from gonghui.orgs import hooks as orgs
    from gonghui.people import hooks as people

    orgs.register("employers_changed", folding.employers_changed)
    orgs.register("union_ended", transfers.union_ended)
    orgs.register("before_dissolve", transfers.before_dissolve)
    orgs.register_facts(folding.union_counts)
    orgs.register_blind(blind.groups)
    people.register("person_changed", folding.person_changed)
    people.register_reach("members", reads.reach)
    merging.install()
    rotation.register_sealed("members.Application", {"signature_sealed": "signature"})
    rotation.register_sealed("members.DataRequest", {"value_sealed": "value"})
    rotation.register_sealed(
        "members.ServiceCard", {"account_sealed": "account"}, indexes={"account_index": ("members.service_card.account", "account_sealed")}
    )
    approvals.register_inbox("members", todo.inbox)
    for id_, title, look in checks.CHECKS:
        verify.register(id_, title, look)
    kinds.register("members.roster", "花名册", Perm.MEMBER_EXPORT, exports.roster)
    kinds.register("members.activists", "积极分子名册", Perm.MEMBER_EXPORT, exports.activists)
    kinds.register("members.list", "会员名册", Perm.MEMBER_EXPORT, exports.members)


def _timed() -> None:
    from gonghui.core import jobs
    from gonghui.members import jobs as timed

    jobs.every("members.seasons", timedelta(days=1), timed.seasons, title="季节性会籍暂停与恢复", at=time(1, 10))
    jobs.every("members.unclaimed", timedelta(days=1), timed.unclaimed, title="逾期转会由属地接收", at=time(1, 20))
    jobs.every("members.placing", timedelta(days=1), timed.placing, title="会员库按规则安置", at=time(1, 25))
    jobs.every("members.comparisons", timedelta(days=1), timed.comparisons, title="名册差异自动核销", at=time(1, 40))
    jobs.every("members.retention", timedelta(days=1), timed.retention, title="会籍资料到期清理", at=time(1, 30))


def _menu() -> None:
    from gonghui.core import menu
    from gonghui.members.enums import Perm
    from gonghui.members.selectors import members as reads

    group = "组织与会员"
    menu.register(
        menu.Entry("members.list", "会员名册", "users", "members:list", group=group, perm=Perm.MEMBER_VIEW, order=130),
        menu.Entry(
            "members.joining",
            "入会办理",
            "user-plus",
            "members:joining",
            group=group,
            perm=Perm.APPLICATION_VIEW,
            order=132,
            badge=reads.joining_waiting,
        ),
        menu.Entry(
            "members.transfers",
            "会籍转接",
            "arrows-right-left",
            "members:transfers",
            group=group,
            perm=Perm.TRANSFER_VIEW,
            order=134,
            badge=reads.transfers_waiting,
        ),
        menu.Entry("members.rosters", "五类花名册", "list-details", "members:rosters", group=group, perm=Perm.ROSTER_VIEW, order=136),
        menu.Entry("members.groups", "小组与积极分子", "users-group", "members:groups", group=group, perm=Perm.MEMBER_VIEW, order=137),
        menu.Entry(
            "members.comparisons", "名册比对", "file-search", "members:comparisons", group=group, perm=Perm.ROSTER_IMPORT, order=138
        ),
        menu.Entry("members.seasonal", "季节工会籍", "calendar", "members:seasonal", group=group, perm=Perm.MEMBER_VIEW, order=139),
        menu.Entry(
            "members.service_cards",
            "会员服务卡",
            "credit-card",
            "members:service_cards",
            group=group,
            perm=Perm.SERVICE_CARD_EDIT,
            order=140,
        ),
        menu.Entry("members.desk", "核对身份", "id", "members:desk", group=group, perm=Perm.IDENTITY_DESK, order=141),
        menu.Entry("members.m_home", "我的会籍", "id-badge-2", "members:m-home", front="mobile", order=20),
    )
