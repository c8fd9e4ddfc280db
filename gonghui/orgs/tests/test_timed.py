"""Timed work and inbox of the register: each reminder once at each stage, to those who act; what is done is gone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.approvals import selectors as approvals
from gonghui.core import clock, jobs
from gonghui.core.errors import RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.notices.models import Notice
from gonghui.orgs import services
from gonghui.orgs.enums import EmployerStatus, MatterKind, UnionKind
from gonghui.orgs.jobs import projects_due, remind
from gonghui.orgs.models import Matter, Reminder, Spot, Term
from gonghui.orgs.rules.reminders import stage
from gonghui.orgs.selectors.inbox import inbox
from gonghui.orgs.selectors.obligations import obligations
from gonghui.orgs.tests import make
from gonghui.orgs.tests.test_pages import browser

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def frozen():
    with clock.at(TODAY):
        yield


def ending(days: int, name: str = "某厂工会", parent=None):
    """A union whose committee's term ends in so many days."""
    union = make.build(UnionKind.ENTERPRISE, name, parent or make.township())
    Term.objects.create(union=union, body="committee", number=1, since=date(2022, 1, 1), until=TODAY + timedelta(days=days), years=3)
    return union


@pytest.mark.parametrize(
    ("left", "reached"), [(181, None), (180, "180"), (91, "180"), (90, "90"), (30, "30"), (1, "30"), (0, "overdue"), (-5, "overdue")]
)
def test_the_stage_is_the_smallest_mark_reached(left, reached):
    assert stage(TODAY + timedelta(days=left), TODAY, [180, 90, 30]) == reached


@pytest.mark.system("S016")
@pytest.mark.parametrize(("days", "count"), [(181, 0), (180, 1), (0, 1)])
def test_the_chair_is_reminded_once_at_each_stage(days, count):
    union = ending(days)
    chair = accounts.officer((Role.CHAIR, union.path))
    stranger = accounts.officer((Role.CHAIR, make.township("白水镇工会").path))
    assert remind()["new"] == count
    assert remind()["new"] == 0, "twice on a day says nothing new"
    assert Notice.objects.filter(user=chair).count() == count
    assert not Notice.objects.filter(user=stranger).exists()


def test_the_next_stage_speaks_again_and_the_removed_memory_shows_why_it_is_kept():
    union = ending(90)
    chair = accounts.officer((Role.CHAIR, union.path))
    remind()
    with clock.at(TODAY + timedelta(days=60)):
        remind()
        remind()
    assert Notice.objects.filter(user=chair).count() == 2
    Reminder.objects.all().delete()
    remind()
    assert Notice.objects.filter(user=chair).count() == 3


def test_many_of_a_kind_come_as_one_message():
    town = make.township()
    officer = accounts.officer((Role.TOWNSHIP, town.path))
    for n in range(6):
        ending(-1, f"第{n}厂工会", town)
    assert remind()["new"] == 6
    assert [n.title for n in Notice.objects.filter(user=officer)] == ["换届：6 件已到期"]
    assert AuditEntry.objects.filter(verb="orgs.reminders.send").count() == 1


def test_a_new_term_ends_the_obligation():
    union = ending(-1)
    assert [o.kind for o in obligations(actor=make.system)] == ["term"]
    services.term_open(actor=make.system, union=union, number=2, since=TODAY, years=3, bodies=("committee",))
    assert obligations(actor=make.system) == []


def test_the_inbox_is_cut_to_the_desk():
    town, other = make.township(), make.township("白水镇工会")
    mine, foreign = ending(-1, "甲厂工会", town), ending(-1, "乙厂工会", other)
    officer = make.officer(Role.TOWNSHIP, town)
    assert [i.org for i in inbox(officer)] == [mine.name]
    assert [i.org for i in inbox(make.officer(Role.CHAIR, foreign))] == [foreign.name]
    assert inbox(make.officer(Role.AUDITOR, town)) == []
    assert any(i.key.startswith("orgs.term") for i in approvals.inbox(officer))


def test_the_inbox_costs_one_query(django_assert_num_queries):
    town = make.township()
    for n in range(12):
        ending(n, f"第{n}厂工会", town)
    officer = make.officer(Role.TOWNSHIP, town)
    with django_assert_num_queries(1):
        items = inbox(officer)
    assert [i.title for i in items] == ["换届 12 件，其中 1 件已到期"]


@pytest.mark.system("S027")
def test_certificate_review_and_stopped_employer_are_dated():
    town = make.township()
    union = ending(400, parent=town)
    services.certificate_add(
        actor=make.system, union=union, number="鲁 1", issued_on=date(2023, 1, 1), valid_until=TODAY + timedelta(days=30)
    )
    services.union_mode(
        actor=make.system, union=union, mode="transitional", on=TODAY, target_mode="single", review_on=TODAY + timedelta(days=7)
    )
    firm = make.employer(town)
    services.employer_status(
        actor=make.system, employer=firm, status=EmployerStatus.STOPPED, on=TODAY, evidence="停电", review_on=TODAY + timedelta(days=20)
    )
    held = {o.kind: o.due for o in obligations(actor=make.system)}
    assert held == {"certificate": date(2026, 4, 1), "review": date(2026, 3, 9), "matter": date(2026, 3, 22)}
    with clock.at(TODAY - timedelta(days=1)):
        assert "certificate" not in {o.kind for o in obligations(actor=make.system)}


@pytest.mark.system("S003")
def test_a_visit_overdue_waits_for_its_organiser():
    town = make.township()
    walker, idle = accounts.officer((Role.ORGANISER, town.path)), accounts.officer((Role.ORGANISER, town.path))
    spot = Spot.objects.get(employer=make.employer(town))
    Spot.objects.filter(pk=spot.pk).update(organiser_id=walker.pk, next_visit=TODAY - timedelta(days=1))
    remind()
    assert Notice.objects.filter(user=walker).count() == 1
    assert not Notice.objects.filter(user=idle).exists()
    assert [i.key for i in inbox(make.officer(Role.ORGANISER, town, number=walker.pk))] == [f"orgs.spot:{spot.pk}"]
    assert inbox(make.officer(Role.ORGANISER, town, number=idle.pk)) == []


def project(days: int):
    town = make.township()
    return make.build(
        UnionKind.PROJECT,
        "南桥项目部工会",
        town,
        founded_on=date(2025, 1, 1),
        planned_start=date(2025, 1, 1),
        planned_end=TODAY + timedelta(days=days),
    )


@pytest.mark.system("S019")
def test_a_project_at_its_end_is_dissolved_after_its_list():
    union = project(0)
    assert projects_due() == {"opened": 1} and projects_due() == {"opened": 0}
    matter = Matter.objects.get(kind=MatterKind.PROJECT_END)
    end = {"union": union, "on": TODAY, "document_no": "江工〔2026〕2 号", "reason": "完工", "unit_ended": True}
    with pytest.raises(RuleViolation, match="项目完工清单没办完"):
        services.union_dissolve(actor=make.system, **end)
    for item in matter.checklist:
        services.matter_check(actor=make.system, matter=matter, item=item)
    with pytest.raises(RuleViolation, match="还没有撤销"):
        services.matter_close(actor=make.system, matter=matter)
    services.union_dissolve(actor=make.system, **end)
    matter.refresh_from_db()
    assert (matter.state, matter.outcome) == ("done", "已撤销")


@pytest.mark.system("S019")
def test_a_project_that_goes_on_needs_no_dissolution():
    union = project(0)
    projects_due()
    services.project_extend(actor=make.system, union=union, planned_end=TODAY + timedelta(days=90), on=TODAY)
    assert Matter.objects.get().state == "cancelled"
    assert projects_due() == {"opened": 0}


@pytest.mark.system("S020")
def test_an_organiser_is_converted_from_the_page():
    town = make.township()
    union = make.build(
        UnionKind.ORGANISER,
        "抢修项目组织员",
        town,
        founded_on=date(2026, 1, 1),
        planned_start=date(2026, 1, 1),
        planned_end=date(2026, 4, 1),
    )
    city = browser(Role.CITY, make.root())
    page = reverse("orgs:union_convert", args=[union.pk])
    assert city.post(page, {"name": "抢修项目部工会", "on": "2026-03-02"}).status_code == 422, "short projects stay organisers"
    city.post(reverse("orgs:union_project", args=[union.pk]), {"planned_end": "2026-09-01", "on": "2026-03-02"})
    matter = Matter.objects.get(kind=MatterKind.CONVERT)
    assert page in city.get(reverse("orgs:matter", args=[matter.pk])).content.decode()
    city.post(page, {"name": "抢修项目部工会", "on": "2026-03-02"})
    union.refresh_from_db()
    matter.refresh_from_db()
    assert (union.kind, matter.state) == (UnionKind.PROJECT, "done")


def test_the_page_lists_by_kind_and_scope():
    town = make.township()
    union = ending(-1, parent=town)
    page = reverse("orgs:obligations")
    assert union.name in browser(Role.TOWNSHIP, town).get(page + "?kind=term").content.decode()
    assert union.name not in browser(Role.TOWNSHIP, town).get(page + "?kind=project").content.decode()
    assert union.name not in browser(Role.TOWNSHIP, make.township("白水镇工会")).get(page).content.decode()


def test_the_jobs_are_on_the_clock():
    assert {"orgs.reminders", "orgs.projects"} <= {p.name for p in jobs.periodic()}
    assert Actor.system("orgs.reminders").is_system
