"""Crisis intervention (危机干预): consent, or two people when life is in danger; every look recorded (S182)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, RuleViolation
from gonghui.core.models import AuditEntry
from gonghui.counsel import verify
from gonghui.counsel.models import Look, RiskVote
from gonghui.counsel.selectors import todo
from gonghui.counsel.services import booking, risks
from gonghui.counsel.tests import make
from gonghui.members.tests import make as members
from gonghui.notices.models import Notice

pytestmark = pytest.mark.django_db
WHY = "本次谈到具体的轻生计划"


@pytest.fixture
def scene() -> dict[str, Any]:
    town, _union, me = make.place()
    row, who = make.counsellor(town)
    deciders = [accounts.acting((Role.STEWARD, town.path), name=f"核准{n}") for n in range(3)]
    return {
        "row": row,
        "who": who,
        "me": me,
        "made": make.booked(row, me),
        "one": deciders[0],
        "two": deciders[1],
        "three": deciders[2],
        "town": town,
    }


def test_two_people_with_reasons_open_the_contact_and_only_they_and_the_counsellor_see_it(scene: dict[str, Any]) -> None:
    who, one, two, three = (scene[k] for k in ("who", "one", "two", "three"))
    with pytest.raises(BadInput):
        risks.risk_raise(actor=who, row=scene["made"], level="danger", why="急")
    risk = risks.risk_raise(actor=who, row=scene["made"], level="danger", why=WHY)
    assert set(Notice.objects.values_list("user_id", flat=True)) == {one.user_id, two.user_id, three.user_id}
    assert todo.to_decide(one).get() == risk and risk.due_at - risk.raised_at == timedelta(hours=2)
    with pytest.raises(NotPermitted):
        risks.contact_open(actor=who, risk=risk)
    risk = risks.vote(actor=one, risk=risk, agree=True, reason="情况紧急，同意")
    assert risk.state == "raised"
    with pytest.raises(Conflict, match="表过态"):
        risks.vote(actor=one, risk=risk, agree=True, reason="再同意一次，凑两人")
    with pytest.raises(NotPermitted):
        risks.contact_open(actor=one, risk=risk)
    risk = risks.vote(actor=two, risk=risk, agree=True, reason="情况紧急，同意")
    assert (risk.state, risk.ground) == ("opened", "danger")
    for actor in (who, one, two):
        assert risks.contact_open(actor=actor, risk=risk) == {"name": scene["me"].name, "phone": make.PHONE}
    with pytest.raises(NotPermitted):
        risks.contact_open(actor=three, risk=risk)
    assert set(Look.objects.filter(kind="contact").values_list("user_id", flat=True)) == {who.user_id, one.user_id, two.user_id}
    assert AuditEntry.objects.filter(verb="counsel.look.opened", actor=one.ref).exists()
    assert (
        not AuditEntry.objects.filter(data__contains=WHY).exists()
        and not AuditEntry.objects.filter(data__contains=scene["me"].name).exists()
    )
    risks.step_add(actor=one, risk=risk, text="已联系本人，陪同就医")
    told = risks.reason_open(actor=three, risk=risk)
    assert told["why"] == WHY and [t for _s, t in told["steps"]] == ["已联系本人，陪同就医"] and len(told["votes"]) == 2
    risk = risks.risk_close(actor=who, risk=risk)
    with pytest.raises(NotPermitted):
        risks.contact_open(actor=who, risk=risk)
    assert [list(check()) for _i, _t, check in verify.CHECKS] == [[], [], []]


def test_one_person_alone_or_the_counsellor_twice_opens_nothing(scene: dict[str, Any]) -> None:
    who = scene["who"]
    risk = risks.risk_raise(actor=who, row=scene["made"], level="danger", why=WHY)
    user = scene["row"].user
    accounts.give(user, Role.STEWARD, scene["town"].path)
    with pytest.raises(NotPermitted, match="不能自己核准"):
        risks.vote(actor=accounts.actor(user), risk=risk, agree=True, reason="我自己来核准")
    user.person_id = members.person().pk
    user.save(update_fields=["person_id"])
    risk = type(risk).objects.select_related("appointment__counsellor__user").get(pk=risk.pk)
    with pytest.raises(NotPermitted, match="不能自己核准"):
        risks.vote(actor=replace(scene["one"], person_id=user.person_id), risk=risk, agree=True, reason="同一个人的另一账号")
    assert not RiskVote.objects.exists()
    RiskVote.objects.create(risk=risk, user_id=scene["one"].user_id, agree=True, at=clock.now())
    type(risk).objects.filter(pk=risk.pk).update(state="opened", ground="danger")
    assert len(list(verify.opened())) == 1, "a contact opened behind the rule is reported"


def test_a_no_refuses_and_a_flag_without_danger_is_the_persons_own_to_answer(scene: dict[str, Any]) -> None:
    who, me = scene["who"], scene["me"]
    risk = risks.risk_raise(actor=who, row=scene["made"], level="danger", why=WHY)
    risk = risks.vote(actor=scene["one"], risk=risk, agree=False, reason="说明里没有紧迫危险")
    assert risk.state == "refused"
    risk = risks.risk_raise(actor=who, row=scene["made"], level="serious", why=WHY)
    with pytest.raises(RuleViolation, match="只能由本人同意"):
        risks.vote(actor=scene["one"], risk=risk, agree=True, reason="我想知道是谁")
    with pytest.raises(NotFound):
        risks.consent(actor=members.worker(members.person()), risk=risk)
    with pytest.raises(RuleViolation, match="办完后再删除"):
        made = scene["made"]
        booking.cancel(actor=me, row=made)
        booking.erase(actor=me)
    risk = risks.consent(actor=me, risk=risk)
    assert (risk.state, risk.ground) == ("opened", "consent")
    assert risks.contact_open(actor=who, risk=risk)["phone"] == make.PHONE
    with pytest.raises(NotPermitted):
        risks.contact_open(actor=scene["one"], risk=risk)


def test_the_pages_of_the_two(scene: dict[str, Any]) -> None:
    risk = risks.risk_raise(actor=scene["who"], row=scene["made"], level="danger", why=WHY)
    desk = accounts.client(accounts.officer((Role.CITY, scene["town"].path), name="赵核"))
    page = desk.get(reverse("counsel:risk", args=[risk.pk])).content.decode()
    assert WHY not in page and "小舟" not in page and "同意启封" in page and "精神卫生法" in page
    assert WHY in desk.post(reverse("counsel:risk-act", args=[risk.pk, "reason"])).content.decode()
    assert desk.post(reverse("counsel:risk-act", args=[risk.pk, "contact"])).status_code == 403
    assert desk.post(reverse("counsel:risk-act", args=[risk.pk, "agree"]), {}).status_code == 302
    assert not RiskVote.objects.exists()
    said = desk.post(reverse("counsel:risk-act", args=[risk.pk, "agree"]), {"reason": "情况紧急，同意"}, follow=True).content.decode()
    assert "已表态" in said and "已核准 1 人" in said
    assert desk.post(reverse("counsel:risk-act", args=[risk.pk, "close"])).status_code == 404, "only the counsellor ends it"
    assert desk.get(reverse("counsel:risks"), {"state": "raised"}).status_code == 200
