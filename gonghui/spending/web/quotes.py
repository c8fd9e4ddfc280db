"""Quotations on the desk (询价): articles, prices, comparison, choice; the list everybody signs (签收表)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request, render, told, whole_number
from gonghui.files import services as files
from gonghui.spending import forms, services
from gonghui.spending.enums import PRIVATE, InquiryState, Perm, PlanKind, PlanState
from gonghui.spending.models import Plan
from gonghui.spending.selectors import plans as reads
from gonghui.spending.selectors import quotes
from gonghui.spending.web import common

LIVE = (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.APPROVED)
BLANK = 12
"""Empty rows of a sign-off list where nobody is named."""


def _page(request: Request, plan: Plan, status: int = 200, **more: Any) -> HttpResponse:
    inquiry = quotes.of(plan)
    offers, rows = quotes.table(inquiry) if inquiry is not None else ([], [])
    open_ = plan.state in LIVE and not plan.voucher_pk and request.actor.may(Perm.PLAN_EDIT, plan.union)
    asked = inquiry is None or inquiry.state == InquiryState.OPEN
    low = min((q.total_fen for q in offers), default=0)
    goods = [r.goods for r in rows]
    context = {
        "plan": plan, "inquiry": inquiry, "offers": [(q, q.total_fen == low, q.total_fen - low) for q in offers], "rows": rows, "may_ask": open_ and asked,
        "may_reopen": open_ and not asked, "goods_form": forms.GoodsForm(initial={"quantity": plan.participants.count() or plan.count or 1, "measure": "份"}),
        "quote_form": forms.QuoteForm(goods=goods, initial={"on": clock.today()}), "slip": _slip(plan, offers, low), "purpose": forms.ReasonForm(),
        "trail": common.trail((plan.number, _url(plan)), ("询价", "")), "today": clock.today(), "festival": plan.kind == PlanKind.FESTIVAL, **more,
    }  # fmt: skip
    name = "spending/console/quotes_print.html" if request.GET.get("print") else "spending/console/quotes.html"
    return render(request, name, context, status=status)


def _slip(plan: Plan, offers: list[Any], low: int) -> dict[str, Any] | None:
    if not offers:
        return None
    return quotes.decision(plan, total_fen=low, quotes=len(offers), lowest=True, reasoned=True).as_slip()


def _url(plan: Plan) -> str:
    return reverse("spending:plan", args=[plan.pk])


@officer(Perm.PLAN_VIEW)
@require_GET
def page(request: Request, pk: int) -> HttpResponse:
    """Articles and prices side by side (比价)."""
    return _page(request, reads.plan_get(actor=request.actor, pk=pk))


@officer(Perm.PLAN_EDIT)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """List, price, choose, ask again (办理询价)."""
    plan, actor, given = reads.plan_get(actor=request.actor, pk=pk), request.actor, request.POST
    if verb == "goods":
        return _goods(request, plan)
    if verb == "quote":
        return _quote(request, plan)
    which, reason = whole_number(given.get("which")) or 0, given.get("reason", "")
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "drop-goods": (lambda: services.goods_remove(actor=actor, plan=plan, pk=which), "已撤去这样物品。"),
        "drop-quote": (lambda: services.quote_remove(actor=actor, plan=plan, pk=which), "已撤去这份报价。"),
        "choose": (lambda: services.quote_choose(actor=actor, plan=plan, pk=which, reason=reason), "供货单位已选定，理由和决定单已存档。"),
        "reopen": (lambda: services.quote_reopen(actor=actor, plan=plan, reason=reason), "可以重新询价，原来的选择留有记录。"),
    }
    if verb not in acts:
        raise NotFound()
    try:
        acts[verb][0]()
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(request, plan, refusal.status, refusal=refusal.message, given=reason, which=which)
    told(request, lambda: None, acts[verb][1])
    return common.to("quotes", pk)


def _goods(request: Request, plan: Plan) -> HttpResponse:
    form = forms.GoodsForm(request.POST)
    if form.is_valid():
        try:
            services.goods_add(actor=request.actor, plan=plan, **form.cleaned_data)
            return common.to("quotes", plan.pk)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error("name", refusal.message)
    return _page(request, plan, 422, goods_form=form)


def _quote(request: Request, plan: Plan) -> HttpResponse:
    inquiry = quotes.of(plan)
    form = forms.QuoteForm(request.POST, request.FILES, goods=list(inquiry.goods.all()) if inquiry is not None else [])
    if form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                paper = files.file_store(request.actor, upload=data["paper"], purpose="报价单", org_path=plan.union.path)
                services.quote_add(
                    actor=request.actor,
                    plan=plan,
                    supplier=data["supplier"],
                    on=data["on"],
                    prices=form.prices(),
                    file=paper,
                    note=data["note"],
                )
            told(request, lambda: None, "报价已登记。")
            return common.to("quotes", plan.pk)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, refusal.message)
    return _page(request, plan, 422, quote_form=form)


@officer(Perm.PLAN_VIEW)
@require_GET
def paper(request: Request, pk: int) -> HttpResponse:
    """The paper a quotation came on (报价单)."""
    found = quotes.quote_get(actor=request.actor, pk=pk)
    if found.file is None:
        raise NotFound()
    return HttpResponseRedirect(files.file_link(request.actor, found.file, granted=True))


@officer(Perm.PLAN_VIEW)
@require_GET
def sign_off(request: Request, pk: int) -> HttpResponse:
    """The list everybody who receives signs (签收表), to print; condolences have none."""
    plan = reads.plan_get(actor=request.actor, pk=pk)
    if plan.kind in PRIVATE:
        raise NotFound()
    inquiry = quotes.of(plan)
    people = list(reads.participants(plan))
    goods = list(inquiry.goods.all()) if inquiry is not None else []
    names = [f"{g}" for g in goods] or [line.words or line.get_use_display() for line in plan.lines.all()]
    context = {
        "plan": plan, "people": people, "blank": range(0 if people else min(plan.count or BLANK, 200)), "what": "、".join(names),
        "chosen": inquiry.chosen if inquiry is not None else None, "today": clock.today(), "count": len(people) or plan.count,
    }  # fmt: skip
    return render(request, "spending/console/sign_off.html", context)
