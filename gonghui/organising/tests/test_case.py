"""A union from the blank spot to the plate (建会全程): what each step does, what it refuses, what must not change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gonghui.accounts.enums import Role
from gonghui.approvals import services as approving
from gonghui.core import clock
from gonghui.core.errors import Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.documents.models import Document
from gonghui.members.models import Membership
from gonghui.organising import services
from gonghui.organising.models import Case
from gonghui.organising.services import Vote
from gonghui.organising.tests import make
from gonghui.orgs.models import Spot, Union

pytestmark = pytest.mark.django_db


@pytest.mark.system("S006")
def test_a_union_is_built_from_the_blank_spot_to_the_plate() -> None:
    firm = make.shop(workers=30)
    spot = Spot.objects.get(employer=firm)
    case = make.opened(firm)
    spot.refresh_from_db()
    assert spot.state == "preparing"
    case = make.done(case)
    union = case.union
    assert union is not None and union.employer_id == firm.pk and union.parent_id == case.parent_id
    assert (case.state, case.result_no[:2], case.seal_on, case.plate_on) == ("done", "江州", clock.today(), clock.today())
    spot.refresh_from_db()
    firm.refresh_from_db()
    assert (spot.state, firm.organised, spot.until) == ("built", True, clock.today())
    assert Membership.objects.filter(union=union, until=None).count() == 6
    assert sorted(union.terms.values_list("body", flat=True)) == ["audit", "committee", "women"]
    assert union.posts.filter(title="chair", body="committee", until=None).count() == 1
    assert union.certificates.get().valid_until == union.terms.get(body="committee").until
    assert union.accounts.get().number_mask.endswith("2233")
    states = list(case.steps.order_by("pk").values_list("state", flat=True))
    assert states == ["application", "pending", "group", "recruiting", "meeting", "result", "filing", "setup", "done"]
    assert {
        "organising.request",
        "organising.reply_prepare",
        "organising.result_report",
        "organising.reply_result",
        "organising.filing_form",
    } <= set(Document.objects.values_list("kind", flat=True))
    assert AuditEntry.objects.filter(verb="organising.case.done").exists()


@pytest.mark.system("S006")
def test_nobody_approves_his_own_case_and_the_wrong_level_cannot() -> None:
    case = make.submitted()
    approval = make.pending(case)
    organiser = make.officer(Role.ORGANISER, case.org)
    with pytest.raises(NotPermitted, match="自己"):
        approving.approval_decide(actor=organiser, approval=approval, decision="approve")
    elsewhere = make.officer(Role.TOWNSHIP, make.township("别的镇工会"))
    with pytest.raises(NotFound):
        approving.approval_decide(actor=elsewhere, approval=approval, decision="approve")
    town = make.town_officer(case)
    approving.approval_decide(actor=town, approval=make.pending(case), decision="approve")
    with pytest.raises(NotPermitted):  # the township looked; approving is the city's
        approving.approval_decide(actor=town, approval=make.pending(case), decision="approve")
    second_town = make.officer(Role.TOWNSHIP, case.parent, "镇里另一位")
    with pytest.raises((NotPermitted, NotFound)):
        approving.approval_decide(actor=second_town, approval=make.pending(case), decision="approve")
    assert make.fresh(case).state == "pending"
    assert make.decide(case, make.city_officer(case)).state == "group"


@pytest.mark.system("S006")
def test_the_maker_cannot_approve_even_with_the_right_level() -> None:
    """Negative control: the same city officer opens and hands in; somebody else's hand-in he may approve, his own he may not."""
    firm = make.shop(workers=30)
    city = make.officer(Role.CITY, make.root())
    case = services.case_open(actor=city, employer=firm, form="own", leader=("周小兰", ""))
    case = services.case_submit(actor=city, case=case)
    town = make.officer(Role.TOWNSHIP, case.parent)
    approving.approval_decide(actor=town, approval=make.pending(case), decision="approve")
    with pytest.raises(NotPermitted):
        approving.approval_decide(actor=city, approval=make.pending(case), decision="approve")
    # opened by him, handed in by another: still not his to approve
    other = services.case_open(actor=city, employer=make.shop("清泉米店", workers=40, town=firm.union), form="own", leader=("周小兰", ""))
    other = services.case_submit(actor=make.officer(Role.ORGANISER, other.org), case=other)
    approving.approval_decide(actor=town, approval=make.pending(other), decision="approve")
    with pytest.raises(NotPermitted, match="自己经办"):
        approving.approval_decide(actor=city, approval=make.pending(other), decision="approve")
    assert make.fresh(other).state == "pending"


def test_a_request_comes_back_with_a_reason_and_goes_on_after_mending() -> None:
    case = make.submitted()
    case = make.decide(case, make.town_officer(case), decision="return", opinion="请写明参加的车间")
    assert case.state == "application"
    back = case.steps.get(state="pending")
    assert (back.outcome, back.reason) == ("returned", "请写明参加的车间")
    case = services.case_edit(actor=make.officer(Role.ORGANISER, case.org), case=case, reason="两个车间一起")
    case = services.case_submit(actor=make.officer(Role.ORGANISER, case.org), case=case)
    assert make.decide(case, make.town_officer(case), make.city_officer(case)).state == "group"
    assert case.steps.filter(state="pending").count() == 2


def test_a_refused_case_ends_with_its_reason_and_the_spot_is_open_again() -> None:
    case = make.submitted()
    case = make.decide(case, make.town_officer(case), decision="refuse", opinion="单位正在注销")
    assert (case.state, case.end_reason) == ("refused", "单位正在注销")
    assert Spot.objects.get(employer=case.employer).state == "agreed"
    assert make.opened(case.employer, leader=("周小兰", "13911110001")).pk != case.pk


def test_withdrawing_while_it_waits_takes_the_approval_along() -> None:
    case = make.submitted()
    case = services.case_withdraw(actor=make.officer(Role.ORGANISER, case.org), case=case, reason="单位要搬迁")
    assert case.state == "withdrawn"
    with pytest.raises(Exception, match="matching query"):
        make.pending(case)


def test_a_union_that_stands_cannot_be_withdrawn() -> None:
    case = make.built()
    with pytest.raises(RuleViolation, match="办撤销"):
        services.case_withdraw(actor=make.officer(Role.ORGANISER, case.org), case=case, reason="不想建了")


def test_an_employer_written_off_takes_its_case_with_it() -> None:
    from gonghui.orgs import services as orgs

    case = make.submitted()
    orgs.employer_status(actor=make.system, employer=case.employer, status="closed", on=clock.today(), evidence="实地走访，已关停")
    assert make.fresh(case).state == "gone"


def test_one_employer_has_one_case() -> None:
    case = make.opened()
    with pytest.raises(Conflict, match="已有一件"):
        make.opened(case.employer)


@pytest.mark.system("S036")
def test_due_dates_come_from_the_rule_and_late_cases_show() -> None:
    from gonghui.organising.selectors import cases

    with clock.at(date(2026, 3, 2)):
        case = make.submitted()
    assert case.steps.get(state="pending").due_on == date(2026, 3, 17)
    with clock.at(date(2026, 3, 17)):
        assert not cases.case_list(actor=make.system, overdue=True).exists()
    with clock.at(date(2026, 3, 18)):
        assert cases.case_list(actor=make.system, overdue=True).get() == case


def test_the_chair_to_be_works_on_the_phone_and_nobody_elses() -> None:
    firm = make.shop(workers=30)
    case = make.opened(firm, leader=("周小兰", "13911110001"))
    leader = make.at_the_phone(case.leader)
    assert services.case_submit(actor=leader, case=case).state == "pending"
    stranger = make.worker(make.person())
    with pytest.raises(NotFound):
        services.case_withdraw(actor=stranger, case=case, reason="我来撤回")


# -- the election ------------------------------------------------------------------------------------------------


def test_a_lawful_election_can_be_reported() -> None:
    assert make.reported().state == "result"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"present": 3, "returned": 3, "issued": 3}, "到会人数"),  # 3 of 6, two thirds are 4
        ({"seats": 8, "candidates": 9}, "委员名额"),  # at most 5 below 25 members
        ({"candidates": 3}, "候选人差额"),
        ({"years": 4}, "任期"),
    ],
)
def test_an_election_against_a_binding_rule_is_stopped_with_the_slip(changes: dict, said: str) -> None:
    case = make.meeting()
    if "present" in changes:
        people = list(case.applicants.values_list("person_id", flat=True))
        changes["votes"] = [Vote(people[0], 3, title="chair"), Vote(people[1], 3), Vote(people[2], 3)]
    make.record(case, **changes)
    with pytest.raises(RuleViolation, match=said) as refusal:
        services.result_submit(actor=make.officer(Role.ORGANISER, case.org), case=case)
    assert refusal.value.decision and make.fresh(case).state == "meeting"


def test_half_of_those_entitled_is_not_enough_one_more_is() -> None:
    case = make.meeting()
    people = list(case.applicants.values_list("person_id", flat=True))
    votes = [Vote(people[0], 3, title="chair"), Vote(people[1], 6), Vote(people[2], 6)]
    make.record(case, votes=votes)
    organiser = make.officer(Role.ORGANISER, case.org)
    with pytest.raises(RuleViolation, match="票数"):
        services.result_submit(actor=organiser, case=case)
    make.record(case, votes=[Vote(people[0], 4, title="chair"), *votes[1:]])
    assert services.result_submit(actor=organiser, case=case).state == "result"


def test_the_relative_of_the_owner_is_no_candidate() -> None:
    case = make.meeting()
    people = list(case.applicants.values_list("person_id", flat=True))
    make.record(case, votes=[Vote(people[0], 6, title="chair", relative=True), Vote(people[1], 6), Vote(people[2], 6)])
    with pytest.raises(RuleViolation, match="候选资格"):
        services.result_submit(actor=make.officer(Role.ORGANISER, case.org), case=case)


def test_who_has_not_signed_is_no_candidate_and_no_member() -> None:
    case = make.meeting()
    stranger = make.person()
    with pytest.raises(RuleViolation, match="先填写并确认"):
        make.record(case, votes=[Vote(stranger.pk, 6, title="chair")])
    services.applicant_add(actor=make.officer(Role.ORGANISER, case.org), case=case, person=stranger)
    make.record(case)
    case = services.result_submit(actor=make.officer(Role.ORGANISER, case.org), case=case)
    case = make.decide(case, make.town_officer(case), make.city_officer(case))
    assert not Membership.objects.filter(person=stranger).exists()
    assert case.applicants.get(person=stranger).application.state == "submitted"  # waits for the own signature


def test_a_changed_record_voids_nothing_silently() -> None:
    case = make.reported()
    with pytest.raises(RuleViolation, match="不能办这一步"):
        make.record(case, years=5)
    assert make.decide(case, make.town_officer(case), decision="return", opinion="票数对不上").state == "meeting"


def test_somebody_with_a_membership_elsewhere_is_named_not_dropped() -> None:
    from gonghui.members.tests import make as members

    case = make.recruiting()
    _firm, union = members.shop("别家茶厂", case.org)
    spell = members.member(union)
    make.join(case, spell.person)
    case = services.recruiting_done(actor=make.officer(Role.ORGANISER, case.org), case=case)
    make.record(case)
    case = services.result_submit(actor=make.officer(Role.ORGANISER, case.org), case=case)
    case = make.decide(case, make.town_officer(case), make.city_officer(case))
    spell.refresh_from_db()
    assert spell.until is None and spell.union == union
    assert spell.person.name in case.steps.get(state="result").reason


def test_recruiting_needs_somebody_who_signed() -> None:
    case = make.recruiting(joiners=0)
    services.applicant_add(actor=make.officer(Role.ORGANISER, case.org), case=case, person=make.person())
    with pytest.raises(RuleViolation, match="本人填写"):
        services.recruiting_done(actor=make.officer(Role.ORGANISER, case.org), case=case)


# -- forms -------------------------------------------------------------------------------------------------------


@pytest.mark.system("S019", "S020")
def test_a_project_of_half_a_year_gets_a_union_a_shorter_one_an_organiser() -> None:
    from gonghui.members.tests import make as members

    firm, own = members.shop("恒达建设", make.township())
    firm.refresh_from_db()
    start = clock.today()
    clerk, chair = make.officer(Role.CLERK, own), make.officer(Role.CHAIR, own)
    short, long = start + timedelta(days=150), start + timedelta(days=200)
    with pytest.raises(RuleViolation, match="不到半年"):
        services.case_open(actor=clerk, employer=firm, form="project", planned_start=start, planned_end=short)
    with pytest.raises(RuleViolation, match="达到半年"):
        services.case_open(actor=clerk, employer=firm, form="organiser", planned_start=start, planned_end=long)
    case = services.case_open(
        actor=clerk,
        employer=firm,
        form="project",
        planned_start=start,
        planned_end=long,
        name="大桥项目部工会委员会",
        leader=("周小兰", "13911110001"),
    )
    assert (case.parent, case.approver) == (own, own)  # the company's union approves its project: R018
    case = services.case_submit(actor=clerk, case=case)
    case = make.decide(case, chair)
    case = services.group_form(actor=clerk, case=case)
    for _ in range(6):
        make.join(case)
    case = services.recruiting_done(actor=clerk, case=case)
    people = list(case.applicants.values_list("person_id", flat=True))
    services.meeting_record(
        actor=clerk, case=case, held_on=start, entitled=6, present=6, seats=3, candidates=4, years=3,
        votes=[Vote(people[0], 6, title="chair"), Vote(people[1], 6), Vote(people[2], 6)],
    )  # fmt: skip
    case = services.result_submit(actor=clerk, case=case)
    case = make.decide(case, chair)
    assert case.union is not None and (case.union.kind, case.union.parent, case.union.planned_end) == ("project", own, long)
    case = services.filing_done(actor=make.officer(Role.TOWNSHIP, case.parent.parent), case=case)
    assert case.state == "done"
    from gonghui.orgs.services.projects import projects_due

    with clock.at(long + timedelta(days=1)):
        assert projects_due(actor=make.system)["opened"] == 1  # the reminder to dissolve


@pytest.mark.system("S016")
def test_a_joint_union_covers_all_its_units() -> None:
    firm = make.shop()
    other = make.shop("清泉米店", workers=4, town=firm.union)
    case = make.opened(firm, form="joint3", reason="人数少，不宜单独建会", units=[other])
    assert case.name == "清泉街工会委员会"
    case = make.built(case)
    assert case.union is not None and case.union.form == "joint3"
    assert set(case.union.coverages.filter(until=None).values_list("employer_id", flat=True)) == {firm.pk, other.pk}
    firm.refresh_from_db()
    assert firm.organised


def test_a_joint_union_without_a_reason_or_a_second_unit_is_not_handed_in() -> None:
    case = make.opened(make.shop(), form="joint3")
    with pytest.raises(RuleViolation, match="不单独建会的理由、参加联合的另一家单位"):
        services.case_submit(actor=make.officer(Role.ORGANISER, case.org), case=case)


@pytest.mark.system("S024")
def test_a_subsidiary_elsewhere_goes_to_the_local_union_first_and_the_group_is_asked() -> None:
    group = make.build("group", "恒达集团工会委员会", make.root(), area="370100")
    firm = make.shop(workers=40)
    case = make.opened(firm, second=group, layer="close")
    assert case.parent != group and case.second == group
    case = services.case_submit(actor=make.officer(Role.ORGANISER, case.org), case=case)
    town, chair, city = make.town_officer(case), make.officer(Role.CHAIR, group), make.city_officer(case)
    with pytest.raises((NotPermitted, NotFound)):  # the group's turn is after the township
        approving.approval_decide(actor=chair, approval=make.pending(case), decision="approve")
    case = make.decide(case, town)
    with pytest.raises((NotPermitted, NotFound)):  # and before the city, which decides last
        approving.approval_decide(actor=town, approval=make.pending(case), decision="approve")
    case = make.decide(case, chair, city)
    assert case.state == "group"
    labels = list(
        make.approvals.approval_list(actor=make.system, state="approved").get(subject_id=str(case.pk)).steps.values_list("label", flat=True)
    )
    assert labels == ["青石镇工会审核", "恒达集团工会委员会意见（第二上级）", "江州市总工会批准"]


def test_a_core_unit_in_the_same_place_stands_below_its_group() -> None:
    group = make.build("group", "恒达集团工会委员会", make.root(), area="371000")
    case = make.opened(make.shop(workers=40, town=make.township(area="371000")), second=group, layer="core")
    assert (case.parent, case.approver, case.second) == (group, group, None)


@pytest.mark.system("S014")
def test_the_shop_joins_the_union_of_its_street_in_one_tap() -> None:
    firm = make.shop()
    joint = make.build("joint", "清泉街工会委员会", firm.union, form="joint3", mode="joint")
    row = services.coverage_join(actor=make.officer(Role.ORGANISER, firm.union), employer=firm, union=joint)
    firm.refresh_from_db()
    assert (row.form, firm.organised, Spot.objects.get(employer=firm).state) == ("joint3", True, "built")
    assert not Case.objects.exists() and Union.objects.filter(kind="joint").count() == 1


def test_an_outsider_joins_nobody_to_anything() -> None:
    firm = make.shop()
    joint = make.build("joint", "清泉街工会委员会", firm.union, form="joint3", mode="joint")
    with pytest.raises(NotFound):
        services.coverage_join(actor=make.officer(Role.ORGANISER, make.township("别的镇工会")), employer=firm, union=joint)
    with pytest.raises(NotPermitted):
        services.coverage_join(actor=make.officer(Role.AUDITOR, firm.union), employer=firm, union=joint)
    with pytest.raises(RuleViolation, match="不是在办的联合工会"):
        services.coverage_join(actor=make.officer(Role.ORGANISER, firm.union), employer=firm, union=firm.union)
