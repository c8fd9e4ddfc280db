"""Health checks (S183, S184): places, attendance, uncovered list; the result is the person's and nobody else's."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock, privacy, rotation
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.members.tests import make
from gonghui.services.enums import VisitState
from gonghui.services.models import HealthResult, HealthSession, HealthVisit, ResultLook
from gonghui.services.selectors import health as reads
from gonghui.services.selectors import todo
from gonghui.services.services import health

pytestmark = pytest.mark.django_db
SECRET = "左侧附件区囊性回声待复查"


def shop(sex: str = "2"):
    """A township with an enterprise, its union and one employed member: (town, firm, union, person)."""
    town = make.township()
    firm, union = make.shop(parent=town)
    who = make.person("林秀", sex=sex)
    make.employed(who, firm)
    make.member(union, who=who)
    return town, firm, union, who


def opened(union, kind="women", *, capacity=2, days=3):
    now = clock.now()
    row = health.plan_make(
        actor=make.system, union=union, year=now.year, kind=kind, title="今年检查", items="常规项目", contact="12351", advice="空腹"
    )
    health.session_add(
        actor=make.system, plan=row, hospital="市妇幼保健院", address="海滨路 1 号", starts_at=now + timedelta(days=days), capacity=capacity
    )
    return health.plan_open(actor=make.system, plan=row)


def later(days=4):
    return clock.at(clock.now() + timedelta(days=days))


@pytest.fixture(autouse=True)
def _spring():
    with clock.at(datetime(2026, 3, 2, 9, 0, tzinfo=clock.SHANGHAI)):
        yield


def attended(town, who):
    """A visit of the person that the desk has recorded and whose result lies sealed."""
    plan = opened(town)
    visit = health.visit_book(actor=make.worker(who), session=plan.sessions.get().pk)
    with later():
        visit = health.visit_attend(actor=make.officer(town, Role.STEWARD), visit=visit, came=True)
        health.result_put(actor=make.officer(town, Role.STEWARD), visit=visit, text=SECRET)
    return plan, visit


def test_every_field_has_a_level_and_every_sealed_column_is_registered() -> None:
    assert list(privacy.faults("services")) == []
    assert [c for c in rotation.unregistered() if c.startswith("services.")] == []


@pytest.mark.system("S183")
def test_the_person_alone_opens_the_result_and_each_look_is_kept() -> None:
    town, _firm, union, who = shop()
    _plan, visit = attended(town, who)
    chair, steward = make.officer(union), make.officer(town, Role.STEWARD)
    for nobody in (chair, steward, make.officer(town, Role.CITY), make.system, make.worker(make.person())):
        with pytest.raises(NotFound):
            health.result_open(actor=nobody, visit=visit.pk)
    assert health.result_open(actor=make.worker(who), visit=visit.pk) == SECRET
    assert ResultLook.objects.count() == 1 and AuditEntry.objects.filter(verb="services.healthresult.result_opened").count() == 1
    assert SECRET.encode() not in bytes(HealthResult.objects.get().text_sealed)
    assert SECRET not in "".join(str(e.data) for e in AuditEntry.objects.all())
    with pytest.raises(Conflict, match="已经封存"), later():
        health.result_put(actor=steward, visit=HealthVisit.objects.get(), text="改写")
    with pytest.raises(NotPermitted):
        health.result_put(actor=make.officer(union), visit=visit_in(union), text="x")


def visit_in(union):
    """A visit in a plan of the chair's own union: even there the chair puts no result in."""
    who = make.person(sex="2")
    make.member(union, who=who)
    plan = opened(union)
    return health.visit_book(actor=make.worker(who), session=plan.sessions.get().pk)


PAGES = ("plans", "attendance", "sessions", "care")


@pytest.mark.system("S183")
@pytest.mark.system("S184")
def test_no_page_of_any_officer_shows_the_result_and_the_chair_sees_who_came() -> None:
    town, _firm, union, who = shop()
    plan, visit = attended(town, who)
    session = plan.sessions.get()
    for role, place in ((Role.CHAIR, union), (Role.TOWNSHIP, town), (Role.STEWARD, town), (Role.CITY, town)):
        browser = accounts.client(accounts.officer((role, place.path), name="某干部"), stepped_up=True)
        urls = [reverse(f"services:{n}") for n in PAGES]
        urls += [reverse("services:plan", args=[plan.pk]), reverse("services:uncovered", args=[plan.pk])]
        urls += [reverse("services:desk", args=[session.pk]), reverse("services:result", args=[visit.pk])]
        urls += [reverse("services:m-visit", args=[visit.pk])]
        for url in urls:
            assert SECRET not in browser.get(url).content.decode(), (role, url)
        assert SECRET not in browser.post(reverse("services:m-result", args=[visit.pk])).content.decode()
    chair = accounts.client(accounts.officer((Role.CHAIR, union.path)))
    page = chair.get(reverse("services:attendance")).content.decode()
    assert "林秀" in page and "已到检" in page and "封存" not in page and "市妇幼" not in page
    assert chair.get(reverse("services:plan", args=[plan.pk])).status_code == 404, "the township's plan is not the chair's"


def test_the_guard_is_what_keeps_the_result_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: with the person's own number put in by force, the same call would open it."""
    town, _firm, union, who = shop()
    _plan, visit = attended(town, who)
    chair = make.officer(union)
    with pytest.raises(NotFound):
        health.result_open(actor=chair, visit=visit.pk)
    object.__setattr__(chair, "person_id", who.pk)
    assert health.result_open(actor=chair, visit=visit.pk) == SECRET


@pytest.mark.system("S184")
def test_places_are_never_oversold_and_a_cancelled_one_goes_to_another() -> None:
    town, _firm, union, who = shop()
    other = make.person("赵二")
    make.member(union, who=other)
    plan = opened(town, "general", capacity=1)
    session = plan.sessions.get()
    mine = health.visit_book(actor=make.worker(who), session=session.pk)
    with pytest.raises(Conflict, match="已经约过"):
        health.visit_book(actor=make.worker(who), session=session.pk)
    with pytest.raises(Conflict, match="约满"):
        health.visit_book(actor=make.worker(other), session=session.pk)
    with pytest.raises(NotFound):
        health.visit_cancel(actor=make.worker(other), visit=mine)
    health.visit_cancel(actor=make.worker(who), visit=mine)
    assert health.visit_book(actor=make.worker(other), session=session.pk).state == VisitState.BOOKED
    assert HealthSession.objects.get().taken == 1
    with pytest.raises(Exception, match="services_health_full"):
        HealthSession.objects.update(taken=2)


def test_the_check_of_women_is_not_for_men_and_a_foreign_plan_does_not_exist() -> None:
    town, _firm, _union, man = shop(sex="1")
    plan = opened(town)
    with pytest.raises(RuleViolation, match="女职工专项检查"):
        health.visit_book(actor=make.worker(man), session=plan.sessions.get().pk)
    assert reads.open_to(man.pk) == []
    stranger = make.person(sex="2")
    make.member(make.own_union(make.employer(make.township("别处"), "别处厂"), make.township("别处乡")), who=stranger)
    with pytest.raises(NotFound):
        health.visit_book(actor=make.worker(stranger), session=plan.sessions.get().pk)


@pytest.mark.system("S184")
def test_coverage_of_each_employer_and_who_has_not_come() -> None:
    town, firm, _union, who = shop()
    second = make.person("赵二", sex="1")
    make.employed(second, firm)
    plan = opened(town, "general")
    actor = make.officer(town, Role.TOWNSHIP)
    assert reads.totals(actor, plan) == {"n": 2, "done": 0, "open": 2}
    visit = health.visit_book(actor=make.worker(who), session=plan.sessions.get().pk)
    assert {(j.person.name, j.booked) for j in reads.uncovered(actor, plan)} == {("林秀", True), ("赵二", False)}
    with pytest.raises(RuleViolation, match="还没到日子"):
        health.visit_attend(actor=actor, visit=visit, came=True)
    with later():
        assert [i.make(r).label for i in todo.inbox(actor) for r in i.rows] == ["到检登记"]
        with pytest.raises(RuleViolation, match="还有 1 人"):
            health.plan_close(actor=actor, plan=plan)
        visit = health.visit_attend(actor=actor, visit=visit, came=False)
        visit = health.visit_attend(actor=actor, visit=visit, came=True)
        assert [r for i in todo.inbox(actor) for r in i.rows] == []
        assert [(e["employer__name"], e["n"], e["done"]) for e in reads.coverage(actor, plan)] == [(firm.name, 2, 1)]
        assert [j.person.name for j in reads.uncovered(actor, plan)] == ["赵二"]
        health.plan_close(actor=actor, plan=plan)
    women = opened(town)
    assert reads.totals(actor, women)["n"] == 1


@pytest.mark.system("S184")
def test_on_the_phone_book_and_open_and_the_desk_records_in_the_browser() -> None:
    town, _firm, _union, who = shop()
    plan = opened(town)
    account = accounts.worker(person_id=who.pk)
    phone = accounts.client(account)
    page = phone.get(reverse("services:m-health")).content.decode()
    assert "约这场" in page and "市妇幼保健院" in page
    assert "约好了" in phone.post(reverse("services:m-book", args=[plan.sessions.get().pk]), follow=True).content.decode()
    visit = HealthVisit.objects.get()
    with later():
        desk = accounts.client(accounts.officer((Role.STEWARD, town.path)))
        phone = accounts.client(account)
        desk.post(reverse("services:attend", args=[visit.pk]), {"verb": "came"})
        assert desk.post(reverse("services:result", args=[visit.pk]), {}).status_code == 422
        done = desk.post(reverse("services:result", args=[visit.pk]), {"text": SECRET}, follow=True).content.decode()
        assert "已封存" in done and SECRET not in done
        opened_page = phone.post(reverse("services:m-result", args=[visit.pk]))
        assert SECRET in opened_page.content.decode() and opened_page["Cache-Control"] == "no-store"
        assert SECRET not in phone.get(reverse("services:m-visit", args=[visit.pk])).content.decode()


def test_looks_are_only_added() -> None:
    town, _firm, _union, who = shop()
    _plan, visit = attended(town, who)
    health.result_open(actor=make.worker(who), visit=visit.pk)
    with pytest.raises(Exception, match="不得修改"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM services_resultlook")
    assert apps.get_model("services", "ResultLook")
