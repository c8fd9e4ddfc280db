"""The union tree: build, move, history, endings."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.orgs import checks, hooks, services
from gonghui.orgs.enums import CoverageForm, MatterKind, Mode, UnionKind, UnionState
from gonghui.orgs.models import Coverage, Lead, Matter, Spot, Union, UnionEvent, UnionLine
from gonghui.orgs.selectors import unions
from gonghui.orgs.tests import make

pytestmark = pytest.mark.django_db


def faults(look) -> list[str]:
    return list(look())


def above(union: Union) -> set[int]:
    return set(UnionLine.objects.filter(descendant=union, until=None).values_list("ancestor_id", flat=True))


@pytest.mark.system("S015", "S022")
def test_a_union_gets_its_own_place_under_its_parent():
    town = make.township()
    firm = make.employer(town)
    union = make.own_union(firm, town)
    assert union.path == town.path + "0001"
    assert above(union) == {union.pk, town.pk, make.root().pk}
    assert Coverage.objects.get(employer=firm).form == CoverageForm.SINGLE
    firm.refresh_from_db()
    assert (firm.organised, firm.union_id) == (True, union.pk)
    assert not Spot.objects.filter(employer=firm, until=None).exists()
    assert AuditEntry.objects.filter(verb="orgs.union.build", object_id=str(union.pk)).exists()


@pytest.mark.invariant("ORG-02")
def test_a_move_takes_the_whole_subtree_and_keeps_the_past():
    here, there = make.township("青石镇工会"), make.township("白水镇工会")
    federation = make.regional(here)
    firm = make.employer(here)
    union = make.own_union(firm, federation)
    heard = []
    hooks.register("union_moved", lambda *a: heard.append(a))
    services.union_move(actor=make.system, union=federation, new_parent=there, on=date(2024, 5, 1))
    hooks._handlers["union_moved"].clear()
    union.refresh_from_db()
    assert union.path == there.path + "0001" + "0001"
    assert heard == [(federation.pk, date(2024, 5, 1), here.pk, there.pk)]
    assert list(unions.ancestors(union, date(2024, 4, 30))) == [make.root(), here, Union.objects.get(pk=federation.pk)]
    assert above(union) == {union.pk, federation.pk, there.pk, make.root().pk}
    assert list(unions.children_on(here, date(2024, 4, 30))) == [Union.objects.get(pk=federation.pk)]
    assert list(unions.children_on(here, date(2024, 5, 1))) == []
    assert faults(checks.tree) == []


def test_a_union_does_not_go_below_itself_and_the_root_stays():
    town = make.township()
    federation = make.regional(town)
    with pytest.raises(RuleViolation, match="下面，不能作它的上级") as refused:
        services.union_move(actor=make.system, union=town, new_parent=federation, on=date(2024, 1, 1))
    assert refused.value.code == "orgs.move_into_itself"
    with pytest.raises(Conflict):
        services.union_move(actor=make.system, union=make.root(), new_parent=town, on=date(2024, 1, 1))


def test_an_officer_moves_only_within_reach():
    mine, other = make.township("青石镇工会"), make.township("白水镇工会")
    federation = make.regional(mine)
    clerk = make.officer(Role.TOWNSHIP, mine)
    with pytest.raises(NotFound):
        services.union_move(actor=clerk, union=federation, new_parent=other, on=date(2024, 1, 1))
    with pytest.raises(NotPermitted):
        services.union_build(actor=make.officer(Role.CHAIR, mine), parent=mine, kind=UnionKind.VILLAGE, name="东村工会")


@pytest.mark.invariant("ORG-01")
def test_the_check_of_the_tree_finds_a_byte_changed_by_hand():
    town = make.township()
    federation = make.regional(town)
    assert faults(checks.tree) == []
    Union.objects.filter(pk=federation.pk).update(depth=5)
    assert any(str(federation.pk) in f for f in faults(checks.tree))
    Union.objects.filter(pk=federation.pk).update(depth=2)
    UnionLine.objects.filter(descendant=federation, depth=2).delete()
    assert any("闭包缺少" in f for f in faults(checks.tree))


@pytest.mark.system("S014")
@pytest.mark.parametrize(
    ("form", "name", "code"),
    [
        ("", "幸福社区工会委员会", "orgs.form_missing"),
        ("joint3", "幸福社区工会委员会", "orgs.form_name"),
        ("joint6", "茶叶行业工会委员会", "orgs.association_missing"),
    ],
)
def test_a_joint_union_declares_its_form(form, name, code):
    with pytest.raises(RuleViolation) as refused:
        make.build(UnionKind.JOINT, name, make.township(), form=form)
    assert refused.value.code == code


@pytest.mark.system("S014")
def test_a_joint_union_covers_only_with_a_reason():
    town = make.township()
    street = make.build(UnionKind.JOINT, "人民街工会委员会", town, form="joint3", mode=Mode.JOINT)
    shop = make.employer(town, "张家杂货店", headcount=2)
    with pytest.raises(RuleViolation) as refused:
        make.cover(street, shop, CoverageForm.JOINT3)
    assert refused.value.code == "orgs.reason_missing"
    make.cover(street, shop, CoverageForm.JOINT3, reason="夫妻店，职工 2 人")
    shop.refresh_from_db()
    assert shop.organised


@pytest.mark.system("S016")
def test_the_mode_keeps_its_history():
    town = make.township()
    union = make.build(UnionKind.ENTERPRISE, "某厂工会", town, mode=Mode.TRANSITIONAL, target_mode=Mode.SINGLE, review_on=date(2024, 1, 1))
    services.union_mode(actor=make.system, union=union, mode=Mode.SINGLE, on=date(2024, 6, 1))
    union.refresh_from_db()
    assert (union.mode, union.target_mode, union.review_on) == (Mode.SINGLE, "", None)
    assert unions.union_on(union, date(2024, 5, 31))["mode"] == Mode.TRANSITIONAL
    with pytest.raises(RuleViolation, match="挂靠在哪个"):
        services.union_mode(actor=make.system, union=union, mode=Mode.AFFILIATED, on=date(2024, 7, 1))


@pytest.mark.system("S019", "S020")
@pytest.mark.parametrize(
    ("kind", "end", "code"), [("project", date(2024, 6, 30), "orgs.project_short"), ("organiser", date(2024, 7, 1), "orgs.project_long")]
)
def test_half_a_year_decides_between_union_and_organiser(kind, end, code):
    branch = make.build(UnionKind.BRANCH, "第一分公司工会", make.township())
    with pytest.raises(RuleViolation) as refused:
        make.build(kind, "跨江桥项目部", branch, planned_start=date(2024, 1, 1), planned_end=end)
    assert refused.value.code == code


@pytest.mark.system("S020")
def test_an_organiser_whose_project_is_extended_must_become_a_union():
    branch = make.build(UnionKind.BRANCH, "第一分公司工会", make.township())
    short = make.build(UnionKind.ORGANISER, "抢修项目组织员", branch, planned_start=date(2024, 1, 1), planned_end=date(2024, 4, 1))
    services.project_extend(actor=make.system, union=short, planned_end=date(2024, 9, 1), on=date(2024, 3, 1))
    assert Matter.objects.get(union=short).kind == MatterKind.CONVERT
    services.organiser_convert(actor=make.system, union=short, name="抢修项目部工会", on=date(2024, 3, 10))
    short.refresh_from_db()
    assert (short.kind, Matter.objects.get(union=short).state) == (UnionKind.PROJECT, "done")


@pytest.mark.system("S028")
def test_a_township_union_becomes_a_pilot_federation():
    town = make.township()
    services.union_upgrade(
        actor=make.system, union=town, kind=UnionKind.TOWNSHIP_FEDERATION, on=date(2024, 1, 1), document_no="江工〔2024〕1 号"
    )
    town.refresh_from_db()
    assert (town.kind, town.pilot) == (UnionKind.TOWNSHIP_FEDERATION, True)
    assert unions.union_on(town, date(2023, 12, 31))["kind"] == UnionKind.TOWNSHIP


@pytest.mark.invariant("ORG-03")
def test_a_union_with_something_alive_in_it_is_not_dissolved():
    town = make.township()
    federation = make.regional(town)
    make.cover(federation, make.employer(town))
    consent = {"congress_adopted": True, "higher_approved": True}
    args = {
        "actor": make.system,
        "union": federation,
        "on": date(2024, 1, 1),
        "document_no": "江工〔2024〕2 号",
        "reason": "撤并",
        **consent,
    }
    with pytest.raises(RuleViolation, match="覆盖的单位 1 家") as refused:
        services.union_dissolve(**args)
    assert refused.value.code == "orgs.dissolve_blocked"
    services.coverage_end(actor=make.system, coverage=Coverage.objects.get(), on=date(2023, 12, 1), reason="改由别的工会覆盖")

    def blocked(union: Union) -> list[str]:
        return ["会员 3 人"]

    hooks.register("before_dissolve", blocked)
    with pytest.raises(RuleViolation, match="会员 3 人"):
        services.union_dissolve(**args)
    hooks.unregister("before_dissolve", blocked)
    services.union_dissolve(**args)
    federation.refresh_from_db()
    assert (federation.state, federation.ended_on) == (UnionState.DISSOLVED, date(2024, 1, 1))
    assert above(federation) == set()
    assert faults(checks.tree) == []


def test_no_dissolution_against_the_law():
    union = make.build(UnionKind.ENTERPRISE, "某厂工会", make.township())
    with pytest.raises(RuleViolation) as refused:
        services.union_dissolve(
            actor=make.system,
            union=union,
            on=date(2024, 1, 1),
            document_no="无",
            reason="老板要求",
            congress_adopted=False,
            higher_approved=False,
        )
    assert refused.value.code == "orgs.dissolution"
    assert Union.objects.get(pk=union.pk).ended_on is None


@pytest.mark.invariant("ORG-02")
def test_a_merge_loses_no_child_and_no_employer():
    town = make.township()
    old, new = make.regional(town, "东片工会联合会"), make.regional(town, "西片工会联合会")
    firm = make.employer(town)
    make.cover(old, firm)
    child = make.build(UnionKind.ENTERPRISE, "某厂工会", old)
    services.union_merge(actor=make.system, union=old, into=new, on=date(2024, 3, 1), document_no="江工〔2024〕3 号")
    firm.refresh_from_db()
    child.refresh_from_db()
    assert (firm.union_id, firm.organised, child.parent_id) == (new.pk, True, new.pk)
    assert Coverage.objects.get(until=None).union_id == new.pk
    assert Union.objects.get(pk=old.pk).successor_id == new.pk
    assert faults(checks.tree) == faults(checks.places) == []


def test_a_split_gives_every_employer_to_one_part():
    town = make.township()
    old = make.regional(town)
    firms = [make.employer(town) for _ in range(3)]
    for firm in firms:
        make.cover(old, firm)
    parts = [
        services.Part("东片工会联合会", UnionKind.REGIONAL, [firms[0].pk]),
        services.Part("西片工会联合会", UnionKind.REGIONAL, [firms[1].pk]),
    ]
    args = {"actor": make.system, "union": old, "on": date(2024, 3, 1), "document_no": "江工〔2024〕4 号"}
    with pytest.raises(RuleViolation, match="现在分了 2 家"):
        services.union_split(parts=parts, **args)
    parts[1].employers = [firms[1].pk, firms[2].pk]
    east, west = services.union_split(parts=parts, **args)
    assert {c.employer_id: c.union_id for c in Coverage.objects.filter(until=None)} == {
        firms[0].pk: east.pk,
        firms[1].pk: west.pk,
        firms[2].pk: west.pk,
    }
    assert faults(checks.tree) == faults(checks.places) == []


@pytest.mark.system("S024")
@pytest.mark.invariant("ORG-04")
def test_a_second_line_gives_no_data_unless_listed():
    town, group = make.township(), make.build(UnionKind.GROUP, "江北集团工会", make.root())
    union = make.build(UnionKind.ENTERPRISE, "江北青石厂工会", town)
    reader = make.officer(Role.CLERK, group)
    lead = services.lead_add(actor=make.system, lower=union, upper=group, since=date(2024, 1, 1))
    with pytest.raises(Exception, match="No Union"):
        unions.union_get(actor=reader, pk=union.pk)
    services.lead_end(actor=make.system, lead=lead, on=date(2024, 2, 1))
    services.lead_add(actor=make.system, lower=union, upper=group, since=date(2024, 2, 1), shares_data=True, decision_no="江工〔2024〕5 号")
    assert unions.union_get(actor=reader, pk=union.pk) == union
    assert faults(checks.leads) == []
    Lead.objects.filter(until=None).update(upper=town)
    assert faults(checks.leads) != []


@pytest.mark.system("S025")
def test_a_hand_over_needs_both_sides_and_the_list():
    town, group = make.township(), make.build(UnionKind.GROUP, "江北集团工会", make.root())
    union = make.build(UnionKind.ENTERPRISE, "江北后勤工会", group)
    first, second = accounts.officer((Role.CITY, group.path)), accounts.officer((Role.CITY, town.path))
    giver, taker = make.officer(Role.CITY, group, number=first.pk), make.officer(Role.CITY, town, number=second.pk)
    matter = services.hand_over_open(actor=giver, union=union, to=town, on=date(2024, 1, 1))
    services.matter_confirm(actor=giver, matter=matter, side="from")
    with pytest.raises(NotFound):
        services.matter_confirm(actor=giver, matter=matter, side="to")
    with pytest.raises(RuleViolation, match="还有 4 项没有办完"):
        services.hand_over_finish(actor=giver, matter=matter, on=date(2024, 2, 1), document_no="江工〔2024〕6 号")
    services.matter_confirm(actor=taker, matter=matter, side="to")
    for item in Matter.objects.get().checklist:
        services.matter_check(actor=giver, matter=matter, item=item)
    services.hand_over_finish(actor=giver, matter=Matter.objects.get(), on=date(2024, 2, 1), document_no="江工〔2024〕6 号")
    union.refresh_from_db()
    assert (union.parent_id, Matter.objects.get().state) == (town.pk, "done")
    assert UnionEvent.objects.filter(union=union, kind="move").exists()


def test_ended_unions_stay_readable_as_of_their_days():
    town = make.township()
    federation = make.regional(town)
    services.union_rename(actor=make.system, union=federation, name="青石镇东片工会联合会", on=date(2022, 1, 1))
    federation.refresh_from_db()
    assert unions.union_on(federation, date(2021, 12, 31))["name"] == "青石镇区域工会联合会"
    assert unions.union_on(federation, date(2022, 1, 1))["name"] == "青石镇东片工会联合会"
