"""A published item as it runs (开放现场、名单、候补、抽签、成效)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.booking import forms
from gonghui.booking.enums import BookingState, DrawState, Perm, WaitState
from gonghui.booking.rules import draw as draw_rules
from gonghui.booking.selectors import desk, planning, shop
from gonghui.booking.services import draws, feedback
from gonghui.booking.web import common
from gonghui.booking.web.console import item_tabs
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, page_of, render, tabs_of, told
from gonghui.files import services as files


def _trail(item: Any, word: str) -> list[tuple[str, str]]:
    return common.trail((item.name, reverse("booking:item", args=[item.pk])), (word, ""))


@officer(Perm.BOOKING_VIEW)
@require_GET
def board(request: Request, pk: int) -> HttpResponse:
    """The opening as it runs; the fragment alone for the refresh every few seconds (开放现场)."""
    item = desk.item_get(actor=request.actor, pk=pk, perm=Perm.BOOKING_VIEW)
    found = desk.board(item)
    words = {planning.reason_word(code): 0 for code in found["refused"]}
    for code, n in found["refused"].items():
        words[planning.reason_word(code)] += n
    context = {
        "item": item, "found": found, "card": shop.card_of(item), "refused": sorted(words.items(), key=lambda r: -r[1]),
        "refusals": sum(words.values()), "trail": _trail(item, "开放现场"), "tabs": item_tabs(item, "board"),
        "may_publish": request.actor.may(Perm.ITEM_PUBLISH, item.union), "reason": forms.ReasonForm(),
    }  # fmt: skip
    return render(request, "booking/console/board.html", context, fragment="booking/console/_board.html")


@officer(Perm.BOOKING_VIEW)
@require_GET
def bookings(request: Request, pk: int) -> HttpResponse:
    """Who booked what (预约名单)."""
    item = desk.item_get(actor=request.actor, pk=pk, perm=Perm.BOOKING_VIEW)
    form = forms.BookingFilter(request.GET, sessions=item.sessions.all())
    rows = desk.bookings(request.actor, item)
    rows = desk.bookings_filtered(rows, form.cleaned_data if form.is_valid() else {})
    printing = request.GET.get("print") == "1"
    context = {
        "item": item, "form": form, "page": page_of(request, rows.order_by("session__starts_at", "booked_at", "pk"), size=100 if printing else 20),
        "trail": _trail(item, "预约名单"), "tabs": item_tabs(item, "bookings"), "query": request.GET.urlencode(),
        "rows": rows.filter(state__in=[BookingState.TICKETED, BookingState.USED]).order_by("session__starts_at", "person__name")[:2000] if printing else [],
        "printed_at": clock.now(),
    }  # fmt: skip
    return render(request, "booking/print/bookings.html" if printing else "booking/console/bookings.html", context)


@officer(Perm.BOOKING_VIEW)
@require_POST
def bookings_export(request: Request, pk: int) -> HttpResponse:
    """Ask for the list as xlsx (导出预约名单)."""
    item = desk.item_get(actor=request.actor, pk=pk, perm=Perm.BOOKING_VIEW)
    args = {k: v for k, v in request.GET.items() if k in forms.BookingFilter.base_fields and v}
    count = desk.bookings_filtered(desk.bookings(request.actor, item), args).values("person_id").distinct().count()
    row = files.export_start(
        request.actor, "booking.bookings", request.POST.get("purpose", ""), count, org_path=item.union.path, item=item.pk, **args
    )
    return HttpResponseRedirect(reverse("files:export", args=[row.pk]))


@officer(Perm.BOOKING_VIEW)
@require_GET
def waits(request: Request, pk: int) -> HttpResponse:
    """The waiting list in its order, with the reason (候补名单)."""
    item = desk.item_get(actor=request.actor, pk=pk, perm=Perm.BOOKING_VIEW)
    rows = desk.waits(request.actor, item)
    state = request.GET.get("state", "")
    counts = {s: rows.filter(state=s).count() for s in WaitState.values}
    tabs = tabs_of(request, [("", "全部", sum(counts.values())), *[(s.value, str(s.label), counts[s]) for s in WaitState if counts[s]]])
    if state in WaitState.values:
        rows = rows.filter(state=state)
    context = {
        "item": item,
        "page": page_of(request, rows),
        "states": tabs,
        "trail": _trail(item, "候补"),
        "tabs": item_tabs(item, "waits"),
    }
    return render(request, "booking/console/waits.html", context)


@officer(Perm.REPORT_VIEW)
@require_GET
def report(request: Request, pk: int) -> HttpResponse:
    """What the round came to (成效)."""
    item = desk.item_get(actor=request.actor, pk=pk, perm=Perm.REPORT_VIEW)
    found = planning.report(item)
    context = {
        "item": item, "found": found, "page": page_of(request, desk.ratings(request.actor, item), size=10), "trail": _trail(item, "成效"),
        "tabs": item_tabs(item, "report"), "may_answer": request.actor.may(Perm.BOOKING_MANAGE, item.union),
        "use_text": f"约出 {found.booked} 份，使用 {found.used} 份。", "town_text": _finding(found.towns), "repeat": forms.RepeatForm(),
        "parts": [(w, n) for w, n in (("使用", found.used), ("还没用", found.live), ("爽约", found.noshow), ("到期未用", found.unused)) if n],
    }  # fmt: skip
    return render(request, "booking/print/report.html" if request.GET.get("print") == "1" else "booking/console/report.html", context)


def _finding(towns: list[tuple[str, int]]) -> str:
    return f"享受最多的是{towns[0][0]}，{towns[0][1]} 人。" if towns else "还没有人享受。"


@officer(Perm.REPORT_VIEW)
@require_POST
def report_export(request: Request, pk: int) -> HttpResponse:
    """The report as xlsx; it names nobody (导出成效)."""
    item = desk.item_get(actor=request.actor, pk=pk, perm=Perm.REPORT_VIEW)
    row = files.export_start(request.actor, "booking.report", "成效统计", 0, org_path=item.union.path, item=item.pk)
    return HttpResponseRedirect(reverse("files:export", args=[row.pk]))


@officer(Perm.BOOKING_MANAGE)
@require_POST
def rating_answer(request: Request, pk: int) -> HttpResponse:
    """Answer a member's words (答复评价)."""
    rating = desk.rating_get(actor=request.actor, pk=pk)
    text = request.POST.get("answer", "").strip()
    told(request, lambda: feedback.rating_answer(actor=request.actor, rating=rating, text=text or "收到，谢谢您的意见。"), "已答复。")
    return HttpResponseRedirect(reverse("booking:report", args=[rating.booking.item_id]))


# -- draws -------------------------------------------------------------------------------------------------------


@officer(Perm.ITEM_VIEW)
@require_GET
def draw_desk(request: Request, pk: int) -> HttpResponse:
    """The draw of a session, step by step (抽签)."""
    session = desk.session_get(actor=request.actor, pk=pk)
    row = session.draws.exclude(state=DrawState.VOID).first()
    now = clock.now()
    step = 1 if row is None else 2 if row.closed_at is None else 3 if row.state == DrawState.COMMITTED else 4
    context = {
        "session": session, "item": session.item, "row": row, "step": step, "steps": ["公布指纹", "报名", "公布名单", "开奖"], "reason": forms.ReasonForm(),
        "entries": row.entries.filter(left_at=None).count() if row else 0, "over": now >= session.closes_at,
        "page": page_of(request, row.entries.filter(left_at=None).select_related("booking").order_by("rank", "alias"), size=30) if row else None,
        "faults": draw_rules.faults(draws.proof(row)) if row and row.state == DrawState.REVEALED else [],
        "may_run": request.actor.may(Perm.DRAW_RUN, session.item.union), "trail": _trail(session.item, f"抽签：{session.label}"),
    }  # fmt: skip
    return render(request, "booking/console/draw.html", context)


@officer(Perm.DRAW_RUN)
@require_POST
def draw_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Publish the fingerprint, the list, the seed (公布指纹、名单、开奖)."""
    session = desk.session_get(actor=request.actor, pk=pk)
    row = session.draws.exclude(state=DrawState.VOID).first()
    if verb == "commit":
        told(request, lambda: draws.draw_commit(actor=request.actor, session=session), "种子指纹已公布，职工可以报名。")
    elif row is None:
        raise NotFound()
    elif verb == "close":
        told(request, lambda: draws.draw_close(actor=request.actor, draw=row), "名单已公布。")
    elif verb == "reveal":
        told(request, lambda: draws.draw_reveal(actor=request.actor, draw=row), "已开奖，中签的人有票了，其余按次序候补。")
    elif verb == "void":
        told(
            request, lambda: draws.draw_void(actor=request.actor, draw=row, reason=request.POST.get("reason", "")[:200]), "这次抽签已作废。"
        )
    else:
        raise NotFound()
    return HttpResponseRedirect(reverse("booking:draw-desk", args=[pk]))
