"""Rosters, snapshots, comparisons, activists on the console (花名册、比对、积极分子)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import BadInput, NotFound, Refusal
from gonghui.core.http import Request, page_of, render, tabs_of, told
from gonghui.files import services as files
from gonghui.files.imports import headers, reading
from gonghui.members import forms
from gonghui.members.enums import DiffClass, Perm, RosterKind
from gonghui.members.models import Comparison, Difference
from gonghui.members.rules.compare import Listed
from gonghui.members.selectors import members as member_reads
from gonghui.members.selectors import rosters as reads
from gonghui.members.services import rosters, settling
from gonghui.members.web import common

PRINT_MOST = 5000


def _asked(request: Request) -> tuple[Any, str, date, str]:
    union, form = common.union_of(request, required=True), forms.RosterFilter(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    kind = data.get("kind") or RosterKind.MEMBERS
    return union, str(kind), data.get("on") or clock.today(), data.get("q") or ""


@officer(Perm.ROSTER_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """A roster as of a day (五类花名册)."""
    union, kind, on, q = _asked(request)
    source = reads.searched(reads.roster(actor=request.actor, union=union, kind=kind, on=on), q)
    page = page_of(request, source, size=30)
    form = forms.RosterFilter(initial={"q": q, "kind": kind, "on": on})
    form.fields["kind"].widget = form.fields["kind"].hidden_widget()
    counts = reads.counts(actor=request.actor, union=union, on=on)
    tabs = tabs_of(request, [(k, str(RosterKind(k).label), counts[k]) for k in RosterKind.values], name="kind")
    for tab, key in zip(tabs, RosterKind.values, strict=True):
        tab["current"] = key == kind
    context = {
        "union": union, "kind": kind, "on": on, "q": q, "page": page, "lines": reads.lines(kind, page), "heads": reads.HEADS[RosterKind(kind)],
        "tabs": tabs, "form": form, "snapshots": reads.snapshots(request.actor, union)[:6], "purpose": forms.PurposeForm(),
        "may_edit": request.actor.may(Perm.MEMBER_EDIT, union), "may_export": request.actor.may(Perm.MEMBER_EXPORT, union),
        "may_activist": request.actor.may(Perm.ACTIVIST_EDIT, union), "label": RosterKind(kind).label,
        "trail": common.trail((union.name, reverse("members:list") + f"?union={union.pk}"), ("五类花名册", "")),
    }  # fmt: skip
    return render(request, "members/console/rosters.html", context)


@officer(Perm.ROSTER_VIEW)
@require_GET
def print_roster(request: Request) -> HttpResponse:
    """The roster to sign and stamp (打印花名册)."""
    union, kind, on, q = _asked(request)
    source = reads.searched(reads.roster(actor=request.actor, union=union, kind=kind, on=on), q)
    total = source.count()
    if total > PRINT_MOST:
        raise BadInput("members.print_most", f"这份名册有 {total} 人，一次最多打印 {PRINT_MOST} 人。请按下级工会分次打印，或导出后打印。")
    context = {
        "union": union,
        "kind": kind,
        "on": on,
        "rows": reads.lines(kind, source),
        "heads": reads.HEADS[RosterKind(kind)],
        "label": RosterKind(kind).label,
        "at": clock.now(),
        "back": request.GET.urlencode(),
    }
    return render(request, "members/print/roster.html", context)


@officer(Perm.MEMBER_EXPORT)
@require_POST
def export(request: Request) -> HttpResponse:
    """Ask for the roster as xlsx (导出花名册)."""
    common.limited(request, "export", 30)
    union, kind, on, q = _asked(request)
    count = reads.searched(reads.roster(actor=request.actor, union=union, kind=kind, on=on), q).count()
    args = {"union": union.pk, "roster": kind, "on": on.isoformat(), "q": q}
    row = files.export_start(request.actor, "members.roster", request.POST.get("purpose", ""), count, org_path=union.path, **args)
    return HttpResponseRedirect(reverse("files:export", args=[row.pk]))


@officer(Perm.MEMBER_EDIT)
@require_POST
def snapshot_new(request: Request) -> HttpResponse:
    """Freeze the roster (制作快照)."""
    union, kind, on, _q = _asked(request)
    try:
        row = rosters.snapshot_make(actor=request.actor, union=union, kind=kind, as_of=on, purpose=request.POST.get("purpose", ""))
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        common.refused(request, refusal)
        return HttpResponseRedirect(reverse("members:rosters") + "?" + request.GET.urlencode())
    return HttpResponseRedirect(reverse("members:snapshot", args=[row.pk]))


@officer(Perm.ROSTER_VIEW)
@require_GET
def snapshot(request: Request, pk: int) -> HttpResponse:
    """A frozen roster with its hash (花名册快照)."""
    row = reads.snapshot_get(actor=request.actor, pk=pk)
    intact = rosters.seal_of(row.rows) == row.hash
    context = {
        "row": row,
        "rows": row.rows,
        "intact": intact,
        "heads": reads.HEADS[RosterKind(row.kind)],
        "label": RosterKind(row.kind).label,
    }
    return render(request, "members/print/snapshot.html", context)


# -- comparison --------------------------------------------------------------------------------------------------


def _comparisons(request: Request) -> Any:
    return Comparison.objects.filter(request.actor.within(Perm.ROSTER_IMPORT, "union")).select_related("union")


@officer(Perm.ROSTER_IMPORT)
@require_http_methods(["GET", "POST"])
def comparisons(request: Request) -> HttpResponse:
    """Comparisons made, and a new one (名册比对)."""
    union = common.union_of(request, required=True)
    form, status = forms.CompareForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                content = data["file"].read()
                row = rosters.comparison_run(
                    actor=request.actor,
                    union=union,
                    name=data["name"],
                    origin=data["origin"],
                    listed=listed(content),
                    file_hash=hashlib.sha256(content).hexdigest(),
                )
                return HttpResponseRedirect(reverse("members:comparison", args=[row.pk]))
            except Refusal as refusal:
                if refusal.status in (403, 404):
                    raise
                form.add_error("file", refusal.message)
    page = page_of(request, _comparisons(request).order_by("-pk"))
    return render(
        request,
        "members/console/comparisons.html",
        {"page": page, "form": form, "union": union, "trail": common.trail(("名册比对", ""))},
        status=status,
    )


def listed(content: bytes) -> Iterator[Listed]:
    """Rows of an uploaded list, keyed by blind indexes; the numbers themselves are not kept."""
    from gonghui.core import crypto, mask
    from gonghui.members.imports.columns import COLUMNS
    from gonghui.people import rules as people_rules
    from gonghui.people import selectors as people

    table = reading.read(content)
    found = headers.find(table.frame, COLUMNS)
    by_key = found.mapping
    if "name" not in by_key:
        raise BadInput("members.no_name_column", "没有找到“姓名”列。请在第一行写好表头再上传。")
    today = clock.today()
    for row in table.frame.iter_rows(named=True):
        if row[reading.ROW] <= found.row:
            continue
        cell = {key: str(row.get(col) or "").strip() for key, col in by_key.items()}
        name = people_rules.tidy(cell.get("name", "")).replace(" ", "")
        if not any(cell.values()):
            continue
        number = people_rules.tidy_number(cell.get("id_number", ""))
        read = people_rules.resident_read(number, today) if number else None
        phone, _why = people_rules.phone_read(cell.get("phone", ""))
        fault = "没有姓名" if not name else ("证件号有误：" + read.message if read is not None and read.problem else "")
        id_key = crypto.blind(people.ID_LABEL, read.number) if read is not None and read.number and not read.problem else None
        doubt = "证件号校验码不对，登记中也没有这个号" if read is not None and read.number and read.check != "ok" else ""
        phone_key = crypto.blind(people.PHONE_LABEL, phone) if phone else None
        yield Listed(row[reading.ROW], name or "（无姓名）", id_key, phone_key, mask.id_number(number) if number else "", fault, doubt)


@officer(Perm.ROSTER_IMPORT)
@require_GET
def comparison(request: Request, pk: int) -> HttpResponse:
    """Differences by class (差异清单)."""
    row = _comparisons(request).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    everything = row.differences.all()
    counts = {c: everything.filter(verdict=c).count() for c in DiffClass.values}
    tab = request.GET.get("state", "")
    shown = everything.filter(verdict=tab) if tab in DiffClass.values else everything.exclude(verdict=DiffClass.MATCHED)
    tabs = tabs_of(
        request,
        [
            ("", "要处理的", sum(n for c, n in counts.items() if c != "matched")),
            *[(c, str(DiffClass(c).label), counts[c]) for c in DiffClass.values],
        ],
    )
    page = page_of(request, shown.order_by("state", "verdict", "row_no", "pk"), size=30)
    context = {
        "row": row, "page": page, "lines": _ways(request, row, page), "tabs": tabs, "counts": counts,
        "left": everything.filter(state="open").count(), "settle": forms.SettleForm(), "may_sign": request.actor.may(Perm.APPLICATION_DECIDE, row.union),
        "trail": common.trail(("名册比对", reverse("members:comparisons")), (row.name, "")),
    }  # fmt: skip
    template = "members/print/comparison.html" if request.GET.get("print") else "members/console/comparison.html"
    return render(request, template, context)


def _ways(request: Request, case: Comparison, page: Any) -> list[tuple[Difference, list[tuple[str, str]]]]:
    """Each difference with the acts that settle it (去哪里办): join, leave, transfer, merge, fill in."""
    ids = [d.person_id for d in page if d.person_id and d.state == "open"]
    spells = dict(member_reads.current(request.actor).filter(person_id__in=ids).values_list("person_id", "pk"))
    return [(d, _way(case, d, spells.get(d.person_id)) if d.state == "open" else []) for d in page]


def _way(case: Comparison, d: Difference, spell: int | None) -> list[tuple[str, str]]:
    member = reverse("members:member", args=[spell]) if spell else ""
    if d.verdict == DiffClass.NOT_MEMBER:
        return [("办理入会", reverse("members:apply") + "?" + urlencode({"union": case.union_id, "name": d.name}))]
    if d.verdict == DiffClass.GONE:
        return [("转会、离职或退会登记", member + "#h-do")] if member else []
    if d.verdict == DiffClass.DUPLICATE:
        return [("核对疑似重复人员", reverse("people:twins")), *([("看会员页", member)] if member else [])]
    return (
        [("补资料、更正", member + "#fill")] if member else [("在会员名册里查找", reverse("members:list") + "?" + urlencode({"q": d.name}))]
    )


@officer(Perm.ROSTER_IMPORT)
@require_POST
def refresh(request: Request, pk: int) -> HttpResponse:
    """Look again at what acts have settled (按登记重新核对)."""
    row = _comparisons(request).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    done = settling.comparison_refresh(actor=request.actor, comparison=row)
    common.done(request, f"按登记核对，{done} 条差异已经办好，自动核销。" if done else "没有新办好的差异。")
    return HttpResponseRedirect(reverse("members:comparison", args=[pk]))


@officer(Perm.ROSTER_IMPORT)
@require_POST
def settle(request: Request, pk: int) -> HttpResponse:
    """Handle one difference (处理差异)."""
    row = (
        Difference.objects.filter(request.actor.within(Perm.ROSTER_IMPORT, "comparison__union"), pk=pk)
        .select_related("comparison__union")
        .first()
    )
    if row is None:
        raise NotFound()
    state, note = request.POST.get("state", ""), request.POST.get("note", "")
    told(request, lambda: rosters.difference_settle(actor=request.actor, difference=row, state=state, note=note), "已处理。")
    return common.back(request, "members:comparison", row.comparison_id)


@officer(Perm.APPLICATION_DECIDE)
@require_POST
def sign(request: Request, pk: int) -> HttpResponse:
    """Sign off (签认)."""
    row = _comparisons(request).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    told(request, lambda: rosters.comparison_sign(actor=request.actor, comparison=row), "已签认，清理报告可以打印。")
    return HttpResponseRedirect(reverse("members:comparison", args=[pk]))
