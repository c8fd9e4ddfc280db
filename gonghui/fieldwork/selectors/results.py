"""What an organiser's month and week come to (月成果表、周工作单), counted from the records. Source: S011."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F

from gonghui.core import clock
from gonghui.fieldwork.enums import HelpState, JoinState, Maturity, NeedKind, Outcome, Perm, Purpose, Refusal, VisitState, WarningKind
from gonghui.fieldwork.models import FollowUp, HelpRequest, OnSiteJoin, Visit
from gonghui.fieldwork.selectors import today

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

JOINED = ("approved", "done")


@dataclass
class Month:
    """The result sheet of one organiser (月成果表)."""

    user_id: int
    first: date
    last: date
    visits: int = 0
    employers: int = 0
    complete: int = 0
    purposes: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    needs: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    formed: list[Any] = field(default_factory=list)
    filed: int = 0
    recruited: int = 0
    doubtful: int = 0
    helps: int = 0
    answered: int = 0
    stages: Counter[str] = field(default_factory=Counter)

    @property
    def rows(self) -> list[tuple[str, str, Any]]:
        """The sheet line by line: (group, item, number)."""
        named = [
            ("走访目的", Purpose, self.purposes), ("走访结果", Outcome, self.outcomes), ("不同意的原因", Refusal, self.refusals),
            ("职工需求", NeedKind, self.needs), ("预警", WarningKind, self.warnings), ("跟踪中的单位", Maturity, self.stages),
        ]  # fmt: skip
        found: list[tuple[str, str, Any]] = [
            ("走访", "走访次数", self.visits), ("走访", "走访单位", self.employers), ("走访", "走访后卡片完整", self.complete),
            ("建会入会", "新建会（覆盖）单位", len(self.formed)), ("建会入会", "现场提交入会申请", self.filed), ("建会入会", "已批准入会", self.recruited),
            ("建会入会", "疑似重复待核", self.doubtful), ("求助", "提出", self.helps), ("求助", "已答复", self.answered),
        ]  # fmt: skip
        for group, labels, counted in named:
            found += [(group, str(dict(labels.choices)[k]), n) for k, n in sorted(counted.items(), key=lambda kv: (-kv[1], kv[0])) if k]
        return found


def span(month: str) -> tuple[date, date]:
    """First and last day of `2026-11`; this month for anything else."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        first = clock.today().replace(day=1)
    return first, clock.add_months(first, 1) - timedelta(days=1)


def month_of(*, actor: Actor, user_id: int, month: str = "") -> Month:
    """The sheet of one organiser for one month, cut to what the reader may see."""
    first, last = span(month)
    sheet = Month(user_id, first, last)
    seen = Visit.objects.filter(
        actor.within(Perm.RESULT_VIEW, "employer__union"), user_id=user_id, state=VisitState.DONE, visited_on__range=(first, last)
    )
    for v in seen:
        sheet.visits += 1
        sheet.complete += v.card_complete
        sheet.purposes[v.purpose] += 1
        sheet.outcomes[v.outcome] += 1
        sheet.refusals[v.refusal] += 1
        sheet.needs.update(v.needs)
        sheet.warnings.update(v.warnings)
    sheet.employers = seen.values("employer_id").distinct().count()
    sheet.formed = formed(actor, user_id, first, last)
    joins = OnSiteJoin.objects.filter(actor.within(Perm.RESULT_VIEW, "union"), user_id=user_id, made_at__date__range=(first, last))
    for state, application in joins.values_list("state", "application__state"):
        sheet.filed += state == JoinState.FILED
        sheet.doubtful += state == JoinState.DOUBTFUL
        sheet.recruited += application in JOINED
    helps = HelpRequest.objects.filter(
        actor.within(Perm.RESULT_VIEW, "employer__union"), user_id=user_id, asked_at__date__range=(first, last)
    )
    states = list(helps.values_list("state", flat=True))
    sheet.helps, sheet.answered = len(states), states.count(HelpState.ANSWERED)
    sheet.stages.update(today.follow_ups_of(actor, user_id).values_list("stage", flat=True))
    return sheet


def formed(actor: Actor, user_id: int, first: date, last: date) -> list[Any]:
    """Employers followed by the organiser that came under a union in these days, after a visit or while followed."""
    rows = FollowUp.objects.filter(
        actor.within(Perm.RESULT_VIEW, "employer__union"), user_id=user_id, employer__coverages__main=True,
        employer__coverages__since__range=(first, last), employer__coverages__since__gte=F("since"),
    )  # fmt: skip
    found = {r.employer_id: r.employer for r in rows.select_related("employer__union")}
    return sorted(found.values(), key=lambda e: e.name)


@dataclass(frozen=True)
class Due:
    """One line of the weekly worklist (周工作单)."""

    on: date | None
    employer: Any
    what: str
    reason: str


def week_of(*, actor: Actor, user_id: int) -> list[Due]:
    """What lies ahead until the end of next week, overdue first, then by day (周工作单)."""
    now = clock.today()
    end = now + timedelta(days=13 - now.weekday())
    found = []
    for line in today.day(actor, user_id):
        days = [d for d in (line.care.next_visit, line.spot.next_visit if line.spot else None) if d]
        planned = line.visit
        on = planned.planned_on if planned and planned.planned_on else min(days, default=None)
        if on is not None and on <= end:
            found.append(Due(on, line.employer, planned.get_purpose_display() if planned else "回访", line.stop.reason))
    return sorted(found, key=lambda d: (d.on or end, d.employer.name))
