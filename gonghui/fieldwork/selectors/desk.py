"""Reads for the console (管理端查询): organisers, visits, conflicts, phones, help."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from gonghui.accounts import selectors as accounts
from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.fieldwork.enums import ClashKind, ClashState, HelpState, Perm, VisitState
from gonghui.fieldwork.models import Clash, Device, Edit, FollowUp, HelpRequest, Portfolio, Visit
from gonghui.fieldwork.rules import words
from gonghui.fieldwork.selectors import docs

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

SORTS = {"visited": "visited_on", "planned": "planned_on", "employer": "employer__name"}


def visits_seen(actor: Actor) -> QuerySet[Visit]:
    """Visits in the actor's scope; an organiser sees what lies in the own area."""
    return Visit.objects.filter(actor.within(Perm.VISIT_VIEW, "employer__union"))


def visit_list(
    *, actor: Actor, state: str = "", q: str = "", outcome: str = "", purpose: str = "", organiser: int | None = None,
    since: date | None = None, until: date | None = None, sort: str = "", among: QuerySet[Visit] | None = None,
) -> QuerySet[Visit]:  # fmt: skip
    """Visit orders, filtered (走访单); `among` cuts them to those behind a figure."""
    rows = visits_seen(actor)
    if among is not None:
        rows = rows.filter(pk__in=among.values("pk"))
    for name, value in (("state", state), ("outcome", outcome), ("purpose", purpose), ("user_id", organiser)):
        if value:
            rows = rows.filter(**{name: value})
    if since:
        rows = rows.filter(Q(visited_on__gte=since) | Q(visited_on=None, planned_on__gte=since))
    if until:
        rows = rows.filter(Q(visited_on__lte=until) | Q(visited_on=None, planned_on__lte=until))
    for word in q.split()[:4]:
        rows = rows.filter(Q(employer__name__icontains=word) | Q(employer__address__icontains=word))
    column = SORTS.get(sort.lstrip("-"), "")
    order = [column if not sort.startswith("-") else f"-{column}"] if column else ["-visited_on", "planned_on"]
    return rows.select_related("employer__union").order_by(*order, "pk")


def visit_counts(rows: QuerySet[Visit]) -> dict[str, int]:
    return dict(Counter(rows.order_by().values_list("state", flat=True)))


def visit_get(*, actor: Actor, pk: int) -> Visit:
    """One visit the actor may see, or 404."""
    return get_object_or_404(visits_seen(actor).select_related("employer__union", "employer__merged_into", "doc"), pk=pk)


@dataclass(frozen=True)
class Change:
    """One edit in words (一次修改)."""

    field: str
    value: str
    who: str
    at: Any
    device: bool


def changes_of(visit: Visit) -> list[Change]:
    """What was changed, newest first (修改经过)."""
    rows = list(Edit.objects.filter(doc=visit.doc).order_by("-version", "field")[:60])
    names = accounts.names_of({r.actor for r in rows})
    return [
        Change(words.label_of(r.field), words.value_of(r.field, docs.plain(r.value)), names.get(r.actor, "系统"), r.made_at, bool(r.device))
        for r in rows
    ]


def clashes_seen(actor: Actor) -> QuerySet[Clash]:
    return Clash.objects.filter(actor.within_path(Perm.CLASH_SETTLE, "org_path"))


def clashes_open(actor: Actor) -> QuerySet[Clash]:
    """For the menu."""
    return clashes_seen(actor).filter(state=ClashState.OPEN)


def clash_list(*, actor: Actor, state: str = ClashState.OPEN) -> QuerySet[Clash]:
    rows = clashes_seen(actor)
    rows = rows.filter(state=ClashState.OPEN) if state == ClashState.OPEN else rows.exclude(state=ClashState.OPEN)
    return rows.select_related("employer", "doc", "join__union").order_by("-opened_at", "-pk")


def clash_get(*, actor: Actor, pk: int) -> Clash:
    return get_object_or_404(clashes_seen(actor).select_related("employer__union", "doc", "join__union"), pk=pk)


@dataclass(frozen=True)
class Side:
    """One side of a conflict (一方)."""

    uid: str
    field: str
    value: str
    who: str
    at: Any
    device: bool


def sides_of(clash: Clash) -> list[Side]:
    """Both sides (or more) as they were written; for a closing, the closing first."""
    uids = list(clash.heads)
    rows = (
        list(Edit.objects.filter(doc=clash.doc, uid__in=uids).order_by("made_at", "uid"))
        if clash.doc_id and clash.kind != ClashKind.REFUSED
        else []
    )
    if clash.kind == ClashKind.CLOSED:
        rows = [*Edit.objects.filter(doc=clash.doc, field="state", value='"cancelled"').order_by("-version")[:1], *rows]
    names = accounts.names_of({r.actor for r in rows})
    return [
        Side(
            r.uid,
            words.label_of(r.field),
            words.value_of(r.field, docs.plain(r.value)),
            names.get(r.actor, "登记册"),
            r.made_at,
            bool(r.device),
        )
        for r in rows
    ]


def mixes(clash: Clash) -> bool:
    """May both sides stand side by side in one text?"""
    return clash.field not in {*words.CHOICES, *words.LISTS, *words.DAYS, "reason"}


def device_list(*, actor: Actor) -> QuerySet[Device]:
    """Own phones, and for officers those of their place."""
    own = Q(user_id=actor.user_id) if actor.user_id else Q(pk__in=[])
    rows = own | actor.within_path(Perm.DEVICE_REVOKE, "org_path") if actor.may(Perm.DEVICE_REVOKE) else own
    return Device.objects.filter(rows).order_by("revoked_at", "-registered_at")


def device_get(*, actor: Actor, pk: int) -> Device:
    return get_object_or_404(device_list(actor=actor), pk=pk)


def help_list(*, actor: Actor, state: str = HelpState.OPEN) -> QuerySet[HelpRequest]:
    rows = HelpRequest.objects.filter(actor.within(Perm.VISIT_VIEW, "employer__union"))
    return rows.filter(state=state).select_related("employer__union").order_by("asked_at", "pk")


def help_get(*, actor: Actor, pk: int) -> HelpRequest:
    rows = HelpRequest.objects.filter(actor.within(Perm.HELP_ANSWER, "employer__union"))
    return get_object_or_404(rows.select_related("employer__union"), pk=pk)


def portfolio_get(*, actor: Actor, pk: int) -> Portfolio:
    return get_object_or_404(Portfolio.objects.filter(actor.within(Perm.PORTFOLIO_EDIT, "union")).select_related("union"), pk=pk)


def follow_up_get(*, actor: Actor, pk: int) -> FollowUp:
    rows = FollowUp.objects.filter(actor.within(Perm.VISIT_VIEW, "employer__union"))
    return get_object_or_404(rows.select_related("employer__union"), pk=pk)


def organiser_ids(actor: Actor) -> list[int]:
    """Organisers of the reader's place and below, and those who follow somebody there."""
    found = set(accounts.users_with_role_below(Role.ORGANISER, actor.home))
    seen = FollowUp.objects.filter(actor.within(Perm.VISIT_VIEW, "employer__union"), until=None).values_list("user_id", flat=True)
    return sorted(found | set(seen))


def organiser_names(actor: Actor) -> dict[int, str]:
    ids = organiser_ids(actor)
    names = accounts.names_of({f"user:{pk}" for pk in ids})
    return {pk: names.get(f"user:{pk}", str(pk)) for pk in ids}


@dataclass
class Load:
    """An organiser with the load (负担)."""

    user_id: int
    name: str
    areas: list[Portfolio]
    following: int = 0
    overdue: int = 0
    planned: int = 0
    done: int = 0


def loads(actor: Actor) -> list[Load]:
    """Organisers with portfolios, open follow-ups, overdue ones, and visits of this month (工建指导员名册)."""
    today, names = clock.today(), organiser_names(actor)
    found = {pk: Load(pk, name, []) for pk, name in names.items()}
    for row in Portfolio.objects.filter(user_id__in=found, until=None).select_related("union").order_by("pk"):
        found[row.user_id].areas.append(row)
    for user, due in FollowUp.objects.filter(user_id__in=found, until=None).values_list("user_id", "next_visit"):
        found[user].following += 1
        found[user].overdue += due is not None and due < today
    month = today.replace(day=1)
    rows = Visit.objects.filter(user_id__in=found).filter(Q(state=VisitState.PLANNED) | Q(state=VisitState.DONE, visited_on__gte=month))
    for user, state in rows.values_list("user_id", "state"):
        found[user].planned += state == VisitState.PLANNED
        found[user].done += state == VisitState.DONE
    return sorted(found.values(), key=lambda x: (-x.following, x.name))
