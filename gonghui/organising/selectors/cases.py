"""Reads of cases (建会事项查询)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case as DbCase
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.shortcuts import get_object_or_404

from gonghui.accounts.actor import subtree
from gonghui.core import clock
from gonghui.members.enums import COUNTED
from gonghui.organising import rules
from gonghui.organising.enums import ENDED, CaseKind, CaseState, Outcome, Perm
from gonghui.organising.models import Case, CaseStep
from gonghui.orgs.enums import Body
from gonghui.orgs.selectors import approvers

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

ENDED_WORDS = tuple(str(s) for s in ENDED)
SORTS = {"due": "due", "opened": "opened_on", "name": "name"}


def visible(actor: Actor, perm: str = Perm.CASE_VIEW) -> Q:
    """Cases in scope, and those the own union was asked about as second upper or receiving side."""
    return actor.within(perm, "org") | actor.within(perm, "second") | actor.within(perm, "target") if not actor.is_system else Q()


def _with_due(rows: QuerySet[Case]) -> QuerySet[Any]:
    now = CaseStep.objects.filter(case=OuterRef("pk"), until=None)
    return rows.annotate(due=Subquery(now.values("due_on")[:1]), since=Subquery(now.values("since")[:1]))


def case_list(
    *, actor: Actor, state: str = "", kind: str = "", q: str = "", overdue: bool = False, union: Any = None, form: str = "", sort: str = "",
    among: QuerySet[Case] | None = None,
) -> QuerySet[Any]:  # fmt: skip
    """Cases, what is due first (建会事项台账); `among` cuts them to those behind a figure."""
    rows = _with_due(Case.objects.filter(visible(actor)))
    if among is not None:
        rows = rows.filter(pk__in=among.values("pk"))
    if state == "open":
        rows = rows.exclude(state__in=ENDED_WORDS)
    elif state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if form:
        rows = rows.filter(form=form)
    if union is not None:
        rows = rows.filter(subtree(union.path, "org__path"))
    if overdue:
        rows = rows.filter(due__lt=clock.today())
    for word in q.split()[:4]:
        rows = rows.filter(
            Q(name__icontains=word) | Q(number__icontains=word) | Q(employer__name__icontains=word) | Q(chair_name__icontains=word)
        )
    column = F(SORTS.get(sort.lstrip("-"), "due"))
    order = column.desc(nulls_last=True) if sort.startswith("-") else column.asc(nulls_last=True)
    return rows.select_related("employer", "org", "approver", "union").order_by(order, "pk")


def case_get(*, actor: Actor, pk: int) -> Any:
    """One case the actor may see, or 404."""
    rows = _with_due(Case.objects.filter(visible(actor)))
    return get_object_or_404(
        rows.select_related("employer", "union", "org", "parent", "approver", "second", "target", "host", "leader"), pk=pk
    )


def case_mine(*, actor: Actor, pk: int) -> Any:
    """A case the worker leads or prepares, or 404 (我牵头的建会)."""
    rows = _with_due(Case.objects.filter(pk__in=of_person(actor).values("pk")))
    return get_object_or_404(rows.select_related("employer", "union", "org", "parent", "approver", "leader"), pk=pk)


def of_person(actor: Actor) -> QuerySet[Case]:
    """Cases of the person behind a worker's account."""
    who = actor.person_id or 0
    return Case.objects.filter(Q(leader_id=who) | Q(prep__person_id=who)).distinct()


def my_cases(actor: Actor) -> list[Any]:
    """For the phone, open ones first."""
    rows = _with_due(of_person(actor)).select_related("employer", "org", "union")
    return sorted(rows, key=lambda c: (c.ended, -c.pk))


def case_of_token(token: str) -> Case | None:
    """The case behind a joining code, while it recruits."""
    open_now = [CaseState.GROUP, CaseState.RECRUITING, CaseState.MEETING]
    return Case.objects.filter(token=token, state__in=open_now).select_related("employer", "org").first()


def case_row(pk: Any) -> Case:
    """A case by id for the callbacks of approvals, which have their own guard."""
    return Case.objects.select_related("org", "approver", "parent", "union").get(pk=int(pk))


def open_case_of(employer: Any) -> Case | None:
    """The case under way for an employer."""
    return Case.objects.filter(employer=employer).exclude(state__in=ENDED_WORDS).order_by("-pk").first()


def counts(actor: Actor) -> dict[str, int]:
    """How many stand at each step."""
    rows = Case.objects.filter(visible(actor))
    return dict(rows.order_by().values_list("state").annotate(n=Count("pk")))


def waiting(actor: Actor) -> QuerySet[Case]:
    """Open cases in scope, for the menu."""
    return Case.objects.filter(visible(actor)).exclude(state__in=ENDED_WORDS)


@dataclass(frozen=True)
class Column:
    """One step of the board (看板的一列)."""

    state: CaseState
    cases: list[Any]
    total: int
    late: int


MOST_IN_COLUMN = 30


def board(*, actor: Actor, union: Any = None, kind: str = "", q: str = "", most: int = MOST_IN_COLUMN) -> list[Column]:
    """Open cases by step, the most overdue on top (看板)."""
    held: dict[str, list[Any]] = {}
    for case in case_list(actor=actor, state="open", union=union, kind=kind, q=q):
        held.setdefault(case.state, []).append(case)
    today = clock.today()
    late = {s: sum(1 for c in rows if c.due is not None and c.due < today) for s, rows in held.items()}
    return [Column(s, held.get(s, [])[:most], len(held.get(s, [])), late.get(s, 0)) for s in CaseState if s not in ENDED]


def steps_of(case: Case) -> list[CaseStep]:
    return list(case.steps.order_by("pk"))


@dataclass(frozen=True)
class Stop:
    """A station on the way (路径上的一站)."""

    state: CaseState
    word: str
    step: CaseStep | None


def way_of(case: Case) -> list[Stop]:
    """The whole way with what is done, under way and ahead."""
    last = {s.state: s for s in steps_of(case)}
    stops = []
    for state in rules.way(case.kind, case.form):
        step = last.get(state)
        done = step is not None and (step.outcome == Outcome.DONE or state == CaseState.DONE)
        word = "now" if case.state == state and not case.ended else "done" if done else "ahead"
        stops.append(Stop(state, word, step))
    return stops


def expected_approver(parent: Any, form: str = "") -> Any:
    """Who approves a union below this parent; the company's union approves its own project. Source: TUL-12-1, R018; policy orgs.approver."""
    if form in rules.INNER_FORMS:
        return parent
    return approvers.approver_of(parent)


def registrar_of(case: Case) -> Any:
    """The federation that registers legal persons (登记机关): county level or above. Source: LPR-3-1."""
    from gonghui.orgs.selectors import unions

    start = case.union or case.parent or case.org
    chain = [*unions.ancestors(start), start]
    return next((u for u in reversed(chain) if u.kind in {"county", "city"}), chain[0])


def joined(case: Case) -> QuerySet[Any]:
    """Applicants who filled in and signed themselves and have not left (本人确认的申请人)."""
    return case.applicants.filter(left_at=None, signed_at__isnull=False, self_filled=True)


def voters(case: Case) -> dict[int, Any]:
    """Who may vote at the meeting (应到会的人): who signed to join; of a union that is rebuilt also everybody who is a member already."""
    found = {}
    if case.kind == CaseKind.REBUILD and case.union is not None:
        rows = case.union.memberships.filter(until=None, standing__in=[str(s) for s in COUNTED]).select_related("person")
        found = {m.person_id: m.person for m in rows.order_by("pk")}
    return found | {a.person_id: a.person for a in joined(case).select_related("person").order_by("pk")}


def applicants(case: Case) -> QuerySet[Any]:
    return case.applicants.filter(left_at=None).select_related("person", "application").order_by("pk")


def meeting_of(case: Case) -> Any:
    """The recorded meeting with its results, or None."""
    from gonghui.organising.models import Elected, Meeting

    bodies = DbCase(*(When(body=b, then=n) for n, b in enumerate(Body.values)), default=len(Body.values))
    rows = Meeting.objects.prefetch_related(Prefetch("results", Elected.objects.select_related("person").order_by(bodies, "pk")))
    return rows.filter(case=case).first()
