"""Accounts and grants (账号与授权)."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from gonghui.accounts.enums import Role, UserKind


class UserManager(BaseUserManager["User"]):
    """Finds users by login name."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """Who can sign in (账号): an officer with a password and a second factor, or a worker with a phone code."""

    username = models.CharField("登录名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=60)
    email = models.EmailField("邮箱", blank=True)
    kind = models.CharField("类别", max_length=10, choices=UserKind.choices, default=UserKind.OFFICER)
    person_id = models.BigIntegerField("自然人编号", null=True, blank=True, unique=True, help_text="people.Person 的编号；账号在下层，不设外键")
    phone_index = models.BinaryField("手机号盲索引", max_length=16, null=True, blank=True, unique=True)
    phone_sealed = models.BinaryField("手机号密文", null=True, blank=True)
    title = models.CharField("职务", max_length=60, blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须改密码", default=False)
    password_changed_at = models.DateTimeField("改密时间", null=True, blank=True)
    date_joined = models.DateTimeField("建立时间")
    text_size = models.CharField("字号", max_length=4, blank=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    objects = UserManager()

    class Meta:
        verbose_name = verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.name

    is_staff = False
    is_superuser = False


class Grant(models.Model):
    """A role for an org path, with expiry (授权). The org is text: accounts know no table above them."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name="账号")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    org_path = models.CharField("组织路径", max_length=80, blank=True, help_text="空为全部（仅三员）")
    org_name = models.CharField("组织名称", max_length=120, blank=True)
    since = models.DateField("起")
    until = models.DateField("止（不含）", null=True, blank=True)
    reason = models.CharField("授权理由", max_length=200)
    granted_by = models.CharField("授权人", max_length=40)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "授权"
        indexes = [models.Index(fields=["user", "revoked_at"], name="grant_user"), models.Index(fields=["org_path"], name="grant_path")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="grant_dates",
                violation_error_message="授权的截止日期应晚于开始日期。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.org_path}"
