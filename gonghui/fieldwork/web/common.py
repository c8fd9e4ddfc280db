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


def chips(request: Request, form: Any) -> list[dict[str, str]]:
    """Chosen conditions that can be taken away one by one."""
    found = []
    for name, field in form.fields.items():
        value = request.GET.get(name)
        if value:
            rest = request.GET.copy()
            rest.pop(name)
            rest.pop("page", None)
            label = dict(getattr(field, "choices", ())).get(value, value)
            found.append({"label": f"{field.label}：{label}", "url": f"?{rest.urlencode()}"})
    return found


def tabs(request: Request, rows: list[tuple[str, str, int | None]], name: str = "state") -> list[dict[str, Any]]:
    """Tabs over one list."""
    now, found = request.GET.get(name, ""), []
    for value, label, count in rows:
        query = request.GET.copy()
        query.pop("page", None)
        query.pop(name, None)
        if value:
            query[name] = value
        found.append({"label": label, "count": count, "current": value == now, "url": "?" + query.urlencode()})
    return found


def number(text: str) -> int | None:
    """A positive number that fits a column, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
