"""Half-yearly statements and questions (财务公布、会员提问)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.core import clock
from gonghui.core.access import officer
from gonghui.core.errors import NotFound
from gonghui.core.http import Request, attempt, page_of, render, tabs_of, told
from gonghui.oversight import forms
from gonghui.oversight.enums import Perm, StatementState
from gonghui.oversight.models import Statement
from gonghui.oversight.rules import halves
from gonghui.oversight.rules.catalogue import QUESTIONS
from gonghui.oversight.selectors import law
from gonghui.oversight.selectors import publicity as reads
from gonghui.oversight.services import publicity as services
from gonghui.oversight.web import common

HERE = "oversight/console/"


@officer(Perm.STATEMENT_VIEW)
@require_GET
def index(request: Request) -> HttpResponse:
    """Statements, and whose last half-year is missing (财务公布)."""
    form, today = forms.StatementFilter(request.GET), clock.today()
    asked = common.filters(form)
    year, half = halves.last_ended(today)
    tab = request.GET.get("view", "")
    missing = reads.missing(request.actor, today)
    _first, last = halves.span(year, half)
    context: dict[str, Any] = {
        "form": form, "asked": bool(asked), "half": halves.label(year, half), "key": f"{year}-{half}", "missing_tab": tab == "missing",
        "tabs": tabs_of(request, [("", "公布表", None), ("missing", f"{halves.label(year, half)}还没有公布", missing.count())], "view"),
        "may_edit": request.actor.may(Perm.STATEMENT_EDIT), "trail": common.trail(("财务公布", "")), "today": today,
    }  # fmt: skip
    if tab == "missing":
        rows = missing.filter(union__name__icontains=asked["q"]) if asked.get("q") else missing
        page = page_of(request, rows)
        drafts = dict(
            reads.statements(request.actor).filter(year=year, half=half, union__in=[b.union_id for b in page]).values_list("union_id", "pk")
        )
        context |= {
            "page": page,
            "q": asked.get("q", ""),
            "lines": [(b, law.publish_by(b.union, last), drafts.get(b.union_id)) for b in page],
        }
    else:
        context["page"] = page_of(request, reads.statements(request.actor, **asked))
    return render(request, HERE + "statements.html", context)


@officer(Perm.STATEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Draft a statement from the books (编制公布表)."""
    union = common.union_of(request, Perm.STATEMENT_EDIT)
    form = forms.StatementForm(request.POST or None, initial={"half": request.GET.get("half")})
    if request.method == "POST" and form.is_valid():
        year, half = (int(x) for x in form.cleaned_data["half"].split("-"))
        words = form.cleaned_data["words"]
        made = attempt(form, lambda: services.statement_make(actor=request.actor, union=union, year=year, half=half, words=words))
        if made is not None:
            return common.go("statement", made.pk)
    crumbs = common.trail(common.home("statements", "财务公布"), ("编制公布表", ""))
    sub = f"{union.name}。数字从账上自动取，不用填"
    return common.form_page(request, form, "编制半年财务公布表", "从账上取数", reverse("oversight:statements"), crumbs, sub)


def _context(request: Request, row: Statement) -> dict[str, Any]:
    actor = request.actor
    draft = row.state == StatementState.DRAFT
    slip = law.publication(row.union, row.until, clock.today(), row.published_on).as_slip()
    return {
        "row": row, "f": row.figures, "draft": draft, "slip": slip, "asked": reads.asked(row),
        "may_edit": draft and actor.may(Perm.STATEMENT_EDIT, row.union),
        "may_publish": draft and actor.may(Perm.STATEMENT_PUBLISH, row.union) and row.made_by != actor.ref,
        "may_answer": actor.may(Perm.QUESTION_ANSWER, row.union), "intact": draft or services.digest(row) == row.digest, "today": clock.today(),
        "trail": common.trail(common.home("statements", "财务公布"), (f"{row.union.name} {row.label}", "")),
    }  # fmt: skip


@officer(Perm.STATEMENT_VIEW)
@require_GET
def page(request: Request, pk: int) -> HttpResponse:
    """One statement with its questions (公布表)."""
    return render(request, HERE + "statement.html", _context(request, reads.statement_get(actor=request.actor, pk=pk)))


@officer(Perm.STATEMENT_PUBLISH)
@require_POST
def publish(request: Request, pk: int) -> HttpResponse:
    """Approve and publish (批准公布)."""
    row = reads.statement_get(actor=request.actor, pk=pk)
    told(request, lambda: services.statement_publish(actor=request.actor, statement=row), "已公布，会员在手机上就能看到。")
    return common.go("statement", pk)


@officer(Perm.STATEMENT_VIEW)
@require_GET
def printed(request: Request, pk: int) -> HttpResponse:
    """For the wall (张贴版)."""
    row = reads.statement_get(actor=request.actor, pk=pk)
    if row.state != StatementState.PUBLISHED and not request.actor.may(Perm.STATEMENT_EDIT, row.union):
        raise NotFound()
    link = request.build_absolute_uri(reverse("oversight:m-statement", args=[pk]))
    return render(request, "oversight/print/statement.html", {**_context(request, row), "link": link})


@officer(Perm.QUESTION_ANSWER)
@require_http_methods(["GET", "POST"])
def answer(request: Request, pk: int) -> HttpResponse:
    """Answer a question; its asker is not shown (答复提问)."""
    row = reads.question_get(actor=request.actor, pk=pk)
    form = forms.AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: services.question_answer(actor=request.actor, question=row, **form.cleaned_data))
        if done is not None:
            return common.go("statement", row.statement_id)
    rule = request.POST.get("rule", "")
    slip = law.decision(rule, row.statement.union, clock.today()).as_slip() if rule in QUESTIONS else None
    back = reverse("oversight:statement", args=[row.statement_id])
    context = {
        "form": form, "row": row, "back": back, "slip": slip,
        "trail": common.trail(common.home("statements", "财务公布"), (row.statement.label, back), ("答复", "")),
    }  # fmt: skip
    return render(request, HERE + "answer.html", context, status=422 if request.method == "POST" else 200)
