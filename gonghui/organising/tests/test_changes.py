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
    monkeypatch.setattr(changing, "_nobody_lost", lambda before: None)
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
