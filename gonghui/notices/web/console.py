"""Officers' pages of notices (管理端：消息、短信)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from gonghui.core import menu
from gonghui.core.access import officer, signed_in
from gonghui.core.http import Request, page_of, render
from gonghui.notices import selectors, services
from gonghui.notices.enums import Perm, SmsState


@officer()
def inbox(request: Request) -> HttpResponse:
    """My messages (消息)."""
    rows = selectors.notices_of(request.actor)
    only_new = request.GET.get("state") == "new"
    counts = menu.tallied(request.actor, {"all": rows, "new": selectors.unread(request.actor)})
    tabs = [
        {"label": "全部", "url": "?", "count": counts["all"], "current": not only_new},
        {"label": "未读", "url": "?state=new", "count": counts["new"], "current": only_new},
    ]
    page = page_of(request, rows.filter(read_at=None) if only_new else rows, count=counts["new" if only_new else "all"])
    return render(request, "notices/console/inbox.html", {"page": page, "tabs": tabs, "unread": counts["new"], "open": "notices:open"})


@signed_in
@require_POST
def open_notice(request: Request, pk: int) -> HttpResponse:
    """Mark as read and go where the message points."""
    notice = services.notice_read(request.actor, notice=selectors.notice_get(actor=request.actor, pk=pk))
    return HttpResponseRedirect(notice.link or reverse("notices:inbox"))


@signed_in
@require_POST
def read_all(request: Request) -> HttpResponse:
    """All read."""
    count = services.notice_read_all(request.actor)
    messages.success(request, f"已把 {count} 条消息标为已读。")
    return HttpResponseRedirect(reverse("notices:inbox"))


@officer(Perm.SMS_VIEW)
def sms(request: Request) -> HttpResponse:
    """The SMS outbox (短信发件箱): masked numbers, what was set aside first."""
    state = request.GET.get("state", "")
    counts = selectors.sms_counts()
    tabs = [{"label": "全部", "url": "?", "count": sum(counts.values()), "current": state not in SmsState.values}]
    tabs += [
        {"label": s.label, "url": f"?state={s}", "count": counts.get(s, 0), "current": state == s}
        for s in SmsState
        if counts.get(s) or state == s
    ]
    page = page_of(request, selectors.sms_list(actor=request.actor, state=state))
    return render(request, "notices/console/sms.html", {"page": page, "tabs": tabs, "may_resend": request.actor.may(Perm.SMS_RESEND)})


@officer(Perm.SMS_RESEND)
@require_POST
def sms_resend(request: Request, pk: int) -> HttpResponse:
    """Try a message again (重新发送)."""
    services.sms_resend(request.actor, sms=selectors.sms_get(actor=request.actor, pk=pk))
    messages.success(request, "已重新排队，一般一分钟内发出。")
    return HttpResponseRedirect(reverse("notices:sms"))
