"""Where a request comes from (来源网络)."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def of(request: HttpRequest) -> str:
    """The network of the client: an IPv4 address, an IPv6 /64. The forwarded header counts only behind a trusted proxy."""
    address = str(request.META.get("REMOTE_ADDR") or "")
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR") or "")
    if forwarded and address in settings.TRUSTED_PROXIES:
        address = forwarded.rsplit(",", 1)[-1].strip()
    return widen(address)


def widen(address: str) -> str:
    """One customer of IPv6 holds a whole /64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
