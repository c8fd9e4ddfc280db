"""Pages of satisfaction (满意度页面)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from gonghui.core.access import officer, worker
from gonghui.core.errors import NotFound
from gonghui.core.http import XLSX, Request, chips, download, faults, page_of, render, told
from gonghui.services import exports
from gonghui.services.enums import Perm
from gonghui.services.forms import events as forms
from gonghui.services.selectors import activities, health
from gonghui.services.selectors import feedback as reads
from gonghui.services.services import feedback
from gonghui.services.web.common import person_of


@officer(Perm.FEEDBACK_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """What was said after checks and matches (服务满意度)."""
    form = forms.RatingFilter(request.GET or None)
    asked = dict(form.cleaned_data) if form.is_bound and form.is_valid() else {}
    rows = reads.ratings(actor=request.actor, **asked)
    context = {
        "form": form, "chips": chips(request, form), "page": page_of(request, rows), "asked": any(asked.values()), "totals": reads.totals(rows),
        "answer": forms.AnswerForm(),
    }  # fmt: skip
    return render(request, "services/print/feedback.html" if request.GET.get("print") else "services/console/feedback.html", context)


@officer(Perm.FEEDBACK_VIEW)
@require_GET
def xlsx(request: Request) -> HttpResponse:
    """The list as xlsx (导出)."""
    form = forms.RatingFilter(request.GET or None)
    name, data = exports.ratings(request.actor, dict(form.cleaned_data) if form.is_bound and form.is_valid() else {})
    return download(data, name, XLSX)


@officer(Perm.FEEDBACK_VIEW)
@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    """Answer the words (答复)."""
    row, form = reads.rating_get(actor=request.actor, pk=pk), forms.AnswerForm(request.POST)
    if not form.is_valid():
        faults(request, form)
    else:
        told(request, lambda: feedback.answer(actor=request.actor, row=row, text=form.cleaned_data["text"]), "已答复，本人会收到。")
    return redirect("services:feedback")


@worker
@require_POST
def rate(request: Request, kind: str, pk: int) -> HttpResponse:
    """Say how it was (评价): a check or a match of mine."""
    person, form = person_of(request), forms.RateForm(request.POST)
    if kind == "visit":
        visit = health.my_visit(person, pk)
        if not form.is_valid():
            faults(request, form)
        else:
            told(request, lambda: feedback.rate_visit(actor=request.actor, visit=visit, **form.cleaned_data), "谢谢，评价已记下。")
        return redirect("services:m-visit", pk=pk)
    entry = activities.entry_mine(person, pk) if kind == "entry" else None
    if entry is None:
        raise NotFound()
    if not form.is_valid():
        faults(request, form)
    else:
        told(request, lambda: feedback.rate_entry(actor=request.actor, entry=entry, **form.cleaned_data), "谢谢，评价已记下。")
    return redirect("services:m-activity", pk=entry.activity_id)
