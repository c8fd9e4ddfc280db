"""Reports balance before release and are frozen after; claims stand beside counts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from django.db import DatabaseError, transaction

from gonghui.accounts.enums import Role
from gonghui.core.audit import canonical
from gonghui.core.errors import BadInput, Conflict, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.figures import selectors, services
from gonghui.figures.folding import MemberFact, WorkerFact
from gonghui.figures.models import Report, ReportedFigure, Roll, StatPeriod
from gonghui.figures.rules import claims
from gonghui.figures.selectors import bridge
from gonghui.figures.selectors import reported as gaps
from gonghui.orgs.selectors import closure
from gonghui.orgs.tests import make

END = date(2025, 12, 31)


def period() -> StatPeriod:
    return services.period_put(actor=make.system, name="2025 年", opening=date(2025, 1, 1), closing=END, current=True)


def city():
    root, town = make.root(), make.township()
    for day in (date(2020, 1, 1), date(2020, 1, 1), date(2025, 3, 1)):
        make.employer(town, listed_on=day)
    return closure.node("root"), make.officer(Role.CITY, root)


def released():
    node, boss = city()
    report = services.report_prepare(actor=boss, union=node, period=period())
    services.report_check(actor=boss, report=report, union=node)
    return services.report_release(actor=boss, report=report, union=node), node, boss


@pytest.mark.django_db
@pytest.mark.invariant("RPT-03")
@pytest.mark.system("S270")
def test_a_report_is_prepared_checked_released_and_then_frozen():
    report, node, boss = released()
    assert (report.state, report.version, report.released_by) == ("released", 1, boss.ref)
    assert report.data["bridges"][0]["opening"] == 2
    assert AuditEntry.objects.filter(verb="figures.report.released").count() == 1
    with pytest.raises(Conflict):
        services.report_prepare(actor=boss, union=node, period=report.period)
    for change in ({"data": {}}, {"state": "draft"}, {"digest": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Report.objects.filter(pk=report.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.filter(pk=report.pk).delete()


@pytest.mark.django_db
def test_a_draft_may_still_change():
    """Negative control of the freeze."""
    node, boss = city()
    report = services.report_prepare(actor=boss, union=node, period=period())
    assert Report.objects.filter(pk=report.pk).update(reason="试") == 1


@pytest.mark.django_db
@pytest.mark.invariant("RPT-03")
def test_a_correction_is_a_new_version_and_both_are_reproducible():
    report, node, boss = released()
    before = canonical(report.data)
    make.employer(make.township(), listed_on=date(2025, 4, 1))
    fresh = services.report_correct(actor=boss, report=report, union=node, reason="补登一家新单位")
    report.refresh_from_db()
    assert (fresh.version, fresh.state, fresh.corrects_id) == (2, "draft", report.pk)
    assert canonical(report.data) == before and services.reports.digest(report.data) == report.digest
    assert fresh.data["bridges"][0]["closing"] == report.data["bridges"][0]["closing"] + 1


@pytest.mark.django_db
def test_an_unbalanced_period_is_refused_with_the_difference_named():
    node, boss = city()
    report = services.report_prepare(actor=boss, union=node, period=period())
    services.report_check(actor=boss, report=report, union=node)
    Roll.objects.filter(union_id=node.pk, key="employers.non_public", day=date(2025, 3, 1)).update(n=2)
    with pytest.raises(RuleViolation) as refused:
        services.report_release(actor=boss, report=report, union=node)
    assert "相差 1 家" in refused.value.message and refused.value.code == "figures.report_unbalanced"
    report.refresh_from_db()
    assert report.state == "checked"


@pytest.mark.django_db
def test_records_that_changed_after_the_draft_make_it_stale():
    node, boss = city()
    report = services.report_prepare(actor=boss, union=node, period=period())
    make.employer(make.township(), listed_on=date(2025, 4, 1))
    with pytest.raises(Conflict, match="重新编制"):
        services.report_check(actor=boss, report=report, union=node)


@pytest.mark.django_db
def test_an_enterprise_chair_prepares_no_report_and_a_stranger_sees_none():
    node, _boss = city()
    with pytest.raises(NotPermitted):
        services.report_prepare(actor=make.officer(Role.CHAIR, make.root()), union=node, period=period())


@pytest.mark.django_db
def test_the_bridge_of_the_year_counts_by_reason():
    from gonghui.orgs import services as orgs
    from gonghui.orgs.models import Employer

    node, _boss = city()
    firm = Employer.objects.filter(listed_on=date(2020, 1, 1)).first()
    orgs.employer_status(actor=make.system, employer=firm, status="deregistered", on=date(2025, 7, 1), evidence="注销通知书")
    found = bridge.bridge(bridge.of_period(node.pk, date(2025, 1, 1), END), "employers.non_public")
    assert (found.opening, found.new, found.written_off, found.moved, found.closing) == (2, 1, 1, 0, 2)
    assert found.reasons["deregistered"] == 1 and not found.fault()


# -- reported against counted ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.system("S269")
def test_a_claim_of_98_percent_stands_beside_the_count_with_what_is_missing():
    node, boss = city()
    town = make.township()
    services.apply([(None, WorkerFact(((town.pk, date(2020, 1, 1), None),), date(2024, 1, 1), None)) for _ in range(100)])
    services.apply([(None, MemberFact(town.pk, "active", date(2024, 1, 1), None)) for _ in range(92)])
    row = services.reported_put(actor=boss, union=node, key="rate.joining", on=END, claimed="98%", source="2025 年工作总结")
    found = gaps.gap(row)
    assert (found.counted, found.numerator, found.denominator, found.ok) == ("92.00%", 92, 100, False)
    assert found.verdict == "还差 6 名会员，才到 98%。"


def test_the_missing_members_of_the_source_city():
    assert claims.missing(Fraction(98, 100), 214_542, 233_251) == 14_044


@pytest.mark.parametrize(
    ("text", "of", "fine"),
    [("99%", 34, False), ("99%", 100, True), ("97%", 34, True), ("100%", 34, True), ("98.5%", 200, True), ("98.3%", 200, False)],
)
def test_a_rate_no_whole_number_gives_is_found(text, of, fine):
    assert (claims.impossible(claims.read(text), of) == "") is fine


@pytest.mark.django_db
def test_34_unions_at_99_percent_are_refused_with_the_reason():
    node, boss = city()
    with pytest.raises(RuleViolation, match=r"33 个是 97.06%，34 个是 100.00%") as refused:
        services.reported_put(actor=boss, union=node, key="rate.formation", on=END, claimed="99%", source="总结", denominator=34)
    assert refused.value.code == "figures.impossible_rate" and not ReportedFigure.objects.exists()


def test_denominators_are_recovered_from_percentages():
    """F35: 20.66 % and 53.77 % fit 305, 42.05 % and 59.09 % fit 88, and nothing smaller."""
    assert claims.denominators([claims.read("20.66%"), claims.read("53.77%")], 305) == [305]
    assert claims.denominators([claims.read("42.05%"), claims.read("59.09%")], 88) == [88]


@pytest.mark.django_db
def test_contradictory_claims_of_one_year_are_named():
    node, boss = city()
    for said, source in (("98.5%", "总结甲"), ("98.3%", "总结乙")):
        services.reported_put(actor=boss, union=node, key="rate.joining", on=END, claimed=said, source=source)
    (text,) = gaps.contradictions(list(gaps.reported_list(actor=boss)))
    assert "98.5%" in text and "98.3%" in text


@pytest.mark.django_db
def test_an_import_is_all_or_nothing_and_names_the_rows():
    node, boss = city()
    rows = [
        {"组织代码": "root", "指标": "入会率", "截止日": "2025-12-31", "上报值": "98%", "出处": "总结"},
        {"组织代码": "root", "指标": "建会率", "截止日": "去年", "上报值": "98%", "出处": "总结"},
    ]
    with pytest.raises(BadInput) as refused:
        services.reported_import(actor=boss, rows=rows, union_of=closure.node)
    assert [e["row"] for e in refused.value.errors] == [3] and not ReportedFigure.objects.exists()
    assert services.reported_import(actor=boss, rows=rows[:1], union_of=closure.node) == 1
    assert selectors.snapshot(node.pk, END).get("members") == 0
