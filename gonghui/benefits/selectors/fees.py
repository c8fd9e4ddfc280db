"""Reads of the waived fee (免医事服务费查询). Who went where is read by the scheme's own desk by pass number, by nobody else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from gonghui.benefits.enums import Perm, SchemeState
from gonghui.benefits.models import FeeGrant, FeeScheme, FeeUse, Hospital, Settlement
from gonghui.benefits.selectors import common
from gonghui.core import clock
from gonghui.orgs.rules import tree
from gonghui.orgs.selectors import law

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision

KEPT = Q(uses__reversed_at=None)


def scheme_list(*, actor: Actor, year: int | None = None, state: str = "", perm: str = Perm.FEE_RUN) -> QuerySet[Any]:
    """Schemes in scope, the newest first (方案)."""
    rows = FeeScheme.objects.filter(actor.within(perm, "union")).select_related("union")
    rows = rows.filter(year=year) if year else rows
    rows = rows.filter(state=state) if state in SchemeState.values else rows
    return rows.annotate(people=Count("grants", distinct=True), visits=Sum("grants__used")).order_by("-year", "-pk")


def scheme_get(*, actor: Actor, pk: int, perm: str = Perm.FEE_RUN) -> Any:
    """One scheme, or 404."""
    return get_object_or_404(FeeScheme.objects.filter(actor.within(perm, "union")).select_related("union"), pk=pk)


def hospital_list(*, actor: Actor, q: str = "", perm: str = Perm.FEE_RUN) -> QuerySet[Hospital]:
    """Hospitals in scope (定点医院)."""
    rows = Hospital.objects.filter(actor.within(perm, "union")).select_related("union")
    for word in q.split()[:4]:
        rows = rows.filter(Q(name__icontains=word) | Q(address__icontains=word) | Q(agreement_no__icontains=word))
    return rows.order_by("name", "pk")


def hospital_get(*, actor: Actor, pk: int, perm: str = Perm.FEE_RUN) -> Hospital:
    """One hospital, or 404."""
    return get_object_or_404(hospital_list(actor=actor, perm=perm), pk=pk)


def hospital_at(token: str) -> Hospital:
    """The hospital behind a desk's address, or 404."""
    pk, serial = common.read_token(token, "hospital")
    return get_object_or_404(Hospital.objects.select_related("union"), pk=pk, serial=serial)


def use_list(
    scheme: FeeScheme, *, hospital: int | None = None, month: date | None = None, q: str = "", open_only: bool = False
) -> QuerySet[FeeUse]:
    """Uses of a scheme by pass number: neither name nor union is loaded (使用记录)."""
    rows = FeeUse.objects.filter(grant__scheme=scheme).select_related("grant", "hospital", "settlement")
    rows = rows.filter(hospital=hospital) if hospital else rows
    rows = rows.filter(on__year=month.year, on__month=month.month) if month else rows
    rows = rows.filter(grant__code__endswith=q.upper()) if q else rows
    rows = rows.filter(settlement=None, reversed_at=None) if open_only else rows
    return rows.order_by("-on", "-pk")


def use_get(*, actor: Actor, pk: int, perm: str = Perm.FEE_RUN) -> FeeUse:
    """One use for the scheme's desk, or 404."""
    rows = FeeUse.objects.filter(actor.within(perm, "grant__scheme__union")).select_related("grant__scheme__union", "hospital")
    return get_object_or_404(rows, pk=pk)


def use_at(hospital: Hospital, pk: int) -> FeeUse:
    """One use of this hospital, or 404."""
    return get_object_or_404(FeeUse.objects.filter(hospital=hospital).select_related("grant__scheme__union", "hospital"), pk=pk)


def today_at(hospital: Hospital) -> QuerySet[FeeUse]:
    """What the hospital's desk put down today."""
    return FeeUse.objects.filter(hospital=hospital, on=clock.today()).select_related("grant__scheme__union", "hospital").order_by("-at")


def settlement_get(*, actor: Actor, pk: int, perm: str = Perm.FEE_RUN) -> Settlement:
    """One settlement, or 404."""
    rows = Settlement.objects.filter(actor.within(perm, "scheme__union")).select_related("scheme__union", "hospital", "file")
    return get_object_or_404(rows, pk=pk)


def to_settle(scheme: FeeScheme) -> list[dict[str, Any]]:
    """Months of hospitals with uses that are not settled, whole months only (待结算)."""
    first = clock.today().replace(day=1)
    rows = FeeUse.objects.filter(grant__scheme=scheme, settlement=None, reversed_at=None, on__lt=first)
    found = rows.values("hospital_id", "hospital__name", "on__year", "on__month").annotate(n=Count("pk"), fen=Sum("fee_fen"))
    return [
        {
            "hospital": r["hospital_id"],
            "name": r["hospital__name"],
            "month": date(r["on__year"], r["on__month"], 1),
            "n": r["n"],
            "fen": r["fen"],
        }
        for r in found.order_by("on__year", "on__month", "hospital__name")
    ]


def totals(scheme: FeeScheme) -> dict[str, int]:
    """Members with a pass, members who used it, visits, money, settled."""
    grants = FeeGrant.objects.filter(scheme=scheme)
    uses = FeeUse.objects.filter(grant__scheme=scheme, reversed_at=None)
    paid = Settlement.objects.filter(scheme=scheme, state="paid").aggregate(fen=Sum("amount_fen"))["fen"] or 0
    return {"passes": grants.count(), "people": grants.filter(used__gt=0).count(), "visits": uses.count(), "paid": paid}


def unions_using(*, actor: Actor, year: int, perm: str = Perm.COUNT_VIEW) -> list[tuple[int, str, str, int]]:
    """(union, path, name, members who used it) of a year: neither hospital nor month, for the counts page."""
    rows = FeeGrant.objects.filter(actor.within(perm, "union"), scheme__year=year, used__gt=0)
    found = rows.values("union_id", "union__path", "union__name").annotate(n=Count("person", distinct=True)).order_by("union__path")
    return [(r["union_id"], r["union__path"], r["union__name"], r["n"]) for r in found]


# -- the member at the phone ---------------------------------------------------------------------------------------


def schemes_of(person: int) -> QuerySet[FeeScheme]:
    """Schemes of this year a member falls under, the nearest union's first."""
    spell = common.spell_of(person)
    if spell is None:
        return FeeScheme.objects.none()
    rows = FeeScheme.objects.filter(union__path__in=tree.ancestors(spell.union.path), state=SchemeState.OPEN, year=clock.today().year)
    return rows.select_related("union").prefetch_related("rates").order_by("-union__depth", "pk")


def grants_of(person: int) -> QuerySet[FeeGrant]:
    """My passes, this year's first (我的就医凭证)."""
    return FeeGrant.objects.filter(person=person).select_related("scheme__union").order_by("-scheme__year", "-pk")


def uses_of(person: int) -> QuerySet[FeeUse]:
    """My visits that were paid for."""
    return FeeUse.objects.filter(grant__person=person).select_related("hospital").order_by("-on", "-pk")


def hospitals_of(scheme: FeeScheme) -> QuerySet[Hospital]:
    """Hospitals under agreement today."""
    day = clock.today()
    return Hospital.objects.filter(union=scheme.union_id, since__lte=day, until__gte=day).order_by("name")


def may_use(grant: FeeGrant, hospital: Hospital, fee_fen: int, on: date) -> Decision:
    """The slip: is this visit paid for? Source: policy benefits.fee_use."""
    scheme = grant.scheme
    facts = {
        "member": common.spell_of(grant.person_id) is not None, "in_force": scheme.state == SchemeState.OPEN and on.year == scheme.year,
        "listed": hospital.union_id == scheme.union_id and hospital.since <= on <= hospital.until, "used": grant.used, "times": grant.times,
        "fee_fen": fee_fen, "left_fen": scheme.left_fen,
    }  # fmt: skip
    return law.decide("benefits.fee_use", scheme.union, on, facts)
