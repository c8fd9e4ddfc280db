"""What benefits adds to the sweep over all addresses (扫描部件)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from gonghui.benefits.services import claims, fees, settling, stays
from gonghui.benefits.tests import make
from gonghui.core import clock
from gonghui.members.tests import make as members

ARGS = {
    **{f"benefits:{n}.pk": "benefits.Merchant" for n in ("merchant", "merchant-edit", "merchant-poster", "merchant-act", "offer-new")},
    **{f"benefits:{n}.pk": "benefits.Offer" for n in ("offer", "offer-edit", "offer-act", "m-offer", "m-claim")},
    **{f"benefits:{n}.pk": "benefits.Claim" for n in ("code-undo", "m-code", "m-code-cancel")},
    **{f"benefits:{n}.pk": "benefits.FeeScheme" for n in ("scheme", "scheme-edit", "scheme-act", "m-fee-take")},
    **{f"benefits:{n}.pk": "benefits.Hospital" for n in ("hospital-edit", "hospital-poster", "hospital-link")},
    "benefits:use-reverse.pk": "benefits.FeeUse",
    **{f"benefits:{n}.pk": "benefits.Settlement" for n in ("settlement", "settlement-file", "settlement-act")},
    **{f"benefits:{n}.pk": "benefits.StayApplication" for n in ("application", "application-act", "m-stay-leave")},
    "benefits:batch-spent.pk": "benefits.Batch",
    "benefits:past-remove.pk": "benefits.PastStay",
    "benefits:honour-act.pk": "benefits.ModelWorker",
    "benefits:pk": "benefits.Programme",
    "benefits:merchant-act.verb": "=link",
    "benefits:offer-act.verb": "=pause",
    "benefits:scheme-act.verb": "=close",
    "benefits:settlement-act.verb": "=pay",
    "benefits:honour-act.verb": "=revoke",
    "benefits:programme-act.verb": "=unpost",
    "benefits:application-act.verb": "=strike",
    "benefits:counter.token": "=qa-no-such-token",
    "benefits:hospital-desk.token": "=qa-no-such-token",
    "benefits:code.code": "=QANOSUCHCODE",
}


def furnish(world: Any, tree: Any) -> None:
    """An offer with a used code, a visit that is settled, a programme that is posted."""
    union, spell = tree.union, tree.members[0]
    me, today = members.worker(spell.person), clock.today()
    offer = make.offer(union, title=f"{tree.key}套餐", per_member=3)
    claims.code_use(merchant=offer.merchant, text=claims.claim_take(actor=me, offer=offer).code)
    claims.claim_take(actor=me, offer=offer)
    scheme, clinic = make.scheme(union), make.hospital(union, f"{tree.key}医院")
    grant = fees.grant_take(actor=me, scheme=scheme)
    earlier = today.replace(month=1, day=9)
    if earlier.month < today.month:
        with clock.at(earlier):
            fees.use_record(hospital=clinic, text=grant.code, level="ordinary")
        settling.settlement_make(actor=make.system, scheme=scheme, hospital=clinic, month=earlier)
    fees.use_record(hospital=clinic, text=grant.code, level="ordinary")
    row = make.programme(union, {union: 2}, name=f"{tree.key}疗休养")
    make.batch(row)
    make.approved(row, spell)
    make.posted(row)
    stays.past_add(
        actor=make.system,
        person_id=spell.person_id,
        union=union,
        on=today - timedelta(days=8 * 365),
        place=f"{tree.key}山",
        source="名单",
    )
    stays.honour_add(
        actor=make.system,
        person_id=spell.person_id,
        union=union,
        honour=f"{tree.key}劳模",
        level="city",
        awarded_on=date(2020, 4, 30),
        document_no="1 号",
    )


UNREACHED = {"benefits:counter", "benefits:hospital-desk"}
"""Addresses with a signed token of a merchant or a hospital; their own tests open them."""
