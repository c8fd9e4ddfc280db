"""Pages of programmes for officers (疗休养计划管理端)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.benefits import exports, forms
from gonghui.benefits.enums import Perm, ProgrammeState, StayState
from gonghui.benefits.selectors import common as values
from gonghui.benefits.selectors import stays as reads
from gonghui.benefits.services import applying
from gonghui.benefits.services import stays as acts
from gonghui.benefits.web import common
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import XLSX, Request, attempt, chips, download, faults, page_of, render, tabs_of, told, whole_number
from gonghui.files import services as files
from gonghui.orgs.selectors import unions

HERE = "benefits/console/"


@officer(Perm.STAY_VIEW)
@require_GET
def programmes(request: Request) -> HttpResponse:
    """Programmes one organises or has places in (疗休养)."""
    form, state = forms.ProgrammeFilter(request.GET or None), request.GET.get("state", "")[:10]
    asked = dict(form.cleaned_data) if form.is_bound and form.is_valid() else {}
    context = {
        "form": form, "chips": chips(request, form), "page": page_of(request, reads.programme_list(actor=request.actor, state=state, **asked)),
        "tabs": tabs_of(request, [("", "全部", None), *((s.value, str(s.label), None) for s in ProgrammeState)]), "asked": any(asked.values()) or bool(state),
        "may_edit": request.actor.may(Perm.STAY_EDIT), "trail": [("疗休养", "")],
    }  # fmt: skip
    return render(request, HERE + "programmes.html", context)


@officer(Perm.STAY_EDIT)
@require_http_methods(["GET", "POST"])
def programme_new(request: Request) -> HttpResponse:
    """Plan one (制定计划)."""
    union = common.union_of(request, Perm.STAY_EDIT)
    form = forms.ProgrammeForm(request.POST or None, initial={"year": clock.today().year, "apply_until": forms.evening(14)})
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: acts.programme_add(actor=request.actor, union=union, **form.cleaned_data))
        if made:
            return common.to("programme", made.pk)
    return common.form_page(
        request, form, union, "制定疗休养计划", "存为草稿", reverse("benefits:programmes"), common.trail("programmes", ("制定计划", ""))
    )


@officer(Perm.STAY_EDIT)
@require_http_methods(["GET", "POST"])
def programme_edit(request: Request, pk: int) -> HttpResponse:
    """Change it (修改计划)."""
    row = reads.programme_own(actor=request.actor, pk=pk)
    form = forms.ProgrammeForm(request.POST or None, initial={f: getattr(row, f) for f in acts.FIELDS})
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: acts.programme_edit(actor=request.actor, programme=row, **form.cleaned_data))
    ):
        return common.to("programme", pk)
    back = reverse("benefits:programme", args=[pk])
    return common.form_page(
        request, form, row.union, f"修改{row.name}", "保存", back, common.trail("programmes", (row.name, back), ("修改", ""))
    )


@officer(Perm.STAY_VIEW)
@require_GET
def programme(request: Request, pk: int) -> HttpResponse:
    """One programme: places, batches, applications in their order (计划)."""
    actor, get = request.actor, request.GET
    row = reads.programme_get(actor=actor, pk=pk)
    state, q = get.get("state", "")[:10], get.get("q", "")[:40]
    seen = reads.application_list(actor=actor, programme=row)
    tally, own = reads.state_counts(seen), actor.may(Perm.STAY_EDIT, row.union)
    found = reads.application_list(actor=actor, programme=row, state=state, q=q)
    context = {
        "row": row, "own": own, "page": page_of(request, found), "form": forms.ApplicationFilter(request.GET or None), "asked": bool(state or q),
        "tabs": tabs_of(request, [("", "全部", sum(tally.values())), *((s.value, str(s.label), tally[s.value]) for s in StayState if tally.get(s.value))]),
        "shares": reads.share_list(row) if own else [s for s in reads.share_list(row) if actor.may(Perm.STAY_VIEW, s.union) or any(p.startswith(s.union.path) for p in actor.paths(Perm.STAY_VIEW))],
        "batches": row.batches.all(), "slip": reads.cost(row, row.cost_fen, clock.today()).as_slip(), "may_propose": actor.may(Perm.STAY_PROPOSE) and row.state == ProgrammeState.OPEN and row.apply_until > clock.now(),
        "waiting": tally.get("applied", 0), "over": row.apply_until <= clock.now(), "today": clock.today(), "draw_name": acts.draw_name(row),
        "batch": forms.BatchForm(auto_id="b_%s", initial={"number": row.batches.count() + 1}), "unpost": forms.ReasonForm(auto_id="u_%s"), "cancel": forms.ReasonForm(auto_id="c_%s"),
        "purpose": forms.PurposeForm(auto_id="x_%s"), "spent": forms.SpentForm, "shared": sum(s.places for s in row.shares.all()), "below": unions.children_on(row.union, clock.today()).order_by("path")[:200] if own else [],
        "trail": common.trail("programmes", (row.name, "")),
    }  # fmt: skip
    return render(request, HERE + "programme.html", context)


@officer(Perm.STAY_EDIT)
@require_POST
def programme_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Split, open, post, confirm, close, and each of them back (办理)."""
    row, actor = reads.programme_own(actor=request.actor, pk=pk), request.actor
    reason = request.POST.get("reason", "")[:200]
    does: dict[str, tuple[Any, str]] = {
        "split": (lambda: acts.share_split(actor=actor, programme=row), "已按会员数分配名额，可以逐家调整。"),
        "open": (lambda: acts.programme_open(actor=actor, programme=row), "已开放报名。"),
        "post": (lambda: applying.programme_post(actor=actor, programme=row), "已排序并公示，每个人都能看到自己的次序和原因。"),
        "unpost": (lambda: applying.programme_unpost(actor=actor, programme=row, reason=reason), "已撤回公示，改好后再公示。"),
        "confirm": (lambda: applying.programme_confirm(actor=actor, programme=row), "名单已确定，入选的人已通知。"),
        "close": (lambda: acts.programme_close(actor=actor, programme=row), "已办结。"),
        "reopen": (lambda: acts.programme_reopen(actor=actor, programme=row), "已撤回办结。"),
        "cancel": (lambda: acts.programme_cancel(actor=actor, programme=row, reason=reason), "计划已取消。"),
    }
    if verb not in does:
        raise NotFound()
    told(request, *does[verb])
    return common.to("programme", pk)


@officer(Perm.STAY_EDIT)
@require_POST
def share_set(request: Request, pk: int) -> HttpResponse:
    """Places of one union (调整名额)."""
    row, form = reads.programme_own(actor=request.actor, pk=pk), forms.ShareForm(request.POST)
    if not form.is_valid():
        faults(request, form)
        return common.to("programme", pk, tail="#shares")
    union = unions.union_wanted(request.actor, str(form.cleaned_data["union"]), Perm.STAY_EDIT)
    told(
        request, lambda: acts.share_set(actor=request.actor, programme=row, union=union, places=form.cleaned_data["places"]), "名额已调整。"
    )
    return common.to("programme", pk, tail="#shares")


@officer(Perm.STAY_EDIT)
@require_POST
def batch_set(request: Request, pk: int) -> HttpResponse:
    """A departure (安排批次)."""
    row, form = reads.programme_own(actor=request.actor, pk=pk), forms.BatchForm(request.POST)
    if form.is_valid():
        told(request, lambda: acts.batch_set(actor=request.actor, programme=row, **form.cleaned_data), "批次已安排。")
    else:
        faults(request, form)
    return common.to("programme", pk, tail="#batches")


@officer(Perm.STAY_EDIT)
@require_POST
def batch_spent(request: Request, pk: int) -> HttpResponse:
    """What it cost (登记费用)."""
    row, form = reads.batch_get(actor=request.actor, pk=pk), forms.SpentForm(request.POST)
    if form.is_valid():
        told(request, lambda: acts.batch_spent(actor=request.actor, batch=row, **form.cleaned_data), "费用已登记，在上限以内。")
    else:
        faults(request, form)
    return common.to("programme", row.programme_id, tail="#batches")


@officer(Perm.STAY_VIEW)
@require_GET
def posted(request: Request, pk: int) -> HttpResponse:
    """The list to hang up: names, unions, order; no number of any person (公示单)."""
    row = reads.programme_get(actor=request.actor, pk=pk)
    if row.posted_on is None:
        raise NotFound()
    context = {
        "row": row,
        "rows": reads.posted(row),
        "seats": [StayState.LISTED, StayState.ATTENDED, StayState.ABSENT],
        "draw_name": acts.draw_name(row),
    }
    return render(request, "benefits/print/posted.html", context)


@officer(Perm.STAY_VIEW)
@require_POST
def stays_export(request: Request, pk: int) -> HttpResponse:
    """Ask for the list as a workbook, with the purpose (导出名单)."""
    row, form = reads.programme_get(actor=request.actor, pk=pk), forms.PurposeForm(request.POST)
    if not form.is_valid():
        faults(request, form)
        return common.to("programme", pk)
    count = reads.application_list(actor=request.actor, programme=row).count()
    made = files.export_start(
        request.actor, "benefits.stays", form.cleaned_data["purpose"], count, org_path=row.union.path, programme=row.pk
    )
    return HttpResponseRedirect(reverse("files:export", args=[made.pk]))


# -- applications --------------------------------------------------------------------------------------------------------


@officer(Perm.STAY_PROPOSE)
@require_http_methods(["GET", "POST"])
def propose(request: Request, pk: int) -> HttpResponse:
    """The union puts a member's name forward (推荐)."""
    row = reads.programme_get(actor=request.actor, pk=pk)
    form = forms.ProposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: _propose(request, row, form.cleaned_data))
        if made:
            return common.to("application", made.pk)
    back = reverse("benefits:programme", args=[pk])
    return common.form_page(
        request, form, row.union, f"推荐参加{row.name}", "推荐", back, common.trail("programmes", (row.name, back), ("推荐", ""))
    )


def _propose(request: Request, row: Any, data: dict[str, str]) -> Any:
    spell = values.member_named(request.actor, Perm.STAY_PROPOSE, data["person"])
    return applying.apply(actor=request.actor, programme=row, person_id=spell.person_id, words=data["words"])


@officer(Perm.STAY_VIEW)
@require_GET
def application(request: Request, pk: int) -> HttpResponse:
    """One application: slip, history, order, what may be done (报名)."""
    row, actor = reads.application_get(actor=request.actor, pk=pk), request.actor
    programme = row.programme
    context = {
        "row": row, "slip": reads.eligible(programme, row.person_id).as_slip(), "past": reads.past_of(row.person_id), "batches": programme.batches.all(),
        "may_decide": actor.may(Perm.STAY_DECIDE, programme.union) or actor.may(Perm.STAY_DECIDE, row.union), "may_edit": actor.may(Perm.STAY_EDIT, programme.union),
        "open": programme.state == ProgrammeState.OPEN, "listed": row.state in (StayState.LISTED, StayState.WAITING), "confirmed": programme.state == ProgrammeState.CONFIRMED,
        "left": row.batch is not None and row.batch.since <= clock.today(), "reject": forms.WhyForm(auto_id="r_%s"), "strike": forms.WhyForm(auto_id="s_%s"),
        "trail": common.trail("programmes", (programme.name, reverse("benefits:programme", args=[programme.pk])), (row.person.name, "")),
    }  # fmt: skip
    return render(request, HERE + "application.html", context)


@officer(Perm.STAY_DECIDE, Perm.STAY_EDIT)
@require_POST
def application_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Approve, refuse, strike, seat, came or not, and back (办理)."""
    row, actor = reads.application_get(actor=request.actor, pk=pk), request.actor
    why = request.POST.get("why", "")[:200]
    does: dict[str, tuple[Any, str]] = {
        "approve": (lambda: applying.decide(actor=actor, application=row, good=True), "审核通过。"),
        "reject": (lambda: applying.decide(actor=actor, application=row, good=False, why=why), "已退回，本人会收到原因。"),
        "undo": (lambda: applying.undecide(actor=actor, application=row), "已撤回审核。"),
        "strike": (lambda: applying.strike(actor=actor, application=row, why=why), "已取消入选，名额按次序递补。"),
        "came": (lambda: applying.attend(actor=actor, application=row, came=True), "已登记参加。"),
        "absent": (lambda: applying.attend(actor=actor, application=row, came=False), "已登记未到。"),
        "back": (lambda: applying.attend(actor=actor, application=row, came=None), "已撤回到场登记。"),
        "seat": (lambda: applying.seat(actor=actor, application=row, batch=_batch(request, row)), "批次已换。"),
    }
    if verb not in does:
        raise NotFound()
    told(request, *does[verb])
    return common.to("application", pk)


def _batch(request: Request, row: Any) -> Any:
    """The batch chosen, of this programme."""
    found = row.programme.batches.filter(pk=whole_number(request.POST.get("batch")) or 0).first()
    if found is None:
        raise NotFound()
    return found


# -- history, honours, figures -------------------------------------------------------------------------------------------


@officer(Perm.STAY_VIEW)
@require_http_methods(["GET", "POST"])
def past(request: Request) -> HttpResponse:
    """Earlier stays from papers (以往疗休养)."""
    q = request.GET.get("q", "")[:60]
    form = forms.PastForm(request.POST or None, auto_id="n_%s")
    if request.method == "POST":
        request.actor.require(Perm.STAY_PROPOSE)
        if form.is_valid() and attempt(form, lambda: _past(request, form.cleaned_data)):
            return common.to("past")
    context = {"form": forms.WordFilter(request.GET or None), "new": form, "bad": request.method == "POST", "page": page_of(request, reads.past_list(actor=request.actor, q=q)), "asked": bool(q),
               "may_edit": request.actor.may(Perm.STAY_PROPOSE), "trail": common.trail("programmes", ("以往疗休养", ""))}  # fmt: skip
    return render(request, HERE + "past.html", context, status=422 if request.method == "POST" else 200)


def _past(request: Request, data: dict[str, Any]) -> Any:
    spell = values.member_named(request.actor, Perm.STAY_PROPOSE, data["person"])
    return acts.past_add(
        actor=request.actor, person_id=spell.person_id, union=spell.union, on=data["on"], place=data["place"], source=data["source"]
    )


@officer(Perm.STAY_PROPOSE)
@require_POST
def past_remove(request: Request, pk: int) -> HttpResponse:
    """Put it right (更正)."""
    row = reads.past_get(actor=request.actor, pk=pk)
    told(request, lambda: acts.past_remove(actor=request.actor, past=row, why=request.POST.get("reason", "")[:200]), "已更正，不再计入。")
    return common.to("past")


@officer(Perm.STAY_VIEW)
@require_http_methods(["GET", "POST"])
def honours(request: Request) -> HttpResponse:
    """Model workers and honours (劳模和先进)."""
    found = forms.HonourFilter(request.GET or None)
    asked = dict(found.cleaned_data) if found.is_bound and found.is_valid() else {}
    form = forms.HonourForm(request.POST or None, auto_id="n_%s")
    if request.method == "POST":
        request.actor.require(Perm.STAY_EDIT)
        if form.is_valid() and attempt(form, lambda: _honour(request, form.cleaned_data)):
            return common.to("honours")
    context = {"form": found, "chips": chips(request, found), "new": form, "bad": request.method == "POST", "page": page_of(request, reads.honour_list(actor=request.actor, **asked)), "asked": any(asked.values()),
               "may_edit": request.actor.may(Perm.STAY_EDIT), "trail": common.trail("programmes", ("劳模和先进", ""))}  # fmt: skip
    return render(request, HERE + "honours.html", context, status=422 if request.method == "POST" else 200)


def _honour(request: Request, data: dict[str, Any]) -> Any:
    spell = values.member_named(request.actor, Perm.STAY_EDIT, data.pop("person"))
    return acts.honour_add(actor=request.actor, person_id=spell.person_id, union=spell.union, **data)


@officer(Perm.STAY_EDIT)
@require_POST
def honour_act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Taken away, given back (撤销、恢复)."""
    row = reads.honour_get(actor=request.actor, pk=pk)
    if verb not in ("revoke", "restore"):
        raise NotFound()
    on = clock.today() if verb == "revoke" else None
    told(
        request,
        lambda: acts.honour_revoke(actor=request.actor, honour=row, on=on),
        "已撤销，不再符合劳模疗休养的对象。" if on else "已恢复。",
    )
    return common.to("honours")


@officer(Perm.STAY_VIEW)
@require_GET
def statistics(request: Request) -> HttpResponse:
    """Places, who went, cost per head (疗休养统计)."""
    asked = whole_number(request.GET.get("year")) or 0
    year = asked if 2000 <= asked <= 2100 else clock.today().year
    if request.GET.get("xlsx"):
        name, data = exports.stay_statistics(request.actor, year)
        return download(data, name, XLSX)
    found = reads.statistics(actor=request.actor, year=year)
    context = {"found": found, "year": year, "years": [clock.today().year - n for n in range(4)], "bars": [(x.name, x.attended) for x in found["lines"]], "trail": common.trail("programmes", ("统计", ""))}  # fmt: skip
    return render(request, "benefits/print/statistics.html" if request.GET.get("print") else HERE + "statistics.html", context)
