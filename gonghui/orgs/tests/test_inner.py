"""Workshops, city systems, cooperatives, rebuilding, approval, leadership, blind spots, reports."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.models import Grant
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.orgs import hooks, services
from gonghui.orgs.enums import EmployerStatus, MatterKind, UnionKind
from gonghui.orgs.models import Matter, Post, Spot, Union, UnionEvent
from gonghui.orgs.rules import tree as rules
from gonghui.orgs.selectors import approvers, duties, inner, reports
from gonghui.orgs.tests import make
from gonghui.orgs.tests.test_pages import browser
from gonghui.policy import selectors as policy

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def frozen():
    with clock.at(DAY):
        yield


@pytest.fixture
def town() -> Union:
    return make.township()


@pytest.mark.system("S021")
@pytest.mark.parametrize(("persons", "gap"), [(24, 0), (25, 1)])
def test_a_workshop_of_twenty_five_wants_a_committee(town, persons, gap):
    union = make.build(UnionKind.ENTERPRISE, "江北机械厂工会", town)
    unit = services.work_unit_set(actor=make.system, union=union, name="铸造车间", headcount=persons, on=DAY)
    assert inner.workshop_gaps(actor=make.system).count() == gap
    if not gap:
        with pytest.raises(RuleViolation) as refused:
            services.workshop_build(actor=make.system, unit=unit, name="铸造车间工会委员会", founded_on=DAY)
        assert refused.value.code == "orgs.workshop_small"
        return
    built = services.workshop_build(actor=make.system, unit=unit, name="铸造车间工会委员会", founded_on=DAY)
    assert (built.kind, built.parent_id) == (UnionKind.WORKSHOP, union.pk)
    assert inner.workshop_gaps(actor=make.system).count() == 0
    assert AuditEntry.objects.filter(verb="orgs.work_unit.committee").exists()
    with pytest.raises(Conflict):
        services.workshop_build(actor=make.system, unit=unit, name="又一个工会", founded_on=DAY)


@pytest.mark.system("S021")
def test_the_workshop_is_registered_and_built_on_the_pages(town):
    union = make.build(UnionKind.ENTERPRISE, "江北机械厂工会", town)
    city = browser(Role.CITY, make.root())
    city.post(reverse("orgs:work_unit", args=[union.pk]), {"name": "铸造车间", "headcount": "40", "on": "2026-03-01"})
    assert "铸造车间" in city.get(reverse("orgs:workshops")).content.decode()
    unit = union.work_units.get()
    city.post(reverse("orgs:workshop_build", args=[unit.pk]), {"name": "江北机械厂铸造车间工会委员会", "founded_on": "2026-03-02"})
    assert "江北机械厂铸造车间工会委员会" in city.get(reverse("orgs:union", args=[union.pk])).content.decode()
    assert browser(Role.CITY, make.township("白水镇工会")).get(reverse("orgs:workshop_build", args=[unit.pk])).status_code == 404


def test_an_older_headcount_does_not_overwrite(town):
    union = make.build(UnionKind.ENTERPRISE, "江北机械厂工会", town)
    services.work_unit_set(actor=make.system, union=union, name="铸造车间", headcount=30, on=DAY)
    with pytest.raises(RuleViolation) as refused:
        services.work_unit_set(actor=make.system, union=union, name="铸造车间", headcount=3, on=date(2026, 1, 1))
    assert refused.value.code == "orgs.headcount_older" and union.work_units.get().headcount == 30
    with pytest.raises(NotPermitted):
        services.work_unit_set(actor=make.officer(Role.AUDITOR, town), union=union, name="x", headcount=3, on=DAY)


@pytest.mark.system("S023")
@pytest.mark.parametrize(("persons", "vices", "short", "over"), [(150, 1, 1, 0), (201, 2, 2, 0), (150, 0, 0, 0), (99, 0, 0, 0)])
def test_vacancy_and_over_staff_of_a_city_system(persons, vices, short, over):
    union = make.build(UnionKind.CITY_INDUSTRIAL, "教育工会", make.root())
    make.cover(union, make.employer(make.root(), sector="public", headcount=persons), form="system")
    services.term_open(actor=make.system, union=union, number=1, since=date(2024, 1, 1), years=5)
    row = inner.establishments(actor=make.system)[0]
    before = row.short
    services.post_add_named(actor=make.system, union=union, name="王主席", title="chair", since=date(2024, 1, 1))
    if vices == 0 and persons >= 100:
        for name in ("甲", "乙"):
            services.post_add_named(actor=make.system, union=union, name=name, title="vice", since=date(2024, 1, 1))
        after = inner.establishments(actor=make.system)[0]
        assert (after.short, after.over) == (0, 1), "one chair and one vice are laid down, two vices are there"
        return
    after = inner.establishments(actor=make.system)[0]
    assert (after.short, after.over) == (short, over)
    assert before == (short + 1 if persons >= 100 else 0)
    assert "教育工会" in browser(Role.CITY, make.root()).get(reverse("orgs:industrial")).content.decode()
    Post.objects.all().delete()


@pytest.mark.system("S017")
@pytest.mark.system("S018")
def test_cooperatives_and_herders_are_counted_apart_by_season(town):
    coop = make.build(UnionKind.COOPERATIVE, "草原合作社工会", town, management="leader")
    herders = make.build(UnionKind.HERDER, "嘎查牧民联合工会", town, form="joint1")
    city = browser(Role.CITY, make.root())
    for union, persons in ((coop, 40), (herders, 200)):
        city.post(reverse("orgs:season", args=[union.pk]), {"season": "peak", "persons": str(persons), "on": "2026-03-01"})
    rows = {r.union.pk: r for r in inner.pastoral(actor=make.system)}
    assert (rows[coop.pk].peak, rows[coop.pk].management, rows[herders.pk].peak) == (40, "龙头企业管理", 200)
    text = city.get(reverse("orgs:pastoral")).content.decode()
    assert "旺季 240 人" in text and "龙头企业管理 1 个" in text
    with pytest.raises(Conflict):
        services.season_count(actor=make.system, union=coop, season="peak", persons=41, on=date(2026, 3, 1))
    plain = make.build(UnionKind.ENTERPRISE, "某厂工会", town)
    with pytest.raises(RuleViolation) as refused:
        services.season_count(actor=make.system, union=plain, season="peak", persons=1, on=DAY)
    assert refused.value.code == "orgs.no_seasons"


@pytest.mark.system("S026")
def test_a_rebuilding_closes_only_when_the_chosen_outcome_is_done(town):
    firm = make.employer(town)
    union = make.own_union(firm, town)
    services.employer_status(actor=make.system, employer=firm, status=EmployerStatus.RESTRUCTURED, on=date(2026, 2, 1), evidence="改制批文")
    matter = Matter.objects.get(kind=MatterKind.REBUILD)
    for item in matter.checklist:
        services.matter_check(actor=make.system, matter=matter, item=item)
    city = browser(Role.CITY, make.root())
    act, page = reverse("orgs:matter_act", args=[matter.pk]), reverse("orgs:matter", args=[matter.pk])
    assert "请先选定处理方式" in city.post(act, {"act": "close"}, follow=True).content.decode()
    assert reverse("orgs:term", args=[union.pk]) in city.post(act, {"act": "outcome", "outcome": "rebuild"}, follow=True).content.decode()
    assert "还没有办" in city.post(act, {"act": "close"}, follow=True).content.decode()
    services.term_open(actor=make.system, union=union, number=1, since=DAY, years=3)
    city.post(act, {"act": "close"})
    matter.refresh_from_db()
    assert (matter.state, matter.outcome) == ("done", "rebuild") and city.get(page).status_code == 200
    with pytest.raises(RuleViolation):
        services.rebuild_choose(actor=make.system, matter=matter, outcome="merge")


@pytest.mark.system("S025")
def test_a_confirmer_whose_grant_has_ended_confirms_no_more(town):
    group = make.build(UnionKind.GROUP, "江北集团工会", make.root())
    union = make.build(UnionKind.ENTERPRISE, "江北后勤工会", group)
    giver, taker = browser(Role.CITY, group), browser(Role.CITY, town)
    city = browser(Role.CITY, make.root())
    city.post(reverse("orgs:hand_over", args=[union.pk]), {"to": town.code, "on": "2026-02-01"})
    matter = Matter.objects.get()
    act = reverse("orgs:matter_act", args=[matter.pk])
    for item in matter.checklist:
        giver.post(act, {"act": "check", "item": item, "done": "1"})
    giver.post(act, {"act": "from"})
    taker.post(act, {"act": "to"})
    Grant.objects.filter(org_path=town.path).update(revoked_at=clock.now())
    assert "请接收方重新确认" in giver.post(act, {"act": "finish", "document_no": "1 号"}, follow=True).content.decode()
    union.refresh_from_db()
    assert union.parent_id == group.pk
    browser(Role.CITY, town).post(act, {"act": "to"})
    giver.post(act, {"act": "finish", "document_no": "1 号"})
    union.refresh_from_db()
    assert union.parent_id == town.pk


@pytest.mark.system("S028")
def test_a_pilot_federation_approves_below_a_plain_township_union_does_not(town):
    officer = make.officer(Role.TOWNSHIP, town)
    wish = {"actor": officer, "parent": town, "kind": UnionKind.ENTERPRISE, "founded_on": DAY}
    with pytest.raises(RuleViolation) as refused:
        services.union_build(name="甲厂工会", **wish)
    assert refused.value.code == "orgs.approval_missing" and "江州市总工会批准" in refused.value.message
    services.union_build(name="乙厂工会", document_no="江工〔2026〕9 号", **wish)
    town = services.union_upgrade(
        actor=make.system, union=town, kind=UnionKind.TOWNSHIP_FEDERATION, on=DAY, document_no="江工〔2026〕10 号"
    )
    assert town.pilot and approvers.approver_of(town) == town
    assert services.union_build(name="甲厂工会", **{**wish, "parent": town}).parent_id == town.pk


@pytest.mark.system("S028")
@pytest.mark.parametrize(("rank", "asked"), [("", True), ("middle", True), ("deputy", False), ("head", False)])
def test_the_chair_of_a_pilot_federation_holds_the_rank_of_a_deputy(town, rank, asked):
    town = services.union_upgrade(
        actor=make.system, union=town, kind=UnionKind.TOWNSHIP_FEDERATION, on=DAY, document_no="江工〔2026〕10 号"
    )
    services.term_open(actor=make.system, union=town, number=1, since=DAY, years=5)
    services.post_add_named(actor=make.system, union=town, name="石主席", title="chair", since=DAY, full_time=True, rank=rank)
    said = [t.text for t in duties.union_duties(town, DAY).missing]
    assert any("同级副职" in text for text in said) is asked


@pytest.mark.system("S039")
def test_the_mix_of_employment_proposes_agreement_joining_and_meeting(town):
    firm = make.employer(town, "飞鸟配送站")
    services.diversity_set(
        actor=make.system, employer=firm, values={"identity": ["gig"], "employment": ["dispatch"], "work": [], "development": []}
    )
    page = browser(Role.CITY, town).get(f"/console/orgs/employers/{firm.pk}/").content.decode()
    assert all(word in page for word in ("行业职工代表大会、恳谈会", "两方工会联席会议", "做法建议，不是法律要求"))
    plain = make.employer(town, "老街面馆")
    assert "按画像建议" not in browser(Role.CITY, town).get(f"/console/orgs/employers/{plain.pk}/").content.decode()


@pytest.mark.system("S014")
@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("joint1", "东风社区工会委员会"),
        ("joint2", "金茂大厦工会委员会"),
        ("joint3", "步行街工会委员会"),
        ("joint4", "南桥项目部工会委员会"),
        ("joint5", "小商品市场工会委员会"),
        ("joint6", "茶叶行业工会委员会"),
        ("joint7", "高新园区工会委员会"),
    ],
)
def test_each_joint_form_has_its_name_and_keeps_its_slip(town, form, name):
    assert rules.form_fault(UnionKind.JOINT, form, "张三工会") is not None
    union = make.build(UnionKind.JOINT, name, town, form=form, association="茶叶协会" if form == "joint6" else "")
    slip = AuditEntry.objects.filter(verb="orgs.union.build").order_by("-pk").first()
    assert slip is not None
    stored = policy.stored_get(json.loads(slip.data)["slip"])
    assert (stored.key, stored.subject_id) == ("orgs.joint_form", str(union.pk))


@pytest.mark.system("S024")
def test_a_second_line_keeps_the_slip_of_who_leads(town):
    group = make.build(UnionKind.GROUP, "江北集团工会", make.root())
    union = make.build(UnionKind.ENTERPRISE, "江北分厂工会", town)
    services.lead_add(actor=make.system, lower=union, upper=group, since=DAY, layer="close")
    event = UnionEvent.objects.get(union=union, kind="lead")
    assert policy.stored_get(event.new["slip"]).key == "orgs.leadership"


@pytest.mark.system("S003")
def test_blind_workers_stand_by_category_and_scope(town, monkeypatch):
    other = make.township("白水镇工会")
    firm = make.employer(town)
    monkeypatch.setattr(hooks, "_blind", [])
    hooks.register_blind(
        lambda paths, on: [
            hooks.BlindGroup("dispatched", town.pk, firm.pk, 12), hooks.BlindGroup("driver", other.pk, None, 3),
        ]
    )  # fmt: skip
    assert reports.blind_totals(reports.blind(actor=make.system))["driver"] == 3
    seen = reports.blind(actor=make.officer(Role.TOWNSHIP, town))
    assert [(r.kind, r.workers, r.employer) for r in seen] == [("dispatched", 12, firm)]
    text = browser(Role.TOWNSHIP, town).get(reverse("orgs:blind") + "?kind=dispatched").content.decode()
    assert firm.name in text and "劳务派遣工" in text and "白水镇工会" not in text


@pytest.mark.system("S005")
def test_reasons_are_counted_most_frequent_first(town):
    firms = [make.employer(town, two_new=True) for _ in range(5)]
    for firm, reason in zip(firms, ["owner", "owner", "few", "", ""], strict=True):
        Spot.objects.filter(employer=firm).update(reason=reason)
    services.card_record(actor=make.system, employer=firms[3], card="five", values={"reason": "few"}, on=DAY)
    rows, unknown = reports.reasons(actor=make.system)
    assert [(r.key, r.spots, r.upto) for r in rows] == [("few", 2, 2), ("owner", 2, 4)] and unknown == 1
    text = browser(Role.CITY, make.root()).get(reverse("orgs:reasons")).content.decode()
    assert "负责人不愿意" in text and firms[0].name in text
    listed = browser(Role.CITY, make.root()).get(reverse("orgs:spots") + "?reason=owner").content.decode()
    assert "负责人不愿意" in listed and firms[2].name not in listed


@pytest.mark.system("S039")
def test_the_mix_of_each_town(town):
    other = make.township("白水镇工会")
    for place, values in ((town, {"identity": ["migrant", "gig"]}), (town, {"identity": ["migrant"]}), (other, {"work": ["shift"]})):
        services.diversity_set(actor=make.system, employer=make.employer(place), values=values)
    rows = {m.town: m for m in reports.diversity(actor=make.system)}
    assert rows["青石镇工会"].words["identity"] == {"migrant": 2, "gig": 1}
    assert rows["白水镇工会"].words["identity"] == {}
    assert [m.town for m in reports.diversity(actor=make.officer(Role.TOWNSHIP, town))] == ["青石镇工会"]
    assert browser(Role.CITY, make.root()).get(reverse("orgs:diversity_report") + "?axis=work").status_code == 200


@pytest.mark.system("S012")
@pytest.mark.system("S013")
def test_a_federation_says_which_villages_and_association(town):
    federation = make.industry(town)
    city = browser(Role.CITY, make.root())
    city.post(
        reverse("orgs:union_covers", args=[federation.pk]),
        {"covered_areas": "东村、西村，东村", "association": "茶叶协会", "industry": "A01", "on": "2026-03-02"},
    )
    federation.refresh_from_db()
    assert (federation.covered_areas, federation.association) == (["东村", "西村"], "茶叶协会")
    text = city.get(reverse("orgs:union", args=[federation.pk])).content.decode()
    assert "东村、西村" in text and "茶叶协会" in text
    assert accounts.User.objects.count() == 1


def test_the_forms_take_their_numbers_from_the_rules(town, monkeypatch):
    from gonghui.orgs.selectors import policy_values

    city, union = browser(Role.CITY, make.root()), make.build(UnionKind.ENTERPRISE, "某厂工会", town)
    assert "会员 25 人以上" in city.get(reverse("orgs:union_new")).content.decode()
    assert "每届 3 年或者 5 年" in city.get(reverse("orgs:term", args=[union.pk])).content.decode()
    monkeypatch.setattr(policy_values, "number", lambda *a, **k: 77)
    assert "会员 77 人以上" in city.get(reverse("orgs:union_new")).content.decode()
    assert "变更后 77 日内" in city.get(reverse("orgs:certificate", args=[union.pk])).content.decode()
