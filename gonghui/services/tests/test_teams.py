"""Amateur teams and kits (S187, S186): members join on the phone, goods are given out and taken back once."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core.errors import NotFound, RuleViolation
from gonghui.members.tests import make
from gonghui.services.models import Kit, TeamMember
from gonghui.services.selectors import teams as reads
from gonghui.services.services import teams

pytestmark = pytest.mark.django_db


@pytest.mark.system("S187")
def test_a_member_joins_and_leaves_on_the_phone_and_a_stranger_cannot() -> None:
    _firm, union = make.shop()
    who, stranger = make.person("周队员"), make.person()
    make.member(union, who=who)
    chair = accounts.client(accounts.officer((Role.CHAIR, union.path)))
    data = {"name": "职工合唱队", "kind": "song", "practice": "每周三 19:00", "since": "2025-03-01"}
    assert "职工合唱队" in chair.post(reverse("services:team_new"), data, follow=True).content.decode()
    assert chair.post(reverse("services:team_new"), data).status_code == 422
    team = reads.teams(actor=make.officer(union)).get()
    phone = accounts.client(accounts.worker(person_id=who.pk))
    assert "已加入" in phone.post(reverse("services:m-team", args=[team.pk]), {"verb": "join"}, follow=True).content.decode()
    assert "已经是本队队员" in phone.post(reverse("services:m-team", args=[team.pk]), {"verb": "join"}, follow=True).content.decode()
    assert "周队员" in chair.get(reverse("services:team", args=[team.pk])).content.decode()
    with pytest.raises(NotFound):
        teams.team_join(actor=make.worker(stranger), team=team)
    phone.post(reverse("services:m-team", args=[team.pk]), {"verb": "leave"})
    assert TeamMember.objects.filter(until=None).count() == 0 and TeamMember.objects.count() == 1


@pytest.mark.system("S186")
def test_a_kit_goes_to_a_site_and_comes_back_once() -> None:
    _firm, union = make.shop()
    chair = accounts.client(accounts.officer((Role.CHAIR, union.path)))
    data = {"site": "三号工地", "goods": "篮球、跳绳", "quantity": "6", "issued_on": "2025-03-01", "received_by": "驻地组长"}
    assert chair.post(reverse("services:kit_issue"), {**data, "quantity": "0"}).status_code == 422
    assert "三号工地" in chair.post(reverse("services:kit_issue"), data, follow=True).content.decode()
    kit = Kit.objects.get()
    assert (kit.issued_on, kit.union_id) == (date(2025, 3, 1), union.pk)
    chair.post(reverse("services:kit_return", args=[kit.pk]))
    with pytest.raises(RuleViolation, match="已经收回"):
        teams.kit_return(actor=make.officer(union), kit=kit)
