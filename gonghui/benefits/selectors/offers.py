"""Reads of merchants, offers and codes (普惠查询). Officers see codes by number only; names stay with the members."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.shortcuts import get_object_or_404

from gonghui.benefits.enums import HOLDING, ClaimState, MerchantState, OfferKind, OfferState, Perm
from gonghui.benefits.models import Claim, CounterTry, Merchant, Offer
from gonghui.benefits.selectors import common
from gonghui.core import clock
from gonghui.core.errors import NotFound
from gonghui.orgs.rules import tree
from gonghui.orgs.selectors import law

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.policy.services import Decision


def merchant_list(
    *, actor: Actor, q: str = "", kind: str = "", state: str = "", ending: bool = False, perm: str = Perm.OFFER_VIEW
) -> QuerySet[Any]:
    """Merchants in scope (合作商家); `ending`: the contract ends soon or has ended. Source: policy benefits.contract_days."""
    rows = Merchant.objects.filter(actor.within(perm, "union")).select_related("union")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(state=state) if state in MerchantState.values else rows
    for word in q.split()[:4]:
        rows = rows.filter(Q(name__icontains=word) | Q(address__icontains=word) | Q(contract_no__icontains=word))
    if ending:
        rows = rows.filter(until__lte=clock.today() + timedelta(days=common.number("benefits.contract_days")), state=MerchantState.ACTIVE)
    return rows.annotate(n=Count("offers")).order_by("name", "pk")


def merchant_get(*, actor: Actor, pk: int, perm: str = Perm.OFFER_VIEW) -> Any:
    """One merchant of the scope, or 404."""
    return get_object_or_404(merchant_list(actor=actor, perm=perm), pk=pk)


def merchant_at(token: str) -> Merchant:
    """The merchant behind a counter's address, or 404 when the address was changed."""
    pk, serial = common.read_token(token, "merchant")
    return get_object_or_404(Merchant.objects.select_related("union"), pk=pk, serial=serial)


def offer_list(*, actor: Actor, q: str = "", kind: str = "", state: str = "", perm: str = Perm.OFFER_VIEW) -> QuerySet[Any]:
    """Offers in scope with what was used and saved (普惠项目)."""
    rows = Offer.objects.filter(actor.within(perm, "union")).select_related("merchant", "union")
    rows = rows.filter(kind=kind) if kind in OfferKind.values else rows
    rows = rows.filter(state=state) if state in OfferState.values else rows
    for word in q.split()[:4]:
        rows = rows.filter(Q(title__icontains=word) | Q(merchant__name__icontains=word))
    done = Q(claims__state=ClaimState.USED)
    return rows.annotate(used=Count("claims", filter=done), saved=Sum("claims__saving_fen", filter=done)).order_by("-since", "-pk")


def offer_get(*, actor: Actor, pk: int, perm: str = Perm.OFFER_VIEW) -> Any:
    """One offer of the scope, or 404."""
    return get_object_or_404(offer_list(actor=actor, perm=perm), pk=pk)


def claim_list(offer: Offer, *, state: str = "", q: str = "") -> QuerySet[Claim]:
    """Codes of an offer, the latest first; no name is loaded (券码)."""
    rows = Claim.objects.filter(offer=offer)
    rows = rows.filter(state=state) if state in ClaimState.values else rows
    rows = (
        rows.filter(Q(code__startswith=q.upper()) | Q(code__endswith=q.upper()))
        if len(q) == 4
        else rows.filter(code=q.upper())
        if q
        else rows
    )
    return rows.order_by("-claimed_at", "-pk")


def claim_get(*, actor: Actor, pk: int, perm: str = Perm.OFFER_EDIT) -> Claim:
    """One code for an officer, or 404."""
    rows = Claim.objects.filter(actor.within(perm, "offer__union")).select_related("offer__merchant__union", "offer__union")
    return get_object_or_404(rows, pk=pk)


def try_list(merchant: Merchant) -> QuerySet[CounterTry]:
    """The counter's log, the latest first (核销记录)."""
    return CounterTry.objects.filter(merchant=merchant).select_related("claim__offer").order_by("-at", "-pk")


# -- the member at the phone ---------------------------------------------------------------------------------------


def open_to(person: int) -> QuerySet[Any]:
    """Offers a member can see: of the own union and those above, open now or soon (可以领的)."""
    spell = common.spell_of(person)
    if spell is None:
        return Offer.objects.none()
    rows = Offer.objects.filter(union__path__in=tree.ancestors(spell.union.path), state=OfferState.OPEN, until__gt=clock.now())
    mine = Count("claims", filter=Q(claims__person=person, claims__state__in=HOLDING))
    return rows.filter(merchant__state=MerchantState.ACTIVE).select_related("merchant", "union").annotate(mine=mine).order_by("until", "pk")


def offer_of(person: int, pk: int) -> Any:
    """One offer a member may look at, also one that is over, or 404."""
    spell = common.spell_of(person)
    mine = Q(pk__in=Claim.objects.filter(person=person).values("offer"))
    reach = Q(union__path__in=tree.ancestors(spell.union.path)) if spell is not None else Q(pk__in=[])
    rows = Offer.objects.filter(mine | reach).exclude(state=OfferState.DRAFT).select_related("merchant", "union")
    return get_object_or_404(rows, pk=pk)


def mine(person: int) -> QuerySet[Claim]:
    """My codes, the usable ones first (我的券)."""
    return Claim.objects.filter(person=person).select_related("offer__merchant").order_by("-claimed_at", "-pk")


def my_claim(person: int, pk: int) -> Claim:
    """One code of mine, or 404."""
    row = Claim.objects.filter(person=person, pk=pk).select_related("offer__merchant", "offer__union").first()
    if row is None:
        raise NotFound()
    return row


def first_until(offer: Offer) -> datetime:
    """Until when those who had nothing this year go first (优先期)."""
    return offer.since + timedelta(hours=offer.first_hours)


def may_claim(offer: Offer, person: int) -> Decision:
    """The slip: may this person take one now? Source: policy benefits.may_claim."""
    spell, now, today = common.spell_of(person), clock.now(), clock.today()
    held = Claim.objects.filter(person=person, state__in=HOLDING)
    facts: dict[str, Any] = {
        "member": spell is not None, "in_scope": spell is not None and spell.union.path.startswith(offer.union.path),
        "on_sale": offer.state == OfferState.OPEN and offer.merchant.state == MerchantState.ACTIVE and offer.merchant.since <= today <= offer.merchant.until,
        "minutes_to_open": max(0, -int((now - offer.since).total_seconds() // 60)), "minutes_to_close": max(0, -int((now - offer.until).total_seconds() // 60)),
        "mine": held.filter(offer=offer).count(), "per_member": offer.per_member, "least_days": offer.member_days,
        "used_before": held.filter(offer__merchant=offer.merchant_id, claimed_at__year=today.year).exists(),
        "first_only": bool(offer.first_hours) and now < first_until(offer), "left": max(0, offer.left),
    }  # fmt: skip
    if spell is not None:
        facts["member_days"] = (today - spell.joined_on).days
    return law.decide("benefits.may_claim", offer.union, today, facts)


# -- figures -----------------------------------------------------------------------------------------------------------


def usage(*, actor: Actor, since: date, until: date) -> dict[str, Any]:
    """Use and savings of the offers in scope in a period (使用和节省): by merchant, by offer kind, by month, distinct members."""
    rows = Claim.objects.filter(
        actor.within(Perm.OFFER_VIEW, "offer__union"), state=ClaimState.USED, used_at__date__gte=since, used_at__date__lte=until
    )
    total = rows.aggregate(n=Count("pk"), fen=Sum("saving_fen"), subsidy=Sum("offer__subsidy_fen"), people=Count("person", distinct=True))
    shops = (
        rows.values("offer__merchant__name", "offer__merchant_id")
        .annotate(n=Count("pk"), fen=Sum("saving_fen"), last=Max("used_at"))
        .order_by("-n")
    )
    months = (
        rows.annotate(month=TruncMonth("used_at", tzinfo=clock.SHANGHAI))
        .values("month")
        .annotate(n=Count("pk"), fen=Sum("saving_fen"))
        .order_by("month")
    )
    return {
        "n": total["n"], "fen": total["fen"] or 0, "subsidy": total["subsidy"] or 0, "people": total["people"], "shops": list(shops), "months": list(months),
    }  # fmt: skip


def unions_using(*, actor: Actor, year: int, perm: str = Perm.COUNT_VIEW) -> list[tuple[int, str, str, int]]:
    """(union, path, name, members who used an offer) of a year, for the counts page."""
    rows = Claim.objects.filter(actor.within(perm, "union"), state=ClaimState.USED, used_at__year=year)
    found = rows.values("union_id", "union__path", "union__name").annotate(n=Count("person", distinct=True)).order_by("union__path")
    return [(r["union_id"], r["union__path"], r["union__name"], r["n"]) for r in found]
