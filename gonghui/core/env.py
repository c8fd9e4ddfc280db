"""Typed readers for `GONGHUI_*` environment variables: the one place settings come from. Each fails loudly."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PREFIX = "GONGHUI_"


def text(name: str, default: str | None = None, *, choices: tuple[str, ...] = ()) -> str:
    """A text. Raises ImproperlyConfigured when it is missing without default, or none of `choices`."""
    value = os.environ.get(PREFIX + name, default)
    if value is None:
        raise ImproperlyConfigured(f"请设置环境变量 {PREFIX}{name}。")
    if choices and value not in choices:
        raise ImproperlyConfigured(f"{PREFIX}{name}={value} 不认识，可选：{'、'.join(choices)}。")
    return value


def flag(name: str, *, default: bool) -> bool:
    """`1/0`, `true/false`, `yes/no`."""
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{PREFIX}{name}={value} 应为 1 或 0。")


def number(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, at least `least`."""
    value = text(name, str(default))
    if not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{PREFIX}{name}={value} 应为不小于 {least} 的整数。")
    return int(value)


def path(name: str, default: Path) -> Path:
    """A path, made absolute."""
    return Path(text(name, str(default))).expanduser().absolute()


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


SQLITE: Mapping[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA secure_delete=FAST;PRAGMA mmap_size=268435456;PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY",
}


def database(name: str, default: str) -> dict[str, Any]:
    """`sqlite:///path` or `postgresql://user:pass@host:port/name?options` as Django's dictionary."""
    url = urlsplit(text(name, default))
    if url.scheme == "sqlite":
        return {"ENGINE": "gonghui.core.sqlite", "NAME": unquote(url.path[1:]), "OPTIONS": dict(SQLITE), "TEST": {"NAME": ":memory:"}}
    if url.scheme in {"postgres", "postgresql"}:
        query = dict(parse_qsl(url.query))
        return {
            "ENGINE": "gonghui.core.postgres",
            "NAME": unquote(url.path[1:]),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": query.pop("host", unquote(url.hostname or "")),
            "PORT": str(url.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"connect_timeout": 5, **query},
        }
    raise ImproperlyConfigured(f"{PREFIX}{name} 应为 sqlite:///… 或 postgresql://…。")


def secret_file(where: Path) -> str:
    """A secret kept in a file of its own (mode 0600), made at first use with 64 random bytes."""
    import secrets

    if not where.exists():
        where.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = secrets.token_urlsafe(64)
        try:
            with os.fdopen(os.open(where, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(fresh)
        except FileExistsError:
            pass  # another process was first; its secret counts
    return where.read_text().strip()
