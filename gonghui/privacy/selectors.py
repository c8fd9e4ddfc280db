"""What the protection of personal data shows (评估和事件的查询). Both lie under no union: who holds the right sees all."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, Q, QuerySet

from gonghui.privacy.enums import AssessmentState, IncidentState, Perm
from gonghui.privacy.models import Affected, Assessment, Incident

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def assessments(*, actor: Actor, q: str = "", state: str = "") -> QuerySet[Assessment]:
    """Assessments, newest first (影响评估)."""
    rows = Assessment.objects.all() if actor.may(Perm.VIEW) else Assessment.objects.none()
    rows = rows.filter(Q(title__icontains=q) | Q(kinds__icontains=q)) if q else rows
    return (rows.filter(state=state) if state in AssessmentState.values else rows).order_by("-pk")


def incidents(*, actor: Actor, q: str = "", state: str = "") -> QuerySet[Incident]:
    """Incidents, newest first, with how many people each touches (安全事件)."""
    rows = Incident.objects.all() if actor.may(Perm.VIEW) else Incident.objects.none()
    rows = rows.filter(Q(title__icontains=q) | Q(kinds__icontains=q)) if q else rows
    rows = rows.filter(state=state) if state in IncidentState.values else rows
    return rows.annotate(people=Count("affected")).order_by("-found_at")


def affected(incident: Incident) -> QuerySet[Affected]:
    """The people an incident touches (受影响的人)."""
    return Affected.objects.filter(incident=incident).select_related("person").order_by("pk")


def looked_at_by(ref: str, since: datetime, until: datetime) -> list[int]:
    """Whose sensitive fields an account opened in a span of time (某账号查看过的人): from the record of looks."""
    rows = apps.get_model("people", "Reveal")._default_manager.filter(actor=ref, at__gte=since, at__lt=until)
    return sorted(set(rows.values_list("person_id", flat=True)))


def on_the_roll(path: str, on: date) -> list[int]:
    """Members of a union and below it on a day (某工会当日的会员)."""
    rows = apps.get_model("members", "Membership")._default_manager.filter(union__path__startswith=path, since__lte=on)
    rows = rows.filter(Q(until=None) | Q(until__gt=on))
    return sorted(set(rows.values_list("person_id", flat=True)))


def timeline(incident: Incident) -> list[tuple[Any, str, str]]:
    """What was done about an incident, from the audit chain (处置经过)."""
    from gonghui.core import verbs
    from gonghui.core.models import AuditEntry

    rows = AuditEntry.objects.filter(kind="privacy.incident", object_id=str(incident.pk)).order_by("seq")
    return [(e.at, verbs.say(e.verb, e.kind), e.actor) for e in rows]
