"""Reading contributions (拨缴的查询), cut to the actor's scope."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from gonghui.accounts.actor import subtree
from gonghui.core import clock
from gonghui.income.enums import OPEN_DEMANDS, DeclarationState, Level, Perm
from gonghui.income.models import Component, Declaration, Demand, Payer, Receipt, Refund, Remittance, Share, Waiver
from gonghui.income.rules import periods

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

OWING = Q(state=DeclarationState.DECLARED)
LIVE = Q(state__in=[DeclarationState.EXPECTED, DeclarationState.DECLARED])


def _of(actor: Actor, rows: QuerySet[Any], union: Any, perm: str = Perm.LEVY_VIEW) -> QuerySet[Any]:
    found = rows.filter(actor.within(perm, "union"))
    return found.filter(subtree(union.path, "union__path")) if union is not None else found


def payers(actor: Actor, union: Any = None, *, q: str = "", channel: str = "", ended: bool = False) -> QuerySet[Payer]:
    """Payers of a union and all below it."""
    rows = _of(actor, Payer.objects.select_related("employer", "union"), union)
    rows = rows if ended else rows.filter(until=None)
    if q.strip():
        rows = rows.filter(Q(employer__name__contains=q.strip()) | Q(employer__code=q.strip()))
    if channel:
        rows = rows.filter(channel=channel)
    return rows.order_by("union__path", "employer__name", "pk")


def channel_counts(actor: Actor, union: Any = None) -> dict[str, int]:
    """Payers by how their money comes (渠道): by the tax office, from the treasury, straight to the union."""
    return dict(payers(actor, union).order_by().values_list("channel").annotate(n=Count("pk")))


def payer_get(*, actor: Actor, pk: int, perm: str = Perm.LEVY_VIEW) -> Payer:
    """One payer in scope, or 404."""
    return get_object_or_404(Payer.objects.filter(actor.within(perm, "union")).select_related("employer", "union"), pk=pk)


def declarations(actor: Actor, union: Any = None, *, state: str = "", q: str = "", since: date | None = None) -> QuerySet[Declaration]:
    """Periods owed; `state` also takes `late`."""
    rows = _of(actor, Declaration.objects.select_related("payer__employer", "union"), union)
    if q.strip():
        rows = rows.filter(payer__employer__name__contains=q.strip())
    if since:
        rows = rows.filter(since__gte=since)
    if state == "late":
        rows = rows.filter(LIVE, due_on__lt=clock.today())
    elif state:
        rows = rows.filter(state=state)
    return (
        rows.order_by("due_on", "payer__employer__name", "pk")
        if state in ("late", "expected", "declared")
        else rows.order_by("-since", "pk")
    )


def state_counts(rows: QuerySet[Declaration]) -> dict[str, int]:
    """Numbers for the tabs."""
    found: Counter[str] = Counter()
    for state, due in rows.order_by().values_list("state", "due_on"):
        found[state] += 1
        if state in (DeclarationState.EXPECTED, DeclarationState.DECLARED) and due < clock.today():
            found["late"] += 1
    return {**found, "": sum(n for s, n in found.items() if s != "late")}


def declaration_get(*, actor: Actor, pk: int, perm: str = Perm.LEVY_VIEW) -> Declaration:
    """One declaration in scope, or 404."""
    rows = Declaration.objects.filter(actor.within(perm, "union"))
    return get_object_or_404(rows.select_related("payer__employer", "union", "replaces"), pk=pk)


def components(declaration: Declaration) -> QuerySet[Component]:
    """Its wage items."""
    return declaration.components.order_by("-counts", "pk")


def receipts(actor: Actor, union: Any = None, *, kind: str = "", q: str = "") -> QuerySet[Receipt]:
    """Receipts, newest first."""
    rows = _of(actor, Receipt.objects.select_related("union", "reverses"), union)
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(Q(payer_name__contains=q.strip()) | Q(reference=q.strip())) if q.strip() else rows
    return rows.order_by("-on", "-pk")


def receipt_get(*, actor: Actor, pk: int, perm: str = Perm.LEVY_VIEW) -> Receipt:
    """One receipt in scope, or 404."""
    rows = Receipt.objects.filter(actor.within(perm, "union")).select_related("union", "declaration__payer__employer", "reverses")
    return get_object_or_404(rows, pk=pk)


def arrears(actor: Actor, union: Any = None, day: date | None = None) -> QuerySet[Declaration]:
    """Periods past their due day and not paid in full (欠缴), the oldest first."""
    today = day or clock.today()
    rows = _of(actor, Declaration.objects.filter(OWING, due_on__lt=today), union)
    return rows.filter(paid_fen__lt=F("levy_fen")).select_related("payer__employer", "union").order_by("due_on", "pk")


def late_now(actor: Actor, union: Any) -> tuple[int, int]:
    """What is overdue today whatever the year (现在逾期): fen owed on declared periods, number of periods nobody declared."""
    rows = _of(actor, Declaration.objects.filter(due_on__lt=clock.today()), union)
    fen = rows.filter(OWING).aggregate(n=Sum(F("levy_fen") - F("paid_fen")))["n"] or 0
    return fen, rows.filter(state=DeclarationState.EXPECTED).count()


def next_due(payer: Payer) -> str:
    """The oldest period that still waits to be declared, else the last that is over: what the form begins with (先报最早的一期)."""
    row = payer.declarations.filter(state=DeclarationState.EXPECTED, due_on__isnull=False).order_by("since").first()
    day = row.since if row is not None else clock.add_months(clock.today().replace(day=1), -1)
    return day.isoformat()


def ageing(actor: Actor, union: Any = None) -> list[tuple[str, int, int]]:
    """Arrears and what is not yet due, by age (账龄): label, number, fen."""
    today, money, count = clock.today(), Counter[str](), Counter[str]()
    rows = _of(actor, Declaration.objects.filter(OWING, paid_fen__lt=F("levy_fen")), union)
    for due, levy, paid in rows.values_list("due_on", "levy_fen", "paid_fen"):
        label = periods.age_label(due, today)
        money[label] += levy - paid
        count[label] += 1
    return [(label, count[label], money[label]) for label in periods.AGE_LABELS]


def to_send(union: Any) -> int:
    """What a union holds for others and has not sent up (待上解), fen: shares other than its own, less remittances."""
    return held(union) - (Remittance.objects.filter(union=union).aggregate(n=Sum("amount_fen"))["n"] or 0)


def held(union: Any) -> int:
    """Shares of receipts of this union that belong to other levels."""
    own = own_level(union)
    rows = Share.objects.filter(receipt__union=union).exclude(level=own)
    return rows.aggregate(n=Sum("amount_fen"))["n"] or 0


def own_level(union: Any) -> str:
    """Which part stays with a union: a county or city federation holds its own level's, all others the grassroots part."""
    return Level.COUNTY if union.kind in ("city", "county") else Level.KEEP


def share_totals(rows: QuerySet[Receipt]) -> list[tuple[str, int]]:
    """Sum of each level over receipts."""
    found = dict(Share.objects.filter(receipt__in=rows.order_by()).order_by().values_list("level").annotate(n=Sum("amount_fen")))
    return [(str(level.label), int(found.get(level.value, 0))) for level in Level]


def remittances(actor: Actor, union: Any = None) -> QuerySet[Remittance]:
    """Sent up, newest first."""
    return _of(actor, Remittance.objects.select_related("union", "upper", "reverses"), union).order_by("-on", "-pk")


def remittance_get(*, actor: Actor, pk: int, perm: str = Perm.LEVY_EDIT) -> Remittance:
    """One remittance in scope, or 404."""
    return get_object_or_404(Remittance.objects.filter(actor.within(perm, "union")).select_related("union"), pk=pk)


def demands(actor: Actor, union: Any = None, *, state: str = "") -> QuerySet[Demand]:
    """Demand letters; `state` open by default, `all`, or one state."""
    rows = _of(actor, Demand.objects.select_related("payer__employer", "union"), union)
    if state and state != "all":
        return rows.filter(state=state).order_by("deadline_on", "pk")
    return (rows if state else rows.filter(state__in=OPEN_DEMANDS)).order_by("deadline_on", "pk")


def demand_counts(actor: Actor, union: Any = None) -> dict[str, int]:
    """Numbers for the tabs: open ones, each stage, all."""
    rows = _of(actor, Demand.objects.all(), union)
    found = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return {**found, "": sum(found.get(s, 0) for s in OPEN_DEMANDS), "all": sum(found.values())}


def demand_get(*, actor: Actor, pk: int, perm: str = Perm.LEVY_VIEW) -> Demand:
    """One demand in scope, or 404."""
    rows = Demand.objects.filter(actor.within(perm, "union")).select_related("payer__employer", "union")
    return get_object_or_404(rows, pk=pk)


def waiver_get(pk: str) -> Waiver:
    """For the approval's handler: no scope, the approval has its own."""
    return Waiver.objects.select_related("demand__union", "demand__payer__employer").get(pk=pk)


def refunds(actor: Actor, union: Any = None, *, state: str = "") -> QuerySet[Refund]:
    """Refunds a union gives or gets, newest first."""
    rows = Refund.objects.filter(actor.within(Perm.LEVY_VIEW, "union") | actor.within(Perm.LEVY_VIEW, "to_union"))
    if union is not None:
        rows = rows.filter(subtree(union.path, "union__path") | subtree(union.path, "to_union__path"))
    return (rows.filter(state=state) if state else rows).select_related("payer__employer", "union", "to_union").order_by("-pk")


def refund_get(*, actor: Actor, pk: int, perm: str = Perm.LEVY_VIEW) -> Refund:
    """One refund in scope, or 404."""
    rows = Refund.objects.filter(actor.within(perm, "union") | actor.within(perm, "to_union"))
    return get_object_or_404(rows.select_related("payer__employer", "union", "to_union", "approval"), pk=pk)


def refund_row(pk: str) -> Refund:
    """For the approval's handler: no scope, the approval has its own."""
    return Refund.objects.select_related("payer__employer", "union", "to_union").get(pk=pk)


def uploaded(payer: Payer, since: date, until: date) -> int:
    """The part of a payer's money that went up within a window, reversals netted (上缴部分)."""
    rows = Share.objects.filter(receipt__declaration__payer=payer, receipt__on__gte=since, receipt__on__lt=until).exclude(level=Level.KEEP)
    return rows.aggregate(n=Sum("amount_fen"))["n"] or 0


def prepaid(payer: Payer) -> int:
    """All preparation money of a payer, reversals netted."""
    rows = Receipt.objects.filter(declaration__payer=payer, kind="preparation")
    return rows.aggregate(n=Sum("amount_fen"))["n"] or 0
