"""Regional and industry federations: covered employers of a day, agreements and congress sessions on file, reminders (S012, S013)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.notices.models import Notice
from gonghui.orgs import services
from gonghui.orgs.enums import CoverageForm
from gonghui.orgs.models import Agreement, Union
from gonghui.orgs.selectors import federations
from gonghui.orgs.selectors.obligations import obligations
from gonghui.orgs.tests import make
from gonghui.orgs.tests.test_pages import browser

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def frozen():
    with clock.at(DAY):
        yield


@pytest.fixture
def town() -> Union:
    return make.township()


@pytest.fixture
def region(town) -> Union:
    """A regional federation over three shops, one of them also in an industry federation, one only until the end of 2025."""
    region = make.regional(town)
    shops = [make.employer(town, f"青石{word}铺", headcount=10) for word in ("甲", "乙", "丙")]
    rows = [make.cover(region, shop) for shop in shops]
    trade = make.industry(town)
    make.cover(trade, shops[1], form=CoverageForm.INDUSTRY, since=date(2025, 1, 1))
    services.coverage_end(actor=make.system, coverage=rows[2], on=date(2026, 1, 1), reason="搬出")
    return region


def record(union: Union, **more):
    values = {"kind": "wage", "number": "青石工资〔2025〕1 号", "counterpart": "青石商会", "signed_on": date(2025, 4, 1)}
    values |= {"valid_until": date(2026, 3, 31)}
    return services.agreement_record(actor=more.pop("actor", make.system), union=union, **{**values, **more})


@pytest.mark.system("S012", "S013")
def test_who_is_covered_depends_on_the_day_and_a_double_is_counted_once(town, region) -> None:
    assert federations.counts(region, date(2025, 6, 1)) == {"employers": 3, "shared": 1, "main": 3, "workers": 30}
    assert federations.counts(region, DAY) == {"employers": 2, "shared": 1, "main": 2, "workers": 20}
    rows = federations.beside(list(federations.covered_on(region, DAY)), DAY)
    assert [(r.employer.name, r.beside) for r in rows] == [("青石乙铺", ["茶叶行业工会联合会"]), ("青石甲铺", [])]
    trade = Union.objects.get(kind="industry")
    both = federations.counts(region, DAY)["main"] + federations.counts(trade, DAY)["main"]
    assert both == 2  # two employers, however many cover them
    with pytest.raises(Conflict) as refusal:
        make.cover(make.regional(town, "青石镇西片区工会联合会"), rows[0].employer)
    assert refusal.value.code == "orgs.covered_already"


@pytest.mark.system("S012", "S013")
def test_an_agreement_binds_whom_the_federation_covered_when_it_was_signed(region) -> None:
    row = record(region)
    assert row.bound.count() == 3 and row.workers == 30
    entry = AuditEntry.objects.filter(verb="orgs.agreement.record").get()
    assert entry.org_path == region.path
    later = record(region, number="2 号", signed_on=date(2026, 2, 1), valid_until=date(2027, 1, 31))
    assert later.bound.count() == 2
    gone = row.bound.get(employer__name="青石丙铺").employer
    for more, code in (
        (
            {"number": "3 号", "signed_on": date(2026, 2, 1), "valid_until": date(2027, 1, 31), "employers": [gone]},
            "orgs.agreement_outside",
        ),
        ({"number": "3 号", "valid_until": date(2025, 4, 1)}, "orgs.agreement_dates"),
        ({"number": "3 号", "signed_on": date(2026, 3, 3), "valid_until": date(2027, 3, 2)}, "orgs.future"),
        ({"number": "3 号", "signed_on": date(2020, 3, 3)}, "orgs.agreement_nobody"),
    ):
        with pytest.raises(RuleViolation) as refusal:
            record(region, **more)
        assert refusal.value.code == code
    with pytest.raises(Conflict):
        record(region)
    with pytest.raises(RuleViolation):
        record(make.own_union(gone, region.parent))
    assert Agreement.objects.count() == 2


@pytest.mark.parametrize(
    ("until", "right"), [(date(2026, 3, 31), True), (date(2026, 3, 30), False), (date(2028, 3, 31), True), (date(2028, 4, 30), False)]
)
def test_one_to_three_years_are_as_the_law_wants(region, until, right) -> None:
    decision = federations.term_decision(record(region, valid_until=until))
    assert decision is not None and decision.outcome is right
    assert not decision.blocks  # what was signed is on file all the same


def test_only_who_may_files_and_ends(region, town) -> None:
    away = make.township("云杉镇工会")
    for union, role, fault in ((away, Role.TOWNSHIP, NotFound), (region, Role.CLERK, NotPermitted)):
        with pytest.raises(fault):
            record(region, actor=make.officer(role, union))
    row = record(region, actor=make.officer(Role.CHAIR, region))
    with pytest.raises(NotFound):
        services.agreement_end(actor=make.officer(Role.TOWNSHIP, away), agreement=row, on=DAY, reason="双方协商解除")
    with pytest.raises(RuleViolation):
        services.agreement_end(actor=make.system, agreement=row, on=date(2025, 3, 31), reason="双方协商解除")
    ended = services.agreement_end(actor=make.officer(Role.TOWNSHIP, town), agreement=row, on=DAY, reason="双方协商解除")
    assert ended.ended_on == DAY
    with pytest.raises(Conflict):
        services.agreement_end(actor=make.system, agreement=row, on=DAY, reason="再终止一次")


@pytest.mark.system("S012")
def test_an_agreement_that_runs_out_is_a_duty_until_there_is_a_new_one(region, town) -> None:
    """90 days ahead, not 91; gone when its successor is filed or it was ended."""
    row = record(region, valid_until=DAY + timedelta(days=91))
    due = lambda: [o for o in obligations(actor=make.system) if o.kind == "agreement"]  # noqa: E731
    assert due() == []
    Agreement.objects.filter(pk=row.pk).update(valid_until=DAY + timedelta(days=90))
    (one,) = due()
    assert (one.url, one.late) == (reverse("orgs:agreement", args=[row.pk]), False) and "将期满" in one.title
    from gonghui.accounts.tests import make as accounts

    chair = accounts.officer((Role.CHAIR, region.path))
    assert services.reminders_send(actor=make.system)["new"] == 1
    assert services.reminders_send(actor=make.system)["new"] == 0
    assert Notice.objects.filter(user_id=chair.pk, title__contains="将期满").count() == 1
    record(region, number="续 1 号", signed_on=DAY, valid_until=date(2027, 3, 1))
    assert due() == []


def test_a_session_is_filed_once_a_day_and_says_whether_enough_came(region) -> None:
    services.cluster_congress_record(
        actor=make.system, union=region, name="第一次", on=date(2025, 3, 1), delegates=30, present=20, result="通过"
    )
    services.cluster_congress_record(
        actor=make.system, union=region, name="第二次", on=date(2026, 3, 1), delegates=30, present=19, result="通过"
    )
    found = federations.congress_list(actor=make.system, union=region)
    assert [(c.name, d.outcome, d.severity) for c, d in found if d] == [("第二次", False, "warn"), ("第一次", True, "warn")]
    for more, fault in (({"on": date(2026, 3, 1)}, Conflict), ({"on": DAY, "present": 31}, RuleViolation)):
        with pytest.raises(fault):
            services.cluster_congress_record(
                actor=make.system, union=region, **{"name": "又一次", "delegates": 30, "present": 25, "result": "通过", **more}
            )


@pytest.mark.system("S012", "S013")
def test_the_desk_of_a_federation_from_filing_to_export(region, town) -> None:
    """Pages: covered employers of a day, an agreement filed with its text, its end, the list with its tabs, both exports."""
    desk = browser(Role.CHAIR, region)
    home = reverse("orgs:federation", args=[region.pk])
    page = desk.get(home).content.decode()
    assert "青石甲铺" in page and "青石丙铺" not in page and "茶叶行业工会联合会" in page
    assert "青石丙铺" in desk.get(f"{home}?on=2025-06-01").content.decode()
    assert "青石甲铺" not in desk.get(f"{home}?q=乙铺").content.decode()
    values = {
        "kind": "contract",
        "number": "青石合同 7 号",
        "counterpart": "青石商会",
        "signed_on": "2026-03-01",
        "valid_until": "2027-02-28",
    }
    new = reverse("orgs:agreement_new", args=[region.pk])
    assert desk.post(new, {}).status_code == 422
    wrong = desk.post(new, {**values, "employers": "别处铺"})
    assert wrong.status_code == 422 and "别处铺" in wrong.content.decode()
    done = desk.post(new, {**values, "employers": "青石甲铺\n青石乙铺", "file": SimpleUploadedFile("合同.csv", "条,文\n".encode())})
    row = Agreement.objects.get(number="青石合同 7 号")
    assert done.status_code == 302 and done["Location"] == reverse("orgs:agreement", args=[row.pk])
    shown = desk.get(done["Location"]).content.decode()
    assert "青石甲铺" in shown and "合同.csv" in shown and "第三十八条" in shown
    assert desk.get(reverse("orgs:agreement_file", args=[row.pk])).status_code == 302
    session = {"name": "第二届第一次", "on": "2026-03-01", "delegates": "30", "present": "25", "result": "通过合同草案"}
    assert desk.post(reverse("orgs:congress_new", args=[region.pk]), session).status_code == 302
    assert "通过合同草案" in desk.get(home).content.decode()
    listed = reverse("orgs:agreements")
    assert "青石合同 7 号" in desk.get(f"{listed}?state=live").content.decode()
    assert "青石合同 7 号" not in desk.get(f"{listed}?state=over").content.decode()
    for url in (reverse("orgs:agreements_export"), reverse("orgs:covered_export", args=[region.pk])):
        answer = desk.get(url)
        assert answer.status_code == 200 and answer.content[:2] == b"PK"
    end = reverse("orgs:agreement_end", args=[row.pk])
    assert desk.post(end, {"on": "2026-03-02", "reason": "双方协商解除"}).status_code == 302
    assert "双方协商解除" in desk.get(reverse("orgs:agreement", args=[row.pk])).content.decode()


def test_another_town_finds_nothing(region) -> None:
    """A foreign federation, agreement and paper answer as if they were not there; a union that is no federation has no such page."""
    row, away = record(region), make.township("云杉镇工会")
    desk = browser(Role.TOWNSHIP, away)
    for name, pk in (
        ("federation", region.pk),
        ("agreement", row.pk),
        ("agreement_file", row.pk),
        ("agreement_end", row.pk),
        ("agreement_new", region.pk),
    ):
        assert desk.get(reverse(f"orgs:{name}", args=[pk])).status_code == 404
    assert "青石" not in desk.get(reverse("orgs:agreements")).content.decode()
    assert desk.get(reverse("orgs:federation", args=[away.pk])).status_code == 404
