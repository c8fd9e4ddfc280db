"""Figures of cases (建会事项指标): states and events counted from the record of steps, as of any day. Definitions: `data/figures.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.db.models import Count, Q, QuerySet

from gonghui.figures import services as figures
from gonghui.figures.selectors import drill
from gonghui.organising.enums import ENDED, CaseKind, CaseState, Outcome, Perm
from gonghui.organising.models import Case, CaseStep

NAME = "cases"
ENDINGS = {f"cases.{s}": s for s in (CaseState.DONE, CaseState.REFUSED, CaseState.WITHDRAWN, CaseState.GONE)}
_ENDED = [str(s) for s in ENDED]


def running(day: date) -> QuerySet[CaseStep]:
    """The step each open case stood at when the day ended (截至某日的在办环节)."""
    rows = CaseStep.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day)
    return rows.exclude(state__in=_ENDED)


def states(day: date) -> Iterator[tuple[int, str, int]]:
    """Own counts of each union at the end of a day."""
    late = Count("pk", filter=Q(due_on__lt=day))
    rows = running(day).order_by().values_list("case__org_id", "state", "case__kind").annotate(n=Count("pk"), late=late)
    for org, state, kind, n, over in rows:
        yield from ((org, key, n) for key in ("cases.open", f"cases.step={state}", f"cases.kind={kind}"))
        if over:
            yield from ((org, key, over) for key in ("cases.overdue", f"cases.overdue_step={state}"))


def _entered(since: date, until: date, **which: object) -> QuerySet[CaseStep]:
    return CaseStep.objects.filter(since__gt=since, since__lte=until, **which)


def _left(since: date, until: date, **which: object) -> QuerySet[CaseStep]:
    return CaseStep.objects.filter(until__gt=since, until__lte=until, **which)


def happened(key: str, since: date, until: date) -> tuple[QuerySet[CaseStep], str] | None:
    """The steps behind an event figure, and which of their dates is the day it happened."""
    if key in ENDINGS:
        return _entered(since, until, state=ENDINGS[key]), "since"
    if key == "cases.opened":
        return _entered(since, until, state=CaseState.APPLICATION, round=1), "since"
    if key == "cases.approved":
        return _entered(since, until, state=CaseState.FILING, round=1), "since"
    if key == "cases.filed":
        return _left(since, until, state=CaseState.FILING, outcome=Outcome.DONE), "until"
    if key == "cases.returned":
        return _left(since, until, outcome=Outcome.RETURNED), "until"
    return None


EVENTS = ("cases.opened", "cases.returned", "cases.approved", "cases.filed", *ENDINGS)


def events(since: date, until: date) -> Iterator[tuple[int, str, date, int]]:
    """What happened after the first day up to the last."""
    for key in EVENTS:
        found = happened(key, since, until)
        if found is not None:
            rows, on = found
            for org, day, n in rows.order_by().values_list("case__org_id", on).annotate(n=Count("pk")):
                yield org, key, day, n


def behind(key: str, union_id: int, since: date, until: date) -> QuerySet[Case]:
    """The cases a figure of a union counts (下钻): every one of them, before they are cut to the reader."""
    found = happened(key, since, until)
    if found is None:
        own = ((pk, org, until) for pk, org in _state_rows(key, until).values_list("case_id", "case__org_id"))
    else:
        own = ((pk, org, day) for pk, org, day in found[0].values_list("case_id", "case__org_id", found[1]))
    return Case.objects.filter(pk__in=drill.below(union_id, own))


def _state_rows(key: str, day: date) -> QuerySet[CaseStep]:
    rows, (head, _, value) = running(day), key.partition("=")
    if head in {"cases.overdue", "cases.overdue_step"}:
        rows = rows.filter(due_on__lt=day)
    if head in {"cases.step", "cases.overdue_step"}:
        return rows.filter(state=value)
    if head == "cases.kind":
        return rows.filter(case__kind=value)
    return rows if head in {"cases.open", "cases.overdue"} else rows.none()


def address(key: str, union_id: int, since: date, until: date) -> str:
    """Where the cases behind a figure are listed."""
    return drill.link("organising:cases", key, union_id, since, until)


def register() -> None:
    """Make the figures known."""
    path = Path(__file__).resolve().parents[1] / "data" / "figures.yaml"
    figures.register_source(figures.Source(NAME, "建会事项", path, Perm.CASE_VIEW, states, events, address))
    figures.register_labels("case_state", lambda: {str(v): str(n) for v, n in CaseState.choices})
    figures.register_labels("case_kind", lambda: {str(v): str(n) for v, n in CaseKind.choices})
