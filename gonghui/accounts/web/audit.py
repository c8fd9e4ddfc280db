"""The audit log for the audit administrator (审计日志)."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.http import HttpResponse

from gonghui.accounts import rules, selectors, services, throttle
from gonghui.accounts.enums import Perm
from gonghui.accounts.forms import AuditFilter
from gonghui.core import audit, clock, formula, verbs
from gonghui.core.access import officer
from gonghui.core.http import Request, download, page_of, render
from gonghui.core.models import AuditEntry

MOST_EXPORTED = 50_000
HEAD = ("序号", "时间", "谁", "编号", "动作", "对象", "对象编号", "组织路径", "内容", "本条哈希")


def _asked(request: Request) -> tuple[AuditFilter, dict[str, Any]]:
    form = AuditFilter(request.GET or None)
    data = dict(form.cleaned_data) if form.is_bound and form.is_valid() else {}
    return form, {**data, "kind": request.GET.get("kind", ""), "object_id": request.GET.get("object", "")}


def _rows(entries: list[AuditEntry]) -> list[dict[str, Any]]:
    names = selectors.names_of({e.actor for e in entries})
    return [
        {"entry": e, "who": names[e.actor], "said": verbs.say(e.verb, e.kind), "noun": verbs.noun(e.kind), "data": json.loads(e.data)}
        for e in entries
    ]


@officer(Perm.AUDIT_VIEW)
def entries(request: Request) -> HttpResponse:
    """All entries in scope, filtered (审计日志)."""
    form, asked = _asked(request)
    page = page_of(request, selectors.audit_list(actor=request.actor, **asked), size=50)
    page.object_list = _rows(list(page.object_list))
    context = {
        "form": form,
        "page": page,
        "kind": asked["kind"],
        "object_id": asked["object_id"],
        "may_export": request.actor.may(Perm.AUDIT_EXPORT),
    }
    return render(request, "accounts/console/audit.html", context)


@officer(Perm.AUDIT_EXPORT, step_up=True)
def export(request: Request) -> HttpResponse:
    """What is on screen as csv, at most 50,000 entries (导出); each export is itself an entry."""
    throttle.spend(rules.EXPORT, request.actor.ref)
    _, asked = _asked(request)
    found = list(selectors.audit_list(actor=request.actor, **asked)[:MOST_EXPORTED])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for row in _rows(found):
        e = row["entry"]
        writer.writerow(
            [
                safe(str(c))
                for c in (
                    e.seq,
                    audit.stamp(e.at),
                    row["who"],
                    e.actor,
                    row["said"],
                    e.verb,
                    e.kind,
                    e.object_id,
                    e.org_path,
                    e.data,
                    e.hash,
                )
            ]
        )
    services.audit_exported(actor=request.actor, rows=len(found), asked={k: str(v) for k, v in asked.items() if v})
    return download(("\ufeff" + out.getvalue()).encode(), f"审计日志-{clock.today()}.csv", "text/csv; charset=utf-8")


def safe(cell: str) -> str:
    """A cell no spreadsheet takes for a formula (assurance F7)."""
    return formula.escape(cell)
