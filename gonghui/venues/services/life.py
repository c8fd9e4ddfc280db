"""Gatherings and the year's money of a point (阵地活动、年度经费). Source: S175, S176."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict
from gonghui.venues.enums import GatheringKind, Perm
from gonghui.venues.models import Gathering, Venue, YearMoney

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

FIRST_YEAR = 2000


@transaction.atomic
def gathering_record(*, actor: Actor, venue: Venue, kind: str, on: date, title: str, people: int, words: str = "") -> Gathering:
    """Note that people came together (登记活动). Raises: BadInput venues.gathering; Conflict venues.gathering_once."""
    actor.require(Perm.VENUE_EDIT, venue.union)
    if kind not in GatheringKind.values or not title.strip() or people < 1 or not venue.opened_on <= on <= clock.today():
        raise BadInput("venues.gathering", "请写主题和参加人次；日期在启用之后、不晚于今天。")
    try:
        with transaction.atomic():
            row = Gathering.objects.create(
                venue=venue, kind=kind, on=on, title=title.strip()[:60], people=people, words=words.strip()[:300], actor=actor.ref,
                at=clock.now(),
            )  # fmt: skip
    except IntegrityError:
        raise Conflict("venues.gathering_once", "这一天的这项活动已经登记过。") from None
    audit.record(actor, "venues.gathering.recorded", row, org_path=venue.union.path, kind=kind, people=people)
    return row


@transaction.atomic
def gathering_void(*, actor: Actor, venue: Venue, pk: int, reason: str) -> Gathering:
    """Take a wrong entry back, with a reason (作废); the row stays. Raises: BadInput venues.reason; Conflict venues.gathering_gone."""
    actor.require(Perm.VENUE_EDIT, venue.union)
    if len(reason.strip()) < 2:
        raise BadInput("venues.reason", "请写作废的原因。")
    if not Gathering.objects.filter(pk=pk, venue=venue, void="").update(void=reason.strip()[:200]):
        raise Conflict("venues.gathering_gone", "这条活动记录不在了，或已经作废。请刷新后再看。")
    row = Gathering.objects.get(pk=pk)
    audit.record(actor, "venues.gathering.voided", row, org_path=venue.union.path, reason=reason.strip()[:200])
    return row


@transaction.atomic
def money_set(*, actor: Actor, venue: Venue, year: int, budget_fen: int, spent_fen: int, source: str = "") -> YearMoney:
    """Budget and spending of a year (登记年度经费), in fen. Raises: BadInput venues.money."""
    actor.require(Perm.VENUE_EDIT, venue.union)
    if not FIRST_YEAR <= year <= clock.today().year + 1 or budget_fen < 0 or spent_fen < 0:
        raise BadInput("venues.money", "请写四位年度，最晚到明年；金额不能是负数。")
    values = {"budget_fen": budget_fen, "spent_fen": spent_fen, "source": source.strip()[:60]}
    row, _new = YearMoney.objects.update_or_create(venue=venue, year=year, defaults=values)
    audit.record(actor, "venues.money.set", row, org_path=venue.union.path, year=year, **values)
    return row
