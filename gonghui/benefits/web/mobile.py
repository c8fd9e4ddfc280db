"""Phone pages (职工端): offers and my codes, my pass for the hospital, recuperation."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.benefits.enums import LIVE_STAYS, ClaimState, OfferKind, ProgrammeState, StayState
from gonghui.benefits.rules import codes
from gonghui.benefits.selectors import common as values
from gonghui.benefits.selectors import fees as fee_reads
from gonghui.benefits.selectors import offers as reads
from gonghui.benefits.selectors import stays as stay_reads
from gonghui.benefits.services import applying, claims
from gonghui.benefits.services import fees as fee_acts
from gonghui.benefits.services import stays as stay_acts
from gonghui.benefits.web import common
from gonghui.core import clock
from gonghui.core.access import worker
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, page_of, render, told

HERE = "benefits/mobile/"


@worker
@require_GET
def home(request: Request) -> HttpResponse:
    """What there is for me (福利)."""
    person = values.me(request.actor)
    q, kind = request.GET.get("q", "")[:40], request.GET.get("kind", "")
    rows = reads.open_to(person)
    rows = rows.filter(kind=kind) if kind in OfferKind.values else rows
    rows = rows.filter(title__icontains=q) | rows.filter(merchant__name__icontains=q) if q else rows
    mine = reads.mine(person)
    context = {
        "page": page_of(request, rows, size=12), "q": q, "kind": kind, "kinds": OfferKind.choices, "member": values.spell_of(person) is not None, "now": clock.now(),
        "usable": mine.filter(state=ClaimState.ISSUED).count(), "saved": sum(c.saving_fen for c in mine.filter(state=ClaimState.USED)),
        "schemes": fee_reads.schemes_of(person).exists() or fee_reads.grants_of(person).exists(), "stays": stay_reads.open_to(person).exists(),
    }  # fmt: skip
    return render(request, HERE + "home.html", context)


@worker
@require_GET
def offer(request: Request, pk: int) -> HttpResponse:
    """One offer, and why I may or may not take it (普惠项目)."""
    person = values.me(request.actor)
    row = reads.offer_of(person, pk)
    slip = reads.may_claim(row, person)
    context = {
        "row": row, "allowed": slip.outcome is True, "slip": slip.as_slip(), "mine": reads.mine(person).filter(offer=row)[:6], "now": clock.now(),
        "waiting": row.claims.filter(state=ClaimState.WAITING).count() if row.kind == OfferKind.GROUP else 0,
        "first_until": reads.first_until(row) if row.first_hours else None,
    }  # fmt: skip
    return render(request, HERE + "offer.html", context)


@worker
@require_POST
def claim(request: Request, pk: int) -> HttpResponse:
    """Take one (领取)."""
    row = reads.offer_of(values.me(request.actor), pk)
    text = "已经参团，成团后就能用。" if row.kind == OfferKind.GROUP and row.formed_at is None else "领到了。到店出示券码。"
    made = told(request, lambda: claims.claim_take(actor=request.actor, offer=row), text)
    return common.to("m-code", made.pk) if made else common.to("m-offer", pk)


@worker
@require_GET
def mine(request: Request) -> HttpResponse:
    """My codes (我的券)."""
    state = request.GET.get("state", "")
    rows = reads.mine(values.me(request.actor))
    rows = rows.filter(state=state) if state in ClaimState.values else rows
    return render(request, HERE + "mine.html", {"page": page_of(request, rows), "state": state, "states": ClaimState.choices})


@worker
@require_GET
def code(request: Request, pk: int) -> HttpResponse:
    """One code with its QR (券码)."""
    row = reads.my_claim(values.me(request.actor), pk)
    good = row.state == ClaimState.ISSUED and not claims.why_not(row)
    link = request.build_absolute_uri(reverse("benefits:code", args=[row.code])) if good else ""
    context = {
        "row": row, "offer": row.offer, "link": link, "shown": codes.shown(row.code), "may_cancel": row.state in (ClaimState.ISSUED, ClaimState.WAITING),
        "why": "" if good or row.state != ClaimState.ISSUED else claims.why_not(row),
    }  # fmt: skip
    return render(request, HERE + "code.html", context)


@worker
@require_POST
def code_cancel(request: Request, pk: int) -> HttpResponse:
    """Give it up (取消)."""
    row = reads.my_claim(values.me(request.actor), pk)
    told(request, lambda: claims.claim_cancel(actor=request.actor, claim=row), "已取消，这一份让给别人。还想要可以再领。")
    return common.to("m-code", pk)


# -- the waived fee ------------------------------------------------------------------------------------------------------


@worker
@require_GET
def fees(request: Request) -> HttpResponse:
    """My pass, my visits, the hospitals (免医事服务费)."""
    person = values.me(request.actor)
    grants = list(fee_reads.grants_of(person))
    held = {g.scheme_id for g in grants}
    this_year = [g for g in grants if g.scheme.year == clock.today().year]
    context = {
        "grants": [(g, codes.shown(g.code), fee_reads.hospitals_of(g.scheme), g.scheme.rates.all()) for g in this_year],
        "open": [(s, fee_reads.hospitals_of(s), s.rates.all()) for s in fee_reads.schemes_of(person) if s.pk not in held],
        "page": page_of(request, fee_reads.uses_of(person)), "member": values.spell_of(person) is not None,
    }  # fmt: skip
    return render(request, HERE + "fees.html", context)


@worker
@require_POST
def fee_take(request: Request, pk: int) -> HttpResponse:
    """My pass of the year (领取就医凭证)."""
    row = get_object_or_404(fee_reads.schemes_of(values.me(request.actor)), pk=pk)
    told(request, lambda: fee_acts.grant_take(actor=request.actor, scheme=row), "领到了。看病挂号时出示凭证号。")
    return common.to("m-fees")


# -- recuperation ----------------------------------------------------------------------------------------------------------


@worker
@require_GET
def stays(request: Request) -> HttpResponse:
    """Programmes for me, and where I have been (疗休养)."""
    person = values.me(request.actor)
    own = {a.programme_id: a for a in reversed(list(stay_reads.mine(person)))}
    rows = [(p, own.get(p.pk)) for p in stay_reads.open_to(person)[:30]]
    return render(
        request,
        HERE + "stays.html",
        {"rows": rows, "past": stay_reads.past_of(person), "last": stay_reads.last_stay(person), "now": clock.now()},
    )


@worker
@require_GET
def stay(request: Request, pk: int) -> HttpResponse:
    """One programme: may I, where do I stand, why (疗休养计划)."""
    person = values.me(request.actor)
    row = stay_reads.programme_of(person, pk)
    mine_ = stay_reads.my_application(person, row)
    live = mine_ is not None and mine_.state in LIVE_STAYS
    slip = stay_reads.eligible(row, person)
    context = {
        "row": row, "mine": mine_, "live": live, "slip": slip.as_slip(), "blocked": slip.blocks, "open": row.state == ProgrammeState.OPEN and row.apply_until > clock.now(),
        "batches": row.batches.all(), "draw_name": stay_acts.draw_name(row),
        "may_leave": live and mine_ is not None and mine_.state in (StayState.APPLIED, StayState.APPROVED, StayState.LISTED, StayState.WAITING) and row.state not in (ProgrammeState.CLOSED, ProgrammeState.CANCELLED),
    }  # fmt: skip
    return render(request, HERE + "stay.html", context)


@worker
@require_POST
def stay_apply(request: Request, pk: int) -> HttpResponse:
    """Put my name down (报名)."""
    row = stay_reads.programme_of(values.me(request.actor), pk)
    words = request.POST.get("words", "")[:200]
    told(request, lambda: applying.apply(actor=request.actor, programme=row, words=words), "报上名了，审核后通知您。")
    return common.to("m-stay", pk)


@worker
@require_POST
def stay_leave(request: Request, pk: int) -> HttpResponse:
    """Take it back, or give the place up (撤回、放弃)."""
    row = stay_reads.mine(values.me(request.actor)).filter(pk=pk).select_related("programme__union", "share", "union", "batch").first()
    if row is None:
        raise NotFound()
    told(request, lambda: applying.withdraw(actor=request.actor, application=row), "已放弃，名额按次序让给下一位。")
    return common.to("m-stay", row.programme_id)


@worker
@require_GET
def stay_list(request: Request, pk: int) -> HttpResponse:
    """The posted list (公示名单)."""
    row = stay_reads.programme_of(values.me(request.actor), pk)
    if row.posted_on is None:
        raise NotFound()
    return render(
        request,
        HERE + "stay_list.html",
        {"row": row, "page": page_of(request, stay_reads.posted(row), size=50), "draw_name": stay_acts.draw_name(row)},
    )
