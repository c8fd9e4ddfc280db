"""The quiz on the phone (答题): one page with all questions, one button."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.booking.models import Question
from gonghui.booking.selectors import shop
from gonghui.booking.services import quizzes
from gonghui.booking.web import common
from gonghui.booking.web.mobile import person_of
from gonghui.core.access import worker
from gonghui.core.errors import Refusal
from gonghui.core.http import Request, render, whole_number


@worker
@require_POST
def start(request: Request, pk: int) -> HttpResponse:
    """Begin a try (开始答题)."""
    item = shop.item_get(person_of(request), pk)
    try:
        row = quizzes.quiz_start(actor=request.actor, item=item)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        common.refused(request, refusal)
        return HttpResponseRedirect(reverse("booking:m-item", args=[pk]))
    return HttpResponseRedirect(reverse("booking:m-try", args=[row.pk]))


@worker
@require_http_methods(["GET", "POST"])
def attempt(request: Request, pk: int) -> HttpResponse:
    """Answer and see what was right (答题)."""
    row = shop.attempt_get(person_of(request), pk)
    texts = {q.pk: q for q in Question.objects.filter(pk__in=row.asked)}
    asked = [texts[pk] for pk in row.asked if pk in texts]
    if request.method == "POST" and row.done_at is None:
        answers = [whole_number(request.POST.get(f"q{q.pk}", "")) for q in asked]
        if None in answers and not request.POST.get("anyway"):
            missing = answers.count(None)
            context = {"row": row, "asked": _lines(asked, answers), "missing": missing, "item": row.item}
            return render(request, "booking/mobile/quiz.html", context, status=422)
        row = quizzes.quiz_answer(actor=request.actor, attempt=row, answers=answers)
        return HttpResponseRedirect(reverse("booking:m-try", args=[row.pk]))
    lines = _lines(asked, row.answers if row.done_at else [None] * len(asked))
    context = {
        "row": row,
        "asked": lines,
        "item": row.item,
        "missing": 0,
        "left": max(0, int(row.item.quiz.get("tries") or 1) - quizzes.used(row.item, row.person_id)),
    }
    return render(request, "booking/mobile/quiz.html", context)


def _lines(asked: list[Question], answers: list[int | None]) -> list[dict[str, object]]:
    """Questions with what was chosen."""
    return [
        {"q": q, "chosen": a, "right": a == q.answer, "options": list(enumerate(q.options))} for q, a in zip(asked, answers, strict=True)
    ]
