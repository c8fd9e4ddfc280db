"""Words of figures (指标)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

COUNTED = frozenset({"active", "in_transit"})
"""Standings that count as members (计入会员数). The same list as `members.enums.COUNTED`, which lies above and is compared by a test."""

FLOWS = frozenset({"new", "written_off", "moved"})
"""A key with one of these parts counts events of a period (流量), not a state: it belongs to where it happened and never moves."""

REASONS = ("deregistered", "closed", "moved", "renamed", "same_name", "failed", "merged")
"""Seven reasons of the bridge (核减七类), as the register spells them."""


class ReportState(models.TextChoices):
    """State of a report (报表状态)."""

    DRAFT = "draft", "草稿"
    CHECKED = "checked", "已核对"
    RELEASED = "released", "已发布"


class Unit(models.TextChoices):
    """Unit of a figure (单位)."""

    EMPLOYER = "employer", "家"
    UNION = "union", "个"
    PERSON = "person", "人"
    RATE = "rate", "%"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    FIGURE_VIEW = "figures.figure.view"
    FIGURE_EXPORT = "figures.figure.export"
    REPORT_EDIT = "figures.report.edit"
    REPORT_RELEASE = "figures.report.release"
    REPORTED_EDIT = "figures.reported.edit"
