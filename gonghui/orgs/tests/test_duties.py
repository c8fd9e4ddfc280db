"""What a union owes: by size, place, date; papers; the small three tiers."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.core.errors import RuleViolation
from gonghui.orgs import hooks, services
from gonghui.orgs.enums import MatterKind, UnionKind
from gonghui.orgs.models import Employer, Matter, UnionAccount
from gonghui.orgs.selectors import unions
from gonghui.orgs.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def counts(monkeypatch):
    """Counts as the members' app would supply them."""
    known: dict[str, int] = {}

    def provider(union_id: int, on: date) -> dict[str, int]:
        return known

    monkeypatch.setattr(hooks, "_providers", [])
    hooks.register_facts(provider)
    return known


def outcome(union, key: str):
    return {d.key: d.outcome for d in services.union_duties(union).slips}[key]


@pytest.mark.parametrize(("members", "must"), [(24, False), (25, True)])
def test_twenty_five_members_make_a_committee(counts, members, must):
    counts.update(members=members, women_members=0, workers=members)
    union = make.build(UnionKind.ENTERPRISE, "某厂工会", make.township())
    assert outcome(union, "orgs.committee_form") is must


@pytest.mark.parametrize(("women", "text"), [(10, "应建立女职工委员会"), (9, "应在工会委员会中设女职工委员")])
def test_ten_women_members_make_a_womens_committee(counts, women, text):
    counts.update(members=60, women_members=women, women_workers=women, workers=60)
    union = make.build(UnionKind.ENTERPRISE, "某厂工会", make.township())
    assert any(text in t.text and t.slip is not None for t in services.union_duties(union).missing)


def test_what_nobody_knows_is_asked_for_not_guessed(counts):
    union = make.build(UnionKind.ENTERPRISE, "某厂工会", make.township())
    assert outcome(union, "orgs.committee_form") is None
    assert any("还不知道" in t.text for t in services.union_duties(union).missing)


@pytest.mark.system("S023")
@pytest.mark.parametrize(("headcount", "vices"), [(200, 1), (201, 2)])
def test_a_city_system_has_its_posts(counts, headcount, vices):
    counts.update(workers=headcount)
    union = make.build(UnionKind.CITY_INDUSTRIAL, "教育工会", make.root())
    slip = next(d for d in services.union_duties(union).slips if d.key == "orgs.industrial_posts")
    assert slip.values["vices"] == vices


@pytest.mark.system("S027")
def test_a_certificate_opens_the_account_and_follows_changes():
    union = make.build(UnionKind.ENTERPRISE, "某厂工会", make.township())
    with pytest.raises(RuleViolation) as refused:
        services.account_set(actor=make.system, union=union, bank="农商行", number="6222000011112222333", since=date(2024, 1, 1))
    assert refused.value.code == "orgs.certificate_first"
    services.certificate_add(actor=make.system, union=union, number="鲁 1", issued_on=date(2023, 1, 1), valid_until=date(2024, 1, 1))
    services.account_set(actor=make.system, union=union, bank="农商行", number="6222000011112222333", since=date(2024, 1, 1))
    assert b"6222" not in bytes(UnionAccount.objects.get().number_sealed)
    assert any("到期，请换证" in t.text for t in services.union_duties(union).missing)
    services.union_rename(actor=make.system, union=union, name="某新厂工会", on=date(2024, 3, 1))
    assert (Matter.objects.get().kind, Matter.objects.get().due_on) == (MatterKind.CERTIFICATE, date(2024, 3, 31))


def test_a_term_of_four_years_is_not_a_term():
    union = make.build(UnionKind.ENTERPRISE, "某厂工会", make.township())
    with pytest.raises(RuleViolation) as refused:
        services.term_open(actor=make.system, union=union, number=1, since=date(2024, 1, 1), years=4)
    assert refused.value.code == "orgs.term_years"


@pytest.mark.invariant("ORG-05")
def test_no_post_outside_a_running_term():
    union = make.build(UnionKind.ENTERPRISE, "某厂工会", make.township())
    services.term_open(actor=make.system, union=union, number=1, since=date(2020, 1, 1), years=3)
    for day in (date(2019, 12, 31), date(2023, 1, 1)):
        with pytest.raises(RuleViolation) as refused:
            services.post_add_named(actor=make.system, union=union, name="李秀兰", title="chair", since=day)
        assert refused.value.code == "orgs.no_term"
    services.post_add_named(actor=make.system, union=union, name="李秀兰", title="chair", since=date(2022, 12, 31))


@pytest.mark.system("S022")
def test_a_grassroots_union_without_a_township_above_is_reported():
    town = make.township()
    fine = make.build(UnionKind.ENTERPRISE, "镇里的工会", make.regional(town))
    lost = make.build(UnionKind.ENTERPRISE, "悬着的工会", make.root())
    assert list(unions.orphans(make.system)) == [lost]
    assert fine not in unions.orphans(make.system)


@pytest.mark.system("S039")
def test_the_four_diversities_take_only_listed_words():
    firm = make.employer(make.township())
    services.diversity_set(actor=make.system, employer=firm, values={"identity": ["migrant", "gig"], "work": []})
    assert Employer.objects.get(pk=firm.pk).diversity == {"identity": ["gig", "migrant"]}
    with pytest.raises(RuleViolation):
        services.diversity_set(actor=make.system, employer=firm, values={"identity": ["alien"]})


@pytest.mark.system("S017")
def test_a_cooperative_says_who_manages_it():
    town = make.township()
    with pytest.raises(RuleViolation) as refused:
        make.build(UnionKind.COOPERATIVE, "草原合作社工会", town)
    assert refused.value.code == "orgs.management_missing"
    assert make.build(UnionKind.COOPERATIVE, "草原合作社工会", town, management="local").management == "local"
