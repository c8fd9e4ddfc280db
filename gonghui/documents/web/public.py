"""Checking an issued document (文书查验): number and digest, no personal data."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from gonghui.accounts import throttle
from gonghui.core.access import public
from gonghui.core.http import Request, render
from gonghui.documents import kinds, selectors


@public
@require_GET
def check(request: Request, code: str = "") -> HttpResponse:
    """Is there such a document, is it still good, and what is its digest?"""
    words = (code or request.GET.get("q", "")).strip()[:60]
    rows = []
    if words:
        throttle.hit("documents.check", request.META.get("REMOTE_ADDR", ""), 120, timedelta(hours=1))
        labels = {k.key: k.label for k in kinds.all_kinds()}
        rows = [(d, labels.get(d.kind, "文书")) for d in selectors.check(words)]
    status = 404 if words and not rows else 200
    return render(request, "documents/check.html", {"rows": rows, "words": words}, status=status)
