"""Words of psychological care (心理关爱)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Mode(models.TextChoices):
    """How a session is held (咨询方式)."""

    ONSITE = "onsite", "到咨询室"
    ONLINE = "online", "线上"


class Topic(models.TextChoices):
    """What it is about, as the person chooses (咨询主题)."""

    WORK = "work", "工作压力"
    FAMILY = "family", "家庭和亲子"
    MOOD = "mood", "情绪和睡眠"
    RELATION = "relation", "人际关系"
    CHANGE = "change", "转岗、下岗、退休"
    LOSS = "loss", "亲人离世、意外"
    OTHER = "other", "其他"


class AppointmentState(models.TextChoices):
    """Life of a session (咨询预约状态)."""

    BOOKED = "booked", "已约"
    HELD = "held", "已咨询"
    MISSED = "missed", "没有来"
    CANCELLED = "cancelled", "已取消"

    @property
    def tone(self) -> str:
        """Colour of the tag (状态颜色)."""
        return {"booked": "info", "held": "ok", "missed": "warn"}.get(self.value, "line")


LIVE = (AppointmentState.BOOKED, AppointmentState.HELD, AppointmentState.MISSED)


class Side(models.TextChoices):
    """Who wrote or acted (哪一方)."""

    CLIENT = "client", "来访者"
    COUNSELLOR = "counsellor", "咨询师"


class RiskLevel(models.TextChoices):
    """How grave it looks (风险程度)."""

    WATCH = "watch", "需要关注"
    SERIOUS = "serious", "严重"
    DANGER = "danger", "危及生命"


class RiskState(models.TextChoices):
    """Life of a risk flag (危机干预状态)."""

    RAISED = "raised", "等同意或核准"
    OPENED = "opened", "已启封联系方式"
    REFUSED = "refused", "不予启封"
    CLOSED = "closed", "已结束"

    @property
    def tone(self) -> str:
        """Colour of the tag (状态颜色)."""
        return {"raised": "bad", "opened": "warn", "refused": "line"}.get(self.value, "ok")


class Ground(models.TextChoices):
    """Why the contact was unsealed (启封依据)."""

    CONSENT = "consent", "本人同意"
    DANGER = "danger", "危及生命，两人核准"


class HandoverState(models.TextChoices):
    """Life of a handover (转介状态)."""

    ASKED = "asked", "等来访者答复"
    AGREED = "agreed", "来访者同意"
    REFUSED = "refused", "来访者不同意"
    WITHDRAWN = "withdrawn", "已撤回"


class LookKind(models.TextChoices):
    """What was opened (打开了什么)."""

    TALK = "talk", "留言和会谈记录"
    REASON = "reason", "危机说明"
    CONTACT = "contact", "联系方式"


class GatheringKind(models.TextChoices):
    """Care for many at once (人文关怀活动)."""

    LECTURE = "lecture", "心理健康讲座"
    GROUP = "group", "团体辅导"
    RELAX = "relax", "减压体验"
    VISIT = "visit", "走访慰问"
    OTHER = "other", "其他"


class GatheringState(models.TextChoices):
    """Life of an activity (活动状态)."""

    OPEN = "open", "报名中"
    DONE = "done", "已办完"
    CANCELLED = "cancelled", "已取消"

    @property
    def tone(self) -> str:
        """Colour of the tag (状态颜色)."""
        return {"open": "info", "done": "ok"}.get(self.value, "line")


class Perm(StrEnum):
    """Permissions of this app (权限). None of them opens a record: that belongs to the one who wrote it."""

    SERVICE_VIEW = "counsel.service.view"
    SERVICE_RUN = "counsel.service.run"
    STATS_VIEW = "counsel.stats.view"
    SESSION_HOLD = "counsel.session.hold"
    RISK_DECIDE = "counsel.risk.decide"
