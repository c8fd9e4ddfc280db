"""What the pages share (页面公用)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gonghui.core.http import Request, asked, render
from gonghui.orgs.selectors import unions

FORM = "oversight/console/form.html"


def trail(*steps: tuple[str, str]) -> list[tuple[str, str]]:
    """Crumbs."""
    return [("经费与考核", ""), *steps]


def home(name: str, label: str) -> tuple[str, str]:
    """The list a page belongs to, for its crumbs."""
    return (label, reverse(f"oversight:{name}"))


def go(name: str, *args: Any) -> HttpResponse:
    """Go to a page."""
    return HttpResponseRedirect(reverse(f"oversight:{name}", args=args))


def form_page(
    request: Request, form: Any, title: str, action: str, back: str, crumbs: list[tuple[str, str]], sub: str = ""
) -> HttpResponse:
    """A page with one form; 422 when it came back."""
    context = {"form": form, "title": title, "action": action, "back": back, "trail": crumbs, "sub": sub}
    return render(request, FORM, context, status=422 if request.method == "POST" else 200)


def filters(form: Any) -> dict[str, Any]:
    """Clean filters of a list; a bad one filters nothing."""
    form.is_valid()
    return {k: v for k, v in getattr(form, "cleaned_data", {}).items() if v}


def union_of(request: Request, perm: str) -> Any:
    """The union a page or a new thing is about: `union`, else the actor's own. Raises NotFound outside the scope."""
    return unions.union_wanted(request.actor, asked(request, "union"), perm)


def below(request: Request, union: Any, perm: str) -> list[tuple[int, str]]:
    """The union itself and those below it, near ones first, for a choice."""
    rows = unions.union_visible(request.actor, perm).filter(path__startswith=union.path, ended_on=None)
    rows = rows.exclude(kind__in=["workshop", "sub_branch", "organiser", "pool"]).order_by("depth", "path")
    return [(u.pk, ("　" * (u.depth - union.depth)) + u.name) for u in rows[:1500]]
