"""Accounts, grants, second factors, sign-ins and limits (账号与授权)."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from gonghui.accounts.enums import Factor, Role, UserKind


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
    person_id = models.BigIntegerField("自然人编号", null=True, blank=True, help_text="people.Person 的编号；账号在下层，不设外键")
    phone_index = models.BinaryField("手机号盲索引", max_length=16, null=True, blank=True)
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
        constraints = [
            models.UniqueConstraint(fields=["person_id", "kind"], name="user_person_kind", violation_error_message="这个人已有同类账号。"),
            models.UniqueConstraint(
                fields=["phone_index", "kind"], name="user_phone_kind", violation_error_message="这个手机号已有同类账号。"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    is_staff = False
    is_superuser = False


class Grant(models.Model):
    """A role for an org path, with expiry (授权). The org is text: accounts know no table above them.

    Migration 0002 keeps the three administrators disjoint per person with triggers (ACC-04).
    """

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


class SignIn(models.Model):
    """One sign-in and its life (登录会话): the row, not the cookie, decides whether it still counts."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins", verbose_name="账号")
    factor = models.CharField("方式", max_length=20, choices=Factor.choices)
    network = models.CharField("网络", max_length=45, blank=True)
    device = models.CharField("设备", max_length=120, blank=True)
    started_at = models.DateTimeField("登录时间")
    seen_at = models.DateTimeField("最近活动")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_why = models.CharField("结束原因", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录会话"
        indexes = [models.Index(fields=["user", "ended_at"], name="signin_user"), models.Index(fields=["seen_at"], name="signin_seen")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"


class Totp(models.Model):
    """An authenticator app (动态口令): the seed sealed, the last step used kept so that a code counts once."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="totp", verbose_name="账号")
    secret = models.BinaryField("种子密文")
    last_step = models.BigIntegerField("最近用过的时间步", default=0)
    created_at = models.DateTimeField("启用时间")

    class Meta:
        verbose_name = verbose_name_plural = "动态口令"


class RecoveryCode(models.Model):
    """One way in when the phone is lost (恢复码): keyed digest only, usable once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes", verbose_name="账号")
    digest = models.BinaryField("摘要", max_length=16)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "恢复码"
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_once")]


class OldPassword(models.Model):
    """A password used before (历史口令), hashed: policy djbh3 refuses the last five."""

    user = models.ForeignKey(User, models.CASCADE, related_name="old_passwords", verbose_name="账号")
    encoded = models.CharField("散列", max_length=128)
    created_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "历史口令"
        ordering = ["-pk"]


class LoginCode(models.Model):
    """A code sent to a phone (短信验证码): keyed digest, five minutes, five tries, usable once."""

    phone_index = models.BinaryField("手机号盲索引", max_length=16)
    purpose = models.CharField("用途", max_length=20)
    digest = models.BinaryField("摘要", max_length=16)
    expires_at = models.DateTimeField("有效至")
    tries = models.PositiveSmallIntegerField("已试次数", default=0)
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    created_at = models.DateTimeField("发出时间")

    class Meta:
        verbose_name = verbose_name_plural = "短信验证码"
        indexes = [models.Index(fields=["phone_index", "purpose"], name="logincode_phone")]


class Bucket(models.Model):
    """A counter with a window (限流桶). One statement raises it, so it counts right under concurrency on both engines."""

    key = models.CharField("键", max_length=80, primary_key=True, help_text="名称与带密钥摘要，不含手机号或地址原文")
    count = models.PositiveIntegerField("次数")
    started_at = models.BigIntegerField("窗口开始（毫秒）")
    blocked_until = models.BigIntegerField("暂停至（毫秒）", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "限流桶"
        indexes = [models.Index(fields=["started_at"], name="bucket_started")]
