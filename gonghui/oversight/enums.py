"""Words of oversight (经审与公开)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class PlanState(models.TextChoices):
    """State of a year's audit plan (审计计划状态)."""

    DRAFT = "draft", "起草"
    ISSUED = "issued", "已下达"

    @property
    def tone(self) -> str:
        return {"draft": "warn", "issued": "ok"}[self.value]


class TaskKind(models.TextChoices):
    """What is done at a union (任务种类). Source: AUD-4, AUD-5."""

    AUDIT = "audit", "审计"
    VISIT = "visit", "半年账务检查"


class TaskState(models.TextChoices):
    """State of an audit task (审计任务状态)."""

    PLANNED = "planned", "未开始"
    FIELD = "field", "审计中"
    REPORTED = "reported", "整改中"
    CLOSED = "closed", "已办结"

    @property
    def tone(self) -> str:
        return {"planned": "line", "field": "info", "reported": "warn", "closed": "ok"}[self.value]


class FindingState(models.TextChoices):
    """State of a finding (问题状态)."""

    NOTED = "noted", "底稿"
    OPEN = "open", "待整改"
    ANSWERED = "answered", "待复查"
    CLOSED = "closed", "已整改"

    @property
    def tone(self) -> str:
        return {"noted": "line", "open": "bad", "answered": "warn", "closed": "ok"}[self.value]


class StatementState(models.TextChoices):
    """State of a half-yearly statement (公布表状态)."""

    DRAFT = "draft", "待批准"
    PUBLISHED = "published", "已公布"

    @property
    def tone(self) -> str:
        return {"draft": "warn", "published": "ok"}[self.value]


class QuestionState(models.TextChoices):
    """State of a member's question (提问状态)."""

    ASKED = "asked", "待答复"
    ANSWERED = "answered", "已答复"

    @property
    def tone(self) -> str:
        return {"asked": "warn", "answered": "ok"}[self.value]


class ClassState(models.TextChoices):
    """State of a class (培训会状态)."""

    PLANNED = "planned", "筹备中"
    HELD = "held", "已举办"

    @property
    def tone(self) -> str:
        return {"planned": "warn", "held": "ok"}[self.value]


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    AUDIT_VIEW = "oversight.audit.view"
    AUDIT_PLAN = "oversight.audit.plan"
    AUDIT_DO = "oversight.audit.do"
    RECTIFY = "oversight.audit.rectify"
    OVERRIDE_EXPORT = "oversight.override.export"
    STATEMENT_VIEW = "oversight.statement.view"
    STATEMENT_EDIT = "oversight.statement.edit"
    STATEMENT_PUBLISH = "oversight.statement.publish"
    QUESTION_ANSWER = "oversight.question.answer"
    CLASS_VIEW = "oversight.class.view"
    CLASS_EDIT = "oversight.class.edit"
