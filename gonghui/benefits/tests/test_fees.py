"""The waived fee: quota, budget, hospitals, settlement; and what an employer's chair can see of it."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.accounts.enums import Role
from gonghui.benefits import verify
from gonghui.benefits.enums import Perm
from gonghui.benefits.models import FeeGrant, FeeScheme, FeeUse
from gonghui.benefits.rules import codes
from gonghui.benefits.selectors import common
from gonghui.benefits.selectors import fees as reads
from gonghui.benefits.services import fees, settling
from gonghui.benefits.tests import make
from gonghui.core import clock
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.files import store
from gonghui.members.tests import make as members

pytestmark = [pytest.mark.django_db, pytest.mark.system("S174")]


def drain(look: Any) -> list[str]:
    return list(look())


def text_of(data: bytes) -> str:
    """All texts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read("xl/sharedStrings.xml").decode()


def world(**more: Any) -> tuple[Any, Any, Any, Any]:
    union = members.shop()[1]
    scheme, clinic = make.scheme(union, **more), make.hospital(union)
    return union, scheme, clinic, fees.grant_take(actor=members.worker(members.member(union).person), scheme=scheme)


def test_a_visit_takes_one_from_the_pass_and_its_rate_from_the_budget_and_back() -> None:
    _union, scheme, clinic, grant = world()
    use = fees.use_record(hospital=clinic, text=grant.code.lower(), level="chief")
    scheme.refresh_from_db()
    grant.refresh_from_db()
    assert (use.fee_fen, scheme.spent_fen, grant.used) == (6_000, 6_000, 1)
    fees.use_record(hospital=clinic, text=grant.code, level="ordinary")
    with pytest.raises(RuleViolation, match="次数没有用完"):
        fees.use_record(hospital=clinic, text=grant.code, level="ordinary")
    with pytest.raises(BadInput, match="这一档"):
        fees.use_record(hospital=clinic, text=grant.code, level="expert")
    with pytest.raises(NotFound):
        fees.use_reverse(hospital=make.hospital(members.shop("别厂")[1]), use=use, reason="登错")
    fees.use_reverse(hospital=clinic, use=use, reason="登错")
    with pytest.raises(Conflict):
        fees.use_reverse(hospital=clinic, use=use, reason="登错")  # twice gives back one visit
    scheme.refresh_from_db()
    grant.refresh_from_db()
    assert (scheme.spent_fen, grant.used) == (3_000, 1) and drain(verify.uses) == []


def test_the_budget_is_never_passed_and_the_tables_refuse_it_too() -> None:
    union, scheme, clinic, grant = world(budget_fen=8_999)
    fees.use_record(hospital=clinic, text=grant.code, level="chief")
    other = fees.grant_take(actor=members.worker(members.member(union).person), scheme=scheme)
    with pytest.raises(RuleViolation, match="预算够付"):
        fees.use_record(hospital=clinic, text=other.code, level="ordinary")
    scheme.refresh_from_db()
    with pytest.raises(RuleViolation):
        fees.scheme_edit(actor=make.system, scheme=scheme, name="x", document_no="y", times=2, budget_fen=5_999, rates={"ordinary": 1})
    fees.scheme_edit(actor=make.system, scheme=scheme, name="x", document_no="y", times=2, budget_fen=9_000, rates={"ordinary": 3_000})
    fees.use_record(hospital=clinic, text=other.code, level="ordinary")
    for rows in (FeeScheme.objects.filter(pk=scheme.pk).update, FeeGrant.objects.filter(pk=grant.pk).update):
        column = "spent_fen" if rows.__self__.model is FeeScheme else "used"  # type: ignore[attr-defined]  # a bound method of a queryset
        with pytest.raises(IntegrityError), transaction.atomic():
            rows(**{column: F(column) + 100})
    FeeGrant.objects.filter(pk=grant.pk).update(used=0)
    assert drain(verify.uses) != []


def test_only_members_in_their_scheme_and_hospitals_in_their_agreement() -> None:
    union, scheme, clinic, grant = world()
    with pytest.raises(RuleViolation):
        fees.grant_take(actor=members.worker(members.person()), scheme=scheme)
    with pytest.raises(NotFound):
        fees.use_record(hospital=make.hospital(members.shop("远厂", members.township("远镇总工会"))[1]), text=grant.code, level="ordinary")
    fees.hospital_put(
        actor=make.system, union=union, hospital=clinic, name=clinic.name, address="x", phone="1", agreement_no="1", since=clinic.since,
        until=clock.today() - timedelta(days=1),
    )  # fmt: skip
    with pytest.raises(RuleViolation, match="定点医院"):
        fees.use_record(hospital=clinic, text=grant.code, level="ordinary")
    assert fees.grant_take(actor=members.worker(grant.person), scheme=scheme).pk == grant.pk  # asking twice gives the same pass


def test_a_finished_month_is_settled_once_with_a_file_without_names_and_can_be_undone() -> None:
    _union, scheme, clinic, grant = world()
    day = clock.today().replace(day=15)
    with clock.at(day):
        use = fees.use_record(hospital=clinic, text=grant.code, level="chief")
        with pytest.raises(RuleViolation, match="还没有过完"):
            settling.settlement_make(actor=make.system, scheme=scheme, hospital=clinic, month=day)
    following = (day + timedelta(days=30)).replace(day=2)
    with clock.at(following):
        assert [(t["n"], t["fen"]) for t in reads.to_settle(scheme)] == [(1, 6_000)]
        bill = settling.settlement_make(actor=make.system, scheme=scheme, hospital=clinic, month=day)
        assert (bill.count, bill.amount_fen) == (1, 6_000) and bill.file is not None and reads.to_settle(scheme) == []
        sheet = text_of(store.read(bill.file.place))
        assert grant.person.name not in sheet and grant.code not in sheet and codes.masked(grant.code) in sheet
        for again in (
            lambda: settling.settlement_make(actor=make.system, scheme=scheme, hospital=clinic, month=day),
            lambda: fees.use_reverse(actor=make.system, use=use, reason="撤"),
        ):
            with pytest.raises((RuleViolation, Conflict)):
                again()
        use.refresh_from_db()
        with pytest.raises(IntegrityError), transaction.atomic():  # without the service too
            FeeUse.objects.filter(pk=use.pk).update(reversed_at=clock.now())
        bill = settling.settlement_pay(actor=make.system, settlement=bill, paid_on=clock.today(), voucher="记-18")
        bill = settling.settlement_unpay(actor=make.system, settlement=bill, reason="凭证号写错")
        settling.settlement_void(actor=make.system, settlement=bill, reason="金额要重算")
        assert [(t["n"], t["fen"]) for t in reads.to_settle(scheme)] == [(1, 6_000)] and drain(verify.settlements) == []
        settling.settlement_make(actor=make.system, scheme=scheme, hospital=clinic, month=day)


def test_the_chair_of_the_employers_union_sees_counts_only_and_no_small_ones() -> None:
    town = members.township()
    union = members.shop("青石茶厂", town)[1]
    scheme, clinic = make.scheme(town), make.hospital(town)
    people = [members.member(union).person for _ in range(12)]
    for n, who in enumerate(people[:5]):
        fees.use_record(hospital=clinic, text=fees.grant_take(actor=members.worker(who), scheme=scheme).code, level="ordinary")
        if n == 3:
            chair = members.officer(union, Role.CHAIR)
            rows = reads.unions_using(actor=chair, year=clock.today().year)
            assert [r[3] for r in rows] == [4] and common.cells([(rows[0][1], 4)], {rows[0][1]: 12}) == {union.path: None}
    rows = reads.unions_using(actor=chair, year=clock.today().year)
    assert common.cells([(rows[0][1], 5)], {rows[0][1]: 12}) == {union.path: 5}
    assert common.cells([(rows[0][1], 5)], {rows[0][1]: 7}) == {union.path: None}  # the two who did not would be named
    assert not chair.may(Perm.FEE_RUN) and not chair.may(Perm.OFFER_VIEW)
    with pytest.raises(NotFound):
        fees.use_reverse(actor=chair, use=FeeUse.objects.select_related("grant__scheme__union")[0], reason="看看")
    with pytest.raises((NotPermitted, NotFound)):
        settling.settlement_make(actor=chair, scheme=scheme, hospital=clinic, month=clock.today())
    from gonghui.core.models import AuditEntry

    entries = AuditEntry.objects.filter(verb="benefits.fee.use_recorded")
    assert entries.count() == 5 and {e.org_path for e in entries} == {town.path}
