"""A few questions before the draw (答题): a small general part of an item: bank, tries, pass mark.

`Item.quiz` is `{"ask": questions a try, "pass": at least right, "tries": at most, "per_day": tries count by day}`.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from gonghui.booking.enums import ItemState
from gonghui.booking.models import Item, Question, QuizTry
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def best(item: Item, person_id: int) -> int | None:
    """The most right answers of one try that count today (最好成绩); None when there was no try."""
    found = _counted(item, person_id).filter(done_at__isnull=False).aggregate(best=Max("right"))["best"]
    return None if found is None else int(found)


def used(item: Item, person_id: int) -> int:
    """Tries begun (已用次数), today's when tries count by day."""
    return _counted(item, person_id).count()


def _counted(item: Item, person_id: int) -> QuerySet[QuizTry]:
    rows = QuizTry.objects.filter(item=item, person_id=person_id)
    return rows.filter(day=clock.today()) if item.quiz.get("per_day") else rows


@transaction.atomic
def quiz_start(*, actor: Actor, item: Item) -> QuizTry:
    """Begin a try, or go on with the one begun (开始答题).

    Raises: NotPermitted; NotFound; RuleViolation booking.quiz_tries, booking.quiz_passed.
    """
    person = _person(actor)
    if item.state != ItemState.PUBLISHED or not item.quiz.get("ask"):
        raise NotFound()
    begun = _counted(item, person).filter(done_at=None).order_by("number").first()
    if begun is not None:
        return QuizTry.objects.get(pk=begun.pk)
    if (best(item, person) or 0) >= int(item.quiz["pass"]):
        raise RuleViolation("booking.quiz_passed", "您已经答题过关，直接报名就行。")
    done, most = used(item, person), int(item.quiz.get("tries") or 1)
    if done >= most:
        when = "今天的次数用完了，明天再来。" if item.quiz.get("per_day") else "次数用完了。"
        raise RuleViolation("booking.quiz_tries", f"最多答 {most} 次，您已经答了 {done} 次，{when}", tries=done, most=most)
    bank = list(item.questions.filter(active=True).order_by("pk").values_list("pk", flat=True))
    asked = secrets.SystemRandom().sample(bank, int(item.quiz["ask"]))
    number = (QuizTry.objects.filter(item=item, person_id=person, day=clock.today()).aggregate(n=Max("number"))["n"] or 0) + 1
    try:
        with transaction.atomic():
            row = QuizTry.objects.create(item=item, person_id=person, day=clock.today(), number=number, asked=asked, started_at=clock.now())
    except IntegrityError:  # a second tap at the same moment began the same try
        row = QuizTry.objects.get(item=item, person_id=person, day=clock.today(), number=number)
    return row


@transaction.atomic
def quiz_answer(*, actor: Actor, attempt: QuizTry, answers: list[int | None]) -> QuizTry:
    """Hand in a try; a second hand-in of the same try changes nothing (交卷).

    Args: answers: chosen option of each question in the order asked, None for none.
    Raises: NotFound for another person's try; Conflict booking.quiz_length.
    """
    if attempt.person_id != _person(actor):
        raise NotFound()
    row = QuizTry.objects.select_for_update().get(pk=attempt.pk)
    if row.done_at is not None:
        return row
    if len(answers) != len(row.asked):
        raise Conflict("booking.quiz_length", "题目有变动，请重新打开答题页。")
    right_of = dict(Question.objects.filter(pk__in=row.asked).values_list("pk", "answer"))
    right = sum(1 for pk, given in zip(row.asked, answers, strict=True) if given is not None and right_of.get(pk) == given)
    passed = right >= int(row.item.quiz["pass"])
    QuizTry.objects.filter(pk=row.pk, done_at=None).update(answers=answers, right=right, passed=passed, done_at=clock.now())
    row.refresh_from_db()
    audit.record(actor, "booking.quiz.answered", row, org_path=row.item.union.path, right=right, passed=passed)
    return row


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise NotPermitted("core.worker_only", "这是职工端页面。请用您本人的手机号登录后办理。")
    return actor.person_id
