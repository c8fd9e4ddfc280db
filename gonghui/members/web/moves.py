"""Transfers, the pool, exits, requests on the console (会籍转接、会员库安置、退出办理、个人信息请求)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import menu
from gonghui.core.access import officer
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request, page_of, render, tabs_of, told
from gonghui.members import forms
from gonghui.members.enums import Perm, RequestState
from gonghui.members.models import DataRequest, Exit, Membership, Transfer
from gonghui.members.selectors import members as reads
from gonghui.members.services import exits, privacy, transfers
from gonghui.members.web import common
from gonghui.members.web.console import _target


def _transfers(request: Request) -> Any:
    seen = request.actor.within(Perm.TRANSFER_VIEW, "source") | request.actor.within(Perm.TRANSFER_VIEW, "target")
    return Transfer.objects.filter(seen).select_related("person", "source", "target")


@officer(Perm.TRANSFER_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Transfers by what they wait for (会籍转接)."""
    rows, actor = _transfers(request), request.actor
    out, into = actor.within(Perm.TRANSFER_DECIDE, "source"), actor.within(Perm.TRANSFER_DECIDE, "target")
    parts = {
        "": ("等我接收", rows.filter(into, state="in_transit", target__isnull=False)),
        "open": ("等人认领", rows.filter(state="in_transit", target=None)),
        "release": ("等我放行", rows.filter(out, state="requested")),
        "live": ("办理中", rows.filter(state__in=["requested", "in_transit"])),
        "done": ("已办结", rows.exclude(state__in=["requested", "in_transit"])),
    }
    tab = request.GET.get("state", "")
    counts = menu.tallied(actor, {k: v[1] for k, v in parts.items()})
    ordered = parts["done"][1].order_by("-decided_on", "-pk") if tab == "done" else parts.get(tab, parts[""])[1].order_by("due_on", "pk")
    page = page_of(request, ordered, count=counts.get(tab, counts[""]))
    pool = Membership.objects.filter(actor.within(Perm.TRANSFER_DECIDE, "union"), until=None, union__kind="pool").select_related(
        "person", "union"
    )
    context = {
        "page": page, "tabs": tabs_of(request, [(k, v[0], counts[k]) for k, v in parts.items()]), "tab": tab,
        "pool": page_of(request, pool.order_by("since", "pk"), size=20) if not tab else None, "reason": forms.ReasonForm(),
        "trail": common.trail(("会籍转接", "")), "exits": Exit.objects.filter(actor.within(Perm.MEMBER_VIEW, "union"), state="open").select_related("person", "union"),
    }  # fmt: skip
    return render(request, "members/console/transfers.html", context)


@officer(Perm.TRANSFER_DECIDE)
@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Accept, decline, release, withdraw (办理转会)."""
    row = _transfers(request).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    reason, actor = request.POST.get("reason", ""), request.actor
    claim = common.union_of(request) if verb == "accept" and row.target_id is None else None
    acts = {
        "accept": (lambda: transfers.transfer_accept(actor=actor, transfer=row, union=claim), f"已接收{row.person.name}，会籍转入。"),
        "decline": (lambda: transfers.transfer_decline(actor=actor, transfer=row, reason=reason), "已退回，会员仍在原工会。"),
        "release": (lambda: transfers.transfer_release(actor=actor, transfer=row), "已放行，等对方接收。"),
        "withdraw": (lambda: transfers.transfer_withdraw(actor=actor, transfer=row, reason=reason), "已撤回，会员仍在原工会。"),
    }
    told(request, *acts[verb])
    return common.back(request, "members:transfers")


@officer(Perm.TRANSFER_DECIDE)
@require_POST
def place(request: Request, pk: int) -> HttpResponse:
    """Place somebody from the pool (会员库安置)."""
    spell = reads.member_get(actor=request.actor, pk=pk)

    def act() -> Any:
        union = _target(request)
        if union is None:
            raise NotFound("members.no_target", "请写明安置到哪个工会。")
        return transfers.place_from_pool(actor=request.actor, membership=spell, union=union)

    try:
        act()
        common.done(request, f"已为{spell.person.name}安置工会。")
    except Refusal as refusal:
        common.refused(request, refusal)
    return common.back(request, "members:transfers")


# -- exits -------------------------------------------------------------------------------------------------------


@officer(Perm.MEMBER_EDIT)
@require_POST
def exit_open(request: Request, pk: int) -> HttpResponse:
    """Open an exit case (立案)."""
    spell, form = reads.member_get(actor=request.actor, pk=pk), forms.ExitForm(request.POST)
    if not form.is_valid():
        common.refused(request, NotFound("members.exit_form", "请选择方式和日期，日期不能晚于今天。"))
        return HttpResponseRedirect(reverse("members:member", args=[pk]))
    try:
        row = exits.exit_open(actor=request.actor, membership=spell, **form.cleaned_data)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        common.refused(request, refusal)
        return HttpResponseRedirect(reverse("members:member", args=[pk]))
    return HttpResponseRedirect(reverse("members:exit", args=[row.pk]))


def _exit(request: Request, pk: int) -> Exit:
    row = Exit.objects.filter(request.actor.within(Perm.MEMBER_VIEW, "union"), pk=pk).select_related("person", "union").first()
    if row is None:
        raise NotFound()
    return row


@officer(Perm.MEMBER_VIEW)
@require_http_methods(["GET", "POST"])
def exit_case(request: Request, pk: int) -> HttpResponse:
    """An exit case with its conditions (退出办理)."""
    row, status = _exit(request, pk), 200
    initial = {name: getattr(row, name) for name in forms.EvidenceForm.SHOWN[row.kind]}
    form = forms.EvidenceForm(request.POST or None, initial=initial, kind=row.kind)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            changed = {k: v for k, v in form.cleaned_data.items() if k in form.changed_data}
            try:
                exits.exit_record(actor=request.actor, case=row, **changed)
                common.done(request, "已登记。")
                return HttpResponseRedirect(reverse("members:exit", args=[pk]))
            except Refusal as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error(None, refusal.message)
    slip = exits.slip_of(row)
    context = {
        "row": row, "form": form, "missing": exits.missing_of(row), "slip": slip.as_slip() if slip else None, "may_decide": request.actor.may(Perm.APPLICATION_DECIDE, row.union),
        "trail": common.trail(("会籍转接", reverse("members:transfers")), (f"{row.person.name} · {row.get_kind_display()}", "")),
    }  # fmt: skip
    return render(request, "members/console/exit.html", context, status=status)


@officer(Perm.MEMBER_EDIT, Perm.APPLICATION_DECIDE)
@require_POST
def exit_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Conclude or drop (办结、终止)."""
    row = _exit(request, pk)
    acts = {
        "decide": (lambda: exits.exit_decide(actor=request.actor, case=row), "已办结，会员证已注销。"),
        "drop": (lambda: exits.exit_drop(actor=request.actor, case=row, reason=request.POST.get("reason", "")), "已终止办理，会籍不变。"),
    }
    told(request, *acts[verb])
    return HttpResponseRedirect(reverse("members:exit", args=[pk]))


# -- requests about own data -------------------------------------------------------------------------------------


@officer(Perm.REQUEST_DECIDE)
@require_GET
def requests(request: Request) -> HttpResponse:
    """What people ask about their own data (对本人资料的请求): corrections, reviews, near relatives."""
    rows = DataRequest.objects.filter(request.actor.within(Perm.REQUEST_DECIDE, "union")).select_related("person", "union")
    tab = request.GET.get("state", "")
    counts = {s: rows.filter(state=s).count() for s in RequestState.values}
    page = page_of(request, rows.filter(state=tab or "open").order_by("due_on", "pk"))
    lines = [(r, privacy.FIELDS.get(r.field, ""), privacy.wanted(r) if r.state == "open" else "") for r in page]
    tabs = tabs_of(request, [("", "待处理", counts["open"]), ("done", "已办", counts["done"]), ("refused", "不能办", counts["refused"])])
    return render(
        request, "members/console/requests.html", {"page": page, "lines": lines, "tabs": tabs, "trail": common.trail(("资料请求", ""))}
    )


@officer(Perm.REQUEST_DECIDE)
@require_POST
def request_act(request: Request, pk: int) -> HttpResponse:
    """Agree or refuse with the reason (答复)."""
    row = DataRequest.objects.filter(request.actor.within(Perm.REQUEST_DECIDE, "union"), pk=pk).first()
    if row is None:
        raise NotFound()
    agree = request.POST.get("agree") == "1"
    told(
        request,
        lambda: privacy.request_decide(actor=request.actor, request=row, agree=agree, reason=request.POST.get("reason", "")),
        "已答复本人。",
    )
    return common.back(request, "members:requests")
