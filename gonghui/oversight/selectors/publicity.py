"""Statements and questions (财务公布、提问)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gonghui.core.errors import NotFound
from gonghui.finance.rules import charts
from gonghui.finance.selectors import books, ledger
from gonghui.members.selectors import members
from gonghui.oversight.enums import Perm, QuestionState, StatementState
from gonghui.oversight.models import Faq, Question, Statement
from gonghui.oversight.rules import halves
from gonghui.oversight.selectors import law

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

DUES = "401"
MONEY = ("101", "102")


def figures(book: Any, since: date, until: date) -> dict[str, Any]:
    """What the statement tells, straight from the books (公布的数字): fen by account, balances of cash and bank, dues."""
    table = charts.chart(until)
    moved = ledger.sums(book, since, until, streams="n")
    income: list[tuple[str, str, int]] = [
        (code, table.name(code), c - d) for code, (d, c) in sorted(moved.items()) if code[:1] == "4" and c != d
    ]
    expense: list[tuple[str, str, int]] = [
        (code, table.name(code), d - c) for code, (d, c) in sorted(moved.items()) if code[:1] == "5" and c != d
    ]
    total_in, total_out = sum(r[2] for r in income), sum(r[2] for r in expense)
    closing = sum(ledger.balance(book, code, until) for code in MONEY)
    flow = sum(d - c for code in MONEY for a, (d, c) in ledger.sums(book, since, until, streams="nc", prefix=code).items())
    dues = sum(r[2] for r in income if r[0].startswith(DUES))
    return {
        "income": [list(r) for r in income], "expense": [list(r) for r in expense], "income_fen": total_in, "expense_fen": total_out, "surplus_fen": total_in - total_out,
        "dues_fen": dues, "opening_fen": closing - flow, "closing_fen": closing,
    }  # fmt: skip


def statements(actor: Actor, *, state: str = "", q: str = "", year: int | None = None, half: int | None = None) -> QuerySet[Statement]:
    """Statements in scope, newest first."""
    rows = Statement.objects.filter(actor.within(Perm.STATEMENT_VIEW, "union"))
    rows = rows.filter(state=state) if state in StatementState.values else rows
    rows = rows.filter(union__name__icontains=q) if q else rows
    rows = rows.filter(year=year) if year else rows
    rows = rows.filter(half=half) if half else rows
    waiting = Count("questions", filter=Q(questions__state=QuestionState.ASKED))
    return rows.select_related("union").annotate(asked=Count("questions"), waiting=waiting).order_by("-year", "-half", "union__path")


def statement_get(*, actor: Actor, pk: int) -> Statement:
    """One statement, or 404."""
    row = statements(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def missing(actor: Actor, day: date, perm: str = Perm.STATEMENT_VIEW) -> QuerySet[Any]:
    """Books whose last half-year is not published (还没有公布的), in scope. The page and the job tell which are late."""
    year, half = halves.last_ended(day)
    _first, last = halves.span(year, half)
    told = Statement.objects.filter(union=OuterRef("union_id"), year=year, half=half, state=StatementState.PUBLISHED)
    rows = books.books(actor).filter(actor.within(perm, "union"), since__lte=last)
    return rows.exclude(Exists(told)).order_by("union__path")


def late(union: Any, day: date) -> bool:
    """Should the last half-year have been published by now? The rule base says so."""
    _first, last = halves.span(*halves.last_ended(day))
    return law.publication(union, last, day).outcome is False


@dataclass(frozen=True)
class Asked:
    """A question as the union sees it: never who asked (提问，不含提问人)."""

    pk: int
    words: str
    state: str
    asked_on: date
    answer: str
    answered_name: str
    answered_on: date | None
    rule: str

    @property
    def tone(self) -> str:
        return QuestionState(self.state).tone

    @property
    def label(self) -> str:
        return QuestionState(self.state).label


FIELDS = ("pk", "words", "state", "asked_at", "answer", "answered_name", "answered_at", "rule")


def asked(statement: Statement, *, answered: bool = False) -> list[Asked]:
    """Questions about a statement without their askers. The day is kept, the minute is not: it would tell who it was."""
    rows = Question.objects.filter(statement=statement)
    rows = rows.filter(state=QuestionState.ANSWERED) if answered else rows
    found = []
    for pk, words, state, at, answer, name, done, rule in rows.values_list(*FIELDS):
        found.append(
            Asked(pk, words, state, timezone.localtime(at).date(), answer, name, timezone.localtime(done).date() if done else None, rule)
        )
    return found


def question_get(*, actor: Actor, pk: int) -> Question:
    """One question for the one who answers, or 404. The asker is not fetched."""
    rows = Question.objects.filter(actor.within(Perm.QUESTION_ANSWER, "statement__union")).select_related("statement__union")
    row = rows.defer("person").filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def waiting(actor: Actor) -> QuerySet[Question]:
    """Questions that wait for an answer by the actor."""
    rows = Question.objects.filter(actor.within(Perm.QUESTION_ANSWER, "statement__union"), state=QuestionState.ASKED)
    return rows.defer("person").select_related("statement__union").order_by("asked_at")


# -- members


def home_of(person_id: int) -> Any:
    """The union somebody is a member of now, or None."""
    spell = members.mine(person_id)
    return spell.union if spell is not None else None


def told_to(person_id: int) -> QuerySet[Statement]:
    """Statements published to a member (我的工会公布的财务)."""
    union = home_of(person_id)
    rows = Statement.objects.filter(state=StatementState.PUBLISHED, union=union) if union is not None else Statement.objects.none()
    return rows.select_related("union").order_by("-year", "-half")


def told_get(person_id: int, pk: int) -> Statement:
    """One of them, or 404."""
    row = told_to(person_id).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def my_questions(person_id: int, statement: Statement) -> QuerySet[Question]:
    """What I asked about a statement."""
    return Question.objects.filter(person=person_id, statement=statement).order_by("-asked_at")


def faqs(union: Any, q: str = "") -> list[Faq]:
    """Answers with their clauses of the union and those above it (政策问答)."""
    if union is None:
        return []
    above = [union.path[:n] for n in range(4, len(union.path) + 1, 4)]
    rows = Faq.objects.filter(union__path__in=above)
    rows = rows.filter(Q(words__icontains=q) | Q(answer__icontains=q) | Q(clause__icontains=q)) if q else rows
    return list(rows[:50])


def topics(union: Any, since: date) -> Counter[str]:
    """Rules by how often members below asked about them."""
    rows = Question.objects.filter(statement__union__path__startswith=union.path, asked_at__date__gte=since).exclude(rule="")
    return Counter(dict(rows.order_by().values_list("rule").annotate(n=Count("pk"))))
