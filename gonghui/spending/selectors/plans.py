"""Plans (计划查询): lists, one, the year of a union and of a member."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Sum

from gonghui.core.errors import NotFound
from gonghui.spending.enums import COUNTED, PRIVATE, Outcome, Perm, PlanKind, PlanState
from gonghui.spending.models import Participant, Plan, PlanSlip

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABS = {
    "": ("全部", Q()),
    "draft": ("草稿", Q(state=PlanState.DRAFT)),
    "submitted": ("待确认", Q(state=PlanState.SUBMITTED)),
    "approved": ("待记账", Q(state=PlanState.APPROVED)),
    "posted": ("已记账", Q(state=PlanState.POSTED)),
    "refused": ("不能办的", Q(outcome=Outcome.REFUSED) & ~Q(state=PlanState.CANCELLED)),
}
SORTS = {"on": "on", "total": "total_fen", "number": "number", "union": "union__path"}


def plan_visible(actor: Actor) -> QuerySet[Plan]:
    """Plans in the actor's scope."""
    return Plan.objects.filter(actor.within(Perm.PLAN_VIEW, "union"))


def plan_get(*, actor: Actor, pk: int) -> Plan:
    """One plan in scope, or 404."""
    row = plan_visible(actor).filter(pk=pk).select_related("union", "union__parent", "approval").first()
    if row is None:
        raise NotFound()
    return row


def filtered(rows: QuerySet[Plan], data: dict[str, Any]) -> QuerySet[Plan]:
    """The list's filters: words, kind, outcome, dates, union."""
    if q := str(data.get("q") or "").strip():
        rows = rows.filter(Q(title__icontains=q) | Q(number__icontains=q) | Q(payee__icontains=q) | Q(union__name__icontains=q))
    for name in ("kind", "outcome"):
        if data.get(name):
            rows = rows.filter(**{name: data[name]})
    if data.get("since"):
        rows = rows.filter(on__gte=data["since"])
    if data.get("until"):
        rows = rows.filter(on__lte=data["until"])
    return rows


def listed(rows: QuerySet[Plan], sort: str = "") -> QuerySet[Plan]:
    """Ready for the page."""
    order = SORTS.get(sort.lstrip("-"), "")
    head = [("-" if sort.startswith("-") else "") + order] if order else ["-on"]
    return rows.select_related("union").annotate(named=Count("participants")).order_by(*head, "-pk")


def tab_counts(rows: QuerySet[Plan]) -> dict[str, int]:
    """Counts of the tabs in one statement."""
    marks = {f"n_{key or 'all'}": Count("pk", filter=cond) if key else Count("pk") for key, (_label, cond) in TABS.items()}
    found = rows.order_by().aggregate(**marks)
    return {key: found[f"n_{key or 'all'}"] for key in TABS}


def waiting(actor: Actor) -> QuerySet[Plan]:
    """Plans that wait for a confirmation by the actor."""
    rows = Plan.objects.filter(actor.within(Perm.PLAN_CONFIRM, "union"), state=PlanState.SUBMITTED)
    return rows.exclude(made_by=actor.ref)


def year_by_kind(union: Any, year: int) -> list[dict[str, Any]]:
    """What the union spent or has confirmed, by kind."""
    rows = Plan.objects.filter(union=union, state__in=COUNTED, on__year=year).order_by()
    labels = dict(PlanKind.choices)
    found = rows.values("kind").annotate(n=Count("pk"), fen=Sum("total_fen"))
    return sorted(({**r, "label": labels[r["kind"]]} for r in found), key=lambda r: -r["fen"])


@dataclass
class Share:
    """What one member received in a year (会员年度收受)."""

    person_id: int
    name: str = ""
    fen: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    rows: list[tuple[Plan, int]] = field(default_factory=list)


def member_year(union: Any, year: int) -> list[Share]:
    """What every listed member of the union received in the year, the most first (每名会员全年收受).

    Illness, bereavement and childbirth stay out: a name beside them would tell what only an opened plan may tell.
    """
    plans = Plan.objects.filter(union=union, state__in=COUNTED, on__year=year).exclude(kind__in=PRIVATE).prefetch_related("lines")
    by_plan = {p.pk: p for p in plans}
    found: dict[int, Share] = {}
    parts = Participant.objects.filter(plan__in=list(by_plan)).select_related("person").order_by("plan__on", "pk")
    counts: dict[int, int] = {}
    rows = list(parts)
    for part in rows:
        counts[part.plan_id] = counts.get(part.plan_id, 0) + 1
    for part in rows:
        plan = by_plan[part.plan_id]
        fen = share_of(plan, counts[plan.pk])
        share = found.setdefault(part.person_id, Share(part.person_id, part.person.name))
        share.fen += fen
        share.by_kind[plan.kind] = share.by_kind.get(plan.kind, 0) + fen
        share.rows.append((plan, fen))
    return sorted(found.values(), key=lambda s: (-s.fen, s.person_id))


def share_of(plan: Plan, people: int) -> int:
    """One person's even share of a plan: what was bought for everybody counts in full, the rest by heads."""
    return sum(line.unit_fen if line.quantity == people else line.total_fen // people for line in plan.lines.all()) if people else 0


def slips(plan: Plan) -> QuerySet[PlanSlip]:
    """Kept slips of a plan, newest first."""
    return PlanSlip.objects.filter(plan=plan).order_by("-at", "pk")


def participants(plan: Plan) -> QuerySet[Participant]:
    """The list of a plan."""
    return Participant.objects.filter(plan=plan).select_related("person").order_by("person__name", "pk")


def flagged(actor: Actor, since: date, until: date) -> QuerySet[Plan]:
    """Plans of a span that some rule did not let pass, for the audit committee and the detectors."""
    rows = plan_visible(actor).filter(on__gte=since, on__lte=until).exclude(state=PlanState.CANCELLED)
    return rows.filter(outcome__in=[Outcome.REFUSED, Outcome.REASON]).select_related("union").order_by("on", "pk")
