"""Dues: bases, lists, files, desk, receipts, reversals, the member's page."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter

from gonghui.accounts.enums import Role
from gonghui.core import clock, crypto
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.files.imports import services as imports
from gonghui.income import verify
from gonghui.income.models import DuesBase, DuesItem, Payment
from gonghui.income.rules.periods import Period
from gonghui.income.selectors import dues as reads
from gonghui.income.services import dues
from gonghui.income.tests import make
from gonghui.members.services import standing
from gonghui.members.tests import make as members

pytestmark = pytest.mark.django_db
TODAY = date(2026, 2, 1)


@pytest.fixture
def union():
    return make.shop()[1]


@pytest.mark.system("S211")
@pytest.mark.parametrize(("wage", "due"), [(526_999, 2630), (527_000, 2635), (526_000, 2630), (999, 0)])
def test_dues_are_half_a_percent_of_whole_tens(union, wage, due):
    make.crew(union, [wage])
    assert make.listing(union).items.get().due_fen == due


@pytest.mark.system("S211")
def test_the_list_is_of_the_members_on_its_last_day_and_retained_ones_owe_nothing(union):
    crew = make.crew(union, [526_800, 400_000, None])
    members.member(union, date(2026, 2, 1))  # joins the day after
    with clock.at(date(2026, 1, 10)):
        standing.retain(actor=make.system, membership=crew[1], reason="retired")
    listing = make.listing(union)
    found = {i.person_id: (i.due_fen, i.free) for i in listing.items.all()}
    assert found == {crew[0].person_id: (2630, ""), crew[1].person_id: (0, "retained"), crew[2].person_id: (0, "no_base")}
    with pytest.raises(Conflict, match="已经生成"):
        make.listing(union)


def test_a_quarter_counts_each_month_by_the_base_of_its_end(union):
    (one,) = make.crew(union, [500_000], since=date(2026, 2, 10))
    with clock.at(date(2026, 3, 20)):
        dues.bases_set(actor=make.system, union=union, since=date(2026, 3, 15), wages={one.person_id: 600_000})
    with clock.at(date(2026, 4, 1)):
        listing = dues.list_make(actor=make.system, union=union, period=Period(date(2026, 1, 1), 3))
    assert listing.items.get().due_fen == 2500 + 3000  # January: not yet a member


def test_the_wage_is_sealed_and_opens_with_a_reason_that_is_logged(union):
    make.crew(union, [526_800])
    base = DuesBase.objects.get()
    assert b"526800" not in bytes(base.wage_sealed)
    assert crypto.unseal("income.duesbase", "wage", base.pk, base.wage_sealed) == "526800"
    for role, error in ((Role.CHAIR, NotPermitted), (Role.AUDITOR, NotPermitted)):
        with pytest.raises(error):
            dues.wage_reveal(actor=make.officer(union, role), base=base, reason="核对会费基数")
    with pytest.raises(RuleViolation):
        dues.wage_reveal(actor=make.officer(union), base=base, reason="看看")
    assert dues.wage_reveal(actor=make.officer(union), base=base, reason="核对会费基数") == 526_800
    entry = AuditEntry.objects.get(verb="income.wage.revealed")
    assert "核对会费基数" in entry.data
    assert "526800" not in entry.data


def test_a_base_is_only_for_members_of_the_union(union):
    stranger = members.member(make.shop(name="乙岸瓷厂")[1])
    with pytest.raises(RuleViolation) as refused:
        dues.bases_set(actor=make.system, union=union, since=TODAY, wages={stranger.person_id: 1000})
    assert refused.value.code == "income.not_members"


# -- files -----------------------------------------------------------------------------------------------------------


def _rows(crew):
    """A payroll table: whole, spaced name, phone only, stranger, bad amount."""
    found = []
    for n, m in enumerate(crew):
        number = crypto.unseal("people.person", "id_number", m.person_id, m.person.id_sealed)
        phone = crypto.unseal("people.person", "phone", m.person_id, m.person.phone_sealed)
        found.append([m.person.name if n % 2 else m.person.name[0] + " " + m.person.name[1:], number if n % 3 else "", phone, "26.30"])
    return [*found, ["外来人", "990101198803150016", "", "30.00"], ["没金额", "", "", "若干"]]


def _csv(rows) -> bytes:
    return "\r\n".join(",".join(r) for r in [["姓名", "身份证号", "手机号", "代扣会费"], *rows]).encode("gbk")


def _xlsx(rows) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for y, row in enumerate([["姓名", "证件号码", "手机", "金额"], *rows]):
        for x, value in enumerate(row):
            sheet.write_string(y, x, value)
    book.close()
    return out.getvalue()


@pytest.mark.system("S211")
@pytest.mark.parametrize(("write", "name"), [(_csv, "工资代扣.csv"), (_xlsx, "工资代扣.xlsx")])
def test_a_file_posts_what_it_knows_and_keeps_the_rest_for_a_person(union, write, name):
    crew = make.crew(union, [526_800] * 6)
    listing = make.listing(union)
    with clock.at(TODAY):
        told = imports.import_run(
            actor=make.system,
            kind="dues",
            content=write(_rows(crew)),
            name=name,
            org_path=union.path,
            as_of=TODAY,
            options={"listing": listing.pk},
        )
    assert told["rows"] == 8
    paid = {i.person_id: i.paid_fen for i in listing.items.all()}
    assert paid == {m.person_id: 2630 for m in crew}
    waiting = Payment.objects.get(state="unmatched")
    assert (waiting.name, waiting.amount_fen, waiting.matched_by) == ("外来人", 3000, "unknown")
    assert "990101198803150016" not in f"{waiting.__dict__}"
    assert list(verify.dues_on_lists()) == []


def _arrived(union, listing, crew, fen=2630):
    with clock.at(TODAY):
        return dues.payments_post(
            actor=make.system,
            listing=listing,
            on=TODAY,
            rows=[dues.Arrived(fen, m.person_id, "id") for m in crew] + [dues.Arrived(700, None, "unknown", "外来人")],
        )


def test_the_desk_claims_or_returns_and_a_closed_list_has_nothing_waiting(union):
    crew = make.crew(union, [526_800] * 2)
    listing = make.listing(union)
    waiting = _arrived(union, listing, crew[:1])[-1]
    clerk = make.officer(union)
    with clock.at(TODAY):
        with pytest.raises(RuleViolation, match="没有认领"):
            dues.list_close(actor=clerk, listing=listing)
        item = listing.items.get(person=crew[1].person)
        dues.payment_claim(actor=clerk, payment=waiting, item=item)
        with pytest.raises(Conflict):
            dues.payment_claim(actor=clerk, payment=waiting, item=item)
        item.refresh_from_db()
        assert item.paid_fen == 700
        assert dues.list_close(actor=clerk, listing=listing).state == "closed"
        with pytest.raises(Conflict):
            _arrived(union, listing, crew)


def test_a_payment_is_corrected_by_its_reversal_once(union):
    crew = make.crew(union, [526_800])
    listing = make.listing(union)
    payment = _arrived(union, listing, crew)[0]
    with clock.at(TODAY):
        dues.payment_reverse(actor=make.system, payment=payment, reason="扣错人")
        with pytest.raises(Conflict):
            dues.payment_reverse(actor=make.system, payment=payment, reason="再冲")
    assert DuesItem.objects.get().paid_fen == 0
    assert sum(Payment.objects.filter(state="matched").values_list("amount_fen", flat=True)) == 0
    DuesItem.objects.update(paid_fen=1)
    assert len(list(verify.dues_on_lists())) == 1  # negative control of the nightly check


def test_one_receipt_for_all_money_without_one(union):
    crew = make.crew(union, [526_800] * 2)
    listing = make.listing(union)
    _arrived(union, listing, crew)
    with clock.at(TODAY):
        receipt = dues.dues_receipt(actor=make.officer(union), listing=listing)
        assert (receipt.amount_fen, receipt.kind) == (2630 * 2 + 700, "dues")
        with pytest.raises(RuleViolation):
            dues.dues_receipt(actor=make.officer(union), listing=listing)
        with pytest.raises(RuleViolation, match="收据"):
            dues.payment_return(actor=make.officer(union), payment=Payment.objects.get(state="unmatched"), reason="不认识")


def test_arrears_are_listed_after_the_due_day_only(union):
    make.crew(union, [526_800])
    make.listing(union, today=date(2026, 1, 20))
    clerk = make.officer(union)
    with clock.at(date(2026, 1, 25)):
        assert list(reads.owing(clerk, union)) == []
    with clock.at(date(2026, 1, 26)):
        assert [(o["times"], o["fen"]) for o in reads.owing(clerk, union)] == [(1, 2630)]


def test_another_union_sees_none_of_it(union):
    make.crew(union, [526_800])
    listing = make.listing(union)
    other = make.officer(make.shop(name="乙岸瓷厂")[1])
    assert not reads.lists(other).exists()
    with pytest.raises(NotFound), clock.at(TODAY):
        dues.payments_post(actor=other, listing=listing, on=TODAY, rows=[])
