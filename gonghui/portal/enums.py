"""Words of the portal (门户)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Channel(models.TextChoices):
    """Where a text appears (发布渠道). All are pages of this platform: nothing leaves a closed network."""

    NOTICE = "notice", "网站公告"
    LAN = "lan", "内网（局域网）公告"
    WORKER = "worker", "职工端"


class Audience(models.TextChoices):
    """Who may read it (发布对象)."""

    PUBLIC = "public", "任何人"
    SIGNED_IN = "signed_in", "登录的职工和干部"
    OFFICERS = "officers", "干部"


class PubState(models.TextChoices):
    """State of a text (稿件状态)."""

    DRAFT = "draft", "草稿"
    PENDING = "pending", "审批中"
    PUBLISHED = "published", "已发布"
    ARCHIVED = "archived", "已归档"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    PUBLISH_EDIT = "portal.publish.edit"
    PUBLISH_APPROVE = "portal.publish.approve"
    EXPERIENCE_VIEW = "portal.experience.view"
    EXPERIENCE_EDIT = "portal.experience.edit"
