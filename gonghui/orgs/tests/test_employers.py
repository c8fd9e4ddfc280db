"""Employers: register, status, coverage, blank spots, cards, duplicates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.orgs import checks, hooks, services
from gonghui.orgs.enums import WRITTEN_OFF, CoverageForm, EmployerStatus, MatterKind, Side, SpotState
from gonghui.orgs.models import Coverage, Duplicate, Employer, EmployerPlace, EmployerSpell, EmployerValue, Licence, Matter, Merge, Spot
from gonghui.orgs.rules import cards, identifiers, likeness, status
from gonghui.orgs.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard():
    """What the layers above are told."""
    pairs: list = []
    hooks.register("employers_changed", pairs.extend)
    yield pairs
    hooks.unregister("employers_changed", pairs.extend)


def again(employer: Employer) -> Employer:
    return Employer.objects.select_related("union").get(pk=employer.pk)


@pytest.mark.system("S001")
def test_desk_and_field_values_stand_side_by_side():
    firm = make.employer(make.township(), headcount=30, address="人民路 1 号")
    services.value_record(
        actor=make.system, employer=firm, side=Side.FIELD, values={"headcount": 26, "phone": "13800002207"}, origin="实地走访"
    )
    values = {(v.name, v.side): v.value for v in EmployerValue.objects.filter(employer=firm)}
    assert (values["headcount", "desk"], values["headcount", "field"]) == ("30", "26")
    assert values["phone", "field"] == "138****2207"
    assert again(firm).headcount == 26
    services.value_record(actor=make.system, employer=firm, side=Side.DESK, values={"headcount": 33}, origin="税务")
    assert again(firm).headcount == 26, "部门数不覆盖走访数"


@pytest.mark.system("S001")
def test_one_operator_several_licences_is_one_employer():
    town = make.township()
    firm = make.employer(town, licences=[("91370000MA0000001X", "青石茶厂")])
    services.licence_add(actor=make.system, employer=firm, number="9137 0000-ma0000002x", name="青石茶庄")
    assert Licence.objects.filter(employer=firm).count() == 2
    other = make.employer(town)
    with pytest.raises(Conflict, match="已登记在“青石") as refused:
        services.licence_add(actor=make.system, employer=other, number="91370000MA0000002X")
    assert refused.value.code == "orgs.licence_taken"


def test_check_digits_warn_and_never_reject():
    assert identifiers.licence_ok("91310115591693856A") != identifiers.licence_ok("91310115591693857A")
    assert identifiers.clean_number("'９１３１ 0115－") == "91310115－" or identifiers.clean_number("'９１３１ 0115") == "91310115"
    firm = make.employer(make.township(), licences=[("91370000000000000X", "茶厂")])
    assert Licence.objects.get(employer=firm).checked is False


@pytest.mark.system("S002")
@pytest.mark.parametrize("reason", WRITTEN_OFF)
def test_each_of_the_seven_reasons_writes_off_and_can_be_taken_back(reason, heard):
    town = make.township()
    federation = make.regional(town)
    firm = make.employer(town)
    make.cover(federation, firm)
    heard.clear()
    services.employer_status(actor=make.system, employer=firm, status=reason, on=date(2024, 5, 1), evidence="登记机关通知")
    gone = again(firm)
    assert (gone.status, gone.written_off_on, gone.organised) == (reason, date(2024, 5, 1), False)
    assert Coverage.objects.get().until == date(2024, 5, 1)
    (before, after) = heard[0]
    assert (before.written_off_on, after.written_off_on, after.written_off_reason) == (None, date(2024, 5, 1), str(reason))
    with pytest.raises(Conflict):
        services.employer_status(actor=make.system, employer=firm, status=EmployerStatus.NORMAL, on=date(2024, 6, 1), evidence="恢复")
    heard.clear()
    services.employer_write_off_undo(actor=make.system, employer=firm, reason="看错了单位")
    back = again(firm)
    assert (back.status, back.written_off_on, back.organised) == (EmployerStatus.NORMAL, None, True)
    assert heard == [(after, before)]
    assert AuditEntry.objects.filter(verb="orgs.employer.write_off_undo").exists()
    assert list(checks.places()) == []


@pytest.mark.system("S002")
def test_a_season_ends_and_a_stopped_firm_is_looked_at_again():
    firm = make.employer(make.township())
    with pytest.raises(RuleViolation, match="复核日期"):
        services.employer_status(actor=make.system, employer=firm, status=EmployerStatus.SEASONAL, on=date(2024, 11, 1), evidence="走访")
    services.employer_status(
        actor=make.system, employer=firm, status=EmployerStatus.SEASONAL, on=date(2024, 11, 1), evidence="走访", review_on=date(2025, 4, 1)
    )
    assert (Matter.objects.get().kind, Matter.objects.get().due_on) == (MatterKind.STOPPED_REVIEW, date(2025, 4, 1))
    services.employer_status(actor=make.system, employer=firm, status=EmployerStatus.NORMAL, on=date(2025, 3, 20), evidence="复工")
    assert Matter.objects.get().state == "cancelled"
    assert list(EmployerSpell.objects.order_by("since").values_list("status", "until")) == [
        ("normal", date(2024, 11, 1)),
        ("seasonal", date(2025, 3, 20)),
        ("normal", None),
    ]


def test_a_step_without_evidence_or_before_its_time_is_refused():
    firm = make.employer(make.township(), listed_on=date(2024, 1, 1))
    for on, evidence, code in (
        (date(2024, 2, 1), " ", "orgs.evidence_missing"),
        (date(2023, 2, 1), "通知", "orgs.before_spell"),
        (clock.today() + timedelta(1), "通知", "orgs.future"),
    ):
        with pytest.raises(RuleViolation) as refused:
            services.employer_status(actor=make.system, employer=firm, status=EmployerStatus.CLOSED, on=on, evidence=evidence)
        assert refused.value.code == code
    assert again(firm).status == EmployerStatus.NORMAL


@pytest.mark.system("S026")
def test_restructuring_opens_the_rebuilding_of_the_union():
    town = make.township()
    firm = make.employer(town)
    union = make.own_union(firm, town)
    services.employer_status(actor=make.system, employer=firm, status=EmployerStatus.RESTRUCTURED, on=date(2024, 5, 1), evidence="改制批复")
    matter = Matter.objects.get(union=union)
    assert (matter.kind, matter.due_on) == (MatterKind.REBUILD, date(2024, 5, 1) + timedelta(days=90))
    assert set(matter.checklist) == {"会员去向", "经费处理", "集体合同", "主席待遇与安排"}


def test_the_bridge_adds_up():
    reasons = {"deregistered": 63, "closed": 27, "moved": 2, "renamed": 3, "same_name": 16, "failed": 15, "merged": 11}
    assert status.bridge(4232, 43, reasons) == 4138
    with pytest.raises(ValueError, match="不在七类里"):
        status.bridge(1, 0, {"vanished": 1})


@pytest.mark.system("S012", "S013")
def test_covered_twice_counts_once_and_keeps_its_history():
    town = make.township()
    region, trade = make.regional(town), make.industry(town)
    firm = make.employer(town)
    make.cover(region, firm, since=date(2021, 1, 1))
    make.cover(trade, firm, CoverageForm.INDUSTRY, since=date(2022, 1, 1))
    assert Coverage.objects.filter(employer=firm, until=None, main=True).get().union_id == region.pk
    with pytest.raises(Conflict, match="已由青石镇区域工会联合会"):
        make.cover(make.regional(town, "西片联合会"), firm, since=date(2023, 1, 1))
    services.coverage_end(actor=make.system, coverage=Coverage.objects.get(union=region), on=date(2023, 6, 1), reason="退出")
    assert again(firm).union_id == trade.pk
    assert list(EmployerPlace.objects.order_by("since").values_list("union_id", "since", "until")) == [
        (town.pk, date(2020, 1, 1), date(2021, 1, 1)),
        (region.pk, date(2021, 1, 1), date(2023, 6, 1)),
        (trade.pk, date(2023, 6, 1), None),
    ]
    assert list(checks.places()) == []


@pytest.mark.system("S003")
def test_a_blank_spot_opens_and_closes_by_itself():
    town = make.township()
    firm = make.employer(town, headcount=12, listed_on=date(2024, 1, 1))
    spot = Spot.objects.get(employer=firm, until=None)
    assert spot.since == date(2024, 1, 1)
    services.spot_record(actor=make.system, spot=spot, state=SpotState.CONTACT, next_visit=clock.today(), next_step="送宣传单")
    with pytest.raises(RuleViolation, match="要选明原因"):
        services.spot_record(actor=make.system, spot=spot, state=SpotState.NOT_YET)
    with pytest.raises(Conflict):
        services.spot_record(actor=make.system, spot=spot, state=SpotState.BUILT)
    make.cover(make.regional(town), firm, since=date(2024, 3, 1))
    spot.refresh_from_db()
    assert (spot.state, spot.until) == (SpotState.BUILT, date(2024, 3, 1))
    services.coverage_end(actor=make.system, coverage=Coverage.objects.get(), on=date(2024, 9, 1), reason="退出")
    assert Spot.objects.get(until=None).since == date(2024, 9, 1)
    assert not Spot.objects.filter(employer=make.employer(town, headcount=0)).exists()


@pytest.mark.system("S003")
def test_an_organiser_works_only_the_spots_of_the_own_town():
    mine, other = make.township("青石镇工会"), make.township("白水镇工会")
    here, there = make.employer(mine), make.employer(other)
    walker = make.officer(Role.ORGANISER, mine)
    services.spot_record(actor=walker, spot=Spot.objects.get(employer=here), state=SpotState.CONTACT)
    with pytest.raises(NotFound):
        services.spot_record(actor=walker, spot=Spot.objects.get(employer=there), state=SpotState.CONTACT)
    with pytest.raises(NotPermitted):
        services.employer_status(actor=walker, employer=here, status=EmployerStatus.CLOSED, on=clock.today(), evidence="已关")


@pytest.mark.system("S004", "S005")
def test_a_card_is_complete_when_every_block_is_fresh():
    firm = make.employer(make.township())
    values = dict.fromkeys(cards.BLOCKS[cards.SIX], "已掌握")
    services.card_record(actor=make.system, employer=firm, card=cards.SIX, values=values)
    latest = {k: ("已掌握", clock.today(), "user:1") for k in values}
    assert cards.card(cards.SIX, latest, clock.today(), 365).complete
    assert not cards.card(cards.SIX, latest, clock.today() + timedelta(days=366), 365).complete
    assert not cards.card(cards.SIX, {k: v for k, v in latest.items() if k != "mood"}, clock.today(), 365).complete
    with pytest.raises(RuleViolation, match="没有标为两新组织"):
        services.card_record(actor=make.system, employer=firm, card=cards.FIVE, values={"area": "城区"})


def traits(pk: int, name: str, address: str = "", operator: bytes | None = None, phone: bytes | None = None) -> likeness.Traits:
    return likeness.Traits(pk, name, address, operator, phone)


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        (traits(1, "青石茶厂", "人民路 1 号", b"o", b"p"), traits(2, "绿野食品厂", "人民路1号", b"o", b"p"), likeness.LICENCE),
        (traits(1, "青石茶厂", "人民路 1 号", b"o", b"p"), traits(2, "青石茶厂", "东街 9 号", b"x", b"y"), likeness.SAME_NAME),
        (traits(1, "青石茶厂", "人民路 1 号", b"o", b"p"), traits(2, "青石（茶）厂", "人民路1号", b"o", b"q"), likeness.SAME),
        (traits(1, "青石茶厂", "人民路 1 号", b"o", b"p"), traits(2, "绿野食品厂", "人民路1号", b"x", b"q"), None),
        (traits(1, "青石茶厂", "人民路 1 号", b"o", b"p"), traits(2, "绿野食品厂", "东街 9 号", b"x", b"p"), None),
    ],
)
def test_likeness_names_its_kind(a, b, kind):
    found = likeness.compare(a, b)
    assert (found.kind if found else None) == kind


@pytest.mark.system("S002")
def test_a_merge_is_undone_without_loss(heard):
    town = make.township()
    region = make.regional(town)
    one = make.employer(
        town,
        "青石茶厂",
        address="人民路 1 号",
        phone="13800000001",
        operator_id="370000199001011234",
        licences=[("91370000MA0000001X", "青石茶厂")],
    )
    two = make.employer(
        town,
        "绿野食品厂",
        address="人民路 1 号",
        phone="13800000001",
        operator_id="370000199001011234",
        licences=[("91370000MA0000002X", "绿野")],
    )
    make.cover(region, two)
    assert services.duplicates_scan(actor=make.system, org=town) == {"licence": 1, "same": 0, "same_name": 0}
    pair = Duplicate.objects.get()
    before = (_state(one), _state(two))
    heard.clear()
    services.duplicate_decide(actor=make.system, duplicate=pair, decision="linked", survivor=one)
    kept, gone = again(one), again(two)
    assert (gone.status, gone.merged_into_id, kept.organised) == (EmployerStatus.MERGED, one.pk, True)
    assert Licence.objects.filter(employer=one).count() == 2
    assert list(checks.places()) == []
    services.duplicate_reopen(actor=make.system, duplicate=pair, reason="是两家")
    assert (_state(one), _state(two)) == before
    assert heard[0] == heard[-1][::-1] or len(heard) == 4
    assert list(checks.places()) == []
    assert Merge.objects.get().undone_at is not None
    assert services.duplicates_scan(actor=make.system, org=town) == {"licence": 0, "same": 0, "same_name": 0}


def _state(employer: Employer) -> tuple:
    firm = again(employer)
    return (
        firm.status,
        firm.organised,
        firm.union_id,
        firm.written_off_on,
        sorted(Licence.objects.filter(employer=employer).values_list("number", flat=True)),
        sorted(Coverage.objects.filter(employer=employer).values_list("union_id", "form", "main", "since", "until")),
        sorted(EmployerPlace.objects.filter(employer=employer).values_list("union_id", "since", "until"), key=str),
        sorted(Spot.objects.filter(employer=employer, until=None).values_list("since", flat=True)),
    )


def test_a_scan_does_not_ask_again_what_was_decided():
    town = make.township()
    for _ in range(2):
        make.employer(town, "青石茶厂")
    services.duplicates_scan(actor=make.system, org=town)
    pair = Duplicate.objects.get()
    services.duplicate_decide(actor=make.system, duplicate=pair, decision="distinct", reason="两兄弟各开一家")
    services.duplicates_scan(actor=make.system, org=town)
    assert Duplicate.objects.filter(state="open").count() == 0
    with pytest.raises(Conflict):
        services.duplicate_decide(actor=make.system, duplicate=pair, decision="distinct")


def test_the_check_finds_an_employer_changed_by_hand():
    town = make.township()
    firm = make.employer(town)
    make.cover(make.regional(town), firm)
    assert list(checks.places()) == []
    Employer.objects.filter(pk=firm.pk).update(organised=False)
    assert any(firm.code in f for f in checks.places())
