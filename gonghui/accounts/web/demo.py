"""Codes of the demo accounts (演示用动态口令). Only in the demo; `core.E004` refuses the demo together with SECURE."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from gonghui.accounts import rules, selectors
from gonghui.core import clock
from gonghui.core.access import public
from gonghui.core.errors import NotFound
from gonghui.core.http import render


@public
def codes(request: HttpRequest) -> HttpResponse:
    """The current codes of all demo accounts (演示账号)."""
    if not settings.DEMO or settings.SECURE:
        raise NotFound()
    now = clock.now().timestamp()
    step = rules.step_of(now)
    rows = [
        {"user": user, "roles": roles, "code": rules.totp(secret, step), "next": rules.totp(secret, step + 1)}
        for user, roles, secret in selectors.demo_accounts()
    ]
    left = rules.STEP_SECONDS - int(now) % rules.STEP_SECONDS
    return render(request, "accounts/demo_codes.html", {"rows": rows, "left": left, "password": settings.DEMO_PASSWORD})
