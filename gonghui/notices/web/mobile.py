"""Workers' pages of notices (职工端：消息)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from gonghui.core.access import worker
from gonghui.core.http import Request, page_of, render
from gonghui.notices import selectors, services


@worker
def inbox(request: Request) -> HttpResponse:
    """My messages (消息)."""
    page = page_of(request, selectors.notices_of(request.actor))
    return render(request, "notices/mobile/inbox.html", {"page": page, "unread": selectors.unread_count(request.actor)})


@worker
@require_POST
def open_notice(request: Request, pk: int) -> HttpResponse:
    """Mark as read and go where the message points."""
    notice = services.notice_read(request.actor, notice=selectors.notice_get(actor=request.actor, pk=pk))
    return HttpResponseRedirect(notice.link or reverse("notices:m-inbox"))


@worker
@require_POST
def read_all(request: Request) -> HttpResponse:
    """All read."""
    count = services.notice_read_all(request.actor)
    messages.success(request, f"已把 {count} 条消息标为已读。")
    return HttpResponseRedirect(reverse("notices:m-inbox"))
