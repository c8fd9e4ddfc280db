"""Crisis intervention and handover (危机干预、转介). Source: S182."""

from __future__ import annotations

from functools import partial

from django.db import models

from gonghui.core.choices import labels
from gonghui.counsel.enums import Ground, HandoverState, RiskLevel, RiskState
from gonghui.counsel.models.people import Client, Counsellor
from gonghui.counsel.models.sessions import Appointment


class Risk(models.Model):
    """A risk flag (危机干预): the counsellor raises it; the contact opens by consent, or by two people when life is in danger."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="risks", verbose_name="咨询预约")
    level = models.CharField("风险程度", max_length=8, choices=partial(labels, RiskLevel))
    state = models.CharField("状态", max_length=8, choices=partial(labels, RiskState), default=RiskState.RAISED)
    why_sealed = models.BinaryField("说明密文", null=True)
    raised_at = models.DateTimeField("提出时间")
    due_at = models.DateTimeField("应处理时间")
    ground = models.CharField("启封依据", max_length=8, choices=partial(labels, Ground), blank=True)
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "危机干预"

    @property
    def tone(self) -> str:
        """Colour of the tag (状态颜色)."""
        return RiskState(self.state).tone

    @property
    def unit_path(self) -> str:
        """Where it lies in the tree."""
        return str(self.appointment.counsellor.union.path)


class RiskVote(models.Model):
    """What one of the two people decided, with the reason (核准意见)."""

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="votes", verbose_name="危机干预")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="核准人")
    agree = models.BooleanField("同意启封")
    reason_sealed = models.BinaryField("理由密文", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "核准意见"
        constraints = [
            models.UniqueConstraint(fields=["risk", "user"], name="counsel_vote_once", violation_error_message="您已经对这件事表过态。")
        ]


class RiskStep(models.Model):
    """What was done (处置经过), sealed."""

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="steps", verbose_name="危机干预")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="记录人")
    text_sealed = models.BinaryField("经过密文", null=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "处置经过"
        ordering = ["pk"]


class Handover(models.Model):
    """One counsellor asks to pass somebody on to another (转介); nothing moves without the person's yes."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="handovers", verbose_name="来访者")
    giver = models.ForeignKey(Counsellor, models.PROTECT, related_name="given", verbose_name="原咨询师")
    taker = models.ForeignKey(Counsellor, models.PROTECT, related_name="taken", verbose_name="接手咨询师")
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="handovers", verbose_name="从哪次咨询提出")
    state = models.CharField("状态", max_length=10, choices=partial(labels, HandoverState), default=HandoverState.ASKED)
    why_sealed = models.BinaryField("理由密文", null=True)
    with_records = models.BooleanField("连会谈记录一起转", default=False)
    asked_at = models.DateTimeField("提出时间")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "转介"
        constraints = [
            models.UniqueConstraint(
                fields=["client", "giver"], condition=models.Q(state="asked"), name="counsel_handover_once",
                violation_error_message="这位来访者已经有一个转介在等答复。",
            )
        ]  # fmt: skip
