"""The 100-point form, findings, report, rectification (评分、发现、报告、整改)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, attempt, page_of, render, tabs_of
from gonghui.files import services as files
from gonghui.oversight import forms
from gonghui.oversight.enums import FindingState, Perm
from gonghui.oversight.models import AuditTask, Finding, Proof
from gonghui.oversight.selectors import audits as reads
from gonghui.oversight.selectors import law
from gonghui.oversight.services import findings as services
from gonghui.oversight.web import common
from gonghui.oversight.web.audits import task_context

HERE = "oversight/console/"
PRINT_MOST = 500


@officer(Perm.AUDIT_DO)
@require_http_methods(["GET", "POST"])
def scores(request: Request, pk: int) -> HttpResponse:
    """The form with its points (百分考核表)."""
    row = reads.task_get(actor=request.actor, pk=pk)
    faults: list[str] = []
    if request.method == "POST":
        given = _given(request, row, faults)
        if not faults:
            form = forms.BeginForm({})
            total = attempt(form, lambda: services.scores_set(actor=request.actor, task=row, values=given))
            if total is not None:
                return common.go("task", pk)
            faults = [str(e) for e in form.non_field_errors()]
    lines = [
        {"score": s, "off": request.POST.get(f"off-{s.item}", s.deducted), "why": request.POST.get(f"why-{s.item}", s.reason)}
        for s in row.scores.all()
    ]
    crumbs = common.trail(common.home("tasks", "经审工作"), (row.union.name, reverse("oversight:task", args=[pk])), ("百分考核表", ""))
    context = {"row": row, "lines": lines, "faults": faults, "full": law.full(row.until), "trail": crumbs}
    return render(request, HERE + "scores.html", context, status=422 if request.method == "POST" else 200)


def _given(request: Request, row: AuditTask, faults: list[str]) -> dict[str, tuple[int, str]]:
    found = {}
    for score in row.scores.all():
        text = request.POST.get(f"off-{score.item}", "").strip() or "0"
        if not (text.isascii() and text.isdigit() and len(text) < 4):
            faults.append(f"“{score.label}”的扣分要填整数，不扣填 0。")
            continue
        found[score.item] = (int(text), request.POST.get(f"why-{score.item}", ""))
    return found


@officer(Perm.AUDIT_DO)
@require_http_methods(["GET", "POST"])
def finding_new(request: Request, pk: int) -> HttpResponse:
    """Write a finding (记录问题)."""
    row = reads.task_get(actor=request.actor, pk=pk)
    items = [(s.item, s.label) for s in row.scores.all()]
    samples = [(s.n, f"{s.n}. {s.key} {s.voucher.words}") for s in row.samples.select_related("voucher")]
    form = forms.FindingForm(request.POST or None, items=items, samples=samples, initial={"sample": request.GET.get("sample")})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        fen = data.pop("amount") or 0
        made = attempt(form, lambda: services.finding_add(actor=request.actor, task=row, amount_fen=fen, **data))
        if made is not None:
            return common.go("task", pk)
    back = reverse("oversight:task", args=[pk])
    crumbs = common.trail(common.home("tasks", "经审工作"), (row.union.name, back), ("记录问题", ""))
    return common.form_page(request, form, "记录问题", "保存", back, crumbs, "依据按所选规则的条文自动写入")


@officer(Perm.AUDIT_DO)
@require_POST
def report(request: Request, pk: int) -> HttpResponse:
    """Give the report out (出具报告)."""
    row = reads.task_get(actor=request.actor, pk=pk)
    form = forms.ReportForm(request.POST)
    act = lambda: services.task_report(actor=request.actor, task=row, **form.cleaned_data)  # noqa: E731
    if form.is_valid() and attempt(form, act) is not None:
        return common.go("task", pk)
    context = {**task_context(request, row), "report_form": form, "begin_form": forms.BeginForm()}
    return render(request, HERE + "task.html", context, status=422)


@officer(Perm.AUDIT_VIEW)
@require_GET
def printed(request: Request, pk: int) -> HttpResponse:
    """The audit report as a document (审计报告). Before it went out only auditors have it."""
    row = reads.task_get(actor=request.actor, pk=pk)
    context = task_context(request, row)
    if not context["told"] and not context["inside"]:
        raise NotFound()
    return render(request, "oversight/print/report.html", context)


@officer(Perm.AUDIT_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """All findings in scope, due first (问题台账)."""
    form = forms.FindingFilter(request.GET)
    asked, state = common.filters(form), request.GET.get("state", "")[:12]
    rows, counts = reads.findings(request.actor, state=state, **asked), reads.finding_counts(request.actor)
    names = [("", "全部"), ("late", "逾期"), *((s.value, str(s.label)) for s in FindingState)]
    context = {
        "form": form, "page": page_of(request, rows), "asked": bool(asked or state), "trail": common.trail(common.home("tasks", "经审工作"), ("问题台账", "")),
        "tabs": tabs_of(request, [(k, v, counts.get(k, 0)) for k, v in names if counts.get(k) or k in ("", "late", state)]),
        "may_export": request.actor.may(Perm.OVERRIDE_EXPORT), "today": clock.today(),
    }  # fmt: skip
    if request.GET.get("print"):
        return render(request, "oversight/print/findings.html", {**context, "rows": rows[:PRINT_MOST]})
    return render(request, HERE + "findings.html", context)


@officer(Perm.OVERRIDE_EXPORT)
@require_POST
def export(request: Request) -> HttpResponse:
    """Ask for the register of findings as xlsx (导出问题台账)."""
    args: dict[str, str] = {k: str(request.GET[k])[:40] for k in ("q", "state") if request.GET.get(k)}
    count = reads.findings(request.actor, **args).count()
    row = files.export_start(
        request.actor, "oversight.findings", request.POST.get("purpose", ""), count, org_path=request.actor.home or "", **args
    )
    return HttpResponseRedirect(reverse("files:export", args=[row.pk]))


def _context(request: Request, row: Finding, **more: Any) -> dict[str, Any]:
    actor, team = request.actor, reads.on_team(request.actor, row.task)
    crumbs = common.trail(
        common.home("tasks", "经审工作"), (row.task.union.name, reverse("oversight:task", args=[row.task_id])), (row.title, "")
    )
    return {
        "row": row, "reports": list(row.rectifications.prefetch_related("proofs")), "trail": crumbs,
        "slip": law.decision(row.rule, row.task.union, row.task.until).as_slip(),
        "may_rectify": row.state == FindingState.OPEN and actor.may(Perm.RECTIFY, row.task.union) and not team,
        "may_follow": row.state == FindingState.ANSWERED and team, "rectify_form": forms.RectifyForm(), "follow_form": forms.FollowForm(), **more,
    }  # fmt: skip


@officer(Perm.AUDIT_VIEW)
@require_GET
def page(request: Request, pk: int) -> HttpResponse:
    """One finding with its clause and what was done (审计发现)."""
    return render(request, HERE + "finding.html", _context(request, reads.finding_get(actor=request.actor, pk=pk)))


@officer(Perm.RECTIFY)
@require_POST
def rectify(request: Request, pk: int) -> HttpResponse:
    """Report what was mended, with proof (报告整改)."""
    row = reads.finding_get(actor=request.actor, pk=pk)
    form = forms.RectifyForm(request.POST, request.FILES)
    if form.is_valid() and attempt(form, lambda: _rectified(request, row, form)) is not None:
        return common.go("finding", pk)
    return render(request, HERE + "finding.html", _context(request, row, rectify_form=form), status=422)


def _rectified(request: Request, row: Finding, form: Any) -> Any:
    request.actor.require(Perm.RECTIFY, row.task.union)
    held = files.file_store(
        request.actor, upload=form.cleaned_data["papers"], purpose="整改证明", org_path=row.task.union.path, restricted=True
    )
    return services.rectify(actor=request.actor, finding=row, words=form.cleaned_data["words"], files=[held])


@officer(Perm.AUDIT_DO)
@require_POST
def follow(request: Request, pk: int) -> HttpResponse:
    """Look again (复查)."""
    row = reads.finding_get(actor=request.actor, pk=pk)
    form = forms.FollowForm(request.POST)
    accepted = request.POST.get("verb") == "accept"
    if form.is_valid():
        data = form.cleaned_data
        done = attempt(form, lambda: services.follow_up(actor=request.actor, finding=row, accepted=accepted, **data))
        if done is not None:
            return common.go("finding", pk)
    return render(request, HERE + "finding.html", _context(request, row, follow_form=form), status=422)


@officer(Perm.AUDIT_VIEW)
@require_GET
def proof(request: Request, pk: int, n: int) -> HttpResponse:
    """Open a proof of a finding the reader may see (看证明)."""
    row = reads.finding_get(actor=request.actor, pk=pk)
    found = Proof.objects.select_related("file").filter(pk=n, rectification__finding=row).first()
    if found is None:
        raise NotFound()
    return HttpResponseRedirect(files.file_link(request.actor, found.file, granted=True))
