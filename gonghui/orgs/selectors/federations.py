"""Reads of a federation's covered employers, agreements and congress sessions (联合会查询). Source: S012, S013."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.shortcuts import get_object_or_404

from gonghui.core import clock
from gonghui.orgs.enums import Perm
from gonghui.orgs.models import Agreement, ClusterCongress, Coverage, Union
from gonghui.orgs.selectors import law, policy_values
from gonghui.policy.services import Decision

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

STATES = {"": "全部", "live": "有效", "soon": "将期满", "over": "已期满", "ended": "已终止"}


def covered_on(union: Union, on: date, q: str = "") -> QuerySet[Coverage]:
    """Coverages of a union that hold on a day (某日覆盖的单位)."""
    rows = Coverage.objects.filter(Q(until=None) | Q(until__gt=on), union=union, since__lte=on)
    if q:
        rows = rows.filter(Q(employer__name__icontains=q) | Q(employer__code__iexact=q))
    return rows.select_related("employer").order_by("employer__name", "pk")


def beside(rows: list[Coverage], on: date) -> list[Coverage]:
    """The rows with `beside`: names of the other unions that cover the same employer on the day (counted once in rates)."""
    found: dict[int, list[str]] = defaultdict(list)
    if rows:
        others = Coverage.objects.filter(
            Q(until=None) | Q(until__gt=on), since__lte=on, employer__in=[r.employer_id for r in rows]
        ).exclude(union=rows[0].union_id)  # fmt: skip
        for employer, name in others.order_by("pk").values_list("employer_id", "union__name"):
            found[employer].append(name)
    for row in rows:
        row.beside = found[row.employer_id]  # type: ignore[attr-defined]  # shown beside the row
    return rows


def counts(union: Union, on: date) -> dict[str, int]:
    """Employers covered, those of them covered by somebody else too, those counted here, and their workers."""
    rows = list(covered_on(union, on).values_list("employer_id", "main", "employer__headcount"))
    shared = Coverage.objects.filter(Q(until=None) | Q(until__gt=on), since__lte=on, employer__in=[r[0] for r in rows]).exclude(union=union)
    return {
        "employers": len({r[0] for r in rows}), "shared": shared.values("employer").distinct().count(),
        "main": len({r[0] for r in rows if r[1]}), "workers": sum({r[0]: r[2] or 0 for r in rows}.values()),
    }  # fmt: skip


def soon(on: date) -> date:
    """Up to which day an agreement's end is near. Source: policy orgs.agreement_reminders."""
    return on + timedelta(days=max(policy_values.numbers("orgs.agreement_reminders", on), default=0))


def agreement_list(
    *, actor: Actor, union: Union | None = None, state: str = "", kind: str = "", q: str = "", perm: str = Perm.UNION_VIEW
) -> QuerySet[Any]:
    """Agreements on file in the actor's scope, those that end first on top, with `word` and the number of `employers`."""
    today = clock.today()
    near = soon(today)
    text = CharField()
    word = Case(
        When(ended_on__isnull=False, then=Value("ended")), When(valid_until__lte=today, then=Value("over")),
        When(valid_until__lte=near, then=Value("soon")), default=Value("live"), output_field=text,
    )  # fmt: skip
    rows = Agreement.objects.filter(actor.within(perm, "union")).annotate(state=word, employers=Count("bound"))
    rows = rows.filter(union=union) if union is not None else rows
    rows = rows.filter(state__in=("live", "soon") if state == "live" else (state,)) if state in STATES and state else rows
    rows = rows.filter(kind=kind) if kind else rows
    for part in q.split()[:3]:
        rows = rows.filter(Q(number__icontains=part) | Q(union__name__icontains=part) | Q(counterpart__icontains=part))
    labels = [When(state=k, then=Value(v)) for k, v in STATES.items() if k]
    return (
        rows.annotate(word=Case(*labels, output_field=text))
        .select_related("union", "file")
        .order_by(F("ended_on").asc(nulls_first=True), "valid_until", "pk")
    )


def state_counts(*, actor: Actor, kind: str = "", q: str = "") -> dict[str, int]:
    """How many stand under each tab; what runs out soon still holds."""
    found: dict[str, int] = defaultdict(int)
    for state in agreement_list(actor=actor, kind=kind, q=q).order_by().values_list("state", flat=True):
        for key in {"", state, "live" if state == "soon" else state}:
            found[key] += 1
    return dict(found)


def agreement_get(*, actor: Actor, pk: int, perm: str = Perm.UNION_VIEW) -> Any:
    """One agreement the actor may see, or 404."""
    return get_object_or_404(agreement_list(actor=actor, perm=perm), pk=pk)


def congress_list(*, actor: Actor, union: Union) -> list[tuple[ClusterCongress, Decision | None]]:
    """Sessions on file, newest first, each with the decision about its quorum."""
    rows = ClusterCongress.objects.filter(actor.within(Perm.UNION_VIEW, "union"), union=union).order_by("-on")[:30]
    return [(r, law.decided("orgs.cluster_quorum", union, r.on, {"entitled": r.delegates, "present": r.present})) for r in rows]


def congress_get(*, actor: Actor, pk: int) -> ClusterCongress:
    """One session the actor may see, or 404."""
    return get_object_or_404(
        ClusterCongress.objects.filter(actor.within(Perm.UNION_VIEW, "union")).select_related("union", "minutes"), pk=pk
    )


def term_decision(agreement: Agreement) -> Decision | None:
    """Is the agreement as long as the law wants (协议期限)? Source: policy orgs.agreement_term."""
    a, b = agreement.signed_on, agreement.valid_until + timedelta(days=1)
    exact = (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day)
    return law.decided("orgs.agreement_term", agreement.union, agreement.signed_on, {"months": exact})
