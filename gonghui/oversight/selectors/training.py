"""Classes and what they should be about (培训会)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet, Sum

from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.orgs.selectors import law
from gonghui.oversight.enums import ClassState, Perm
from gonghui.oversight.models import ClassUnion, Finding, TrainingClass
from gonghui.oversight.rules.catalogue import QUESTIONS
from gonghui.oversight.selectors import publicity
from gonghui.spending.selectors import plans

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision

MOST = 10


@dataclass(frozen=True)
class Topic:
    """A rule and how often people stumbled over it."""

    rule: str
    words: str
    asked: int
    found: int
    refused: int

    @property
    def weight(self) -> int:
        return self.asked + self.found + self.refused


def topics(actor: Actor, union: Any, since: date) -> list[Topic]:
    """The top questions below a union (培训的议题): asked by members, found by auditors, refused by the spending guard."""
    asked = publicity.topics(union, since)
    rows = Finding.objects.filter(task__union__path__startswith=union.path, at__date__gte=since)
    found = Counter(dict(rows.order_by().values_list("rule").annotate(n=Count("pk"))))
    refused: Counter[str] = Counter()
    held = plans.plan_visible(actor).filter(union__path__startswith=union.path, on__gte=since).exclude(flags=[])
    for flags in held.order_by().values_list("flags", flat=True):
        refused.update({str(f["key"]).partition(":")[0] for f in flags if f.get("outcome") != "unknown"})
    keys = [k for k in QUESTIONS if asked[k] + found[k] + refused[k]]
    made = [Topic(k, QUESTIONS[k], asked[k], found[k], refused[k]) for k in keys]
    return sorted(made, key=lambda t: (-t.weight, t.rule))[:MOST]


def classes(actor: Actor, *, q: str = "", state: str = "", year: int | None = None) -> QuerySet[TrainingClass]:
    """Classes in scope, and those the actor's union is invited to."""
    mine = actor.within(Perm.CLASS_VIEW, "union")
    asked = ClassUnion.objects.filter(actor.within(Perm.CLASS_VIEW, "union")).values("klass")
    rows = TrainingClass.objects.filter(mine | Q(pk__in=asked))
    rows = rows.filter(Q(title__icontains=q) | Q(union__name__icontains=q)) if q else rows
    rows = rows.filter(state=state) if state in ClassState.values else rows
    rows = rows.filter(on__year=year) if year else rows
    came = Count("invited", filter=Q(invited__people__gt=0))
    return rows.select_related("union", "parent__union").annotate(count=Count("invited"), came=came).order_by("-on", "-pk")


def class_get(*, actor: Actor, pk: int) -> TrainingClass:
    """One class, or 404."""
    row = classes(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def yearly(union: Any, year: int) -> Decision | None:
    """Is finance part of this union's training of the year (财务知识纳入年度大培训)? A class called by it, or one it came to, counts.

    Source: policy finance.training_topic.
    """
    called = TrainingClass.objects.filter(union=union, on__year=year).exists()
    came = ClassUnion.objects.filter(union=union, klass__on__year=year, people__gt=0).exists()
    day = min(clock.today(), date(year, 12, 31))
    return law.decided("finance.training_topic", union, day, {"included": called or came})


def late(day: date) -> QuerySet[ClassUnion]:
    """Unions that came and have not passed the class on by their day (逾期没有传达)."""
    rows = ClassUnion.objects.filter(people__gt=0, cascade_due_on__lt=day).exclude(passed_on__state=ClassState.HELD)
    return rows.select_related("klass__union", "union").order_by("pk")


def cascade(actor: Actor) -> QuerySet[ClassUnion]:
    """Unions of the actor that should pass a class on (待传达)."""
    rows = ClassUnion.objects.filter(actor.within(Perm.CLASS_EDIT, "union"), people__gt=0).exclude(cascade_due_on=None)
    return rows.exclude(passed_on__state=ClassState.HELD).select_related("klass", "union").order_by(F("cascade_due_on").asc(), "pk")


def people(klass: TrainingClass) -> int:
    """Everybody who came, by the unions' numbers."""
    return int(klass.invited.aggregate(n=Sum("people"))["n"] or 0)
