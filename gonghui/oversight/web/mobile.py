"""Worker pages (职工端): what my union earned and spent, questions, the FAQ."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.core import clock
from gonghui.core.access import worker
from gonghui.core.errors import NotPermitted, RuleViolation
from gonghui.core.http import Request, attempt, render
from gonghui.oversight import forms
from gonghui.oversight.rules.catalogue import QUESTIONS
from gonghui.oversight.selectors import law
from gonghui.oversight.selectors import publicity as reads
from gonghui.oversight.services import publicity as services
from gonghui.oversight.web import common

HERE = "oversight/mobile/"


def _person(request: Request) -> int:
    if request.actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    return request.actor.person_id


@worker
@require_GET
def index(request: Request) -> HttpResponse:
    """Statements of my union (财务公开)."""
    person = _person(request)
    context = {"rows": list(reads.told_to(person)[:20]), "union": reads.home_of(person)}
    return render(request, HERE + "statements.html", context)


@worker
@require_http_methods(["GET", "POST"])
def page(request: Request, pk: int) -> HttpResponse:
    """One statement; ask about it (看公布表、提问)."""
    person = _person(request)
    row = reads.told_get(person, pk)
    form = forms.AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        if attempt(form, lambda: services.question_ask(actor=request.actor, statement=row, words=words)) is not None:
            messages.success(request, "已提交。工会看得到问题，看不到是谁问的；有答复会通知您。")
            return common.go("m-statement", pk)
    mine = list(reads.my_questions(person, row))
    asked = [q for q in reads.asked(row, answered=True) if q.pk not in {m.pk for m in mine}]
    context = {"row": row, "f": row.figures, "form": form, "mine": mine, "asked": asked}
    return render(request, HERE + "statement.html", context, status=422 if request.method == "POST" else 200)


@worker
@require_GET
def faq(request: Request) -> HttpResponse:
    """Answers with their clauses, and the rules behind everyday questions (政策问答)."""
    union = reads.home_of(_person(request))
    q = request.GET.get("q", "").strip()[:40]
    today = clock.today()
    rules = []
    if union is not None:
        for key, words in QUESTIONS.items():
            if not q or q in words:
                try:
                    rules.append((words, law.told(key, union, today)))
                except RuleViolation:
                    continue  # nothing of the kind is in force at this place
    context = {"union": union, "q": q, "faqs": reads.faqs(union, q), "rules": rules[: 40 if q else 12]}
    return render(request, HERE + "faq.html", context)
