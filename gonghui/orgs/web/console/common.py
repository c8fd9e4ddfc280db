"""What the pages of the register share (页面公用): one way to show a form, do the act and say what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.core.forms import Form
from gonghui.core.http import Request, render
from gonghui.orgs.enums import Perm
from gonghui.orgs.models import Union
from gonghui.people import selectors as people

Trail = list[tuple[str, str]]


def act(
    request: Request,
    form_class: Callable[..., Form],
    *,
    do: Callable[[dict[str, Any]], Any],
    title: str,
    back: str,
    said: str,
    action: str = "保存",
    lead: str = "",
    notes: list[str] | None = None,
    initial: dict[str, Any] | None = None,
    trail: Trail | None = None,
    to: Callable[[Any], str] | None = None,
    **more: Any,
) -> HttpResponse:
    """Show a form; on POST do the act, say `said` and go on. A refusal of the service stands at the top of the form with all input kept."""
    posted = request.method == "POST"
    form = form_class(request.POST if posted else None, request.FILES if posted else None, initial=initial, actor=request.actor, **more)
    if posted and form.is_valid():
        try:
            result = do(form.cleaned_data)
        except (RuleViolation, Conflict, BadInput) as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, said)
            return HttpResponseRedirect(to(result) if to else back)
    context = {
        "form": form,
        "title": title,
        "back": back,
        "action": action,
        "lead": lead,
        "notes": notes or [],
        "trail": [*(trail or []), (title, "")],
    }
    return render(request, "orgs/console/form.html", context, status=422 if form.is_bound else 200)


def post_only(request: Request, do: Callable[[], Any], *, said: str, back: str) -> HttpResponse:
    """Do an act that needs no form; a refusal is told on the page one comes back to."""
    try:
        do()
    except (RuleViolation, Conflict, BadInput) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    return HttpResponseRedirect(back)


def towns(request: Request, perm: str = Perm.EMPLOYER_VIEW) -> list[tuple[str, str]]:
    """Unions of the first level below the root in the actor's scope, for filters."""
    rows = Union.objects.filter(request.actor.within(perm), depth=1, ended_on=None).order_by("path")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def industries(request: Request) -> list[tuple[str, str]]:
    """Sections of GB/T 4754 for a select, read once in a request."""
    memo = request.actor.memo
    if "orgs.industries" not in memo:
        memo["orgs.industries"] = [(code, f"{code} {label}") for code, label in people.code_labels("industry").items() if len(code) == 1]
    found: list[tuple[str, str]] = memo["orgs.industries"]
    return found


def chip_links(request: Request, form: Form) -> list[dict[str, str]]:
    """One chip per filter in use, each with the address without it."""
    chips = []
    for name, field in form.fields.items():
        value = request.GET.get(name)
        if not value:
            continue
        label = dict(getattr(field, "choices", [])).get(value, value) if hasattr(field, "choices") else ("是" if value == "on" else value)
        rest = request.GET.copy()
        rest.pop(name)
        rest.pop("page", None)
        chips.append({"label": f"{field.label}：{label}", "url": f"?{rest.urlencode()}"})
    return chips


def ledger(*more: tuple[str, str]) -> Trail:
    return [("单位底册", reverse("orgs:employers")), *more]


def tree(*more: tuple[str, str]) -> Trail:
    return [("工会组织", reverse("orgs:unions")), *more]
