"""Start-up refuses what is dangerous (启动检查, OPS-03): every dangerous combination of settings has a check here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Critical, Error, Tags, register
from django.db import DatabaseError, connections
from django.urls import URLPattern, URLResolver, get_resolver

from gonghui.core import clock, crypto
from gonghui.core.errors import Refusal
from gonghui.core.models import AuditEntry, DataKey
from gonghui.core.sqlite import base as sqlite

SHORTEST_SECRET = 50
CLOCK_SLACK = timedelta(minutes=5)
WEAK = ("django-insecure", "changeme", "change-me", "secret", "password", "test")


@register(Tags.database)
def write_lock(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Affected SQLite without the write lock (assurance F1)."""
    found: list[CheckMessage] = []
    for alias in connections:
        options = connections.settings[alias]
        vendor_sqlite = "sqlite" in options["ENGINE"]
        unlocked = options["ENGINE"] != "gonghui.core.sqlite" or options.get("OPTIONS", {}).get("file_lock") == "never"
        if vendor_sqlite and unlocked and sqlite.affected():
            found.append(
                Critical(
                    "这台机器的 SQLite 有 WAL 损坏缺陷，而写锁没有打开。",
                    hint="数据库引擎请用 gonghui.core.sqlite，并去掉 file_lock=never；或升级 SQLite 到 3.51.3。",
                    id="core.E001",
                )
            )
    return found


@register(Tags.security)
def dangerous_settings(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Combinations that must not go into production."""
    return list(_settings_faults())


def _settings_faults() -> Iterator[CheckMessage]:
    if settings.DEBUG and settings.SECURE:
        yield Critical("调试模式和安全模式同时打开。", hint="正式使用请去掉 GONGHUI_DEBUG。", id="core.E002")
    secret = str(settings.SECRET_KEY)
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < 10 or secret.lower().startswith(WEAK):
        hint = "删掉 GONGHUI_SECRET_KEY，系统会自己生成一个并存进 secrets 目录。"
        yield Critical(f"GONGHUI_SECRET_KEY 太短或是默认值（至少 {SHORTEST_SECRET} 位）。", hint=hint, id="core.E003")
    if settings.DEMO and settings.SECURE:
        yield Critical("演示模式不能当正式系统用：演示账号的密码是公开的。", hint="正式使用请去掉 GONGHUI_DEMO。", id="core.E004")
    if "*" in settings.ALLOWED_HOSTS and not settings.DEBUG:
        yield Error("GONGHUI_ALLOWED_HOSTS 不能是 *。", hint="请写访问本系统用的域名。", id="core.E005")
    if settings.SECURE and str(settings.SMS_GATEWAY).endswith("OutboxOnly"):
        yield Error("正式系统的短信不能只存不发。", hint="请设置 GONGHUI_SMS_GATEWAY。", id="core.E009")


@register(Tags.database)
def keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The key file is there, and so is every version that a data key needs."""
    if not kwargs.get("databases"):
        return []
    try:
        needed = set(DataKey.objects.values_list("kek_version", flat=True).distinct())
    except DatabaseError:
        return []  # before the first migration there are no data keys
    if not needed and not settings.KEY_FILE.exists():
        return []
    hint = f"密钥文件在 {settings.KEY_FILE}，请从密钥备份恢复。没有它，身份证号等信息打不开。"
    found: list[CheckMessage] = []
    for version in sorted(needed):
        try:
            crypto.service().kek(version)
        except Refusal as refusal:
            found.append(Critical(refusal.message, hint=hint, id="core.E006"))
    return found


def clock_faults() -> Iterator[str]:
    """The clock stands more than five minutes before the last audit entry (fault 14)."""
    last = AuditEntry.objects.order_by("-seq").first()
    if last is not None and clock.now() < last.at - CLOCK_SLACK:
        yield f"系统时钟是 {clock.now():%Y-%m-%d %H:%M}，早于最后一条审计记录 {last.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}。请先校准时间。"


@register(Tags.urls)
def declared_views(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every view of ours declares who may come in (ACC-05)."""
    hint = "请给视图加上 gonghui.core.access 的 @officer、@worker、@signed_in 或 @public。"
    return [Error(f"{route} 没有声明谁可以进。", hint=hint, id="core.E007") for route in undeclared(get_resolver())]


def undeclared(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Routes whose view is ours and carries no declaration."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from undeclared(pattern, route)
        elif isinstance(pattern, URLPattern) and _ours(pattern.callback) and not hasattr(pattern.callback, "access"):
            yield route


def _ours(view: Any) -> bool:
    """Views of Django, allauth and ninja keep their own guard."""
    return str(getattr(view, "__module__", "")).startswith("gonghui.")
