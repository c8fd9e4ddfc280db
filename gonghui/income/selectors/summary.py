"""The whole of a township or city at a glance (收缴总览): exceptions first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, Sum

from gonghui.accounts.actor import subtree
from gonghui.core import clock
from gonghui.income.enums import DeclarationState, Perm
from gonghui.income.models import Declaration, DuesItem, DuesList, Payment, ReconLine
from gonghui.orgs.selectors import unions

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@dataclass
class Line:
    """One union directly below, with everything under it."""

    union: Any
    owed_fen: int = 0
    paid_fen: int = 0
    late_fen: int = 0
    late: int = 0
    undeclared: int = 0
    dues_due: int = 0
    dues_paid: int = 0
    waiting: int = 0
    open_lines: int = 0
    reasons: list[str] = field(default_factory=list)

    @property
    def used(self) -> bool:
        """Does anything stand here at all?"""
        return bool(self.owed_fen or self.dues_due or self.reasons)

    @property
    def exceptional(self) -> bool:
        return bool(self.reasons)


def lines(actor: Actor, union: Any, year: int) -> list[Line]:
    """Each union below with its sums of a year, those with something wrong first."""
    below = list(unions.children_on(union, clock.today()))  # their sums are cut to the actor's scope below
    depth, today = len(below[0].path) if below else len(union.path), clock.today()
    found = {u.path: Line(u) for u in below} | {union.path: Line(union)}  # what the union collects itself stands in a line of its own

    def at(path: str) -> Line | None:
        return found.get(path[:depth])

    scope = actor.within(Perm.LEVY_VIEW, "union") & subtree(union.path, "union__path")
    rows = Declaration.objects.filter(scope, since__year=year).exclude(state=DeclarationState.VOID).order_by().values("union__path")
    late = Q(state=DeclarationState.DECLARED, due_on__lt=today)
    missing = Q(state=DeclarationState.EXPECTED, due_on__lt=today)
    for r in rows.annotate(
        owed=Sum("levy_fen"), paid=Sum("paid_fen"), arrears=Sum(F("levy_fen") - F("paid_fen"), filter=late), n=Count("pk", filter=late),
        missing=Count("pk", filter=missing),
    ):  # fmt: skip
        if (line := at(r["union__path"])) is not None:
            line.owed_fen += r["owed"] or 0
            line.paid_fen += r["paid"] or 0
            line.late_fen += r["arrears"] or 0
            line.late += r["n"]
            line.undeclared += r["missing"]
    _dues(actor, union, year, at)
    for line in found.values():
        line.reasons = _reasons(line)
    if below and not found[union.path].used:
        del found[union.path]
    return sorted(found.values(), key=lambda x: (not x.exceptional, not x.used, -x.late_fen, -x.undeclared, -x.waiting, x.union.path))


def _dues(actor: Actor, union: Any, year: int, at: Any) -> None:
    scope = actor.within(Perm.DUES_VIEW, "listing__union") & subtree(union.path, "listing__union__path")
    rows = DuesItem.objects.filter(scope, listing__since__year=year).order_by().values("listing__union__path")
    for r in rows.annotate(due=Sum("due_fen"), paid=Sum("paid_fen")):
        if (line := at(r["listing__union__path"])) is not None:
            line.dues_due += r["due"] or 0
            line.dues_paid += r["paid"] or 0
    desk = actor.within(Perm.DUES_VIEW, "union") & subtree(union.path, "union__path")
    for path, n in Payment.objects.filter(desk, state="unmatched").order_by().values_list("union__path").annotate(n=Count("pk")):
        if (line := at(path)) is not None:
            line.waiting += n
    open_ = ReconLine.objects.filter(
        actor.within(Perm.RECON_VIEW, "recon__union"), subtree(union.path, "recon__union__path"), state="open", recon__since__year=year
    )
    for path, n in open_.order_by().values_list("recon__union__path").annotate(n=Count("pk")):
        if (line := at(path)) is not None:
            line.open_lines += n


def _reasons(line: Line) -> list[str]:
    found = []
    if line.late:
        found.append(f"欠缴 {line.late} 期")
    if line.undeclared:
        found.append(f"未申报 {line.undeclared} 期")
    if line.waiting:
        found.append(f"待认领 {line.waiting} 笔")
    if line.open_lines:
        found.append(f"差异未说明 {line.open_lines} 条")
    return found


def calendar(actor: Actor, union: Any, months: int = 3) -> list[tuple[Any, str, int, int]]:
    """What falls due in the coming months and what is overdue (应缴日历): day, what, number, fen."""
    today = clock.today()
    until = clock.add_months(today, months)
    rows = Declaration.objects.filter(
        actor.within(Perm.LEVY_VIEW, "union"), subtree(union.path, "union__path"), due_on__lte=until,
        state__in=[DeclarationState.EXPECTED, DeclarationState.DECLARED],
    )  # fmt: skip
    found = defaultdict[tuple[Any, str], list[int]](lambda: [0, 0])
    for r in rows.order_by().values("due_on", "state").annotate(n=Count("pk"), fen=Sum(F("levy_fen") - F("paid_fen"))):
        word = "待申报" if r["state"] == DeclarationState.EXPECTED else "待缴"
        cell = found[r["due_on"], f"拨缴经费{word}"]
        cell[0] += r["n"]
        cell[1] += r["fen"] or 0
    lists = DuesList.objects.filter(
        actor.within(Perm.DUES_VIEW, "union"), subtree(union.path, "union__path"), state="open", due_on__lte=until
    )
    for due, many in lists.order_by().values_list("due_on").annotate(n=Count("pk")):
        found[due, "会费收缴单"][0] += many
    return sorted((day, what, n, fen) for (day, what), (n, fen) in found.items())
