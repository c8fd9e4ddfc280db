"""What the pages of organising share (页面公用)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.core.forms import Form
from gonghui.core.http import Request, render, whole_number
from gonghui.organising.enums import Perm
from gonghui.orgs.selectors import employers, unions

REFUSED = (RuleViolation, Conflict, BadInput)


def towns(request: Request) -> list[tuple[str, str]]:
    """Unions one level below the reader's, for filters."""
    rows = unions.union_visible(request.actor, Perm.CASE_VIEW).filter(depth=1, ended_on=None).order_by("path")
    return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def chosen_town(request: Request, value: str) -> Any:
    return unions.union_get(actor=request.actor, pk=pk, perm=Perm.CASE_VIEW) if (pk := whole_number(value)) else None


def named_union(request: Request, words: str, *, anywhere: bool = False) -> Any:
    """A union by code or full name in the reader's scope. Raises RuleViolation organising.union_name."""
    from gonghui.organising.selectors.planning import SYSTEM

    words = words.strip()
    rows = unions.union_search(actor=SYSTEM if anywhere else request.actor, words=words)
    found = [u for u in rows[:30] if words in {u.code, u.name, u.short_name}]
    if len(found) != 1:
        raise RuleViolation("organising.union_name", f"没有查到唯一的工会“{words}”，请填组织代码或全称。")
    return found[0]


def named_employer(request: Request, words: str) -> Any:
    """An employer by code or full name in the reader's scope."""
    words = words.strip()
    found = [e for e in employers.employer_list(actor=request.actor, q=words)[:30] if words in {e.code, e.name}]
    if len(found) != 1:
        raise RuleViolation("organising.employer_name", f"没有查到唯一的单位“{words}”，请填单位编号或全称。")
    return found[0]


def act(
    request: Request,
    form: Form,
    do: Callable[[dict[str, Any]], Any],
    *,
    title: str,
    back: str,
    said: str,
    action: str = "保存",
    lead: str = "",
    trail: list[tuple[str, str]] | None = None,
    to: Callable[[Any], str] | None = None,
    template: str = "organising/console/form.html",
    **more: Any,
) -> HttpResponse:
    """Show a form; on POST do the act. A refusal stands at the top of the form with all input kept."""
    if request.method == "POST" and form.is_valid():
        try:
            result = do(form.cleaned_data)
        except REFUSED as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, said)
            return HttpResponseRedirect(to(result) if to else back)
    context = {"form": form, "title": title, "back": back, "action": action, "lead": lead, "trail": [*(trail or []), (title, "")], **more}
    return render(request, template, context, status=422 if form.is_bound else 200)


def told(request: Request, do: Callable[[], Any], *, said: str, back: str) -> HttpResponse:
    """An act without a form; a refusal is told on the page one comes back to."""
    try:
        do()
    except REFUSED as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, said)
    return HttpResponseRedirect(back)
