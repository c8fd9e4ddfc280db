"""Words of the rule base (规则库)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    RULE_VIEW = "policy.rule.view"
    RULE_REVIEW = "policy.rule.review"
    LOCAL_EDIT = "policy.local.edit"


class Outcome(models.TextChoices):
    """Three-valued answer (结论)."""

    TRUE = "true", "是"
    FALSE = "false", "否"
    UNKNOWN = "unknown", "不能判断"


class Verdict(models.TextChoices):
    """What a reviewer found (复核结论)."""

    CONFIRMED = "confirmed", "与原文一致"
    DIFFERS = "differs", "与原文不一致，须修改"
    NO_TEXT = "no_text", "没有找到原文"
