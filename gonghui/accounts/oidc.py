"""Sign-in through another identity provider (统一身份认证), by setting; off by default."""

from __future__ import annotations

from typing import Any

from django.conf import settings


def shown() -> dict[str, Any] | None:
    """Name of the provider for the login page, or None when it is off."""
    return {"name": settings.OIDC["name"]} if settings.OIDC else None
