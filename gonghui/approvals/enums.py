"""Words of approvals (审批)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class ApprovalState(models.TextChoices):
    """State of an approval (审批状态)."""

    DRAFT = "draft", "草稿"
    PENDING = "pending", "审批中"
    APPROVED = "approved", "已通过"
    REFUSED = "refused", "不同意"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"
    VOIDED = "voided", "已作废"

    @property
    def tone(self) -> str:
        return {"pending": "info", "approved": "ok", "refused": "bad", "returned": "warn", "voided": "bad"}.get(self.value, "")


class Decision(models.TextChoices):
    """What was decided at a level (审批意见)."""

    APPROVE = "approve", "同意"
    REFUSE = "refuse", "不同意"
    RETURN = "return", "退回修改"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    APPROVAL_VIEW = "approvals.approval.view"
    APPROVAL_DECIDE = "approvals.approval.decide"
    DELEGATION_EDIT = "approvals.delegation.edit"
