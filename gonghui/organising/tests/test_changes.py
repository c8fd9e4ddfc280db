"""Changes of unions that stand (变更事项): approved first, done by the register, and no member lost on the way."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.core.errors import RuleViolation
from gonghui.members.models import Membership
from gonghui.members.tests import make as members
from gonghui.organising import services
from gonghui.organising.services import changing
from gonghui.organising.tests import make
from gonghui.orgs import services as orgs

pytestmark = pytest.mark.django_db


def shop(name: str, people: int, town: Any) -> Any:
    """An enterprise with its own union and members."""
    _firm, union = members.shop(name, town)
    for _ in range(people):
        members.member(union)
    return union


def persons(*unions: Any) -> set[int]:
    return set(Membership.objects.filter(union__in=unions, until=None).values_list("person_id", flat=True))


def agreed(union: Any, kind: str, **values: Any) -> Any:
    """The case approved by township and city."""
    values.setdefault("congress_on", date(2026, 1, 5))
    case = services.change_open(actor=make.officer(Role.CHAIR, union), union=union, kind=kind, reason="企业重组", **values)
    case = services.case_submit(actor=make.officer(Role.CHAIR, union), case=case)
    return make.decide(case, make.officer(Role.TOWNSHIP, union.parent), make.officer(Role.CITY, make.root()))


@pytest.mark.system("S026")
@pytest.mark.invariant("ORG-02")
def test_a_merger_takes_every_member_along() -> None:
    town = make.township()
    one, two = shop("甲厂", 4, town), shop("乙厂", 3, town)
    before = persons(one, two)
    case = agreed(one, "merge", target=two)
    assert (case.state, bool(case.result_no)) == ("execute", True)
    case = services.change_execute(actor=make.officer(Role.TOWNSHIP, town), case=case)
    one.refresh_from_db()
    assert (case.state, one.state, persons(two)) == ("done", "merged", before)


@pytest.mark.system("S026")
@pytest.mark.invariant("ORG-02")
def test_a_split_takes_every_member_along() -> None:
    town = make.township()
    union = shop("甲厂", 5, town)
    before = persons(union)
    parts = [{"name": "甲厂一分厂工会委员会", "employers": [union.employer_id]}, {"name": "甲厂二分厂工会委员会", "employers": []}]
    case = services.change_execute(actor=make.officer(Role.TOWNSHIP, town), case=agreed(union, "split", parts=parts))
    union.refresh_from_db()
    made = list(union.parent.children.filter(ended_on=None))
    assert (case.state, union.state, persons(*made)) == ("done", "split", before)


@pytest.mark.system("S026")
@pytest.mark.invariant("ORG-02")
def test_a_federation_is_split_by_a_written_plan_and_units_and_members_go_where_it_says() -> None:
    from gonghui.organising.selectors import splits

    town = make.township()
    joint = make.regional(town)
    firms = [make.employer(town, f"{n}店", headcount=4) for n in "甲乙丙"]
    for firm in firms:
        orgs.coverage_add(actor=make.system, union=joint, employer=firm, form="regional", since=date(2025, 1, 1))
        who = make.person()
        members.employed(who, firm)
        members.member(joint, who=who)
    loose = members.member(joint)  # without an employer: goes to the first
    before = persons(joint)
    for wrong, match in (
        ("东片联合会：甲店", "至少 2 行"),
        ("东片联合会：甲店\n西片联合会：丁店", "不是这个工会的单位"),
        ("东片联合会：甲店\n西片联合会：甲店", "写了两次"),
        ("东片联合会\n东片联合会：乙店", "不能重复"),
    ):
        with pytest.raises(RuleViolation, match=match):
            splits.read(joint, wrong)
    plan = splits.read(joint, "青石东片区域工会联合会：甲店\n青石西片区域工会联合会：乙店、丙店")
    assert [(line.words, line.members) for line in splits.lines(joint, plan)] == [("甲店", 2), ("乙店、丙店", 2)]
    case = agreed(joint, "split", parts=plan)
    late = make.employer(town, "丁店", headcount=3)  # covered after the plan was made: goes to the first
    orgs.coverage_add(actor=make.system, union=joint, employer=late, form="regional", since=clock.today())
    case = services.change_execute(actor=make.officer(Role.TOWNSHIP, town), case=case)
    east, west = (town.children.get(name=f"青石{side}片区域工会联合会") for side in "东西")
    assert persons(east, west) == before and loose.person_id in persons(east) and len(persons(west)) == 2
    assert set(west.coverages.filter(until=None).values_list("employer__name", flat=True)) == {"乙店", "丙店"}
    assert set(east.coverages.filter(until=None).values_list("employer__name", flat=True)) == {"甲店", "丁店"}
    joint.refresh_from_db()
    assert (case.state, joint.state) == ("done", "split")


@pytest.mark.system("S026")
@pytest.mark.invariant("ORG-02")
def test_a_union_is_rebuilt_by_its_members_who_stay_members_all_the_way() -> None:
    from gonghui.organising.selectors import cases
    from gonghui.organising.services import Vote

    town = make.township()
    union = shop("甲厂", 5, town)
    before = Membership.objects.filter(union=union, until=None).order_by("pk")
    spells = list(before.values_list("pk", "since"))
    chair = make.officer(Role.CHAIR, union)
    case = services.change_open(
        actor=chair, union=union, kind="rebuild", reason="企业改制为有限公司", name="甲科技有限公司工会委员会", congress_on=date(2026, 1, 5)
    )
    services.leader_set(actor=chair, case=case, name="周小兰", phone="13911110001")
    services.prep_add(actor=chair, case=case, name="钱大海", side="职工")
    case = services.case_submit(actor=chair, case=case)
    case = make.decide(case, make.officer(Role.TOWNSHIP, town), make.officer(Role.CITY, make.root()))
    case = services.group_form(actor=chair, case=case)
    old = before.first().person  # type: ignore[union-attr]  # there are five
    with pytest.raises(RuleViolation, match="不用再申请"):
        make.join(case, old)
    make.join(case)  # one more joins on the occasion
    case = services.recruiting_done(actor=chair, case=case)
    voters = list(cases.voters(case))
    assert len(voters) == 6 and case.steps.get(state="recruiting").reason == "本人确认的申请 1 人，原有会员 5 人"
    votes = [
        Vote(voters[0], 6, title="chair"), Vote(voters[1], 6, title="vice"), Vote(voters[2], 6), Vote(voters[3], 1, elected=False),
        Vote(voters[3], 6, body="audit", title="chair"), Vote(voters[4], 6, body="women", title="chair"),
    ]  # fmt: skip
    with pytest.raises(RuleViolation, match="候选人要先"):
        make.record(case, votes=[Vote(make.person().pk, 1, title="chair")], entitled=6, present=6)
    make.record(case, votes=votes, entitled=6, present=6)
    case = services.result_submit(actor=chair, case=make.fresh(case))
    case = make.decide(case, make.officer(Role.TOWNSHIP, town), make.officer(Role.CITY, make.root()))
    union.refresh_from_db()
    assert (case.state, case.union_id, union.name) == ("filing", union.pk, "甲科技有限公司工会委员会")
    assert list(before.values_list("pk", "since"))[:5] == spells and len(persons(union)) == 6, "the same spells run on, nobody is lost"
    assert union.posts.get(until=None, title="chair", body="committee").person_id == voters[0]
    case = services.filing_done(actor=make.officer(Role.CITY, make.root()), case=case, without="证书沿用，名称变更另办")
    assert case.state == "done"


@pytest.mark.system("S025")
def test_a_hand_over_needs_both_sides_and_keeps_the_members() -> None:
    town, other = make.township(), make.township("云杉镇工会")
    union = shop("甲厂", 3, town)
    before = persons(union)
    case = agreed(union, "handover", target=other)
    giver, taker = make.officer(Role.TOWNSHIP, town), make.officer(Role.TOWNSHIP, other)
    with pytest.raises(RuleViolation, match="移交方确认、接收方确认"):
        services.change_execute(actor=giver, case=case)
    matter = changing.hand_over_matter(giver, case)
    for item in matter.checklist:
        matter = orgs.matter_check(actor=giver, matter=matter, item=item)
    orgs.matter_confirm(actor=giver, matter=matter, side="from")
    orgs.matter_confirm(actor=taker, matter=matter, side="to")
    case = services.change_execute(actor=giver, case=make.fresh(case))
    union.refresh_from_db()
    assert (case.state, union.parent, persons(union)) == ("done", other, before)


@pytest.mark.invariant("ORG-03")
def test_a_union_with_members_is_not_dissolved_and_nobody_is_lost() -> None:
    town = make.township()
    union = shop("甲厂", 2, town)
    before = persons(union)
    case = agreed(union, "dissolve")
    with pytest.raises(RuleViolation):
        services.change_execute(actor=make.officer(Role.TOWNSHIP, town), case=case)
    union.refresh_from_db()
    assert (make.fresh(case).state, union.ended_on, persons(union)) == ("execute", None, before)


def test_the_guard_undoes_a_change_that_would_lose_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: a change that quietly ends memberships is caught by the comparison, and without it they are gone."""
    town = make.township()
    one, two = shop("甲厂", 2, town), shop("乙厂", 1, town)
    case = agreed(one, "merge", target=two)

    def careless(actor: Any, case: Any) -> None:
        Membership.objects.filter(union=one).update(until=clock.today(), ended="left")

    monkeypatch.setattr(changing, "_merge", careless)
    with pytest.raises(RuleViolation, match="失去会籍"):
        services.change_execute(actor=make.officer(Role.TOWNSHIP, town), case=case)
    assert len(persons(one)) == 2
    monkeypatch.setattr(changing, "nobody_lost", lambda before: None)
    services.change_execute(actor=make.officer(Role.TOWNSHIP, town), case=make.fresh(case))
    assert persons(one, two) == persons(two)


def test_a_dissolution_that_the_congress_did_not_adopt_is_not_handed_in() -> None:
    union = shop("甲厂", 1, make.township())
    case = services.change_open(actor=make.officer(Role.CHAIR, union), union=union, kind="dissolve", reason="不想办了")
    with pytest.raises(RuleViolation, match="大会通过日期"):
        services.case_submit(actor=make.officer(Role.CHAIR, union), case=case)


def test_the_chair_cannot_execute_what_he_asked_for() -> None:
    union = shop("甲厂", 1, make.township())
    two = shop("乙厂", 1, union.parent)
    case = agreed(union, "merge", target=two)
    from gonghui.core.errors import NotPermitted

    with pytest.raises(NotPermitted):
        services.change_execute(actor=make.officer(Role.CHAIR, union), case=case)


@pytest.mark.system("S024")
def test_a_group_unit_with_two_lines_asks_both() -> None:
    town = make.township()
    union = shop("甲厂", 2, town)
    group = make.build("group", "恒达集团工会委员会", make.root())
    orgs.lead_add(actor=make.system, lower=union, upper=group, since=date(2026, 1, 1), decision_no="集团〔2026〕1号")
    case = services.change_open(
        actor=make.officer(Role.CHAIR, union),
        union=union,
        kind="merge",
        target=shop("乙厂", 1, town),
        reason="重组",
        congress_on=date(2026, 1, 5),
    )
    case = services.case_submit(actor=make.officer(Role.CHAIR, union), case=case)
    assert [s.label for s in make.pending(case).steps.order_by("level")] == [
        "青石镇工会审核", "恒达集团工会委员会意见（第二上级）", "江州市总工会批准",
    ]  # fmt: skip


@pytest.mark.system("S010")
def test_a_stage_is_read_from_the_records() -> None:
    from gonghui.organising.selectors import stages as reads
    from gonghui.organising.services import stages

    case = make.done()
    union = case.union
    assert union is not None
    actor = make.officer(Role.TOWNSHIP, case.parent)
    assert reads.assess(union, clock.today()).missing == ["半年至少一次活动"]
    assert stages.stage_review(actor=actor, union=union, activities=0).after == "new"
    assert stages.stage_review(actor=actor, union=union, activities=1).after == "consolidated"
    union.refresh_from_db()
    assert union.stage == "consolidated"
    assert stages.stage_review(actor=actor, union=union, activities=2).after == "consolidated"
    assert stages.stage_review(actor=actor, union=union, activities=3).after == "improved"


@pytest.mark.system("S009")
def test_a_demonstration_point_counts_who_followed_it() -> None:
    from gonghui.organising.selectors import stages as reads
    from gonghui.organising.services import stages

    town = make.township()
    model, learner = shop("甲厂", 1, town), shop("乙厂", 1, town)
    city = make.officer(Role.CITY, make.root())
    point = stages.point_name(actor=city, union=model, theme="building", experience="先进门服务，再谈建会，一次办三样。")
    follower = stages.follower_add(actor=city, point=point, union=learner)
    firm = make.shop(town=town)
    stages.follower_add(actor=city, point=point, employer=firm)
    assert (reads.point_list(actor=city).get().asked, reads.point_list(actor=city).get().done) == (2, 0)
    stages.follower_settle(actor=city, follower=follower, state="adopted")
    orgs.coverage_add(actor=make.system, union=make.regional(town), employer=firm, form="regional", since=clock.today())
    assert reads.point_list(actor=city).get().done == 2  # the shop's union is counted from the register


@pytest.mark.system("S025", "S026")
def test_a_change_is_proposed_from_the_union_or_from_the_board() -> None:
    from gonghui.accounts.tests import make as accounts

    town = make.township()
    joint = make.regional(town)
    for name in ("甲店", "乙店"):
        firm = make.employer(town, name, headcount=4)
        orgs.coverage_add(actor=make.system, union=joint, employer=firm, form="regional", since=date(2025, 1, 1))
    far = make.township("云杉镇工会")
    client = accounts.client(accounts.officer((Role.TOWNSHIP, town.path), username="town-ch"))
    found = client.get(f"/console/organising/changes/?q={joint.name[:4]}").content.decode()
    assert f"/console/organising/unions/{joint.pk}/change/" in found
    assert far.name not in client.get("/console/organising/changes/?q=云杉").content.decode()
    assert f"/console/organising/unions/{joint.pk}/change/" in client.get(f"/console/orgs/unions/{joint.pk}/").content.decode()
    address = f"/console/organising/unions/{joint.pk}/change/"
    bad = client.post(address, {"kind": "split", "reason": "太大", "plan": "东片联合会"})
    assert bad.status_code == 422 and "至少 2 行" in bad.content.decode()
    good = client.post(address, {"kind": "split", "reason": "太大", "plan": "青石东片区域工会联合会\n青石西片区域工会联合会：乙店"})
    assert good.status_code == 302
    page = client.get(good["Location"]).content.decode()
    assert "分立方案" in page and "青石西片区域工会联合会" in page and "乙店" in page and "三有" not in page
    edit = {"e-name": joint.name, "e-reason": "太大", "e-congress_on": "2026-01-05"}
    assert client.post(f"{good['Location']}do/edit/", edit).status_code == 302
    assert "2026-01-05" in client.get(good["Location"]).content.decode()


@pytest.mark.system("S009")
def test_an_on_site_meeting_is_recorded_and_who_came_has_visited() -> None:
    from gonghui.accounts.tests import make as accounts
    from gonghui.core.errors import Conflict, NotPermitted
    from gonghui.organising.models import PointVisit
    from gonghui.organising.services import stages

    town = make.township()
    model, learner, absent = (shop(n, 1, town) for n in ("甲厂", "乙厂", "丙厂"))
    city = make.officer(Role.CITY, make.root())
    with clock.at(clock.today().replace(day=1)):
        point = stages.point_name(actor=city, union=model, theme="building", experience="先进门服务，再谈建会，一次办三样。")
        came = stages.follower_add(actor=city, point=point, union=learner)
        other = stages.follower_add(actor=city, point=point, union=absent)
    client = accounts.client(accounts.officer((Role.TOWNSHIP, town.path), username="town-v"))
    address, today = f"/console/organising/points/{point.pk}/", clock.today()
    given = {
        "v-kind": "meeting",
        "v-on": today.isoformat(),
        "v-people": "35",
        "v-note": "看活动室，听主席讲怎样上门",
        "v-came": [str(came.pk)],
    }
    assert client.post(address + "visit/", {**given, "v-people": "0"}).status_code == 302 and not PointVisit.objects.exists()
    assert client.post(address + "visit/", given).status_code == 302
    page = client.get(address).content.decode()
    assert "现场会" in page and "35 人" in page and "听主席讲" in page
    came.refresh_from_db(), other.refresh_from_db()
    assert (came.state, came.visited_on, other.state) == ("visited", today, "assigned")
    with pytest.raises(Conflict):
        stages.point_visit(actor=city, point=point, kind="meeting", on=today, people=3, note="又来一次")
    with pytest.raises(RuleViolation, match="命名之后"):
        stages.point_visit(actor=city, point=point, kind="visit", on=date(2020, 1, 1), people=3, note="太早了一些")
    with pytest.raises(NotPermitted):
        stages.point_visit(actor=make.officer(Role.CHAIR, model), point=point, kind="visit", on=today, people=3, note="自己来看看")
