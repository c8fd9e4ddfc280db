"""A campaign from plan to report: counted from the register, gate by gate, settled by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.campaigns import exports, verify
from gonghui.campaigns.enums import Measure
from gonghui.campaigns.models import Campaign, Charge, DeclaredRate, Team
from gonghui.campaigns.selectors import dashboards, progress, scope, todo
from gonghui.campaigns.services import campaigns, logs, registers, sites, teams
from gonghui.campaigns.tests import make
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.members.services import spells
from gonghui.members.tests import make as members
from gonghui.orgs import services as orgs
from gonghui.orgs.selectors import unions
from gonghui.orgs.tests import make as register

pytestmark = [pytest.mark.django_db]


def done(campaign: Campaign, day: Any = None) -> dict[str, int]:
    return progress.board(campaign, day or clock.today()).counts()


@pytest.mark.system("S033")
def test_only_the_third_gate_makes_a_new_member_and_the_past_can_be_counted_again() -> None:
    d = make.drive(categories=[make.category("migrant")])
    tea, pottery = d.shops[0][1], d.shops[1][1]
    make.applied(tea, migrant=True)
    make.approved(tea, migrant=True)
    make.joined(pottery, migrant=True)
    make.joined(pottery)  # not a migrant worker: not of this campaign
    counts = done(d.campaign)
    assert (counts["applied"], counts["approved"], counts["members"]) == (3, 2, 1)
    assert done(d.campaign, clock.today() - timedelta(days=1))["applied"] == 0
    shot = progress.board(d.campaign, clock.today())
    assert [r.name for r in shot.rows] == ["二队", "一队"]  # 1 of 2 goes before 0 of 2
    for i, measure in enumerate(Measure):
        assert sum(r.cells[i].done for r in shot.rows) == counts[measure.value]
    shown, hidden = progress.records(d.officer, d.campaign, "members", clock.today())
    assert (len(shown), hidden) == (1, 0)
    town = accounts.acting((Role.TOWNSHIP, d.towns[0].path), username="zhen-c")
    assert progress.records(town, d.campaign, "members", clock.today()) == ([], 1)


@pytest.mark.system("S033")
def test_new_unions_and_newly_covered_employers_count_once_and_old_ones_do_not() -> None:
    d = make.drive()
    old = register.employer(d.towns[0], "青石老店")
    fed = register.regional(d.towns[0])
    register.cover(fed, old, since=d.campaign.since - timedelta(days=200))
    before = done(d.campaign)
    new = register.employer(d.towns[1], "乙岸新店")
    register.own_union(new, d.towns[1], founded_on=clock.today() - timedelta(days=2))
    after = done(d.campaign)
    assert (after["unions"] - before["unions"], after["employers"] - before["employers"]) == (1, 1)
    assert done(d.campaign, d.campaign.since)["employers"] == 0


@pytest.mark.system("S033")
def test_who_is_stuck_at_which_gate_for_how_long() -> None:
    d = make.drive()
    first, second = make.applied(d.shops[0][1]), make.approved(d.shops[1][1])
    later = clock.today() + timedelta(days=10)
    rows = progress.stuck_rows(d.officer, d.campaign)
    found = progress.stuck(d.campaign, list(rows), later)
    assert {(s.row.pk, s.gate, s.days, s.late) for s in found} == {
        (first.pk, "申请关：等审核", 10, True),
        (second.pk, "发证关：等领证", 10, False),
    }
    assert [s.pk for s in progress.stuck_rows(d.officer, d.campaign, d.teams[1])] == [second.pk]


def test_no_place_belongs_to_two_teams() -> None:
    d = make.drive()
    with pytest.raises(RuleViolation, match="重叠"):
        teams.assign(actor=d.officer, team=d.teams[1], union=d.shops[0][1])
    with pytest.raises(RuleViolation, match="重叠"):
        teams.assign(actor=d.officer, team=d.teams[1], union=d.root)
    assert list(verify.areas_apart()) == []
    from gonghui.campaigns.models import Assignment

    Assignment.objects.create(team=d.teams[1], union=d.shops[0][1])  # what the guard prevents
    assert len(list(verify.areas_apart())) == 1


def test_a_campaign_starts_only_whole_and_is_settled_person_by_person() -> None:
    d = make.drive(start=False)
    bare = campaigns.campaign_plan(actor=d.officer, union=d.root, name="空行动", goal="没有小队", since=clock.today(), until=clock.today())
    with pytest.raises(RuleViolation, match="领导小组组长；至少一支小队；指标"):
        campaigns.campaign_start(actor=d.officer, campaign=bare)
    row = campaigns.campaign_start(actor=d.officer, campaign=d.campaign)
    counted = logs.charge_add(
        actor=d.officer, team=d.teams[0], name="王组织员", task="发展 1 人", due_on=clock.today(), measure="members", target=1
    )
    spoken = logs.charge_add(actor=d.officer, team=d.teams[1], name="李组织员", task="开宣讲会", due_on=clock.today())
    with pytest.raises(RuleViolation, match="王组织员"):
        campaigns.campaign_settle(actor=d.officer, campaign=row)
    with pytest.raises(BadInput, match="数到 0"):
        logs.charge_settle(actor=d.officer, charge=counted, result="done")  # the register speaks, not the form
    make.joined(d.shops[0][1])
    assert logs.charge_settle(actor=d.officer, charge=counted).result == "done"
    with pytest.raises(Conflict):
        logs.charge_settle(actor=d.officer, charge=counted)
    logs.charge_settle(actor=d.officer, charge=spoken, result="partial", reason="下月再开一次")
    row = campaigns.campaign_settle(actor=d.officer, campaign=row)
    assert row.frozen["totals"]["members"] == 1 and row.settled_on == clock.today()
    with pytest.raises(Conflict):
        teams.target_set(actor=d.officer, campaign=row, measure="members", value=9)
    row = campaigns.campaign_close(actor=d.officer, campaign=row, summary="两队共发展一人，下年继续做。")
    assert list(verify.settled_whole()) == []
    with pytest.raises(BadInput):
        campaigns.campaign_reopen(actor=d.officer, campaign=row, reason=" ")
    row = campaigns.campaign_reopen(actor=d.officer, campaign=row, reason="补一张照片")
    row = campaigns.campaign_reopen(actor=d.officer, campaign=row, reason="有一笔账记错")
    assert row.state == "running" and row.frozen == {}
    assert logs.charge_reopen(actor=d.officer, charge=spoken, reason="记错了").result == ""
    Charge.objects.filter(pk=spoken.pk).update(result="")
    Campaign.objects.filter(pk=row.pk).update(state="settled")  # what the guard prevents
    assert len(list(verify.settled_whole())) == 2


def test_an_edit_is_audited_with_what_stood_before() -> None:
    from django.apps import apps

    d = make.drive()
    campaigns.campaign_edit(actor=d.officer, campaign=d.campaign, goal="目标改为三百人", categories=[make.category("group", "trucker")])
    entry = apps.get_model("core.AuditEntry").objects.filter(verb="campaigns.campaign.edited").latest("pk")
    assert "农民工会员增加" in str(entry.data) and "目标改为三百人" in str(entry.data)
    assert audit is not None


@pytest.mark.system("S034")
def test_publicity_needs_its_proof_and_a_leader_writes_for_the_own_team_only() -> None:
    d = make.drive()
    leader = accounts.actor(d.leader)
    with pytest.raises(BadInput, match="证明材料"):
        logs.publicity_add(
            actor=leader,
            campaign=d.campaign,
            team=d.teams[0],
            line="network",
            channel="微信",
            title="入会有什么好处",
            published_on=clock.today(),
            reach=90,
        )
    row = logs.publicity_add(
        actor=leader, campaign=d.campaign, team=d.teams[0], line="network", channel="微信", title="入会有什么好处", planned_on=clock.today()
    )
    assert logs.publicity_publish(actor=leader, item=row, published_on=clock.today(), reach=90, link="https://gh.example.cn/1").reach == 90
    with pytest.raises(NotPermitted, match="不归您负责"):
        logs.service_add(actor=leader, campaign=d.campaign, team=d.teams[1], kind="legal", on=clock.today(), words="法律咨询", people=5)
    with pytest.raises(NotPermitted):
        campaigns.partner_add(actor=leader, campaign=d.campaign, kind="department", name="交通局")
    with pytest.raises(BadInput, match="不能多于"):
        logs.service_add(
            actor=leader, campaign=d.campaign, team=d.teams[0], kind="legal", on=clock.today(), words="法律咨询", people=5, before_joining=6
        )


def test_who_sees_a_campaign() -> None:
    d = make.drive()
    other = register.township("丙湖镇工会", d.root)
    stranger = accounts.acting((Role.TOWNSHIP, other.path), username="bing-c")
    near = accounts.acting((Role.ORGANISER, d.towns[1].path), username="yi-c")
    assert scope.visible(accounts.actor(d.leader)).count() == scope.visible(near).count() == 1
    with pytest.raises(NotFound):
        scope.campaign_get(actor=stranger, pk=d.campaign.pk)
    with pytest.raises(NotFound):
        logs.service_add(actor=stranger, campaign=d.campaign, kind="legal", on=clock.today(), words="咨询", people=1)
    with pytest.raises(NotFound):
        scope.part_get(actor=stranger, model=Team, pk=d.teams[0].pk)


@pytest.mark.system("S031", "S032")
def test_a_table_with_one_qr_counts_live_and_a_driver_adds_the_vehicle() -> None:
    from gonghui.members.services import ceremonies

    d = make.drive(categories=[make.category("group", "trucker")])
    park = register.build("industry", "货运行业工会联合会", d.towns[0], industry="G54")
    site = sites.site_open(
        actor=make.system, campaign=d.campaign, kind="park", union=park, title="物流园扫码入会", place="南环物流园", at=clock.now()
    )
    who = members.person(group="trucker")
    row = members.applied(park, who, batch=site.batch, employer_name="")
    ceremonies.ceremony_check_in(actor=members.worker(who), token=site.ceremony.token)
    assert done(d.campaign)["applied"] == 1 and site.ceremony.attendances.count() == 1
    note = sites.driver_note(actor=members.worker(who), application=row, plate="鲁k 12345", home_place="青石镇")
    assert note.plate == "鲁K12345"
    with pytest.raises(NotFound):
        sites.driver_note(actor=members.worker(members.person()), application=row, plate="鲁K12345", home_place="青石镇")
    with pytest.raises(Conflict):
        sites.site_link(actor=make.system, campaign=d.campaign, kind="park", batch=site.batch)


def test_an_impossible_rate_is_refused_with_the_arithmetic_and_never_stored() -> None:
    d = make.drive()
    given = {"actor": d.officer, "campaign": d.campaign, "name": "组建率", "numerator_words": "新建工会", "as_of": clock.today()}
    with pytest.raises(RuleViolation, match="没有哪个整数分母"):
        registers.rate_declare(**given, numerator=34, denominator=None, denominator_words="", claimed="99%")
    with pytest.raises(RuleViolation, match="大于分母"):
        registers.rate_declare(**given, numerator=35, denominator=34, denominator_words="单位", claimed="99%")
    with pytest.raises(BadInput, match="分母各是多少"):
        registers.rate_declare(**given, numerator=66, denominator=None, denominator_words="", claimed="99%")
    assert DeclaredRate.objects.count() == 0
    registers.rate_declare(**given, numerator=66, denominator=67, denominator_words="重点行业单位", claimed="99%")
    assert list(verify.rates_possible()) == []
    DeclaredRate.objects.update(claimed="97%")
    assert len(list(verify.rates_possible())) == 1


@pytest.mark.system("S035")
def test_the_sector_board_counts_from_the_register_and_names_who_is_uncovered() -> None:
    d = make.drive()
    firm, union = d.shops[0]
    registers.sector_set(actor=d.officer, employer=firm, sector="logistics")
    bare = register.employer(d.towns[0], "青石快运", headcount=9)
    registers.sector_set(actor=d.officer, employer=bare, sector="logistics")
    for i in range(3):
        who = members.person()
        members.employed(who, firm)
        if i:
            members.member(union, who=who)
    line = next(x for x in dashboards.sectors(d.officer, d.root) if x.code == "logistics")
    assert (line.unions, line.covered, line.employers, line.members, line.workers) == (1, 1, 2, 2, 3)
    assert [e.pk for e in dashboards.uncovered(d.officer, d.root, key_sector="logistics")] == [bare.pk]
    with pytest.raises(BadInput):
        registers.sector_set(actor=d.officer, employer=bare, sector="mining")


@pytest.mark.system("S029")
def test_zones_stand_by_priority_of_their_labour_relations() -> None:
    root = register.root()
    calm, busy = (register.build("zone", name, root) for name in ("北湖园区工会", "南湖园区工会"))
    register.employer(busy, "南湖一厂")
    officer = accounts.acting((Role.CITY, root.path), username="shi-z")
    for zone, grade in ((calm, 0), (busy, 3)):
        registers.zone_rate(actor=officer, union=zone, varied=grade, complex_=grade, unstable=grade, note="走访 12 家")
    found = dashboards.zones(officer)
    assert [(z.union.pk, z.score, z.priority, z.employers) for z in found] == [(busy.pk, 18, True, 1), (calm.pk, 0, False, 0)]
    with pytest.raises(NotFound):
        registers.zone_rate(actor=officer, union=root, varied=1, complex_=1, unstable=1, note="不是园区")


@pytest.mark.system("S030")
def test_two_new_results_by_type_with_three_indicators() -> None:
    d = make.drive()
    firm = d.shops[0][0]
    orgs.employer_edit(actor=make.system, employer=firm, two_new=True)
    bare = register.employer(d.towns[0], "青石社工中心", two_new=True)
    firm.refresh_from_db()
    registers.two_new_set(
        actor=d.officer, employer=firm, category=make.category("two_new_type", "private"), contract_no="集 1", contract_until=clock.today()
    )
    members.employed(members.person(), firm)
    lines, whole = dashboards.two_new(d.officer, d.root)
    by = {x.code: x for x in lines}
    assert (by["private"].covered, by["private"].contracted, by["private"].members, by["private"].workers) == (1, 1, 0, 1)
    assert by["-"].employers == 1 and whole.employers == 2 and whole.covered == 1
    with pytest.raises(BadInput, match="编号和有效期"):
        registers.two_new_set(actor=d.officer, employer=bare, category=make.category("two_new_type", "nonprofit"), contract_no="集 2")
    with pytest.raises(BadInput, match="没有标为两新"):
        registers.two_new_set(actor=d.officer, employer=d.shops[1][0], category=make.category("two_new_type", "nonprofit"))


@pytest.mark.system("S038")
def test_party_and_union_take_the_same_steps_and_a_goal_never_blocks() -> None:
    d = make.drive()
    with pytest.raises(BadInput, match="联动的党组织"):
        campaigns.plan_add(actor=d.officer, campaign=d.campaign, step="deploy", due_on=clock.today(), words="部署", party_words="部署")
    row = campaigns.campaign_edit(actor=d.officer, campaign=d.campaign, party_org="中共江州市委两新工委")
    with pytest.raises(BadInput, match="对应事项"):
        campaigns.plan_add(actor=d.officer, campaign=row, step="check", due_on=clock.today(), words="查进度")
    item = campaigns.plan_add(
        actor=d.officer, campaign=row, step="check", due_on=clock.today(), words="查工会进度", party_words="查党组织覆盖"
    )
    assert [s.rows.count() for s in todo.inbox(d.officer)] == [1, 0, 0]
    for side in ("union", "party"):
        item = campaigns.plan_done(actor=d.officer, item=item, on=clock.today(), side=side)
    assert item.done_on == item.party_done_on == clock.today()
    assert [s.rows.count() for s in todo.inbox(d.officer)] == [0, 0, 0]
    whole, slip = dashboards.party_facts(d.officer, d.root)
    assert whole.employers == 0 and slip.outcome is None and not slip.blocks
    name, content = exports.party(d.officer, row)
    assert name.endswith(".xlsx") and content[:2] == b"PK"


def test_a_dictionary_changes_from_a_day_and_old_campaigns_keep_their_words() -> None:
    d = make.drive(categories=[make.category("group", "rider")])
    old = make.category("group", "rider")
    registers.category_rename(actor=d.officer, category=old, label="外卖配送员", on=clock.today())
    assert make.category("group", "rider").label == "外卖配送员"
    assert [c.label for c in d.campaign.categories.all()] == ["网约送餐员"]
    assert "网约送餐员" in dict(scope.category_choices(d.campaign)).values()
    registers.category_add(actor=d.officer, basis="group", code="anchor", label="网络主播", since=clock.today())
    with pytest.raises(BadInput):
        registers.category_add(actor=d.officer, basis="group", code="anchor", label="网络主播", since=clock.today())
    town = accounts.acting((Role.TOWNSHIP, d.towns[0].path), username="zhen-d")
    with pytest.raises(NotPermitted):
        registers.category_end(actor=town, category=old, on=clock.today())


def test_the_query_count_does_not_grow_with_the_people(django_assert_max_num_queries: Any) -> None:
    d = make.drive()
    for _ in range(3):
        make.applied(d.shops[0][1])
    campaign = scope.campaign_get(actor=d.officer, pk=d.campaign.pk)
    with django_assert_max_num_queries(14):
        progress.board(campaign, clock.today())
    assert unions.union_visible(Actor.system("test")).exists()


@pytest.mark.system("S010", "S033")
def test_who_stayed_is_counted_from_the_memberships_months_later() -> None:
    d = make.drive()
    tea = d.shops[0][1]
    make.applied(tea)
    stays, leaves = make.joined(tea), make.joined(tea)
    logs.service_add(
        actor=d.officer, campaign=d.campaign, team=d.teams[0], kind="checkup", on=clock.today(), words="体检", people=9, before_joining=6
    )
    now = progress.staying(d.campaign, progress.board(d.campaign, clock.today()))
    assert (now.attracted, now.organised, now.due, now.kept) == (9, 2, 0, 0)
    with clock.at(clock.today() + timedelta(days=60)):
        spells.end_spell(actor=make.system, spell=leaves.person.memberships.get(until=None), on=clock.today(), ended="left")
    with clock.at(clock.today() + timedelta(days=100)):
        later = progress.staying(d.campaign, progress.board(d.campaign, clock.today()))
        assert (later.due, later.kept) == (2, 1) and stays.person.memberships.filter(until=None).exists()
        page = accounts.client(accounts.officer((Role.CITY, d.root.path), username="city-stay")).get(f"/console/campaigns/{d.campaign.pk}/")
        assert "2</span> 人里" in page.content.decode() and "稳固下来" in page.content.decode()
