"""Pages of incidents with personal data (安全事件页面)."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time, timedelta
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.accounts import selectors as accounts
from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound, Refusal
from gonghui.core.http import Request, download, page_of, render, told
from gonghui.files.export import Column, export_table
from gonghui.orgs.selectors import closure
from gonghui.privacy import forms, selectors, services
from gonghui.privacy.enums import Perm
from gonghui.privacy.models import Incident
from gonghui.privacy.web.common import trail

HERE = "privacy/console/"


def one(request: Request, pk: int) -> Incident:
    """The incident, or 404."""
    row = selectors.incidents(actor=request.actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


@officer(Perm.VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """All incidents (安全事件列表)."""
    form = forms.IncidentFilter(request.GET or None)
    asked = dict(form.cleaned_data) if form.is_bound and form.is_valid() else {}
    page = page_of(request, selectors.incidents(actor=request.actor, **asked))
    return render(
        request,
        HERE + "incidents.html",
        {"form": form, "page": page, "may_edit": request.actor.may(Perm.EDIT), "asked": any(asked.values())},
    )


@officer(Perm.EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Record one (登记)."""
    return _written(request, forms.IncidentForm(request.POST or None, initial={"found_at": clock.now()}), None)


@officer(Perm.EDIT)
@require_http_methods(["GET", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """What became known since (补充)."""
    row = one(request, pk)
    return _written(request, forms.IncidentForm(request.POST or None, initial={n: getattr(row, n) for n in services.FACTS}), row)


def _written(request: Request, form: BaseForm, row: Incident | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            if row is None:
                row = services.incident_open(actor=request.actor, values=form.cleaned_data)
            else:
                services.incident_edit(actor=request.actor, incident=row, values=form.cleaned_data)
            return redirect("privacy:incident", pk=row.pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return render(
        request,
        HERE + "incident_edit.html",
        {"form": form, "row": row, "trail": trail("incidents", row.title if row else "登记事件")},
        status=422 if request.method == "POST" else 200,
    )


def _context(request: Request, row: Incident) -> dict[str, Any]:
    labels = {f.name: f.verbose_name for f in Incident._meta.fields}
    people = selectors.affected(row)
    return {
        "row": row,
        "parts": [(labels[name], getattr(row, name)) for name in ("kinds", "cause", "harm", "remedy", "advice", "contact")],
        "page": page_of(request, people), "told": people.exclude(told_at=None).count(), "total": people.count(),
        "timeline": [(at, said, who) for at, said, who in _named(selectors.timeline(row))],
        "trail": trail("incidents", row.title), "notice": services.notice_of(row), "may_edit": request.actor.may(Perm.EDIT),
    }  # fmt: skip


def _named(rows: list[tuple[Any, str, str]]) -> list[tuple[Any, str, str]]:
    names = accounts.names_of({who for _at, _said, who in rows})
    return [(at, said, names[who]) for at, said, who in rows]


@officer(Perm.VIEW)
@require_GET
def page(request: Request, pk: int, status: int = 200, **more: Any) -> HttpResponse:
    """One incident (安全事件)."""
    context = {"scope_form": forms.ScopeForm(), "report_form": forms.ReportForm(), "close_form": forms.CloseForm()} | more
    return render(request, HERE + "incident.html", _context(request, one(request, pk)) | context, status=status)


@officer(Perm.EDIT)
@require_POST
def scope(request: Request, pk: int) -> HttpResponse:
    """Say who is affected (圈定受影响的人)."""
    row, form = one(request, pk), forms.ScopeForm(request.POST)
    if form.is_valid():
        try:
            n = _scoped(request, row, form.cleaned_data)
            told(request, lambda: None, f"新圈定 {n} 人。")
            return redirect("privacy:incident", pk=pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return _shown(request, row, scope_form=form)


def _scoped(request: Request, row: Incident, data: dict[str, Any]) -> int:
    if data["account"]:
        user = accounts.user_of_name(data["account"])
        if user is None:
            raise NotFound("privacy.no_account", f"没有登录名为“{data['account']}”的账号，请核对。")
        return services.affected_by_account(
            actor=request.actor,
            incident=row,
            ref=f"user:{user.pk}",
            since=_midnight(data["since"]),
            until=_midnight(data["until"] + timedelta(days=1)),
        )
    union = closure.node(data["union"])
    if union is None:
        raise NotFound("privacy.no_union", f"没有代码为“{data['union']}”的工会，请核对。")
    return services.affected_by_union(actor=request.actor, incident=row, union=union, on=data["on"])


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@officer(Perm.EDIT)
@require_POST
def act(request: Request, pk: int) -> HttpResponse:
    """Tell the people, the authority; close (通知、报告、办结)."""
    row, verb = one(request, pk), request.POST.get("verb", "")
    if verb == "notify":
        told(request, lambda: services.incident_notify(actor=request.actor, incident=row), "已通知圈定的人，手机端可以看到。")
    for name, form, do in (
        ("report", forms.ReportForm, services.incident_report), ("close", forms.CloseForm, services.incident_close),
    ):  # fmt: skip
        if verb == name:
            filled = form(request.POST)
            if not filled.is_valid():
                return _shown(request, row, **{f"{name}_form": filled})
            try:
                do(actor=request.actor, incident=row, **filled.cleaned_data)
            except Refusal as refusal:
                filled.add_error(None, refusal.message)
                return _shown(request, row, **{f"{name}_form": filled})
    return redirect("privacy:incident", pk=pk)


def _shown(request: Request, row: Incident, **more: Any) -> HttpResponse:
    context = {"scope_form": forms.ScopeForm(), "report_form": forms.ReportForm(), "close_form": forms.CloseForm()} | more
    return render(request, HERE + "incident.html", _context(request, row) | context, status=422)


@officer(Perm.VIEW)
@require_GET
def printed(request: Request, pk: int) -> HttpResponse:
    """The report to the authority, to print (事件报告)."""
    return render(request, "privacy/print/incident.html", _context(request, one(request, pk)))


@officer(Perm.EDIT, step_up=True)
@require_POST
def pack(request: Request, pk: int) -> HttpResponse:
    """Everything in one archive (材料包): report, notice, course of action, list of people (masked)."""
    row = one(request, pk)
    context = _context(request, row)
    people = [(a.person.name, a.person.id_mask, a.person.phone_mask, a.origin, a.told_at) for a in selectors.affected(row)]
    columns: list[Column | str] = ["姓名", "证件号（遮盖）", "手机号（遮盖）", Column("线索", width=40), "通知时间"]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("1-事件报告.html", render_to_string("privacy/print/incident.html", context, request=request))
        box.writestr("2-告知书.txt", context["notice"])
        box.writestr(
            "3-处置经过.csv",
            "\ufeff时间,事项,办理人\r\n" + "".join(f"{at:%Y-%m-%d %H:%M},{said},{who}\r\n" for at, said, who in context["timeline"]),
        )
        box.writestr("4-受影响的人.xlsx", export_table(columns, people, title=f"受影响的人：{row.title}", actor=request.actor))
    services.pack_taken(actor=request.actor, incident=row, people=len(people))
    return download(out.getvalue(), f"安全事件材料-{row.pk}.zip", "application/zip")
