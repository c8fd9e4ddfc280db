"""Classes (财务经审培训沟通会)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.http import Request, attempt, page_of, render, told
from gonghui.orgs.selectors import unions
from gonghui.oversight import forms
from gonghui.oversight.enums import ClassState, Perm
from gonghui.oversight.models import TrainingClass
from gonghui.oversight.selectors import law
from gonghui.oversight.selectors import training as reads
from gonghui.oversight.services import training as services
from gonghui.oversight.web import common

HERE = "oversight/console/"


@officer(Perm.CLASS_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Classes (培训会)."""
    form = forms.ClassFilter(request.GET)
    asked = common.filters(form)
    union = unions.union_asked(request.actor, request.GET.get("union", ""), Perm.CLASS_VIEW)
    year = clock.today().year
    found = reads.yearly(union, year) if union is not None else None
    context = {
        "union": union, "year": year, "yearly": found.as_slip() if found is not None else None, "form": form, "asked": bool(asked), "page": page_of(request, reads.classes(request.actor, **asked)),
        "may_edit": request.actor.may(Perm.CLASS_EDIT), "trail": common.trail(("财务培训会", "")),
    }  # fmt: skip
    return render(request, HERE + "classes.html", context)


@officer(Perm.CLASS_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Call a class; its agenda is made of the top questions (召集)."""
    union = common.union_of(request, Perm.CLASS_EDIT)
    wanted = request.GET.get("from", "")
    parent = reads.class_get(actor=request.actor, pk=int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 16 else None
    near = list(unions.children(actor=request.actor, union=union).exclude(kind__in=["pool", "organiser"])[:400]) or [union]
    start = {"title": f"传达：{parent.title}" if parent else "财务经审培训沟通会", "on": clock.today(), "unions": [u.pk for u in near]}
    form = forms.ClassForm(request.POST or None, unions=[(u.pk, u.name) for u in near], initial=start)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        chosen = [u for u in near if u.pk in data["unions"]]
        made = attempt(form, lambda: services.class_make(actor=request.actor, union=union, parent=parent, **{**data, "unions": chosen}))
        if made is not None:
            return common.go("class", made.pk)
    topics = reads.topics(request.actor, union, clock.add_months(clock.today(), -12)) if parent is None else []
    context = {
        "form": form, "union": union, "parent": parent, "topics": topics, "back": reverse("oversight:classes"),
        "trail": common.trail(common.home("classes", "财务培训会"), ("召集", "")),
    }  # fmt: skip
    return render(request, HERE + "class_new.html", context, status=422 if request.method == "POST" else 200)


def _context(request: Request, row: TrainingClass) -> dict[str, Any]:
    actor, day = request.actor, min(row.on, clock.today())
    agenda = [(a, law.decision(a.rule, row.union, day)) for a in row.agenda.all()]
    mine = {c.union_id for c in reads.cascade(actor) if c.klass_id == row.pk and c.passed_on_id is None}
    return {
        "row": row, "agenda": [(a, d.as_slip()) for a, d in agenda], "invited": list(row.invited.select_related("union", "passed_on").order_by("union__path")),
        "may_edit": actor.may(Perm.CLASS_EDIT, row.union), "may_hold": actor.may(Perm.CLASS_EDIT, row.union) and row.state == ClassState.PLANNED,
        "mine": mine, "trail": common.trail(common.home("classes", "财务培训会"), (row.title, "")), "ahead": row.on > clock.today(),
    }  # fmt: skip


@officer(Perm.CLASS_VIEW)
@require_GET
def page(request: Request, pk: int) -> HttpResponse:
    """One class: agenda with clauses, who came, who passed it on (培训会)."""
    return render(request, HERE + "class.html", _context(request, reads.class_get(actor=request.actor, pk=pk)))


@officer(Perm.CLASS_VIEW)
@require_GET
def printed(request: Request, pk: int) -> HttpResponse:
    """Agenda and sign-in sheet (议程和签到表)."""
    return render(request, "oversight/print/class.html", _context(request, reads.class_get(actor=request.actor, pk=pk)))


@officer(Perm.CLASS_EDIT)
@require_POST
def hold(request: Request, pk: int) -> HttpResponse:
    """Note who came (登记到会)."""
    row = reads.class_get(actor=request.actor, pk=pk)
    people: dict[int, int] = {}
    for union_id in row.invited.values_list("union_id", flat=True):
        text = request.POST.get(f"people-{union_id}", "").strip() or "0"
        if not (text.isascii() and text.isdigit() and len(text) < 5):
            messages.error(request, "到会人数要填整数，没有来的填 0。")
            return render(request, HERE + "class.html", _context(request, row), status=422)
        people[union_id] = int(text)
    told(request, lambda: services.class_hold(actor=request.actor, klass=row, people=people), "到会已登记，有下级的工会要按期传达。")
    return common.go("class", pk)
