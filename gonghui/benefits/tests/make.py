"""Small factories of benefits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from gonghui.benefits.models import Batch, FeeScheme, Hospital, Merchant, Offer, Programme, StayApplication
from gonghui.benefits.services import applying, fees, offers, stays
from gonghui.core import clock
from gonghui.members.tests import make as members

system = members.system
_serial = iter(range(1, 10**6))


def merchant(union: Any, name: str = "江州通信", **more: Any) -> Merchant:
    """A merchant whose contract runs a year each way."""
    today = clock.today()
    values: dict[str, Any] = {
        "kind": "telecom", "address": "建设路 1 号", "contact": "店长", "phone": "0631-5550000", "contract_no": f"普惠-{next(_serial)}",
        "since": today - timedelta(days=365), "until": today + timedelta(days=365), **more,
    }  # fmt: skip
    return offers.merchant_add(actor=system, union=union, name=name, **values)


def offer(union: Any, *, shop: Merchant | None = None, opened: bool = True, **more: Any) -> Offer:
    """An offer, open for ten days."""
    now = clock.now()
    values: dict[str, Any] = {
        "title": "会员话费套餐", "words": "到店出示券码", "kind": "price", "list_fen": 10_000, "price_fen": 7_000, "quota": 10, "per_member": 1, "member_days": 0,
        "first_hours": 0, "since": now - timedelta(hours=1), "until": now + timedelta(days=10), "code_days": 30, "group_least": 0, **more,
    }  # fmt: skip
    made = offers.offer_add(actor=system, merchant=shop or merchant(union), **values)
    return offers.offer_move(actor=system, offer=made, to="open") if opened else made


def scheme(union: Any, *, opened: bool = True, **more: Any) -> FeeScheme:
    """This year's scheme: two visits, ordinary and chief."""
    values: dict[str, Any] = {
        "year": clock.today().year, "name": "免医事服务费", "document_no": "江工发〔2026〕3 号", "times": 2, "budget_fen": 100_000, "rates": {"ordinary": 3_000, "chief": 6_000}, **more,
    }  # fmt: skip
    made = fees.scheme_add(actor=system, union=union, **values)
    return fees.scheme_move(actor=system, scheme=made, to="open") if opened else made


def hospital(union: Any, name: str = "市人民医院") -> Hospital:
    """A hospital under agreement."""
    today = clock.today()
    return fees.hospital_put(
        actor=system, union=union, name=name, address="海滨路 2 号", phone="0631-5551111", agreement_no="医-1", since=today - timedelta(days=400),
        until=today + timedelta(days=400),
    )  # fmt: skip


def programme(union: Any, shares: dict[Any, int], *, opened: bool = True, **more: Any) -> Programme:
    """A programme with its places split."""
    places = sum(shares.values())
    values: dict[str, Any] = {
        "year": clock.today().year, "name": f"疗休养{next(_serial)}", "kind": "worker", "document_no": "江工办〔2026〕5 号", "places": places, "days": 5, "out_province": False,
        "ceiling_fen": 300_000, "cost_fen": 280_000, "apply_until": clock.now() + timedelta(days=7), "words": "", "tie_break": "seed", **more,
    }  # fmt: skip
    made = stays.programme_add(actor=system, union=union, **values)
    for u, n in shares.items():
        stays.share_set(actor=system, programme=made, union=u, places=n)
    return stays.programme_open(actor=system, programme=made) if opened else made


def batch(row: Programme, capacity: int = 5, number: int = 1, since: date | None = None) -> Batch:
    """A departure twenty days on."""
    day = since or clock.today() + timedelta(days=20)
    return stays.batch_set(
        actor=system,
        programme=row,
        number=number,
        since=day,
        until=day + timedelta(days=4),
        place="海滨疗养院",
        capacity=capacity,
        leader="于领队",
        phone="0631-1",
    )


def approved(row: Programme, spell: Any, *, last: date | None = None) -> StayApplication:
    """A member who applied and was approved, with an earlier stay if wanted."""
    if last is not None:
        stays.past_add(actor=system, person_id=spell.person_id, union=spell.union, on=last, place="南山", source="名单")
    made = applying.apply(actor=members.worker(spell.person), programme=row)
    return applying.decide(actor=system, application=made, good=True)


def fresh(row: StayApplication) -> StayApplication:
    """As it stands now, with what the services read."""
    return StayApplication.objects.select_related("programme__union", "share__union", "union", "batch").get(pk=row.pk)


def posted(row: Programme) -> Programme:
    """Past the deadline, ordered and posted."""
    with clock.at(row.apply_until + timedelta(hours=1)):
        return applying.programme_post(actor=system, programme=row)


def confirmed(row: Programme) -> Programme:
    """The days of posting are over."""
    row.refresh_from_db()
    assert row.posted_until is not None
    with clock.at(row.posted_until + timedelta(days=1)):
        return applying.programme_confirm(actor=system, programme=row)
