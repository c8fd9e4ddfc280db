"""Approvals, their levels, delegations (审批、环节、委托). They know no business app: the subject is a kind and a number."""

from __future__ import annotations

from django.db import models

from gonghui.approvals.enums import ApprovalState, Decision


class Approval(models.Model):
    """One matter on its way through the levels (审批). The business row holds the foreign key to it.

    `digest` is that of the material content when it was handed in: a change of content voids the approval (R10, R11).
    """

    kind = models.CharField("事项", max_length=60)
    subject_id = models.CharField("对象编号", max_length=40)
    title = models.CharField("标题", max_length=160)
    org_path = models.CharField("组织路径", max_length=80)
    org_name = models.CharField("组织名称", max_length=120, blank=True)
    digest = models.CharField("内容摘要", max_length=64)
    state = models.CharField("状态", max_length=12, choices=ApprovalState.choices, default=ApprovalState.DRAFT)
    level = models.PositiveSmallIntegerField("当前环节", default=0)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    maker = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="经办人")
    maker_ref = models.CharField("经办人编号", max_length=40)
    maker_person_id = models.BigIntegerField("经办人自然人编号", null=True, blank=True)
    note = models.CharField("送审说明", max_length=500, blank=True)
    due_on = models.DateField("应办结日", null=True, blank=True)
    created_at = models.DateTimeField("送审时间")
    decided_at = models.DateTimeField("办结时间", null=True, blank=True)
    reminded_at = models.DateTimeField("催办时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审批"
        indexes = [
            models.Index(fields=["kind", "subject_id"], name="approval_subject"),
            models.Index(fields=["state", "due_on"], name="approval_due"),
            models.Index(fields=["org_path", "state"], name="approval_org"),
            models.Index(fields=["maker", "state"], name="approval_maker"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=models.Q(state="pending"),
                name="approval_one_pending",
                violation_error_message="这件事已经在审批中。",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Step(models.Model):
    """One level of one round (审批环节): who may decide, who did, with which opinion."""

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="steps", verbose_name="审批")
    round = models.PositiveSmallIntegerField("轮次")
    level = models.PositiveSmallIntegerField("环节")
    label = models.CharField("环节名称", max_length=60)
    role = models.CharField("角色", max_length=20, blank=True)
    perm = models.CharField("权限", max_length=80, blank=True)
    org_path = models.CharField("组织路径", max_length=80)
    is_open = models.BooleanField("等待办理", default=False)
    decision = models.CharField("意见", max_length=10, choices=Decision.choices, blank=True)
    opinion = models.CharField("说明", max_length=500, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人")
    decided_person_id = models.BigIntegerField("审批人自然人编号", null=True, blank=True)
    on_behalf_of = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受谁委托")
    decided_at = models.DateTimeField("时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审批环节"
        ordering = ["round", "level"]
        indexes = [models.Index(fields=["org_path"], condition=models.Q(is_open=True), name="step_open")]
        constraints = [
            models.UniqueConstraint(fields=["approval", "round", "level"], name="step_once"),
            models.UniqueConstraint(fields=["approval"], condition=models.Q(is_open=True), name="step_one_open"),
            models.CheckConstraint(condition=~(models.Q(role="") & models.Q(perm="")), name="step_has_decider"),
        ]


class Delegation(models.Model):
    """An officer lets another decide for a time (委托)."""

    giver = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="委托人")
    taker = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="受托人")
    kind = models.CharField("事项", max_length=60, blank=True, help_text="空为全部事项")
    since = models.DateField("起")
    until = models.DateField("止（不含）")
    reason = models.CharField("理由", max_length=200)
    created_at = models.DateTimeField("建立时间")
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审批委托"
        indexes = [models.Index(fields=["taker", "revoked_at"], name="delegation_taker")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("since")), name="delegation_dates", violation_error_message="截止日期应晚于开始日期。"
            ),
            models.CheckConstraint(
                condition=~models.Q(giver=models.F("taker")), name="delegation_other", violation_error_message="不能委托给自己。"
            ),
        ]
