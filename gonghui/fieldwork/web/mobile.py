"""The organiser's pages while there is signal, without script (联网的走访页): the same services as the kit."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.core import clock, idempotency
from gonghui.core.access import officer
from gonghui.core.forms import Form
from gonghui.core.http import Request, render, whole_number
from gonghui.fieldwork import forms
from gonghui.fieldwork.enums import Perm, VisitState
from gonghui.fieldwork.models import Visit
from gonghui.fieldwork.selectors import desk, results, today, values
from gonghui.fieldwork.selectors import docs as doc_reads
from gonghui.fieldwork.services import cards, docs, helps, visits
from gonghui.fieldwork.services.common import employer_for
from gonghui.fieldwork.web import common
from gonghui.orgs.rules.cards import BLOCKS, CARD_LABELS, NO_UNION_REASONS
from gonghui.orgs.selectors import employers


@officer(Perm.VISIT_EDIT)
@require_GET
def index(request: Request) -> HttpResponse:
    """Today: whom to see, in which order, and why (今日走访)."""
    user = request.actor.user_id or 0
    lines = today.day(request.actor, user, most=None)
    most = values.number("fieldwork.route_stops", clock.today())
    phones = desk.device_list(actor=request.actor).filter(user_id=user, revoked_at=None).count()
    context = {
        "first": lines[:most], "rest": lines[most : most + 60], "more": max(0, len(lines) - most - 60), "phones": phones,
        "clashes": desk.clashes_open(request.actor).filter(user_id=user).count(), "sheet": results.month_of(actor=request.actor, user_id=user),
        "user": user,
    }  # fmt: skip
    return render(request, "fieldwork/mobile/today.html", context)


@officer(Perm.VISIT_EDIT)
@require_http_methods(["GET", "POST"])
def shop(request: Request, pk: int) -> HttpResponse:
    """One employer on the phone: card, history, help (单位)."""
    firm = employers.employer_get(actor=request.actor, pk=pk)
    form = forms.WordsForm(request.POST or None)

    def ask(data: dict[str, Any]) -> None:
        helps.help_ask(actor=request.actor, employer=firm, words=data["words"])

    if request.method == "POST" and common.done(request, form, ask, "求助已发给镇（街道）工会。"):
        return HttpResponseRedirect(reverse("fieldwork:shop", args=[pk]))
    past = Visit.objects.filter(employer=firm).order_by("-visited_on", "-pk")[:5]
    context = {
        "firm": firm, "cards": employers.cards_of(firm), "spot": firm.spots.filter(until=None).first(), "past": past, "form": form,
        "care": firm.follow_ups.filter(until=None).first(),
    }  # fmt: skip
    return render(request, "fieldwork/mobile/shop.html", context, status=422 if form.errors else 200)


@officer(Perm.VISIT_EDIT)
@require_http_methods(["GET", "POST"])
def card(request: Request, pk: int, kind: str) -> HttpResponse:
    """Fill in a card on the spot (填信息卡), against the version shown."""
    firm = employer_for(request.actor, pk, Perm.VISIT_EDIT)
    kind = kind if kind in doc_reads.cards_of(firm) else "six"
    back = reverse("fieldwork:shop", args=[firm.pk])
    fault = ""
    with transaction.atomic():
        doc = docs.cards_refresh([firm])[doc_reads.card_key(firm.pk, kind)]
        shown = doc_reads.values(doc_reads.merged(doc))
    if request.method == "POST":
        given = {b: request.POST.get(b, "") for b in BLOCKS[kind]}
        base, key = whole_number(request.POST.get("base", "")), request.POST.get("key", "")[:40] or uuid4().hex
        was = {b: request.POST.get(f"was-{b}", "") for b in BLOCKS[kind]}

        def do() -> dict[str, Any]:
            sent = cards.clean(kind, {b: v for b, v in given.items() if v.strip() and v.strip() != was[b]})
            _doc, open_ = cards.write(
                request.actor, firm, kind, sent, uid=f"form:{key}", base=base or 0, device="", seq=0, made=clock.now()
            )  # fmt: skip
            return {"clashes": len(open_)}

        answer: dict[str, Any] = {}
        form = Form(request.POST)
        if common.done(
            request, form, lambda _data: answer.update(idempotency.once(request.actor, f"card-{key}", given, do)), "卡片已保存。"
        ):
            return HttpResponseRedirect(reverse("fieldwork:clashes") if answer.get("clashes") else back)
        fault, shown = "；".join(str(e) for e in form.non_field_errors()), given
    blocks = [(b, label, shown.get(b, "")) for b, label in BLOCKS[kind].items()]
    context = {
        "firm": firm,
        "kind": kind,
        "label": CARD_LABELS[kind],
        "blocks": blocks,
        "base": doc.version,
        "key": uuid4().hex,
        "fault": fault,
        "reasons": NO_UNION_REASONS,
    }
    return render(request, "fieldwork/mobile/card.html", context, status=422 if fault else 200)


@officer(Perm.VISIT_EDIT)
@require_http_methods(["GET", "POST"])
def visit(request: Request, pk: int) -> HttpResponse:
    """Report a visit (登记走访): the open order of this employer, or a new one."""
    firm = employer_for(request.actor, pk, Perm.VISIT_EDIT)
    user = request.actor.user_id or 0
    row = Visit.objects.filter(employer=firm, user_id=user, state=VisitState.PLANNED).select_related("doc").order_by("-pk").first()
    initial: dict[str, Any] = {
        "state": VisitState.DONE,
        "visited_on": clock.today(),
        "next_visit": visits.next_day(clock.today()),
        "base": row.doc.version if row else 0,
    }
    if row is not None:
        initial |= {"purpose": row.purpose, "planned_on": row.planned_on}
    form = forms.VisitForm(request.POST or None, initial=initial)
    key = request.POST.get("key", "")[:40] or uuid4().hex

    def do(data: dict[str, Any]) -> None:
        sent = {k: v for k, v in form.fields_sent().items() if v not in (None, "", [])}

        def once() -> dict[str, Any]:
            visits.write(
                request.actor,
                row.doc.key if row else f"form-{key}",
                firm,
                visits.clean(sent),
                uid=f"form:{key}",
                base=data["base"],
                made=clock.now(),
            )
            return {}

        idempotency.once(request.actor, f"visit-{key}", sent, once)

    if request.method == "POST" and common.done(request, form, do, "走访已登记。"):
        return HttpResponseRedirect(reverse("fieldwork:shop", args=[firm.pk]))
    return render(request, "fieldwork/mobile/visit.html", {"firm": firm, "form": form, "key": key}, status=422 if form.errors else 200)
