"""Pages of impact assessments (影响评估页面)."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core.access import officer
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request, page_of, render, told
from gonghui.privacy import forms, selectors, services
from gonghui.privacy.enums import AssessmentState, Perm
from gonghui.privacy.models import Assessment
from gonghui.privacy.web.common import trail

HERE = "privacy/console/"


def one(request: Request, pk: int) -> Assessment:
    """The assessment, or 404."""
    row = selectors.assessments(actor=request.actor).select_related("replaces").filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


@officer(Perm.VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """All assessments (影响评估列表)."""
    form = forms.AssessmentFilter(request.GET or None)
    asked = dict(form.cleaned_data) if form.is_bound and form.is_valid() else {}
    page = page_of(request, selectors.assessments(actor=request.actor, **asked))
    return render(
        request,
        HERE + "assessments.html",
        {"form": form, "page": page, "may_edit": request.actor.may(Perm.EDIT), "asked": any(asked.values())},
    )


@officer(Perm.EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Draft one (起草)."""
    return _written(request, forms.AssessmentForm(request.POST or None), None)


@officer(Perm.EDIT)
@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a draft (修改)."""
    row = one(request, pk)
    initial = {name: getattr(row, name) for name in services.TEXT}
    return _written(request, forms.AssessmentForm(request.POST or None, initial=initial), row)


def _written(request: Request, form: BaseForm, row: Assessment | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            made = services.assessment_write(actor=request.actor, values=form.cleaned_data, assessment=row)
            return redirect("privacy:assessment", pk=made.pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = {"form": form, "row": row, "trail": trail("assessments", row.title if row else "起草评估")}
    return render(request, HERE + "assessment_edit.html", context, status=422 if request.method == "POST" else 200)


def _context(request: Request, row: Assessment) -> dict[str, Any]:
    labels = {f.name: f.verbose_name for f in Assessment._meta.fields}
    parts = [(labels[name], getattr(row, name)) for name in ("kinds", "necessity", "effect", "measures", "conclusion")]
    intact = row.state == AssessmentState.DRAFT or services.digest(row) == row.digest
    return {
        "row": row, "parts": parts, "intact": intact, "may_edit": request.actor.may(Perm.EDIT), "own": request.actor.ref == row.made_by,
        "trail": trail("assessments", row.title),
    }  # fmt: skip


@officer(Perm.VIEW)
@require_GET
def page(request: Request, pk: int) -> HttpResponse:
    """One assessment (影响评估)."""
    return render(request, HERE + "assessment.html", _context(request, one(request, pk)))


@officer(Perm.VIEW)
@require_GET
def printed(request: Request, pk: int) -> HttpResponse:
    """To print (打印)."""
    return render(request, "privacy/print/assessment.html", _context(request, one(request, pk)))


@officer(Perm.EDIT)
@require_POST
def act(request: Request, pk: int) -> HttpResponse:
    """Sign, or start the next version (签发、起草新版)."""
    row = one(request, pk)
    if request.POST.get("verb") == "sign":
        told(request, lambda: services.assessment_sign(actor=request.actor, assessment=row), "已签发，文本从此不能改。")
    elif request.POST.get("verb") == "revise":
        made = told(request, lambda: services.assessment_revise(actor=request.actor, assessment=row), "已按现行文本起草新版。")
        return redirect("privacy:assessment", pk=made.pk if made else pk)
    return redirect("privacy:assessment", pk=pk)
