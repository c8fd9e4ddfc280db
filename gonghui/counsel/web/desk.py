"""Pages of the federation's desk (服务管理页面): counsellors, activities, counts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.http import XLSX, Request, attempt, chips, download, faults, page_of, render, told, whole_number
from gonghui.counsel import exports, forms
from gonghui.counsel.enums import Perm, Topic
from gonghui.counsel.rules import hour_words
from gonghui.counsel.selectors import common
from gonghui.counsel.selectors import desk as reads
from gonghui.counsel.services import desk
from gonghui.counsel.web.common import chosen, trail, union_of
from gonghui.figures.selectors import suppress

HERE = "counsel/console/"


@officer(Perm.SERVICE_VIEW)
@require_GET
def counsellors(request: Request) -> HttpResponse:
    """Counsellors with qualification, hours, next free time (心理咨询师)."""
    form = forms.CounsellorFilter(request.GET or None)
    asked, printing = chosen(form), bool(request.GET.get("print"))
    page = page_of(request, reads.counsellors(actor=request.actor, **asked), size=100 if printing else 20)
    labels, line = dict(Topic.choices), common.number("wait_days")
    rows = [
        (c, "、".join(str(labels.get(t, t)) for t in c.topics), (c.next_at.date() - clock.today()).days if c.next_at else None)
        for c in page
    ]
    context = {
        "form": form, "chips": chips(request, form), "page": page, "rows": rows, "line": line, "asked": any(asked.values()),
        "may_run": request.actor.may(Perm.SERVICE_RUN), "may_count": request.actor.may(Perm.STATS_VIEW), "today": clock.today(), "trail": [("心理关爱", "")],
    }  # fmt: skip
    return render(request, "counsel/print/counsellors.html" if printing else HERE + "counsellors.html", context)


@officer(Perm.SERVICE_VIEW)
@require_GET
def counsellors_xlsx(request: Request) -> HttpResponse:
    """The list as xlsx (导出)."""
    name, data = exports.counsellors(request.actor, chosen(forms.CounsellorFilter(request.GET or None)))
    return download(data, name, XLSX)


def _edit(request: Request, form: Any, title: str, union: Any, back: str, kind: str) -> HttpResponse:
    context = {"form": form, "heading": title, "union": union, "back": back, "trail": trail(kind, (title, ""))}
    return render(request, HERE + "edit.html", context, status=422 if request.method == "POST" else 200)


@officer(Perm.SERVICE_RUN)
@require_http_methods(["GET", "POST"])
def counsellor_new(request: Request) -> HttpResponse:
    """Register a counsellor (登记咨询师)."""
    union, form = union_of(request, Perm.SERVICE_RUN), forms.CounsellorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        made = attempt(form, lambda: desk.counsellor_add(actor=request.actor, union=union, username=data.pop("username"), values=data))
        if made:
            messages.success(request, "已登记。请咨询师登录后填接待时间、开放时段。")
            return redirect("counsel:counsellor", pk=made.pk)
    return _edit(request, form, "登记心理咨询师", union, reverse("counsel:counsellors"), "counsellors")


@officer(Perm.SERVICE_VIEW)
@require_GET
def counsellor(request: Request, pk: int) -> HttpResponse:
    """One counsellor (咨询师)."""
    row = reads.counsellor_get(actor=request.actor, pk=pk)
    labels = dict(Topic.choices)
    context = {
        "row": row, "topics": "、".join(str(labels.get(t, t)) for t in row.topics), "hours": [(hour_words(h.weekday, h.begins, h.ends), h.get_mode_display()) for h in row.hours.all()],
        "may_run": request.actor.may(Perm.SERVICE_RUN, row.union), "lapsed": bool(row.certificate_until and row.certificate_until < clock.today()),
        "stop_url": reverse("counsel:counsellor-act", args=[pk]), "stop": {"verb": "stop"}, "trail": trail("counsellors", (row.name, "")),
    }  # fmt: skip
    return render(request, HERE + "counsellor.html", context)


@officer(Perm.SERVICE_RUN)
@require_http_methods(["GET", "POST"])
def counsellor_edit(request: Request, pk: int) -> HttpResponse:
    """Change what is shown (修改)."""
    row = reads.counsellor_get(actor=request.actor, pk=pk, perm=Perm.SERVICE_RUN)
    form = forms.CounsellorForm(request.POST or None, initial={k: getattr(row, k) for k in desk.FIELDS})
    del form.fields["username"]
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(form, lambda: desk.counsellor_edit(actor=request.actor, row=row, values=form.cleaned_data))
    ):
        messages.success(request, "已保存。")
        return redirect("counsel:counsellor", pk=pk)
    return _edit(request, form, f"修改登记：{row.name}", row.union, reverse("counsel:counsellor", args=[pk]), "counsellors")


@officer(Perm.SERVICE_RUN)
@require_POST
def counsellor_act(request: Request, pk: int) -> HttpResponse:
    """Stop, resume (停止、恢复)."""
    row = reads.counsellor_get(actor=request.actor, pk=pk, perm=Perm.SERVICE_RUN)
    if request.POST.get("verb") == "stop":
        told(request, lambda: desk.counsellor_stop(actor=request.actor, row=row), "已停止接受预约，没约的时段已关闭。可以恢复。")
    elif request.POST.get("verb") == "resume":
        told(request, lambda: desk.counsellor_resume(actor=request.actor, row=row), "已恢复。请咨询师重新开放时段。")
    return redirect("counsel:counsellor", pk=pk)


@officer(Perm.SERVICE_VIEW)
@require_GET
def gatherings(request: Request) -> HttpResponse:
    """Lectures and care activities (人文关怀活动)."""
    form = forms.GatheringFilter(request.GET or None)
    asked, printing = chosen(form), bool(request.GET.get("print"))
    context = {
        "form": form, "chips": chips(request, form), "page": page_of(request, reads.gatherings(actor=request.actor, **asked), size=100 if printing else 20),
        "asked": any(asked.values()), "may_run": request.actor.may(Perm.SERVICE_RUN), "trail": trail("counsellors", ("人文关怀活动", "")),
    }  # fmt: skip
    return render(request, "counsel/print/gatherings.html" if printing else HERE + "gatherings.html", context)


@officer(Perm.SERVICE_VIEW)
@require_GET
def gatherings_xlsx(request: Request) -> HttpResponse:
    """The list as xlsx (导出)."""
    name, data = exports.gatherings(request.actor, chosen(forms.GatheringFilter(request.GET or None)))
    return download(data, name, XLSX)


@officer(Perm.SERVICE_RUN)
@require_http_methods(["GET", "POST"])
def gathering_new(request: Request) -> HttpResponse:
    """Announce an activity (登记活动)."""
    union, form = union_of(request, Perm.SERVICE_RUN), forms.GatheringForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: desk.gathering_make(actor=request.actor, union=union, values=form.cleaned_data))
        if made:
            messages.success(request, "已登记，职工在手机“关爱”里能报名。")
            return redirect("counsel:gathering", pk=made.pk)
    return _edit(request, form, "登记人文关怀活动", union, reverse("counsel:gatherings"), "gatherings")


@officer(Perm.SERVICE_VIEW)
@require_GET
def gathering(request: Request, pk: int) -> HttpResponse:
    """One activity: how many, never who (活动)."""
    row = reads.gathering_get(actor=request.actor, pk=pk)
    least = suppress.least()
    words = [o.words for o in row.opinions.exclude(words="").order_by("words")[:30]] if row.rated >= least else []
    context = {
        "row": row, "over": row.starts_at <= clock.now(), "may_run": request.actor.may(Perm.SERVICE_RUN, row.union), "form": forms.CameForm(),
        "least": least, "words": words, "trail": trail("gatherings", (row.title, "")),
    }  # fmt: skip
    return render(request, HERE + "gathering.html", context)


@officer(Perm.SERVICE_RUN)
@require_POST
def gathering_act(request: Request, pk: int) -> HttpResponse:
    """Done, cancelled, undone (登记到场、取消、撤回)."""
    row, actor = reads.gathering_get(actor=request.actor, pk=pk, perm=Perm.SERVICE_RUN), request.actor
    verb = request.POST.get("verb")
    if verb == "done":
        form = forms.CameForm(request.POST)
        if not form.is_valid():
            faults(request, form)
        else:
            told(request, lambda: desk.gathering_done(actor=actor, row=row, came=form.cleaned_data["came"]), "到场人数已登记。")
    elif verb == "cancel":
        told(request, lambda: desk.gathering_cancel(actor=actor, row=row), "活动已取消，报名的人会收到日程提醒。可以撤回。")
    elif verb == "reopen":
        told(request, lambda: desk.gathering_reopen(actor=actor, row=row), "已撤回，活动恢复报名。")
    return redirect("counsel:gathering", pk=pk)


def _year(request: Request) -> int:
    wanted = whole_number(request.GET.get("year")) or 0
    return wanted if 2000 <= wanted <= 2100 else clock.today().year


@officer(Perm.STATS_VIEW)
@require_GET
def stats(request: Request) -> HttpResponse:
    """The counted year (统计)."""
    year = _year(request)
    context = {
        "s": reads.stats(actor=request.actor, year=year), "years": range(clock.today().year, clock.today().year - 3, -1),
        "line": common.number("wait_days"), "keep": common.number("retention_years"), "trail": trail("counsellors", ("统计", "")),
    }  # fmt: skip
    return render(request, "counsel/print/stats.html" if request.GET.get("print") else HERE + "stats.html", context)


@officer(Perm.STATS_VIEW)
@require_GET
def stats_xlsx(request: Request) -> HttpResponse:
    """The counted year as xlsx (导出)."""
    name, data = exports.stats(request.actor, {"year": _year(request)})
    return download(data, name, XLSX)
