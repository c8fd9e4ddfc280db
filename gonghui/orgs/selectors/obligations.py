"""Dated obligations of the register (期限提醒): terms, certificates, transitional modes, projects, follow-ups, visits.

One compound query, computed from events; nothing is stored, so what has been done is gone at once. Source: S016, S019, S020, S026, S027, P09.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from gonghui.core import clock
from gonghui.orgs.enums import Body, MatterKind, MatterState, Perm, UnionKind
from gonghui.orgs.models import Agreement, Certificate, Matter, Spot, Term, Union
from gonghui.orgs.selectors import policy_values

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

LABELS = {
    "term": "换届",
    "certificate": "法人资格证",
    "review": "过渡建复核",
    "project": "项目完工",
    "matter": "组织事项",
    "spot": "走访",
    "agreement": "区域（行业）协议",
}
PAGES = {"matter": "orgs:matter", "spot": "orgs:spot", "agreement": "orgs:agreement"}
_FIELDS = ("kind_", "pk_", "union_", "path_", "org_", "due_", "note_", "who_")


@dataclass(frozen=True)
class Obligation:
    """One thing with a day (期限): which, whose, when."""

    kind: str
    pk: int
    union_id: int
    path: str
    org: str
    due: date | None
    note: str
    organiser_id: int | None = None

    @property
    def label(self) -> str:
        return LABELS[self.kind]

    @property
    def url(self) -> str:
        if self.kind in PAGES:
            return reverse(PAGES[self.kind], args=[self.pk])
        return reverse("orgs:union", args=[self.union_id])

    @property
    def late(self) -> bool:
        return self.due is not None and self.due <= clock.today()

    @property
    def title(self) -> str:
        """The sentence of the inbox."""
        if self.kind == "term":
            return f"{self.note}已届满，应换届选举" if self.late else f"{self.note}将届满，请筹备换届"
        if self.kind == "certificate":
            return "法人资格证已到期，请换证" if self.late else "法人资格证将到期，请随换届换证"
        if self.kind == "review":
            return "过渡建到了复核日，请转为单建、联建或挂靠建" if self.late else "过渡建将到复核日"
        if self.kind == "project":
            return "项目已到计划完工日，请办理撤销或登记延期" if self.late else "项目将完工，请准备会员转出和撤销"
        if self.kind == "agreement":
            return f"{self.note}已期满，请续签或重新协商" if self.late else f"{self.note}将期满，请提出续签协商"
        if self.kind == "spot":
            return "约定的走访已过期，请走访或另约日期"
        return self.note or MatterKind(self.note or "handover").label


def _columns(rows: QuerySet[Any], kind: str, union: str, org: str, due: str, note: Any, who: Any = None) -> QuerySet[Any, Any]:
    text = CharField()
    found: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            kind_=Value(kind, output_field=text),
            pk_=F("pk"),
            union_=F(f"{union}id" if union else "pk"),
            path_=F(f"{union}path"),
            org_=F(org),
            due_=F(due),
            note_=note,
            who_=who if who is not None else Value(0),
        )
        .values_list(*_FIELDS)
    )
    return found


def _terms(within: Q, until: date, today: date) -> QuerySet[Any, Any]:
    later = Term.objects.filter(union=OuterRef("union"), body=Body.COMMITTEE, number__gt=OuterRef("number"))
    rows = Term.objects.filter(
        within, ~Exists(later), body=Body.COMMITTEE, ended_on=None, since__lte=today, until__lte=until, union__ended_on=None
    ).exclude(union__kind__in=[UnionKind.ORGANISER, UnionKind.POOL])
    return _columns(rows, "term", "union__", "union__name", "until", Value("工会委员会"))


def _certificates(within: Q, until: date) -> QuerySet[Any, Any]:
    rows = Certificate.objects.filter(within, cancelled_on=None, valid_until__lte=until, union__ended_on=None)
    return _columns(rows, "certificate", "union__", "union__name", "valid_until", Value(""))


def _plans(within: Q, column: str, kind: str, until: date) -> QuerySet[Any, Any]:
    rows = Union.objects.filter(within, ended_on=None, **{f"{column}__lte": until})
    return _columns(rows, kind, "", "name", column, Value(""))


def _matters(within: Q, until: date, kind: str) -> QuerySet[Any, Any]:
    side = "union__" if kind == "union" else "employer__union__"
    rows = Matter.objects.filter(within, Q(due_on=None) | Q(due_on__lte=until), state=MatterState.OPEN, union__isnull=kind != "union")
    org = "union__name" if kind == "union" else "employer__name"
    return _columns(rows, "matter", side, org, "due_on", F("note"))


def _agreements(within: Q, until: date, today: date) -> QuerySet[Any, Any]:
    """Those that run out and have no younger one of their kind; a year after the end it is history."""
    younger = Agreement.objects.filter(
        union=OuterRef("union"), kind=OuterRef("kind"), valid_until__gt=OuterRef("valid_until"), ended_on=None
    )
    rows = Agreement.objects.filter(
        within, ~Exists(younger), ended_on=None, valid_until__lte=until, valid_until__gt=today - timedelta(days=366), union__ended_on=None
    )
    return _columns(rows, "agreement", "union__", "union__name", "valid_until", F("number"))


def _spots(within: Q, today: date) -> QuerySet[Any, Any]:
    rows = Spot.objects.filter(within, until=None, next_visit__lt=today)
    return _columns(
        rows, "spot", "employer__union__", "employer__name", "next_visit", F("next_step"), Coalesce(F("organiser_id"), Value(0))
    )


def obligations(*, actor: Actor, day: date | None = None, near: bool = False) -> list[Obligation]:
    """All that is due or late in the actor's scope, the earliest first: one query.

    Args: near only what the actor's own desk does: own union and the two levels below it; an organiser sees the visits given to him.
    """
    today = day or clock.today()
    terms_until = today + timedelta(days=max(policy_values.numbers("orgs.term_reminders", today), default=0))
    until = today + timedelta(days=max(policy_values.numbers("orgs.due_reminders", today), default=0))
    parts: list[QuerySet[Any, Any]] = []
    if actor.may(Perm.POST_EDIT):
        parts.append(_terms(_scope(actor, Perm.POST_EDIT, "union", near), terms_until, today))
    if actor.may(Perm.UNION_EDIT):
        parts.append(_certificates(_scope(actor, Perm.UNION_EDIT, "union", near), until))
        for column, kind in (("review_on", "review"), ("planned_end", "project")):
            parts.append(_plans(_scope(actor, Perm.UNION_EDIT, "", near), column, kind, until))
        marks = policy_values.numbers("orgs.agreement_reminders", today)
        parts.append(_agreements(_scope(actor, Perm.UNION_EDIT, "union", near), today + timedelta(days=max(marks, default=0)), today))
        both = _scope(actor, Perm.UNION_EDIT, "union", near) | _scope(actor, Perm.UNION_EDIT, "target", near)
        parts.append(_matters(Q() if actor.is_system else both, until, "union"))
    if actor.may(Perm.EMPLOYER_STATUS):
        parts.append(_matters(_scope(actor, Perm.EMPLOYER_STATUS, "employer__union", near), until, "employer"))
    if actor.may(Perm.SPOT_EDIT):
        mine = near and not actor.may(Perm.UNION_EDIT)
        given = Q(organiser_id=actor.user_id) if mine else Q()
        parts.append(_spots(given & _scope(actor, Perm.SPOT_EDIT, "employer__union", near and not mine), today))
    if not parts:
        return []
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    found = [Obligation(k, pk, u, path, org, due, note, who or None) for k, pk, u, path, org, due, note, who in rows]
    return sorted(found, key=lambda o: (o.due or date.max, o.kind, o.pk))


def _scope(actor: Actor, perm: str, org: str, near: bool) -> Q:
    scope = actor.within(perm, org)
    if not near or actor.is_system:
        return scope
    home = len(actor.home) // 4 - 1
    return scope & Q(**{f"{org}__depth__lte" if org else "depth__lte": home + (2 if home > 0 else 1)})
