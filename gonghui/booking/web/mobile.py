"""Phone pages (职工端): services open now and soon, one item, taking a place, why not, results."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.booking.enums import LIVE, DrawState, Mode, QuotaKind
from gonghui.booking.models import Booking, Session
from gonghui.booking.rules import fair
from gonghui.booking.rules import passes as pass_rules
from gonghui.booking.selectors import planning, shop
from gonghui.booking.selectors import standing as standings
from gonghui.booking.services import bookings, draws, hot, passes, profiles, quizzes, remaining, waiting
from gonghui.booking.web import common
from gonghui.core import clock
from gonghui.core.access import worker
from gonghui.core.errors import Conflict, NotPermitted, Refusal
from gonghui.core.http import Request, render, told, whole_number

MANY = 4
"""With more sessions than this only the chosen one is judged on the page; the others when they are chosen."""
QUIET = {"opened", "not_closed", "place", "live"}
"""Reasons the slot itself already shows."""


def person_of(request: Request) -> int:
    """The member at the phone. Raises NotPermitted."""
    if request.actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    return request.actor.person_id


@worker
@require_GET
def home(request: Request) -> HttpResponse:
    """Services: mine, open now, soon (服务预约)."""
    person = person_of(request)
    context = {
        "found": shop.home(person), "live": shop.live(person)[:5], "waits": shop.waits(person)[:5], "rate": shop.to_rate(person)[:3],
        "bars": shop.bars(person)[:3], "member": bool(shop.path_of(person)), "entries": shop.entries(person).filter(draw__state=DrawState.COMMITTED)[:5],
    }  # fmt: skip
    return render(request, "booking/mobile/home.html", context)


@dataclass
class Slot:
    """One session as the item page shows it (一个时段)."""

    session: Session
    left: int
    waiting: int
    phase: str
    booking: Booking | None = None
    wait: Any = None
    entry: Any = None
    draw: Any = None
    reminded: bool = False
    standing: standings.Standing | None = None
    sealed: str = ""
    shares: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.session.capacity

    @property
    def taken(self) -> int:
        return self.size - self.left

    @property
    def choosable(self) -> bool:
        """Can be chosen now: open, not mine, nothing lasting against it."""
        return self.phase == "open" and not self.mine and not self.reasons

    @property
    def mine(self) -> bool:
        return bool(self.booking or self.wait or self.entry)

    @property
    def reasons(self) -> list[Any]:
        """What stands in the way beyond time and places."""
        return [r for r in self.standing.refusals if r.code not in QUIET] if self.standing else []

    @property
    def full(self) -> bool:
        return self.phase == "open" and self.left < 1

    @property
    def soon_word(self) -> str:
        """When booking opens, in few words."""
        at, today = self.session.opens_at.astimezone(clock.SHANGHAI), clock.today()
        day = "今天" if at.date() == today else f"{at.month}月{at.day}日"
        return f"{day} {at:%H:%M} 开始"

    @property
    def bar_label(self) -> str:
        return f"{self.session.label}已约 {self.taken} 份，还剩 {self.left} 份"

    @property
    def tone(self) -> str:
        """Colour of the bar."""
        share = self.left * 10 // self.size if self.size else 0
        return "bad" if self.left == 0 else "warn" if share < 3 else "ok"


def slots_of(request: Request, item: Any, person: int) -> list[Slot]:
    """The sessions with what is mine in them, judged where there are few (各时段)."""
    import json

    sessions = [s for s in item.sessions.all() if s.state != "cancelled"]
    known = json.loads(remaining.remaining(item.pk) or b'{"sessions": []}')
    counts = {s["id"]: (s["left"], s["waiting"]) for s in known["sessions"]}
    mine, drawn, chosen = shop.mine_in(person, item), shop.draws_of(item), request.GET.get("session", "")
    out = []
    for s in sessions:
        s.item = item
        left, queue = counts.get(s.pk, (s.capacity, s.waiting))
        slot = Slot(
            s, left, queue, _phase(item, s), mine["bookings"].get(s.pk), mine["waits"].get(s.pk), mine["entries"].get(s.pk),
            drawn.get(s.pk), s.pk in mine["reminders"],
        )  # fmt: skip
        if slot.phase in ("open", "soon") and not slot.mine and (len(sessions) <= MANY or str(s.pk) == chosen):
            slot.standing = standings.standing(person, s)
            if item.mode != Mode.DRAW and not slot.reasons:
                slot.sealed = pass_rules.seal(passes.content_of(slot.standing, s, request.actor.ref), hot.key())
        out.append(slot)
    return out


def _phase(item: Any, session: Session) -> str:
    now = clock.now()
    if item.state != "published" or session.state != "open":
        return "paused"
    return "soon" if now < session.opens_at else "open" if now < session.closes_at else "over"


def page(request: Request, item: Any, *, refusal: Refusal | None = None, status: int = 200, key: str = "") -> HttpResponse:
    """The item page, also after a refusal: nothing typed is lost, and the same key is kept."""
    person = person_of(request)
    slots = slots_of(request, item, person)
    chosen = request.GET.get("session") or request.POST.get("session") or ""
    open_ = [s for s in slots if s.choosable]
    first = next((s for s in open_ if str(s.session.pk) == chosen), next((s for s in open_ if s.left), open_[0] if open_ else None))
    judged = next((s for s in slots if s.reasons), None)
    quiz = None
    if item.quiz.get("ask"):
        best, used = quizzes.best(item, person), quizzes.used(item, person)
        quiz = {
            "best": best,
            "used": used,
            "passed": (best or 0) >= int(item.quiz["pass"]),
            "left": max(0, int(item.quiz.get("tries") or 1) - used),
        }
    others = list(item.exclusion.items.exclude(pk=item.pk).filter(state="published")) if item.exclusion_id else []
    context = {
        "item": item, "card": shop.card_of(item), "slots": slots, "first": first, "judged": judged, "key": key or uuid4().hex, "quiz": quiz,
        "exclusive": others, "refusal": refusal, "conditions": conditions(item), "reserved": reserved(item),
        "any_pass": any(s.sealed for s in slots),
    }  # fmt: skip
    return render(
        request,
        "booking/mobile/item.html",
        context,
        status=status,
        fragment="booking/mobile/_slots.html" if request.method == "GET" else None,
    )


def reserved(item: Any) -> list[str]:
    """Places set aside, in words (预留名额说明)."""
    out = []
    for q in (
        item.quotas.filter(reserved=True).exclude(kind=QuotaKind.GENERAL).select_related("session").order_by("session__starts_at", "kind")
    ):
        until = q.release_at.astimezone(clock.SHANGHAI) if q.release_at else None
        out.append(f"{q.session.label}留 {q.size} 份给{q.get_kind_display()}" + (f"，{until:%m月%d日 %H:%M} 后大家都能约" if until else ""))
    return out


def nobody(session: Session) -> standings.Standing:
    """A member with nothing against: for the preview of a page."""
    return standings.Standing(0, fair.Facts(), (), frozenset())


def conditions(item: Any) -> list[str]:
    """The fair rules of an item in plain sentences (公平规则说明)."""
    fair = item.fair or {}
    caps = fair.get("caps") or {}
    words = [f"每人限 {caps.get('item') or caps.get('session') or 1} 份"]
    words += [
        f"{word}最多 {caps[k]} 份"
        for k, word in (("day", "每天"), ("month", "每月"), ("year", "每年"), ("category_year", "同类项目每年"))
        if caps.get(k)
    ]
    if fair.get("exclude_household"):
        words.append("同一家庭一份")
    if fair.get("never_first_minutes"):
        words.append(f"前 {fair['never_first_minutes']} 分钟没享受过的工友先约")
    if fair.get("never_served_first"):
        words.append("没享受过的工友排在前面")
    if fair.get("no_show_months"):
        words.append(f"约了不来，{fair['no_show_months']} 个月内不能再约")
    if fair.get("unused_months"):
        words.append(f"到期没用，{fair['unused_months']} 个月内不能再约")
    if fair.get("day_lost"):
        words.append("没按时付款的，当天不能再参加")
    return words


@worker
@require_GET
def item(request: Request, pk: int) -> HttpResponse:
    """One item with its sessions (项目页); the fragment alone for the poll."""
    return page(request, shop.item_get(person_of(request), pk))


@worker
@require_POST
def take(request: Request, pk: int) -> HttpResponse:
    """Take a place or stand in line, without script (确认预订). A lost answer sent again gives the same ticket."""
    person, wanted = person_of(request), request.POST.get("session", "")
    found, key = shop.item_get(person, pk), request.POST.get("key", "")[:40]
    if whole_number(wanted) not in {s.pk for s in found.sessions.all()}:
        return page(request, found, refusal=Conflict("booking.no_session", "请先选一个时段。"), status=422, key=key)
    session = shop.session_get(person, int(wanted))
    try:
        answer = bookings.book(actor=request.actor, session=session, person_id=person, key=key, wait=bool(request.POST.get("wait")))
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        mine = Booking.objects.filter(person_id=person, item=found, state__in=LIVE).order_by("-pk").first()
        if mine is not None and refusal.code in {"booking.claimed", "booking.once"}:
            common.done(request, "您已经约上了，就是这一张。")
            return HttpResponseRedirect(reverse("booking:m-ticket", args=[mine.pk]))
        if refusal.code in {"booking.claimed", "booking.exclusion"}:
            return conflict(request, session, status=422)
        return page(request, found, refusal=refusal, status=422, key=key)
    if answer.code == "booking.waiting":
        common.done(request, f"已为您排上候补，第 {answer.facts['waiting']} 号。有名额会发消息给您。")
        return HttpResponseRedirect(reverse("booking:m-tickets"))
    return HttpResponseRedirect(reverse("booking:m-ticket", args=[answer.facts["id"]]) + "?new=1")


def conflict(request: Request, session: Session, *, status: int = 200) -> HttpResponse:
    """Which booking stands in the way, and the safe choice first (不能同时预订)."""
    found = standings.standing(person_of(request), session)
    context = {
        "session": session,
        "item": session.item,
        "found": found,
        "blocking": found.blocking,
        "slip": standings.slip(found, session).as_slip(),
    }
    return render(request, "booking/mobile/why.html", context, status=status)


@worker
@require_GET
def why(request: Request, pk: int) -> HttpResponse:
    """Why, or why not: the slip before the button (为什么不能约)."""
    return conflict(request, shop.session_get(person_of(request), pk))


@worker
@require_POST
def line(request: Request, pk: int) -> HttpResponse:
    """Stand in line (候补)."""
    person = person_of(request)
    session = shop.session_get(person, pk)
    key = request.POST.get("key", "")[:40] or uuid4().hex
    told(
        request,
        lambda: waiting.join(actor=request.actor, session=session, person_id=person, key=key),
        "已为您排上候补，有名额会发消息给您。",
    )
    return HttpResponseRedirect(reverse("booking:m-item", args=[session.item_id]))


@worker
@require_POST
def remind(request: Request, pk: int) -> HttpResponse:
    """Tell me before it opens (开始前提醒我)."""
    session = shop.session_get(person_of(request), pk)
    told(request, lambda: profiles.reminder_add(actor=request.actor, session=session), "好的，开始前发消息提醒您。")
    return HttpResponseRedirect(reverse("booking:m-item", args=[session.item_id]))


@worker
@require_POST
def enter(request: Request, pk: int, verb: str) -> HttpResponse:
    """Put one's name down for the draw, or take it off (报名抽签、退出)."""
    session = shop.session_get(person_of(request), pk)
    if verb == "enter":
        told(request, lambda: draws.draw_enter(actor=request.actor, session=session), "已报名。开奖后发消息给您，过程人人可以核对。")
    elif verb == "leave":
        told(request, lambda: draws.draw_leave(actor=request.actor, session=session), "已退出抽签。")
    return HttpResponseRedirect(reverse("booking:m-item", args=[session.item_id]))


@worker
@require_GET
def results(request: Request, pk: int) -> HttpResponse:
    """How a round went, for members: how many people, how many first-timers, how satisfied (成效公开)."""
    found = shop.item_get(person_of(request), pk)
    report = planning.report(found)
    small = common.small_cell()
    context = {
        "item": found, "report": report, "towns": [r for r in report.towns if r[1] >= small], "small": small,
        "shifts": [r for r in report.shifts if r[1] >= small], "draws": [d for d in shop.draws_of(found).values() if d.closed_at],
        "shown": report.served >= small or not report.served,
    }  # fmt: skip
    return render(request, "booking/mobile/results.html", context)


@worker
@require_GET
def sealed(request: Request, pk: int) -> HttpResponse:
    """A fresh pass for one session: for a page that stayed open too long (换凭据)."""
    person = person_of(request)
    session = shop.session_get(person, pk)
    return JsonResponse({"pass": passes.issue(actor=request.actor, session=session, person_id=person).text})
