"""Applications, batches, gates (入会查询)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.members.enums import ApplicationState, Channel, Perm
from gonghui.members.models import Application, Batch, Ceremony
from gonghui.members.rules import gates as rules
from gonghui.members.selectors import policy_values

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def applications(actor: Actor) -> QuerySet[Application]:
    """Applications in scope. Private ones stand with a union above the employer's level, out of its reach."""
    return Application.objects.filter(actor.within(Perm.APPLICATION_VIEW, "union")).select_related("person", "union", "batch", "employer")


def application_get(*, actor: Actor, pk: int) -> Application:
    """One application in scope, or 404."""
    row = applications(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def tallies(rows: QuerySet[Application]) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """How many in each state, and by channel (状态、渠道统计), in one statement."""
    states: dict[str, int] = {}
    channels: dict[str, int] = {}
    for state, channel, n in rows.order_by().values_list("state", "channel").annotate(n=Count("pk")):
        states[state], channels[channel] = states.get(state, 0) + n, channels.get(channel, 0) + n
    return states, [(str(Channel(c).label), channels[c]) for c in Channel.values if channels.get(c)]


def state_counts(rows: QuerySet[Application]) -> dict[str, int]:
    """How many in each state."""
    return dict(rows.order_by().values_list("state").annotate(n=Count("pk")))


def card_due(application: Application) -> Any:
    """By when the card has to be in hand (发证期限), R028. Source: policy members.card_days."""
    if application.decided_at is None:
        return None
    day = application.decided_at.astimezone(clock.SHANGHAI).date()
    return day + timedelta(days=policy_values.number("members.card_days", day, application.union))


def my_application(person_id: int) -> Application | None:
    """The person's newest application."""
    return Application.objects.filter(person_id=person_id).select_related("union", "batch").order_by("-pk").first()


def batches(actor: Actor) -> QuerySet[Batch]:
    """Batches in scope with their counts."""
    rows = Batch.objects.filter(actor.within(Perm.APPLICATION_VIEW, "union")).select_related("union")
    alive = ~Q(applications__state__in=["withdrawn", "refused"])
    return rows.annotate(
        asked=Count("applications", filter=alive), issued=Count("applications", filter=Q(applications__state=ApplicationState.DONE))
    ).order_by("-opened_on", "-pk")


def batch_get(*, actor: Actor, pk: int) -> Batch:
    """One batch in scope, or 404."""
    row = batches(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def gates_of(batch: Batch) -> tuple[rules.Gate, rules.Gate, rules.Gate]:
    """The three gates of a batch as they stand (三关)."""
    rows = batch.applications.values_list("self_filled", "signed_at", "decided_at", "issued_on", "state")
    asked = [rules.ApplicationFacts(f, s is not None, d is not None, i is not None, state) for f, s, d, i, state in rows]
    papers = [rules.Paper(kind, people) for kind, people in batch.documents.values_list("kind", "people")]
    return rules.gates(asked, papers, approval_no=batch.approval_no, reconciled_on=batch.reconciled_on)


def batch_counted(batch: Batch) -> int:
    """Members this batch counts for: a campaign counts only whom all three gates let through (S037)."""
    if batch.campaign:
        return batch.applications.filter(state=ApplicationState.DONE).count() if all(g.passed for g in gates_of(batch)[:2]) else 0
    return batch.applications.filter(state__in=[ApplicationState.APPROVED, ApplicationState.DONE]).count()


def ceremony_get(*, actor: Actor, pk: int) -> Ceremony:
    """One ceremony in scope, or 404."""
    row = Ceremony.objects.filter(actor.within(Perm.APPLICATION_VIEW, "batch__union"), pk=pk).select_related("batch__union").first()
    if row is None:
        raise NotFound()
    return row


def ceremony_of(token: str) -> Ceremony | None:
    """A ceremony by the code on the table."""
    return Ceremony.objects.filter(token=token).select_related("batch__union").first()
