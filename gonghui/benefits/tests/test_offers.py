"""Offers: who may take one, how often, what the counter does, what comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gonghui.accounts.enums import Role
from gonghui.benefits import jobs, verify
from gonghui.benefits.models import Claim, CounterTry, Offer
from gonghui.benefits.selectors import common
from gonghui.benefits.selectors import offers as reads
from gonghui.benefits.services import claims, offers
from gonghui.benefits.tests import make
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, Refusal, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.members.tests import make as members
from gonghui.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.system("S173")]


def drain(look: Any) -> list[str]:
    return list(look())


def shop_and_member() -> tuple[Any, Any, Any]:
    union = members.shop()[1]
    return union, make.offer(union), members.member(union).person


def test_a_member_takes_a_code_and_the_counter_uses_it_once() -> None:
    _union, row, who = shop_and_member()
    code = claims.claim_take(actor=members.worker(who), offer=row)
    shop = row.merchant
    assert (code.state, code.saving_fen, Offer.objects.get().taken) == ("issued", 3_000, 1)
    assert claims.look(shop, code.code.lower()) == code
    used = claims.code_use(merchant=shop, text=code.code)
    assert used.state == "used" and CounterTry.objects.get().outcome == "used"
    with pytest.raises(Conflict, match="已使用"):
        claims.code_use(merchant=shop, text=code.code)
    assert not AuditEntry.objects.filter(verb="benefits.code.code_used", data__icontains=who.name).exists()
    found = reads.usage(actor=make.system, since=clock.today(), until=clock.today())
    assert (found["n"], found["fen"], found["people"]) == (1, 3_000, 1)
    assert drain(verify.pieces) == []


def test_another_shops_code_an_unknown_one_and_an_expired_one_are_refused() -> None:
    union, row, who = shop_and_member()
    other = make.merchant(union, "别的店")
    code = claims.claim_take(actor=members.worker(who), offer=row)
    for shop, text in ((other, code.code), (row.merchant, "ABCD"), (row.merchant, "ABCDEFGHJKMN")):
        with pytest.raises(NotFound):
            claims.code_use(merchant=shop, text=text)
    assert code.valid_until is not None
    with clock.at(code.valid_until):
        assert claims.why_not(Claim.objects.select_related("offer__merchant").get()) == ""
    with clock.at(code.valid_until + timedelta(days=1)), pytest.raises(Conflict, match="过期"):
        claims.code_use(merchant=row.merchant, text=code.code)


def test_who_may_not_take_one_hears_which_condition_fails() -> None:
    union, row, who = shop_and_member()
    stranger = members.person()
    with pytest.raises(RuleViolation, match="是会员"):
        claims.claim_take(actor=members.worker(stranger), offer=row)
    elsewhere = members.member(members.shop("远厂", members.township("远镇总工会"))[1]).person
    with pytest.raises(RuleViolation, match="在发放范围"):
        claims.claim_take(actor=members.worker(elsewhere), offer=row)
    me = members.worker(who)
    claims.claim_take(actor=me, offer=row)
    with pytest.raises(RuleViolation, match="每人限领"):
        claims.claim_take(actor=me, offer=row)
    new = members.member(union, since=clock.today() - timedelta(days=29)).person
    strict = make.offer(union, member_days=30)
    with pytest.raises(RuleViolation, match="入会够长"):
        claims.claim_take(actor=members.worker(new), offer=strict)
    with clock.at(clock.now() + timedelta(days=1)):
        claims.claim_take(actor=members.worker(new), offer=strict)
    offers.merchant_move(actor=make.system, merchant=row.merchant, to="suspended", reason="整改")
    with pytest.raises(RuleViolation, match="正在发放"):
        claims.claim_take(actor=members.worker(new), offer=row)
    assert Offer.objects.get(pk=row.pk).taken == 1  # what was refused took nothing


def test_those_who_had_nothing_this_year_go_first() -> None:
    union = members.shop()[1]
    shop = make.merchant(union)
    first, row = make.offer(union, shop=shop), make.offer(union, shop=shop, first_hours=24)
    had, fresh = (members.worker(members.member(union).person) for _ in range(2))
    claims.claim_take(actor=had, offer=first)
    with pytest.raises(RuleViolation, match="没领过的先领"):
        claims.claim_take(actor=had, offer=row)
    claims.claim_take(actor=fresh, offer=row)
    with clock.at(reads.first_until(row)):
        claims.claim_take(actor=had, offer=row)


def test_the_last_piece_goes_once_and_comes_back_when_given_up_or_lapsed() -> None:
    union = members.shop()[1]
    row = make.offer(union, quota=1)
    first, second = (members.worker(members.member(union).person) for _ in range(2))
    mine = claims.claim_take(actor=first, offer=row)
    with pytest.raises(RuleViolation, match="还有剩余"):
        claims.claim_take(actor=second, offer=Offer.objects.select_related("merchant", "union").get())
    with pytest.raises(Conflict, match="刚刚领完"):  # the page was drawn before the last went
        claims.claim_take(actor=second, offer=row)
    with pytest.raises(NotFound):
        claims.claim_cancel(actor=second, claim=mine)
    claims.claim_cancel(actor=first, claim=mine)
    with pytest.raises(Conflict):
        claims.claim_cancel(actor=first, claim=mine)  # twice gives back one piece
    assert Offer.objects.get().taken == 0
    again = claims.claim_take(actor=second, offer=row)
    with clock.at(again.valid_until + timedelta(days=1)):  # type: ignore[operator]  # an issued code has a last day
        assert jobs.lapse() == {"expired": 1, "failed": 0} and jobs.lapse() == {"expired": 0, "failed": 0}
    assert Offer.objects.get().taken == 0 and drain(verify.pieces) == []


def test_without_the_service_the_tables_refuse_one_too_many_and_a_second_piece() -> None:
    union, row, who = shop_and_member()
    code = claims.claim_take(actor=members.worker(who), offer=row)
    Offer.objects.filter(pk=row.pk).update(taken=row.quota)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=row.pk).update(taken=row.quota + 1)
    assert drain(verify.pieces) != []  # pieces nobody holds are found
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(
            offer=row, person=who, union=union, n=code.n, code="X" * 12, state="issued", saving_fen=0, claimed_at=clock.now()
        )
    claims.code_use(merchant=row.merchant, text=code.code)
    with pytest.raises(DatabaseError), transaction.atomic():
        CounterTry.objects.update(outcome="undone")


def test_a_use_is_taken_back_by_the_counter_in_time_and_later_by_an_officer_with_a_reason() -> None:
    union, row, who = shop_and_member()
    code = claims.code_use(merchant=row.merchant, text=claims.claim_take(actor=members.worker(who), offer=row).code)
    minutes = common.number("benefits.undo_minutes")
    assert code.used_at is not None
    with clock.at(code.used_at + timedelta(minutes=minutes, seconds=1)), pytest.raises(RuleViolation, match="超过"):
        claims.code_undo(merchant=row.merchant, claim=code, reason="按错")
    with pytest.raises(NotFound):
        claims.code_undo(merchant=make.merchant(union, "别的店"), claim=code, reason="按错")
    with clock.at(code.used_at + timedelta(minutes=minutes)):
        claims.code_undo(merchant=row.merchant, claim=code, reason="按错")
    code = claims.code_use(merchant=row.merchant, text=code.code)
    boss = members.officer(union, Role.TOWNSHIP)
    with pytest.raises(RuleViolation):
        claims.code_undo(actor=boss, claim=code, reason=" ")
    with pytest.raises(Refusal):
        claims.code_undo(actor=members.officer(union, Role.CHAIR), claim=code, reason="想改")
    assert claims.code_undo(actor=boss, claim=code, reason="会员没买成").state == "issued"


def test_a_group_forms_when_enough_join_and_lets_go_when_not() -> None:
    union = members.shop()[1]
    row = make.offer(union, kind="group", group_least=2, quota=5)
    first, second = (members.member(union).person for _ in range(2))
    one = claims.claim_take(actor=members.worker(first), offer=row)
    assert one.state == "waiting" and one.valid_until is None
    two = claims.claim_take(actor=members.worker(second), offer=row)
    one.refresh_from_db()
    assert (one.state, two.state) == ("issued", "issued") and Notice.objects.filter(person_id__in=[first.pk, second.pk]).count() == 2
    lone = make.offer(union, kind="group", group_least=3, quota=5)
    claims.claim_take(actor=members.worker(first), offer=lone)
    with clock.at(lone.until + timedelta(minutes=1)):
        assert jobs.lapse()["failed"] == 1
    assert Offer.objects.get(pk=lone.pk).taken == 0 and Claim.objects.get(offer=lone).state == "failed"


def test_an_offer_stays_inside_the_contract_and_keeps_what_was_promised() -> None:
    union = members.shop()[1]
    shop = make.merchant(union)
    with pytest.raises(RuleViolation, match="协议期内"):
        make.offer(union, shop=shop, until=clock.now() + timedelta(days=400))
    with pytest.raises(RuleViolation, match="原价"):
        make.offer(union, shop=shop, price_fen=9_000, subsidy_fen=2_000)
    row = make.offer(union, shop=shop)
    data = {f: getattr(row, f) for f in offers.OFFER_FIELDS}
    with pytest.raises(RuleViolation, match="会员付"):
        offers.offer_edit(actor=make.system, offer=row, **{**data, "price_fen": 8_000})
    for _ in range(2):
        claims.claim_take(actor=members.worker(members.member(union).person), offer=row)
    with pytest.raises(RuleViolation, match="不能少于"):
        offers.offer_edit(actor=make.system, offer=row, **{**data, "quota": 1})
    assert offers.offer_edit(actor=make.system, offer=row, **{**data, "quota": 2}).quota == 2
    with pytest.raises(RuleViolation, match="不能更早"):
        offers.merchant_edit(
            actor=make.system,
            merchant=shop,
            **{f: getattr(shop, f) for f in offers.MERCHANT_FIELDS} | {"until": clock.today() + timedelta(days=5)},
        )


def test_a_voucher_paid_by_the_union_is_held_to_the_standard_of_the_place() -> None:
    from gonghui.orgs.tests import make as orgs

    gui = orgs.township("黔山镇总工会", orgs.root(), area="520102")
    with pytest.raises(RuleViolation, match="消费券"):
        make.offer(gui, kind="voucher", list_fen=50_000, price_fen=10_000, subsidy_fen=30_001)
    with pytest.raises(RuleViolation, match="消费券"):  # two of a member count together
        make.offer(gui, kind="voucher", list_fen=50_000, price_fen=10_000, subsidy_fen=15_001, per_member=2)
    assert make.offer(gui, kind="voucher", list_fen=50_000, price_fen=10_000, subsidy_fen=30_000).pk
    with pytest.raises(RuleViolation, match="补贴多少"):
        make.offer(gui, kind="voucher")


class Property(TestCase):
    """Whatever members do, in any order, no more than the quota is ever out and nobody holds more than the limit."""

    @settings(max_examples=8, deadline=None)
    @given(st.integers(1, 4), st.integers(1, 2), st.lists(st.tuples(st.sampled_from("tcu"), st.integers(0, 3)), max_size=24))
    def test_a_quota_is_never_exceeded(self, quota: int, limit: int, acts: list[tuple[str, int]]) -> None:
        union = members.shop()[1]
        row = make.offer(union, quota=quota, per_member=limit)
        people = [members.member(union).person for _ in range(4)]
        for act, n in acts:
            held = Claim.objects.filter(offer=row, person=people[n], state="issued").select_related("offer__union").first()
            try:
                if act == "t":
                    claims.claim_take(
                        actor=members.worker(people[n]), offer=Offer.objects.select_related("merchant", "union").get(pk=row.pk)
                    )
                elif act == "c" and held:
                    claims.claim_cancel(actor=members.worker(people[n]), claim=held)
                elif held:
                    claims.code_use(merchant=row.merchant, text=held.code)
            except Refusal:
                pass
            out = Claim.objects.filter(offer=row, state__in=["issued", "used"])
            assert out.count() == Offer.objects.get(pk=row.pk).taken <= quota
            assert all(out.filter(person=p).count() <= limit for p in people)
