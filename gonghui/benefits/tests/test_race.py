"""Many at the same moment, on either engine: the quota holds; with the guard taken away the same crowd breaks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection

from gonghui.accounts.tests.crowd import crowd
from gonghui.benefits.models import Claim, FeeGrant, FeeScheme, Offer
from gonghui.benefits.services import claims, fees
from gonghui.benefits.tests import make
from gonghui.core.errors import Refusal
from gonghui.members.tests import make as members

pytestmark = pytest.mark.usefixtures("own_database")
BUSY = "core.busy"


def tried(act: Callable[[], Any]) -> Callable[[], str]:
    def run() -> str:
        try:
            act()
        except Refusal as refusal:
            return refusal.code
        return "won"

    return run


def rush(row: Offer, people: list[Any]) -> list[Any]:
    """Everybody presses at once."""
    return crowd(
        [
            tried(
                lambda p=p: claims.claim_take(
                    actor=members.worker(p), offer=Offer.objects.select_related("merchant", "union").get(pk=row.pk)
                )
            )
            for p in people
        ]
    )  # type: ignore[misc]  # bound at once


@pytest.mark.system("S173")
def test_of_eight_that_press_at_once_for_three_pieces_three_get_one() -> None:
    union = members.shop()[1]
    people = [members.member(union).person for _ in range(8)]
    for _ in range(3):
        row = make.offer(union, quota=3)
        outcome = rush(row, people)
        row.refresh_from_db()
        assert outcome.count("won") == 3 and row.taken == Claim.objects.filter(offer=row).count() == 3, outcome
        assert set(outcome) <= {"won", "benefits.sold_out", "benefits.may_not_claim", BUSY}, outcome


@pytest.mark.system("S173")
def test_one_member_on_six_phones_gets_the_limit_and_no_more() -> None:
    union = members.shop()[1]
    who = members.member(union).person
    row = make.offer(union, quota=10, per_member=2)
    outcome = rush(row, [who] * 6)
    assert outcome.count("won") == 2 and Claim.objects.filter(offer=row).count() == 2 == Offer.objects.get(pk=row.pk).taken, outcome


@pytest.mark.system("S173")
def test_one_code_at_two_tills_is_used_once() -> None:
    union = members.shop()[1]
    row = make.offer(union)
    code = claims.claim_take(actor=members.worker(members.member(union).person), offer=row).code
    outcome = crowd([tried(lambda: claims.code_use(merchant=row.merchant, text=code)) for _ in range(4)])
    assert outcome.count("won") == 1, outcome


@pytest.mark.system("S173")
def test_negative_control_without_guard_and_constraint_the_same_crowd_takes_too_many() -> None:
    """The naive way: read what is left, then write. It is what the service would be without its statement, and the table without its check."""
    union = members.shop()[1]
    people = [members.member(union).person for _ in range(8)]
    row = make.offer(union, quota=3)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute('ALTER TABLE "benefits_offer" DROP CONSTRAINT "benefits_offer_quota"')

    def careless(pk: int) -> bool:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = ON")
        Offer.objects.filter(pk=pk).update(taken=Offer.objects.get(pk=pk).taken + 1)
        return True

    with patch.object(claims, "take_one", careless), patch.object(claims, "_say_why", lambda offer, person: None):
        outcome = rush(row, people)
    assert outcome.count("won") > 3 and Claim.objects.filter(offer=row).count() > 3, outcome


@pytest.mark.system("S174")
def test_the_last_visit_and_the_last_money_go_once() -> None:
    union = members.shop()[1]
    clinic = make.hospital(union)
    scheme = make.scheme(union, times=1, budget_fen=6_000)
    passes = [fees.grant_take(actor=members.worker(members.member(union).person), scheme=scheme) for _ in range(3)]
    same = crowd([tried(lambda: fees.use_record(hospital=clinic, text=passes[0].code, level="ordinary")) for _ in range(4)])
    assert same.count("won") == 1, same
    rest = crowd([tried(lambda g=g: fees.use_record(hospital=clinic, text=g.code, level="ordinary")) for g in passes[1:]])  # type: ignore[misc]  # bound at once
    assert rest.count("won") == 1, rest
    scheme = FeeScheme.objects.get()
    assert scheme.spent_fen == scheme.budget_fen == 6_000 and sum(FeeGrant.objects.values_list("used", flat=True)) == 2
