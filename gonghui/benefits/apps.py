"""App benefits (普惠与疗休养)."""

from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "gonghui.benefits"
    verbose_name = "普惠与疗休养"

    def ready(self) -> None:
        _permissions()
        _hooks()
        _menu()


def _permissions() -> None:
    from gonghui.accounts import permissions
    from gonghui.accounts.enums import Role
    from gonghui.benefits.enums import Perm as P

    permissions.register(
        P,
        {
            Role.CITY: P,
            Role.TOWNSHIP: [P.OFFER_VIEW, P.OFFER_EDIT, P.COUNT_VIEW, P.STAY_VIEW, P.STAY_EDIT, P.STAY_PROPOSE, P.STAY_DECIDE],
            Role.CHAIR: [P.COUNT_VIEW, P.STAY_VIEW, P.STAY_PROPOSE],
            Role.CLERK: [P.STAY_VIEW, P.STAY_PROPOSE],
            Role.FINANCE_HEAD: [P.FEE_RUN, P.FEE_SETTLE, P.COUNT_VIEW],
            Role.AUDITOR: [P.OFFER_VIEW, P.COUNT_VIEW, P.STAY_VIEW],
        },
    )


def _hooks() -> None:
    from gonghui.approvals import services as approvals
    from gonghui.benefits import exports
    from gonghui.benefits import jobs as timed
    from gonghui.benefits import verify as checks
    from gonghui.benefits.enums import Perm
    from gonghui.benefits.selectors import lines, todo
    from gonghui.benefits.services import merging
    from gonghui.core import jobs, verbs, verify
    from gonghui.files import kinds

    lines.plug()
    verbs.register(
        {
            "claimed": "领取", "code_used": "核销", "code_undone": "撤回核销", "link_changed": "更换核销页", "code_expired": "到期收回", "formed": "成团",
            "unformed": "未成团", "use_recorded": "登记就诊", "use_reversed": "撤回就诊登记", "rates_set": "确定标准", "posted_list": "公示名单",
            "unposted": "撤回公示", "split": "分配名额", "moved_up": "递补", "batch_set": "安排批次", "seated": "安排到批次", "spent": "登记费用",
        },
        {
            "benefits.code": "券码", "benefits.order": "疗休养次序", "benefits.fee": "免医事服务费", "benefits.share": "疗休养名额", "benefits.use": "免医事服务费使用记录",
            "benefits.past": "以往疗休养", "benefits.honour": "劳模登记", "benefits.stay": "疗休养报名", "benefits.scheme": "免医事服务费方案", "benefits.grant": "就医凭证",
        },
    )  # fmt: skip
    for id_, title, look in checks.CHECKS:
        verify.register(id_, title, look)
    approvals.register_inbox("benefits", todo.inbox)
    jobs.every("benefits.lapse", timedelta(hours=1), timed.lapse, title="券码到期收回、团购到期结算")
    kinds.register("benefits.stays", "疗休养报名名单", Perm.STAY_VIEW, exports.stay_list)
    merging.install()


def _menu() -> None:
    from gonghui.benefits.enums import Perm
    from gonghui.core import menu

    group = "服务与维权"
    menu.register(
        menu.Entry("benefits.offers", "普惠服务", "gift", "benefits:offers", group=group, perm=Perm.OFFER_VIEW, order=220),
        menu.Entry("benefits.schemes", "免医事服务费", "building-hospital", "benefits:schemes", group=group, perm=Perm.FEE_RUN, order=221),
        menu.Entry("benefits.programmes", "疗休养", "plant", "benefits:programmes", group=group, perm=Perm.STAY_VIEW, order=222),
        menu.Entry("benefits.counts", "普惠使用统计", "chart-bar", "benefits:counts", group=group, perm=Perm.COUNT_VIEW, order=223),
        menu.Entry("benefits.m_home", "福利", "gift", "benefits:m-home", front="mobile", order=14),
    )
