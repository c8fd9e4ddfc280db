"""Words of the protection of personal data (个人信息保护)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Basis(models.TextChoices):
    """Legal basis (处理依据). Source: PIP-13-1."""

    CONSENT = "consent", "本人同意"
    DUTY = "duty", "履行法定职责或者义务"
    HR = "hr", "按规章制度和集体合同实施人力资源管理"
    CONTRACT = "contract", "订立、履行合同所必需"
    EMERGENCY = "emergency", "紧急情况下保护生命健康和财产安全"
    PUBLIC = "public", "处理已经公开的信息"


class Trigger(models.TextChoices):
    """What makes an assessment due (应当评估的情形). Source: PIP-55-1."""

    SENSITIVE = "sensitive", "处理敏感个人信息"
    AUTOMATED = "automated", "利用个人信息自动化决策"
    SHARING = "sharing", "委托处理、向他人提供、公开"
    ABROAD = "abroad", "向境外提供"
    OTHER = "other", "对个人权益有重大影响的其他处理"


class AssessmentState(models.TextChoices):
    """State of an assessment (评估状态)."""

    DRAFT = "draft", "起草"
    SIGNED = "signed", "已签发"
    REPLACED = "replaced", "已被新版代替"


class IncidentKind(models.TextChoices):
    """What happened to the data (事件种类). Source: PIP-57-1."""

    LEAK = "leak", "泄露"
    ALTERED = "altered", "篡改"
    LOST = "lost", "丢失"


class IncidentState(models.TextChoices):
    """State of an incident (事件状态)."""

    OPEN = "open", "处置中"
    NOTIFIED = "notified", "已通知本人"
    CLOSED = "closed", "已办结"


class Perm(StrEnum):
    """Permissions (权限)."""

    VIEW = "privacy.file.view"
    EDIT = "privacy.file.edit"
