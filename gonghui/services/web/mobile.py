"""Phone pages (职工端): health checks — book, cancel, my visit, my result."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import worker
from gonghui.core.errors import Refusal
from gonghui.core.http import Request, render, told
from gonghui.services.enums import VisitState
from gonghui.services.forms import events
from gonghui.services.selectors import health as reads
from gonghui.services.services import health
from gonghui.services.web.common import person_of

HERE = "services/mobile/"


@worker
@require_GET
def health_home(request: Request) -> HttpResponse:
    """What can be booked and what is mine (体检)."""
    person = person_of(request)
    plans = [(plan, list(reads.free_sessions(plan)[:20])) for plan in reads.open_to(person)]
    return render(
        request, HERE + "health.html", {"plans": plans, "mine": reads.mine(person)[:20], "known": reads.standing(person) is not None}
    )


@worker
@require_POST
def health_book(request: Request, pk: int) -> HttpResponse:
    """Take a place (预约)."""
    person_of(request)
    try:
        row = health.visit_book(actor=request.actor, session=pk)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, refusal.message)
        return redirect("services:m-health")
    messages.success(request, "约好了。")
    return redirect("services:m-visit", pk=row.pk)


@worker
@require_GET
def visit(request: Request, pk: int) -> HttpResponse:
    """My visit (我的体检)."""
    return _visit(request, pk)


def _visit(request: Request, pk: int, text: str | None = None) -> HttpResponse:
    row = reads.my_visit(person_of(request), pk)
    may_cancel = row.state == VisitState.BOOKED and row.session.starts_at > clock.now()
    response = render(
        request,
        HERE + "visit.html",
        {
            "visit": row,
            "may_cancel": may_cancel,
            "text": text,
            "looks": reads.looks(row)[:10],
            "rate": events.RateForm(),
            "satisfaction": getattr(row, "satisfaction", None),
        },
    )
    if text is not None:
        response["Cache-Control"] = "no-store"
    return response


@worker
@require_POST
def visit_cancel(request: Request, pk: int) -> HttpResponse:
    """Give the place back (取消)."""
    row = reads.my_visit(person_of(request), pk)
    told(request, lambda: health.visit_cancel(actor=request.actor, visit=row), "已取消，名额让给了工友。")
    return redirect("services:m-health")


@worker
@require_POST
def result(request: Request, pk: int) -> HttpResponse:
    """Open my result (打开我的结果)."""
    person_of(request)
    return _visit(request, pk, health.result_open(actor=request.actor, visit=pk))
