"""What waits for the people of oversight (经审与公开待办)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse

from gonghui.approvals.kinds import Item, Source
from gonghui.core import clock
from gonghui.oversight.enums import FindingState, Perm, StatementState, TaskState
from gonghui.oversight.models import AuditTask, Finding, Statement
from gonghui.oversight.rules import halves
from gonghui.oversight.selectors import law, publicity, training

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 50


def inbox(actor: Actor) -> Iterator[Source]:
    """Tasks to begin, findings to mend or to look at again, statements, questions, classes to pass on."""
    if not actor.is_officer or actor.user_id is None:
        return
    mine = Q(team__user_id=actor.user_id)
    if actor.may(Perm.AUDIT_DO):
        rows = AuditTask.objects.filter(mine, state__in=[TaskState.PLANNED, TaskState.FIELD], plan__state="issued")
        yield Source(rows.select_related("union").order_by("visit_on", "pk"), _task, MOST)
        seen = Finding.objects.filter(task__team__user_id=actor.user_id, state=FindingState.ANSWERED)
        yield Source(seen.select_related("task__union").order_by("due_on", "pk"), _answered, MOST)
    if actor.may(Perm.RECTIFY):
        paths = actor.paths(Perm.RECTIFY)
        open_ = Finding.objects.filter(task__union__path__in=paths, state=FindingState.OPEN)
        yield Source(open_.select_related("task__union").order_by("due_on", "pk"), _open, MOST)
    if actor.may(Perm.STATEMENT_PUBLISH):
        paths = actor.paths(Perm.STATEMENT_PUBLISH)
        drafts = Statement.objects.filter(union__path__in=paths, state=StatementState.DRAFT).exclude(made_by=actor.ref)
        yield Source(drafts.select_related("union").order_by("due_on", "pk"), _draft, MOST)
    if actor.may(Perm.STATEMENT_EDIT):
        year, half = halves.last_ended(clock.today())
        paths = actor.paths(Perm.STATEMENT_EDIT)
        begun = Statement.objects.filter(year=year, half=half).values("union_id")
        rows_ = publicity.missing(actor, clock.today(), Perm.STATEMENT_EDIT).filter(union__path__in=paths).exclude(union_id__in=begun)
        yield Source(rows_, _missing, MOST)
    if actor.may(Perm.QUESTION_ANSWER):
        yield Source(publicity.waiting(actor).filter(statement__union__path__in=actor.paths(Perm.QUESTION_ANSWER)), _question, MOST)
    if actor.may(Perm.CLASS_EDIT):
        yield Source(training.cascade(actor).filter(union__path__in=actor.paths(Perm.CLASS_EDIT)), _cascade, MOST)


def _item(kind: str, label: str, pk: Any, title: str, url: str, org: str, due: Any = None) -> Item:
    return Item(f"oversight.{kind}:{pk}", f"oversight.{kind}", label, title, url, org=org, due=due)


def _task(row: Any) -> Item:
    return _item(
        "task",
        "审计",
        row.pk,
        f"{row.get_kind_display()}：{row.union.name}",
        reverse("oversight:task", args=[row.pk]),
        row.union.name,
        row.visit_on,
    )


def _finding(row: Any, label: str) -> Item:
    url = reverse("oversight:finding", args=[row.pk])
    return _item("finding", label, row.pk, row.title, url, row.task.union.name, row.due_on)


def _open(row: Any) -> Item:
    return _finding(row, "审计整改")


def _answered(row: Any) -> Item:
    return _finding(row, "整改复查")


def _draft(row: Any) -> Item:
    url = reverse("oversight:statement", args=[row.pk])
    return _item("statement", "财务公布", row.pk, f"批准公布 {row.label}财务收支", url, row.union.name, row.due_on)


def _missing(book: Any) -> Item:
    year, half = halves.last_ended(clock.today())
    _first, last = halves.span(year, half)
    url = reverse("oversight:statements")
    return _item(
        "missing",
        "财务公布",
        book.union_id,
        f"编制 {halves.label(year, half)}财务公布表",
        url,
        book.union.name,
        law.publish_by(book.union, last),
    )


def _question(row: Any) -> Item:
    url = reverse("oversight:statement", args=[row.statement_id])
    return _item("question", "会员提问", row.pk, row.words, url, row.statement.union.name)


def _cascade(row: Any) -> Item:
    url = reverse("oversight:class", args=[row.klass_id])
    return _item("cascade", "培训传达", row.pk, f"传达“{row.klass.title}”", url, row.union.name, row.cascade_due_on)
