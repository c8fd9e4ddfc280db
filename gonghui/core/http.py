"""What views share (视图公用): the request with its actor, HTMX-aware rendering, acts and what is said of them, tabs, downloads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as django_render
from django.utils.functional import cached_property

from gonghui.core import menu
from gonghui.core.errors import Refusal

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


class Request(HttpRequest):
    """A request whose actor has been worked out by `accounts.middleware.ActorMiddleware`."""

    actor: Actor
    htmx: bool


def render(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200, fragment: str | None = None
) -> HttpResponse:
    """Render a page; for an HTMX request, `fragment` alone when given. Sends `Vary: HX-Request`."""
    chosen = fragment if fragment and request.headers.get("HX-Request") == "true" else template
    response = django_render(request, chosen, context or {}, status=status)
    response["Vary"] = ", ".join(filter(None, [response.get("Vary"), "HX-Request"]))
    return response


LARGEST_PAGE = 100


class LeanPaginator(Paginator):  # type: ignore[type-arg]  # Django's is generic for the type checker only
    """Counts only when it must, and then in one statement with the badges of the menu."""

    def __init__(self, request: HttpRequest, rows: Any, size: int, count: int | None) -> None:
        super().__init__(rows, size)
        self.request = request
        if count is not None:
            self.count = count

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        rows: Any = self.object_list
        actor = getattr(self.request, "actor", None)
        plain = isinstance(rows, QuerySet) and not rows.query.is_sliced and not rows.query.combinator and not rows.query.values_select
        if actor is None or not plain or self.request.headers.get("HX-Request") == "true":
            return int(rows.count()) if isinstance(rows, QuerySet) else len(rows)
        return menu.tallied(actor, {"rows": rows})["rows"]

    def first(self) -> Page[Any]:
        """The first page; one row more than it shows tells whether a count is needed."""
        found = list(self.object_list[: self.per_page + 1])
        if len(found) <= self.per_page:
            self.count = len(found)
        return Page(found[: self.per_page], 1, self)


def page_of(request: HttpRequest, rows: Any, *, size: int = 20, count: int | None = None) -> Page[Any]:
    """The page asked for by `?page=`, of `size` rows or as many as `?size=` wants, 100 at most; a page out of range is the last one.

    `count` is the number of rows where the caller knows it, for example from the tabs.
    """
    wanted = request.GET.get("size", "")
    if wanted.isascii() and wanted.isdigit() and wanted != "0":
        size = min(int(wanted[:4]), LARGEST_PAGE)
    pages, number = LeanPaginator(request, rows, size, count), request.GET.get("page", "1")
    return pages.first() if number == "1" and count is None else pages.get_page(number)


def told(request: HttpRequest, act: Callable[[], Any], text: str) -> Any:
    """Run an act and say on the next page that it was done, or why not: its result or True, None when refused.

    Raises: refusals of 403 and 404, which have pages of their own.
    """
    try:
        made = act()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
        return None
    messages.success(request, text)
    return made if made is not None else True


def attempt(form: Any, act: Callable[[], Any]) -> Any:
    """Run an act of a valid form: its result or True; a refusal becomes an error of the form, with all input kept, and None is answered.

    Raises: refusals of 403 and 404, which have pages of their own.
    """
    try:
        return act() or True
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, refusal.message)
        return None


def faults(request: HttpRequest, form: Any) -> None:
    """Say what is wrong in a small form, field by field, on the next page."""
    said = [f"{form.fields[n].label}：{e}" if n in form.fields else str(e) for n, errors in form.errors.items() for e in errors]
    messages.error(request, "；".join(s.rstrip("。") for s in said) + "。")


def tabs_of(request: HttpRequest, rows: Iterable[tuple[str, str, int | None]], name: str = "state") -> list[dict[str, Any]]:
    """Tabs over one list, (value, label, count): each with the address that keeps the other conditions."""
    now, found = request.GET.get(name, ""), []
    for value, label, count in rows:
        query = request.GET.copy()
        query.pop("page", None)
        query.pop(name, None)
        if value:
            query[name] = value
        found.append({"label": label, "count": count, "current": value == now, "url": "?" + query.urlencode()})
    return found


def chips(request: HttpRequest, form: Any) -> list[dict[str, str]]:
    """Chosen conditions of a filter form, each with the address that takes it away."""
    found = []
    for name, field in form.fields.items():
        value = request.GET.get(name)
        if not value:
            continue
        rest = request.GET.copy()
        rest.pop(name)
        rest.pop("page", None)
        shown = dict(getattr(field, "choices", ())).get(value, "是" if value == "on" else value)
        found.append({"label": f"{field.label}：{shown}", "url": f"?{rest.urlencode()}"})
    return found


def whole_number(text: str | None) -> int | None:
    """A whole number that fits a column out of an address or a form, or None: `²` and a hundred digits are none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def numbers(values: Iterable[str]) -> list[int]:
    """The whole numbers among texts."""
    return [n for n in map(whole_number, values) if n is not None]


def asked(request: HttpRequest, name: str) -> str:
    """A value of the address, else of the form sent."""
    return request.GET.get(name) or request.POST.get(name) or ""


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file for saving, never shown inline."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
