"""What the pages share (页面公用)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.core.http import Request


def told(request: Request, do: Callable[[], Any], said: str, back: str) -> HttpResponse:
    """Do an act without a form of its own; a refusal is told on the page one comes back to."""
    try:
        do()
    except (RuleViolation, Conflict, BadInput) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    return HttpResponseRedirect(back)


def done(request: Request, form: Any, do: Callable[[dict[str, Any]], Any], said: str) -> bool:
    """Do what a valid form asks; a refusal stands at its top with all input kept."""
    if not form.is_valid():
        return False
    try:
        do(form.cleaned_data)
    except (RuleViolation, Conflict, BadInput) as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(request, said)
    return True


def number(text: str) -> int | None:
    """A positive number that fits a column, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
