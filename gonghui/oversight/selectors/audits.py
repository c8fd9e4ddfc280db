"""Plans, tasks, findings (审计查询)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet

from gonghui.accounts import selectors as accounts
from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.finance.selectors import books, vouchers
from gonghui.orgs.selectors import law as places
from gonghui.orgs.selectors import unions
from gonghui.oversight.enums import FindingState, Perm, TaskState
from gonghui.oversight.models import AuditPlan, AuditTask, Finding
from gonghui.oversight.rules import sampling
from gonghui.oversight.selectors import law

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

KEEPERS = {"finance": "finance", "cashier": "cash", "finance_head": "finance", "chair": "chair", "township": "chair"}
"""Roles at a union that the audit must not come from, as the rule names their posts (AUD-2)."""
RULE = "finance.audit_committee_members"
TABS = {
    "": Q(),
    "planned": Q(state=TaskState.PLANNED),
    "field": Q(state=TaskState.FIELD),
    "reported": Q(state=TaskState.REPORTED),
    "closed": Q(state=TaskState.CLOSED),
}


def plans(actor: Actor) -> QuerySet[AuditPlan]:
    """Plans in scope, newest first; the audited see tasks, not plans."""
    rows = AuditPlan.objects.filter(actor.within(Perm.AUDIT_PLAN, "union")).select_related("union")
    done = Count("tasks", filter=Q(tasks__state__in=[TaskState.REPORTED, TaskState.CLOSED]))
    return rows.annotate(count=Count("tasks"), done=done).order_by("-year", "union__path")


def plan_get(*, actor: Actor, pk: int) -> AuditPlan:
    """One plan, or 404."""
    row = plans(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def unvisited(*, actor: Actor, union: Any, on: date) -> tuple[QuerySet[Any], int]:
    """Next lower unions whose books nobody has looked at for too long (该检查账务的下一级), and how many months that is.

    Source: policy oversight.visit_months (AUD-5).
    """
    months = law.number("visit_months", union, on)
    seen = AuditTask.objects.filter(visit_on__gt=clock.add_months(on, -months)).values("union")
    return unions.children(actor=actor, union=union).exclude(pk__in=seen), months


def tasks(actor: Actor, *, state: str = "", q: str = "", year: int | None = None) -> QuerySet[AuditTask]:
    """Tasks in scope; to the audited union only those of an issued plan."""
    rows = AuditTask.objects.filter(actor.within(Perm.AUDIT_VIEW, "union")).filter(
        actor.within(Perm.AUDIT_DO, "union") | Q(plan__state="issued")
    )
    rows = rows.filter(TABS.get(state, Q()))
    rows = rows.filter(union__name__icontains=q) if q else rows
    rows = rows.filter(plan__year=year) if year else rows
    open_ = Count("findings", filter=Q(findings__state__in=[FindingState.OPEN, FindingState.ANSWERED]))
    return rows.select_related("union", "plan__union").annotate(open=open_).order_by("-plan__year", "visit_on", "pk")


def tab_counts(actor: Actor) -> dict[str, int]:
    """How many tasks in each state."""
    found = dict(tasks(actor).order_by().values_list("state").annotate(n=Count("pk", distinct=True)))
    return {key: sum(found.values()) if not key else found.get(key, 0) for key in TABS}


def task_get(*, actor: Actor, pk: int) -> AuditTask:
    """One task, or 404."""
    row = tasks(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def inside(actor: Actor, task: AuditTask) -> bool:
    """May the actor see working papers, before the report?"""
    return actor.may(Perm.AUDIT_DO, task.union)


def on_team(actor: Actor, task: AuditTask) -> bool:
    """Is the actor one of the audit team?"""
    return actor.user_id is not None and task.team.filter(user_id=actor.user_id).exists()


def findings(actor: Actor, *, state: str = "", q: str = "") -> QuerySet[Finding]:
    """Findings in scope (问题台账), `state` takes `late` too; notes are seen by auditors alone."""
    rows = Finding.objects.filter(actor.within(Perm.AUDIT_VIEW, "task__union"))
    rows = rows.filter(actor.within(Perm.AUDIT_DO, "task__union") | ~Q(state=FindingState.NOTED))
    rows = rows.filter(state=state) if state in FindingState.values else rows
    rows = rows.filter(Q(title__icontains=q) | Q(task__union__name__icontains=q) | Q(clause__icontains=q)) if q else rows
    if state == "late":
        rows = rows.filter(state=FindingState.OPEN, due_on__lt=clock.today())
    return rows.select_related("task__union", "task__plan").order_by(F("due_on").asc(nulls_last=True), "pk")


def finding_get(*, actor: Actor, pk: int) -> Finding:
    """One finding, or 404."""
    row = findings(actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def roster(task: AuditTask) -> list[tuple[str, Any]]:
    """The list to sample from: line and voucher, every posted everyday voucher of the span in the order of the book."""
    book = books.book_of(task.union)
    if book is None:
        return []
    rows = vouchers.vouchers(book).filter(state="posted", kind__in=["normal", "reversal"], on__gte=task.since, on__lte=task.until)
    return [
        (sampling.line(v.period.month, v.number or 0, v.total_fen, v.digest), v)
        for v in rows.order_by("period__month", "number")
        if v.period
    ]


def comes_out_again(task: AuditTask) -> bool:
    """Does the kept list with the kept seed give the kept sample, now as then (按种子重算)? Nothing drawn counts as agreeing."""
    rows = task.roster.split("\n") if task.roster else []
    keys = list(task.samples.order_by("n").values_list("key", flat=True))
    same = sampling.roster_digest(task.roster) == task.roster_digest
    return not task.seed or (same and sampling.drawn(task.seed, rows, task.size) == keys)


def finding_counts(actor: Actor) -> dict[str, int]:
    """Numbers for the tabs of the findings."""
    found = dict(findings(actor).order_by().values_list("state").annotate(n=Count("pk")))
    return {**found, "": sum(found.values()), "late": findings(actor, state="late").count()}


def conflicts(actor: Actor, union: Any) -> list[str]:
    """Why somebody may not audit this union: keeps or leads its books, or had a hand in its vouchers (审计独立性). Empty when free.

    Source: policy finance.audit_committee_members (AUD-2).
    """
    found = []
    book = books.book_of(union)
    paths = {union.path, book.agent.path if book is not None and book.agent is not None else union.path}
    for scope in actor.scopes:
        post = KEEPERS.get(str(scope.role))
        if scope.path in paths and post:
            slip = places.decide(RULE, union, clock.today(), {"post": post, "same_session": True})
            if slip.outcome is not True:
                found.append(f"在{union.name}任{Role(scope.role).label}")
    if book is not None and _hands(actor, book).exists():
        found.append(f"办理过{union.name}的凭证")
    return found


def _hands(actor: Actor, book: Any) -> QuerySet[Any]:
    mine = Q(pk__in=[])
    for hand in ("maker", "checker", "poster"):
        if actor.user_id is not None:
            mine |= Q(**{f"{hand}_id": actor.user_id})
        if actor.person_id is not None:
            mine |= Q(**{f"{hand}_person_id": actor.person_id})
    return vouchers.vouchers(book).filter(mine)


def candidates(task: AuditTask) -> list[tuple[int, str]]:
    """Who holds the right to audit the union and is free to (可选的审计人员)."""
    found = []
    for pk in accounts.users_holding(Perm.AUDIT_DO, task.union.path):
        who = accounts.actor_by_id(pk)
        if who is not None and not conflicts(who, task.union):
            found.append((pk, who.name))
    return found


def names(refs: set[str]) -> dict[str, str]:
    """Names behind references."""
    return accounts.names_of(refs)
