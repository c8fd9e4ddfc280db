"""The sides of a reconciliation (三方核对的各方), and reading it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from gonghui.accounts.actor import Actor as Someone
from gonghui.accounts.actor import subtree
from gonghui.core import clock
from gonghui.figures.selectors import reported
from gonghui.income.enums import Axis, Cause, DeclarationState, PaymentState, Perm
from gonghui.income.models import Declaration, DuesBase, DuesList, Payment, Reconciliation, ReconLine
from gonghui.income.rules.causes import Registered, Unit
from gonghui.income.rules.periods import Period
from gonghui.income.selectors import dues
from gonghui.members.selectors import counts

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

COUNTED = ("active", "in_transit")
ROBOT = Someone.system("income.recon")


@dataclass(frozen=True)
class Everywhere:
    """All unions, for a count that does not stop at one."""

    path: str = ""


@dataclass(frozen=True)
class Claim:
    """The number of members as it was reported (上报会员数)."""

    number: int
    on: date
    source: str


def registered(union: Any, period: Period, day: date) -> tuple[list[Registered], int]:
    """The register on a day with what each owes for the period, and how many count as members."""
    spells = list(dues.register(union, day))
    persons = [s.person_id for s in spells]
    held = defaultdict[int, list[DuesBase]](list)
    for base in DuesBase.objects.filter(person__in=persons, union=union).order_by("since").defer("wage_sealed"):
        held[base.person_id].append(base)
    gone, elsewhere = _left_jobs(union, persons, period.since), _pay_elsewhere(union, persons, period)
    found = []
    for s in spells:
        due, based = (0, False) if s.standing not in COUNTED else dues.due_of(held[s.person_id], s.since, period)
        found.append(Registered(s.person_id, s.standing, s.since, due, based, s.person_id in gone, s.person_id in elsewhere))
    return found, sum(s.standing in COUNTED for s in spells)


def _left_jobs(union: Any, persons: list[int], first: date) -> set[int]:
    """Whose work for an employer of the union ended before the period and who has none anywhere (离职)."""
    ended = union.employers.filter(employments__person__in=persons, employments__until__lte=first)
    gone = set(ended.values_list("employments__person_id", flat=True)) & set(persons)
    working = counts.jobs_on(ROBOT, Everywhere(), first).filter(person__in=gone) if gone else None
    return gone - set(working.values_list("person_id", flat=True)) if working is not None else gone


def _pay_elsewhere(union: Any, persons: list[int], period: Period) -> set[int]:
    rows = Payment.objects.filter(person__in=persons, listing__since=period.since).exclude(union=union)
    return set(rows.values("person_id").annotate(n=Sum("amount_fen")).filter(n__gt=0).values_list("person_id", flat=True))


def paid(union: Any, period: Period) -> tuple[dict[int, int], int]:
    """Money by person for the period's list, and money nobody claimed yet; returned money is out."""
    rows = Payment.objects.filter(union=union, listing__since=period.since, listing__months=period.months)
    by = rows.filter(state=PaymentState.MATCHED).order_by().values("person_id").annotate(n=Sum("amount_fen")).values_list("person_id", "n")
    waiting = rows.filter(state=PaymentState.UNMATCHED).aggregate(n=Sum("amount_fen"))["n"] or 0
    return {p: n for p, n in by if n}, waiting


def listed_otherwise(union: Any, period: Period) -> Period | None:
    """The period of the dues list that covers this time where the list was cut otherwise (a quarter for a month); None when all fits."""
    until = clock.add_months(period.since, period.months)
    cuts = [Period(since, months) for since, months in DuesList.objects.filter(union=union, since__lt=until).values_list("since", "months")]
    over = [p for p in cuts if clock.add_months(p.since, p.months) > period.since]
    return None if period in over or not over else max(over)


def last_listed(union: Any) -> Period | None:
    """The newest dues list's period: what a reconciliation begins with."""
    row = DuesList.objects.filter(union=union).order_by("-since").first()
    return Period(row.since, row.months) if row is not None else None


def were_members(union: Any, persons: dict[int, int]) -> frozenset[int]:
    """Who had a membership here that ended."""
    return frozenset(union.memberships.filter(person__in=list(persons), until__isnull=False).values_list("person_id", flat=True))


def units(union: Any, period: Period, day: date) -> list[Unit]:
    """The union's employers: workers on the register, workers and money declared for the months of the period."""
    until = clock.add_months(period.since, period.months)
    rows = Declaration.objects.filter(payer__employer__union=union, since__lt=until).exclude(state=DeclarationState.VOID)
    declared = defaultdict[int, list[Declaration]](list)
    for row in rows.filter(since__gte=clock.add_months(period.since, -2)).select_related("payer"):
        if clock.add_months(row.since, row.months) > period.since and row.state != DeclarationState.EXPECTED:
            declared[row.payer.employer_id].append(row)
    live = Q(employments__since__lte=day) & (Q(employments__until=None) | Q(employments__until__gt=day))
    workers = union.employers.filter(written_off_on=None).annotate(n=Count("employments__person", filter=live, distinct=True))
    return [_unit(pk, n, declared.get(pk, [])) for pk, n in workers.order_by("pk").values_list("pk", "n") if n or pk in declared]


def _unit(pk: int, workers: int, rows: list[Declaration]) -> Unit:
    last = max(rows, key=lambda r: r.since, default=None)
    return Unit(pk, workers, last.workers or 0 if last else None, sum(r.levy_fen for r in rows), sum(r.paid_fen for r in rows))


def claim(actor: Actor, union: Any, day: date) -> Claim | None:
    """The latest reported number of members up to a day (上报会员数)."""
    rows = reported.reported_list(actor=ROBOT).filter(union=union, key="members", on__lte=day)
    row = rows.first()
    if row is None:
        return None
    number = row.numerator if row.numerator is not None else int("".join(c for c in row.claimed if c.isdigit()) or 0)
    return Claim(number, row.on, row.source)


def since_claim(union: Any, on: date, day: date) -> tuple[int, list[int], list[int]]:
    """Counted members on the claim's day, and who joined and left until now."""
    then = _counted(union, on)
    now = _counted(union, day)
    return len(then), sorted(now - then), sorted(then - now)


def _counted(union: Any, day: date) -> set[int]:
    return set(dues.register(union, day).filter(standing__in=COUNTED).values_list("person_id", flat=True))


# -- reading ---------------------------------------------------------------------------------------------------------


def recons(actor: Actor, union: Any = None) -> QuerySet[Any]:
    """Reconciliations with the number of open differences, newest first."""
    rows = Reconciliation.objects.filter(actor.within(Perm.RECON_VIEW, "union")).select_related("union")
    rows = rows.filter(subtree(union.path, "union__path")) if union is not None else rows
    return rows.annotate(total=Count("lines"), waiting=Count("lines", filter=Q(lines__state="open"))).order_by("-made_at", "-pk")


def recon_get(*, actor: Actor, pk: int, perm: str = Perm.RECON_VIEW) -> Reconciliation:
    """One reconciliation in scope, or 404."""
    return get_object_or_404(Reconciliation.objects.filter(actor.within(perm, "union")).select_related("union"), pk=pk)


def line_get(*, actor: Actor, pk: int, perm: str = Perm.RECON_EDIT) -> ReconLine:
    """One difference in scope, or 404."""
    return get_object_or_404(ReconLine.objects.filter(actor.within(perm, "recon__union")).select_related("recon__union"), pk=pk)


def lines(recon: Reconciliation, *, axis: str = "", cause: str = "", state: str = "") -> QuerySet[ReconLine]:
    """Differences with their records."""
    wanted = {k: v for k, v in {"axis": axis, "cause": cause, "state": state}.items() if v}
    return recon.lines.filter(**wanted).select_related("person", "employer").order_by("axis", "cause", "pk")


@dataclass(frozen=True)
class Row:
    """One cause of one comparison with its sums."""

    axis: str
    axis_label: str
    cause: str
    label: str
    lines: int
    count: int
    fen: int
    waiting: int


def by_cause(recon: Reconciliation) -> list[Row]:
    """Differences by comparison and cause."""
    rows = recon.lines.order_by().values("axis", "cause").annotate(
        n=Count("pk"), people=Sum("count"), money=Sum("fen"), waiting=Count("pk", filter=Q(state="open"))
    )  # fmt: skip
    found = [
        Row(r["axis"], str(Axis(r["axis"]).label), r["cause"], str(Cause(r["cause"]).label), r["n"], r["people"], r["money"], r["waiting"])
        for r in rows
    ]
    order = [a.value for a in Axis]
    return sorted(found, key=lambda r: (order.index(r.axis), -r.lines, r.cause))


@dataclass(frozen=True)
class Side:
    """One comparison: both numbers, their difference, and whether the causes explain it to the last one."""

    axis: str
    label: str
    left_label: str
    left: int
    right_label: str
    right: int
    count: int
    fen: int
    explained: bool


def sides(recon: Reconciliation) -> list[Side]:
    """The comparisons of a reconciliation and their sums (各项差额)."""
    sums = {r["axis"]: r for r in recon.lines.order_by().values("axis").annotate(n=Sum("count"), f=Sum("fen"))}

    def side(axis: Axis, left_label: str, left: int, right_label: str, right: int, fen: int) -> Side:
        told = sums.get(axis.value, {"n": 0, "f": 0})
        return Side(
            axis.value,
            str(axis.label),
            left_label,
            left,
            right_label,
            right,
            left - right,
            fen,
            told["n"] == left - right and told["f"] == fen,
        )

    found = [
        side(Axis.DUES, "登记（含保留会籍）", recon.registered, "缴会费", recon.payers, recon.due_fen - recon.received_fen),
        side(Axis.LEVY, "登记职工", recon.workers, "申报职工", recon.declared_workers, recon.levy_fen - recon.levy_paid_fen),
    ]
    if recon.claimed is not None:
        found.append(side(Axis.REPORTED, "上报会员", recon.claimed, "登记会员", recon.counted, 0))
    return found
