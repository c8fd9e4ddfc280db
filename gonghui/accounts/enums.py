"""Words of accounts (账号与授权)."""

from __future__ import annotations

from enum import StrEnum

from django.db import models


class Role(models.TextChoices):
    """Roles that can be granted for an org path (角色)."""

    CITY = "city", "市总工会干部"
    ORGANISATION = "organisation", "组织部干部"
    TOWNSHIP = "township", "乡镇（街道）工会主席"
    CHAIR = "chair", "基层工会主席"
    CLERK = "clerk", "基层工会经办人"
    ORGANISER = "organiser", "工建指导员"
    FINANCE = "finance", "财务人员"
    CASHIER = "cashier", "出纳"
    FINANCE_HEAD = "finance_head", "财务负责人"
    AUDITOR = "auditor", "经审人员"
    RIGHTS = "rights", "维权干部"
    COUNSELLOR = "counsellor", "心理咨询师"
    STEWARD = "steward", "阵地管理员"
    SYSADMIN = "sysadmin", "系统管理员"
    SECADMIN = "secadmin", "安全管理员"
    AUDITADMIN = "auditadmin", "审计管理员"


ADMINISTRATORS = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN})


class UserKind(models.TextChoices):
    """Kind of account (账号类别)."""

    OFFICER = "officer", "干部"
    WORKER = "worker", "职工"


class Factor(models.TextChoices):
    """How somebody proved who they are (登录方式)."""

    TOTP = "totp", "口令和动态口令"
    RECOVERY = "recovery", "口令和恢复码"
    SMS = "sms", "短信验证码"
    OIDC = "oidc", "统一身份认证"
    DIRECT = "direct", "直接登录"


class CodePurpose(models.TextChoices):
    """What a code by SMS is for (验证码用途)."""

    SIGN_IN = "sign_in", "登录"
    STEP_UP = "step_up", "确认重要操作"


class Perm(StrEnum):
    """Permissions of this app (权限)."""

    USER_VIEW = "accounts.user.view"
    USER_EDIT = "accounts.user.edit"
    GRANT_VIEW = "accounts.grant.view"
    GRANT_EDIT = "accounts.grant.edit"
    AUDIT_VIEW = "accounts.audit.view"
    AUDIT_EXPORT = "accounts.audit.export"
    SYSTEM_VIEW = "accounts.system.view"
    OUTBOX_VIEW = "accounts.outbox.view"
