"""Pages of offers and merchants for officers (普惠管理端)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.benefits import exports, forms
from gonghui.benefits.enums import ClaimState, MerchantState, OfferKind, OfferState, Perm
from gonghui.benefits.selectors import common as values
from gonghui.benefits.selectors import fees as fee_reads
from gonghui.benefits.selectors import offers as reads
from gonghui.benefits.services import claims
from gonghui.benefits.services import offers as acts
from gonghui.benefits.web import common
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import XLSX, Request, attempt, chips, download, faults, page_of, render, tabs_of, told, whole_number
from gonghui.members.selectors import counts as member_counts

HERE = "benefits/console/"
LARGEST = 100


def _size(request: Request) -> int:
    return LARGEST if request.GET.get("print") else 20


def _asked(request: Request) -> dict[str, Any]:
    get = request.GET
    return {"q": get.get("q", "")[:60], "kind": get.get("kind", "")[:10], "state": get.get("state", "")[:10]}


@officer(Perm.OFFER_VIEW)
@require_GET
def offers(request: Request) -> HttpResponse:
    """Offers in scope (普惠项目)."""
    form = forms.OfferFilter(request.GET or None)
    asked = _asked(request)
    if request.GET.get("xlsx"):
        name, data = exports.offers_table(request.actor, asked)
        return download(data, name, XLSX)
    context = {
        "form": form, "chips": chips(request, form), "page": page_of(request, reads.offer_list(actor=request.actor, **asked), size=_size(request)),
        "tabs": tabs_of(request, [("", "全部", None), *((s.value, str(s.label), None) for s in OfferState)]), "asked": any(asked.values()),
        "may_edit": request.actor.may(Perm.OFFER_EDIT), "trail": [("普惠服务", "")],
    }  # fmt: skip
    return render(request, "benefits/print/offers.html" if request.GET.get("print") else HERE + "offers.html", context)


@officer(Perm.OFFER_VIEW)
@require_GET
def merchants(request: Request) -> HttpResponse:
    """Merchants in scope (合作商家)."""
    form, asked = forms.MerchantFilter(request.GET or None), _asked(request)
    rows = reads.merchant_list(actor=request.actor, ending=bool(request.GET.get("ending")), **asked)
    context = {
        "form": form, "chips": chips(request, form), "page": page_of(request, rows, size=_size(request)), "asked": any(asked.values()) or bool(request.GET.get("ending")),
        "tabs": tabs_of(request, [("", "全部", None), *((s.value, str(s.label), None) for s in MerchantState)]),
        "may_edit": request.actor.may(Perm.OFFER_EDIT), "today": clock.today(), "trail": common.trail("offers", ("合作商家", "")),
    }  # fmt: skip
    return render(request, HERE + "merchants.html", context)


@officer(Perm.OFFER_EDIT)
@require_http_methods(["GET", "POST"])
def merchant_new(request: Request) -> HttpResponse:
    """Register a merchant (登记商家)."""
    union = common.union_of(request, Perm.OFFER_EDIT)
    form = forms.MerchantForm(request.POST or None, initial={"since": clock.today()})
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: acts.merchant_add(actor=request.actor, union=union, **form.cleaned_data))
        if made:
            return common.to("merchant", made.pk)
    crumbs = common.trail("offers", ("合作商家", reverse("benefits:merchants")), ("登记商家", ""))
    return common.form_page(request, form, union, "登记商家", "登记", reverse("benefits:merchants"), crumbs)


@officer(Perm.OFFER_EDIT)
@require_http_methods(["GET", "POST"])
def merchant_edit(request: Request, pk: int) -> HttpResponse:
    """Change a merchant (修改商家)."""
    row = reads.merchant_get(actor=request.actor, pk=pk, perm=Perm.OFFER_EDIT)
    form = forms.MerchantForm(request.POST or None, initial={f: getattr(row, f) for f in acts.MERCHANT_FIELDS})
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: acts.merchant_edit(actor=request.actor, merchant=row, **form.cleaned_data))
    ):
        return common.to("merchant", pk)
    back = reverse("benefits:merchant", args=[pk])
    return common.form_page(
        request, form, row.union, f"修改{row.name}", "保存", back, common.trail("offers", (row.name, back), ("修改", ""))
    )


@officer(Perm.OFFER_VIEW)
@require_GET
def merchant(request: Request, pk: int) -> HttpResponse:
    """One merchant: contract, offers, the counter's log (商家)."""
    row = reads.merchant_get(actor=request.actor, pk=pk)
    context = {
        "row": row, "offers": reads.offer_list(actor=request.actor).filter(merchant=row)[:20], "page": page_of(request, reads.try_list(row)),
        "may_edit": request.actor.may(Perm.OFFER_EDIT, row.union), "reason": forms.ReasonForm(auto_id="s_%s"), "end_reason": forms.ReasonForm(auto_id="e_%s"),
        "ending": row.state == MerchantState.ACTIVE and (row.until - clock.today()).days <= values.number("benefits.contract_days", row.union),
        "trail": common.trail("offers", ("合作商家", reverse("benefits:merchants")), (row.name, "")), "today": clock.today(),
    }  # fmt: skip
    return render(request, HERE + "merchant.html", context)


@officer(Perm.OFFER_EDIT)
@require_GET
def merchant_poster(request: Request, pk: int) -> HttpResponse:
    """The sheet with the counter's address, to print and hand over (核销页告知单)."""
    row = reads.merchant_get(actor=request.actor, pk=pk, perm=Perm.OFFER_EDIT)
    link = request.build_absolute_uri(reverse("benefits:counter", args=[values.token_of(row)]))
    context = {"row": row, "link": link, "what": "核销", "name": "核销页", "undo": values.number("benefits.undo_minutes", row.union), "back": reverse("benefits:merchant", args=[pk])}  # fmt: skip
    return render(request, "benefits/print/poster.html", context)


@officer(Perm.OFFER_EDIT)
@require_POST
def merchant_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Suspend, end, take up again, change the address (办理)."""
    row, actor = reads.merchant_get(actor=request.actor, pk=pk, perm=Perm.OFFER_EDIT), request.actor
    reason = request.POST.get("reason", "")[:200]
    does: dict[str, tuple[Any, str]] = {
        "suspend": (
            lambda: acts.merchant_move(actor=actor, merchant=row, to=MerchantState.SUSPENDED, reason=reason),
            "已暂停，券暂时不能领、不能用。",
        ),
        "end": (lambda: acts.merchant_move(actor=actor, merchant=row, to=MerchantState.ENDED, reason=reason), "已终止合作。"),
        "resume": (lambda: acts.merchant_move(actor=actor, merchant=row, to=MerchantState.ACTIVE), "已恢复合作。"),
        "link": (lambda: acts.merchant_link(actor=actor, merchant=row), "核销页已更换，原来的地址作废。请重新打印告知单。"),
    }
    if verb not in does:
        raise NotFound()
    told(request, *does[verb])
    return common.to("merchant", pk)


# -- offers ------------------------------------------------------------------------------------------------------------


@officer(Perm.OFFER_EDIT)
@require_http_methods(["GET", "POST"])
def offer_new(request: Request, pk: int) -> HttpResponse:
    """An offer of a merchant (新建普惠项目)."""
    row = reads.merchant_get(actor=request.actor, pk=pk, perm=Perm.OFFER_EDIT)
    start = {
        "since": clock.now().replace(second=0, microsecond=0),
        "until": forms.evening(30),
        "code_days": values.number("benefits.code_days", row.union),
    }
    form = forms.OfferForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: acts.offer_add(actor=request.actor, merchant=row, **form.cleaned_data))
        if made:
            return common.to("offer", made.pk)
    back = reverse("benefits:merchant", args=[pk])
    return common.form_page(
        request, form, row.union, f"{row.name}：新建普惠项目", "存为草稿", back, common.trail("offers", (row.name, back), ("新建", ""))
    )


@officer(Perm.OFFER_EDIT)
@require_http_methods(["GET", "POST"])
def offer_edit(request: Request, pk: int) -> HttpResponse:
    """Change an offer (修改普惠项目)."""
    row = reads.offer_get(actor=request.actor, pk=pk, perm=Perm.OFFER_EDIT)
    form = forms.OfferForm(request.POST or None, initial={f: getattr(row, f) for f in acts.OFFER_FIELDS})
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: acts.offer_edit(actor=request.actor, offer=row, **form.cleaned_data))
    ):
        return common.to("offer", pk)
    back = reverse("benefits:offer", args=[pk])
    return common.form_page(
        request, form, row.union, f"修改{row.title}", "保存", back, common.trail("offers", (row.title, back), ("修改", ""))
    )


@officer(Perm.OFFER_VIEW)
@require_GET
def offer(request: Request, pk: int) -> HttpResponse:
    """One offer: quota, codes by number, savings (普惠项目)."""
    row, get = reads.offer_get(actor=request.actor, pk=pk), request.GET
    codes = reads.claim_list(row, state=get.get("state", "")[:10], q=get.get("q", "").strip()[:12])
    slip = acts.voucher_slip(row.union, row.subsidy_fen * row.per_member, row.since.date()) if row.kind == OfferKind.VOUCHER else None
    context = {
        "row": row, "page": page_of(request, codes), "tabs": tabs_of(request, [("", "全部", None), *((s.value, str(s.label), None) for s in ClaimState)]),
        "waiting": row.claims.filter(state=ClaimState.WAITING).count() if row.kind == OfferKind.GROUP else 0, "slip": slip.as_slip() if slip else None,
        "may_edit": request.actor.may(Perm.OFFER_EDIT, row.union), "over": row.until <= clock.now(), "q": get.get("q", ""),
        "first_until": reads.first_until(row) if row.first_hours else None,
        "trail": common.trail("offers", (row.title, "")),
    }  # fmt: skip
    return render(request, HERE + "offer.html", context)


@officer(Perm.OFFER_EDIT)
@require_POST
def offer_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Open, pause, close, take back (办理)."""
    row = reads.offer_get(actor=request.actor, pk=pk, perm=Perm.OFFER_EDIT)
    does = {
        "open": (OfferState.OPEN, "已开放，会员在手机“福利”里能领。"), "pause": (OfferState.PAUSED, "已暂停领取，领到手的券照常能用。"),
        "close": (OfferState.CLOSED, "已结束领取，领到手的券照常能用。"),
    }  # fmt: skip
    if verb not in does:
        raise NotFound()
    state, text = does[verb]
    told(request, lambda: acts.offer_move(actor=request.actor, offer=row, to=state), text)
    return common.to("offer", pk)


@officer(Perm.OFFER_EDIT)
@require_POST
def code_undo(request: Request, pk: int) -> HttpResponse:
    """An officer takes a use back with a reason (撤回核销)."""
    row, form = reads.claim_get(actor=request.actor, pk=pk), forms.ReasonForm(request.POST)
    if form.is_valid():
        told(request, lambda: claims.code_undo(actor=request.actor, claim=row, reason=form.cleaned_data["reason"]), "已撤回，券又能用了。")
    else:
        faults(request, form)
    return common.to("offer", row.offer_id)


# -- figures -----------------------------------------------------------------------------------------------------------


@officer(Perm.OFFER_VIEW)
@require_GET
def usage(request: Request) -> HttpResponse:
    """Use and savings in a period (使用和节省)."""
    today = clock.today()
    form = forms.PeriodFilter(request.GET or None, initial={"since": today.replace(month=1, day=1), "until": today})
    since, until = form.span()
    if request.GET.get("xlsx"):
        name, data = exports.usage(request.actor, since, until)
        return download(data, name, XLSX)
    found = reads.usage(actor=request.actor, since=since, until=until)
    months = found["months"]
    context = {
        "form": form, "found": found, "since": since, "until": until, "labels": [m["month"].strftime("%Y-%m") for m in months],
        "series": [("核销张数", [m["n"] for m in months])], "bars": [(r["offer__merchant__name"], r["n"]) for r in found["shops"][:10]],
        "say": f"{since:%Y年%m月%d日}至{until:%m月%d日}核销 {found['n']} 张。", "trail": common.trail("offers", ("使用和节省", "")),
    }  # fmt: skip
    return render(request, HERE + "usage.html", context)


@officer(Perm.COUNT_VIEW)
@require_GET
def counts(request: Request) -> HttpResponse:
    """How many members of each union used offers and the waived fee: numbers only, small ones hidden (使用统计)."""
    year = whole_number(request.GET.get("year")) or clock.today().year
    year = year if 2000 <= year <= 2100 else clock.today().year
    used, went = reads.unions_using(actor=request.actor, year=year), fee_reads.unions_using(actor=request.actor, year=year)
    names = {path: name for _pk, path, name, _n in [*used, *went]}
    sizes = member_counts.sizes_of({pk for pk, _path, _name, _n in [*used, *went]})
    wholes = {path: sizes.get(pk, 0) for pk, path, _name, _n in [*used, *went]}
    first, second = (values.cells([(path, n) for _pk, path, _name, n in found], wholes) for found in (used, went))
    rows = [(name, first.get(path, 0), second.get(path, 0)) for path, name in sorted(names.items())]
    q = request.GET.get("q", "")[:40]
    rows = [r for r in rows if q in r[0]]
    context = {"page": page_of(request, rows, size=_size(request)), "year": year, "years": [clock.today().year - n for n in range(4)], "q": q, "least": values.least(), "trail": [("普惠使用统计", "")]}  # fmt: skip
    return render(request, "benefits/print/counts.html" if request.GET.get("print") else HERE + "counts.html", context)
