"""Moves of a membership (会籍变动): transfers and exits."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.db.models import Q

from gonghui.core.choices import labels
from gonghui.members.enums import ExitKind, ExitState, TransferCause, TransferState


class Transfer(models.Model):
    """A transfer between unions (转会, S042). While it is under way the old union stays the one owner (MEM-02)."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="transfers", verbose_name="会员")
    source = models.ForeignKey("orgs.Union", models.PROTECT, related_name="transfers_out", verbose_name="转出工会")
    target = models.ForeignKey("orgs.Union", models.PROTECT, null=True, blank=True, related_name="transfers_in", verbose_name="转入工会")
    cause = models.CharField("缘由", max_length=16, choices=partial(labels, TransferCause))
    state = models.CharField("状态", max_length=12, choices=partial(labels, TransferState), default=TransferState.IN_TRANSIT)
    opened_on = models.DateField("发起日期")
    due_on = models.DateField("逾期由属地接收")
    opened_by = models.CharField("发起人", max_length=40)
    reason = models.CharField("退回或撤回原因", max_length=200, blank=True)
    decided_on = models.DateField("办结日期", null=True, blank=True)
    decided_by = models.CharField("接收人", max_length=40, blank=True)
    declined_by_target = models.BooleanField("转入方曾退回", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "转会"
        indexes = [
            models.Index(fields=["source", "state"], name="transfer_source"),
            models.Index(fields=["target", "state"], name="transfer_target"),
            models.Index(fields=["state", "due_on"], name="transfer_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["requested", "in_transit"]),
                name="transfer_one_open",
                violation_error_message="这名会员已有一笔转会在办理，请先办结。",
            ),
        ]


class Exit(models.Model):
    """Leaving, deemed leaving, expulsion, death (退出会籍), with what the Charter asks for each."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="exits", verbose_name="会员")
    union = models.ForeignKey("orgs.Union", models.PROTECT, related_name="exits", verbose_name="工会")
    kind = models.CharField("方式", max_length=12, choices=partial(labels, ExitKind))
    state = models.CharField("状态", max_length=8, choices=partial(labels, ExitState), default=ExitState.OPEN)
    declared_on = models.DateField("本人声明或发生日期")
    dues_unpaid_from = models.DateField("未交会费起", null=True, blank=True)
    absent_from = models.DateField("未过组织生活起", null=True, blank=True)
    educated_on = models.DateField("教育谈话日期", null=True, blank=True)
    unchanged_on = models.DateField("教育后仍未改正的确认日期", null=True, blank=True)
    no_good_reason = models.BooleanField("确认没有正当理由", default=False)
    judgment_no = models.CharField("刑事判决文号", max_length=60, blank=True)
    group_on = models.DateField("小组讨论日期", null=True, blank=True)
    committee_on = models.DateField("委员会决定日期", null=True, blank=True)
    filed_on = models.DateField("报上级备案日期", null=True, blank=True)
    announced_on = models.DateField("宣布日期", null=True, blank=True)
    card_back = models.BooleanField("会员证已收回", default=False)
    reason = models.CharField("说明", max_length=200, blank=True)
    slip = models.CharField("决定单", max_length=40, blank=True)
    opened_by = models.CharField("经办", max_length=40)
    decided_by = models.CharField("办结人", max_length=40, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "退出会籍"
        indexes = [models.Index(fields=["union", "state"], name="exit_union")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state="open"),
                name="exit_one_open",
                violation_error_message="这名会员已有一件退出办理在进行，请先办结。",
            ),
        ]
