"""Pages of activities and matches for officers (文体活动页面)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import Refusal
from gonghui.core.http import Request, page_of, render, told
from gonghui.policy import services as policy
from gonghui.services import forms
from gonghui.services.enums import ActivityState, Division, Format, Perm
from gonghui.services.models import Activity
from gonghui.services.selectors import activities as reads
from gonghui.services.services import activities
from gonghui.services.web.common import trail, union_of

HERE = "services/console/"
TONES = {"allowed": "ok", "reason": "warn", "unknown": "warn", "refused": "bad"}


@officer(Perm.ACTIVITY_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """All activities (文体活动)."""
    form = forms.ActivityFilter(request.GET or None)
    asked = dict(form.cleaned_data) if form.is_bound and form.is_valid() else {}
    page = page_of(request, reads.activities(actor=request.actor, **asked))
    context = {"form": form, "page": page, "asked": any(asked.values()), "may_edit": request.actor.may(Perm.ACTIVITY_EDIT)}
    return render(request, HERE + "activities.html", context)


@officer(Perm.ACTIVITY_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Prepare one (筹备活动)."""
    union = union_of(request, Perm.ACTIVITY_EDIT)
    form = forms.ActivityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = activities.activity_make(actor=request.actor, union=union, values=form.cleaned_data)
            return redirect("services:activity", pk=row.pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = {"form": form, "union": union, "heading": "筹备文体活动", "trail": trail("activities", ("筹备活动", ""))}
    return render(request, HERE + "edit.html", context, status=422 if request.method == "POST" else 200)


def _group(activity: Activity, division: str) -> dict[str, Any]:
    """Everything a page shows of one group."""
    entries = reads.entries(activity, division)
    by_pk = {e.pk: e for e in entries}
    return {
        "label": Division(division).label, "entries": entries, "bouts": reads.bouts(activity, division),
        "tables": [(pool, reads.named(rows, by_pk)) for pool, rows in reads.tables(activity, division).items()],
        "ranking": reads.ranking(activity, division),
    }  # fmt: skip


def _page(request: Request, activity: Activity, status: int = 200, **forms_: BaseForm) -> HttpResponse:
    may_edit = request.actor.may(Perm.ACTIVITY_EDIT, activity.union)
    answer = reads.judged(activity)
    ranks = policy.value("services.prize_ranks", on=activity.since, unit_path=activity.union.path)
    context = {
        "activity": activity, "groups": [_group(activity, d) for d in activity.divisions], "may_edit": may_edit,
        "prizes": list(activity.prizes.order_by("use", "division", "rank")), "answer": answer, "tone": TONES[str(answer.outcome)] if answer else "",
        "slips": [(i.label, TONES[str(i.outcome)], i.decision.as_slip()) for i in answer.items] if answer else [], "heads": reads.heads(activity),
        "entry_form": forms.EntryForm(divisions=activity.divisions, auto_id="entry_%s"), "draw_form": forms.DrawForm(auto_id="draw_%s"),
        "ranks_form": forms.RanksForm(initial={"ranks": int(ranks.value)}, auto_id="ranks_%s"), "shared_form": forms.SharedForm(auto_id="shared_%s"), "scored": activity.format == Format.SCORED,
        "open": activity.state == ActivityState.OPEN, "drawn": activity.state == ActivityState.DRAWN, "today": clock.today(),
        "trail": trail("activities", (activity.title, "")), **forms_, "bad": list(forms_),
    }  # fmt: skip
    return render(request, HERE + "activity.html", context, status=status)


@officer(Perm.ACTIVITY_VIEW)
@require_GET
def page(request: Request, pk: int) -> HttpResponse:
    """One activity: entries, fixtures, tables, prizes (活动)."""
    return _page(request, reads.activity_get(actor=request.actor, pk=pk))


@officer(Perm.ACTIVITY_EDIT)
@require_POST
def act(request: Request, pk: int) -> HttpResponse:
    """Open sign-up, end, call off, hand the prizes to the plans (办理)."""
    row, actor = reads.activity_get(actor=request.actor, pk=pk, perm=Perm.ACTIVITY_EDIT), request.actor
    does: dict[str, tuple[Any, str]] = {
        "open": (activities.activity_open, "已开放报名。"), "finish": (activities.activity_finish, "活动已结束，名次已定。"),
        "cancel": (activities.activity_cancel, "活动已取消。"), "plan": (activities.prizes_plan, "奖项已编成支出计划，送主席确认后再采购。"),
    }  # fmt: skip
    if (verb := request.POST.get("verb", "")) in does:
        do, said = does[verb]
        told(request, lambda: do(actor=actor, activity=row), said)
    return redirect("services:activity", pk=pk)


@officer(Perm.ACTIVITY_EDIT)
@require_POST
def fill(request: Request, pk: int, part: str) -> HttpResponse:
    """What is filled in on the page: an entry, the seed of the draw, prizes (报名、抽签、设奖)."""
    row, actor = reads.activity_get(actor=request.actor, pk=pk, perm=Perm.ACTIVITY_EDIT), request.actor
    parts: dict[str, tuple[BaseForm, Any, str]] = {
        "entry": (forms.EntryForm(request.POST, divisions=row.divisions, auto_id="entry_%s"), activities.entry_add, "已报名。"),
        "draw": (forms.DrawForm(request.POST, auto_id="draw_%s"), activities.activity_draw, "签已抽好，对阵排出来了。"),
        "ranks": (forms.RanksForm(request.POST, auto_id="ranks_%s"), activities.prizes_by_rank, "名次奖已设好。"),
        "shared": (forms.SharedForm(request.POST, auto_id="shared_%s"), activities.prizes_for_all, "参与奖已设好。"),
    }  # fmt: skip
    if part not in parts:
        return redirect("services:activity", pk=pk)
    form, do, said = parts[part]
    if form.is_valid():
        try:
            do(actor=actor, activity=row, **form.cleaned_data)
            messages.success(request, said)
            return redirect("services:activity", pk=pk)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            form.add_error(None, refusal.message)
            row = reads.activity_get(actor=actor, pk=pk)
    return _page(request, row, 422, **{f"{part}_form": form})


@officer(Perm.ACTIVITY_EDIT)
@require_POST
def score(request: Request, pk: int) -> HttpResponse:
    """Put a result down (登记成绩)."""
    bout = reads.bout_get(actor=request.actor, pk=pk)
    form = forms.ScoreForm(request.POST)
    if not form.is_valid():
        messages.error(request, "两边的得分都要填，写 0 到 999 的整数。")
        return _page(request, reads.activity_get(actor=request.actor, pk=bout.activity_id), 422)
    data = form.cleaned_data
    told(
        request,
        lambda: activities.bout_result(actor=request.actor, bout=bout, home=data["home"], away=data["away"]),
        f"第 {bout.number} 场成绩已登记。",
    )
    return redirect("services:activity", pk=bout.activity_id)


@officer(Perm.ACTIVITY_EDIT)
@require_POST
def entry_act(request: Request, pk: int) -> HttpResponse:
    """Withdraw an entry, or put its mark down (退出、评分)."""
    entry = reads.entry_get(actor=request.actor, pk=pk)
    if request.POST.get("verb") == "withdraw":
        told(request, lambda: activities.entry_withdraw(actor=request.actor, entry=entry), f"{entry.name}已退出。")
    elif request.POST.get("verb") == "mark":
        form = forms.MarkForm(request.POST)
        if not form.is_valid():
            messages.error(request, "评分写 0 到 1000，最多两位小数。")
            return _page(request, reads.activity_get(actor=request.actor, pk=entry.activity_id), 422)
        told(request, lambda: activities.entry_mark(actor=request.actor, entry=entry, score=form.cleaned_data["score"]), "评分已登记。")
    return redirect("services:activity", pk=entry.activity_id)
