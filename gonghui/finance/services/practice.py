"""The practice book (练习账套): its own book, its own vouchers, never in any total."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.core.errors import NotFound, RuleViolation
from gonghui.finance.enums import BookKind, Perm
from gonghui.finance.models import Book, PracticeTry
from gonghui.finance.rules.charts import level_of
from gonghui.finance.rules.practice import cases, faults
from gonghui.orgs.selectors import unions

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def practice_book(*, actor: Actor) -> Book:
    """The practice book of the actor's union, made on first use (练习账套)."""
    union = unions.union_visible(actor, Perm.PRACTICE).filter(ended_on=None).order_by("depth", "path").first()
    if union is None or actor.user_id is None:
        raise NotFound()
    actor.require(Perm.PRACTICE, union)
    found = Book.objects.filter(union=union, kind=BookKind.PRACTICE, closed_on=None).order_by("pk").first()
    if found is None:
        today = clock.today()
        found = Book.objects.create(
            union=union, kind=BookKind.PRACTICE, level=level_of(union.kind), since=date(today.year, 1, 1), created_at=clock.now()
        )
        audit.record(actor, "finance.practice.opened", found, org_path=union.path)
    return found


@transaction.atomic
def practice_answer(*, actor: Actor, key: str, answer: dict[str, Any]) -> list[str]:
    """Judge an answer and keep it (答题); hints for what is not right yet. Raises NotFound; RuleViolation finance.practice_event."""
    case = cases().get(key)
    if case is None:
        raise NotFound()
    if not answer.get("event"):
        raise RuleViolation("finance.practice_event", "请先选发生了什么事。")
    book = practice_book(actor=actor)
    said = faults(case, answer)
    row = PracticeTry.objects.create(book=book, case=key, user_id=actor.user_id or 0, right=not said, answer=answer, at=clock.now())
    audit.record(actor, "finance.practice.answered", row, org_path=book.union.path, case=key, right=not said)
    return said
