"""Impact assessments and incidents: signed by another and kept, everybody affected told once (PIPL 55–57; bar 28)."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock, privacy
from gonghui.core.errors import Conflict, NotPermitted, RuleViolation
from gonghui.members.tests import make
from gonghui.people import services as people
from gonghui.privacy import selectors, services
from gonghui.privacy.enums import AssessmentState, IncidentState
from gonghui.privacy.models import Affected, Assessment
from gonghui.privacy.tests.sweep import FACTS, TEXT

pytestmark = pytest.mark.django_db


def security(name: str = "secadmin") -> Actor:
    return accounts.acting((Role.SECADMIN, ""), username=name, name=name)


def incident(actor: Actor):
    return services.incident_open(actor=actor, values={**FACTS, "found_at": clock.now()})


def test_every_field_has_a_level() -> None:
    assert list(privacy.faults("privacy")) == []


@pytest.mark.bar(28)
def test_an_assessment_is_signed_by_another_kept_three_years_and_never_changed() -> None:
    maker, other = security("a"), security("b")
    row = services.assessment_write(actor=maker, values=TEXT)
    with pytest.raises(RuleViolation, match="起草人不能签发"):
        services.assessment_sign(actor=maker, assessment=row)
    with clock.at(date(2026, 3, 31)):
        row = services.assessment_sign(actor=other, assessment=row)
    assert (row.state, row.keep_until) == (AssessmentState.SIGNED, date(2029, 3, 31))
    with pytest.raises(Conflict, match="已经签发"):
        services.assessment_write(actor=maker, values={**TEXT, "conclusion": "改写"}, assessment=row)
    following = services.assessment_revise(actor=maker, assessment=row)
    services.assessment_write(actor=maker, values={**TEXT, "conclusion": "缩短保存期"}, assessment=following)
    services.assessment_sign(actor=other, assessment=following)
    row.refresh_from_db()
    assert row.state == AssessmentState.REPLACED and row.conclusion == TEXT["conclusion"] and following.version == 2


@pytest.mark.bar(28)
def test_a_text_changed_behind_the_services_shows() -> None:
    row = services.assessment_sign(actor=security("b"), assessment=services.assessment_write(actor=security("a"), values=TEXT))
    browser = accounts.client(accounts.officer((Role.SECADMIN, ""), totp=True))
    url = reverse("privacy:assessment", args=[row.pk])
    assert "不一致" not in browser.get(url).content.decode()
    Assessment.objects.filter(pk=row.pk).update(effect="没有影响")
    assert "不一致" in browser.get(url).content.decode()


@pytest.mark.bar(28)
def test_everybody_whose_number_an_account_opened_is_found_and_told_once() -> None:
    _, union = make.shop()
    rows = [make.member(union) for _ in range(3)]
    looker = make.officer(make.root(), Role.CITY, number=77)
    at = clock.now()
    for days, spell in zip((0, 0, -40), rows, strict=True):
        with clock.at(at + timedelta(days=days)):
            people.person_reveal(
                actor=looker,
                person=spell.person,
                field="phone",
                reason_code="member",
                reason="核对号码",
            )
    admin = security()
    found = incident(admin)
    n = services.affected_by_account(
        actor=admin, incident=found, ref=looker.ref, since=at - timedelta(days=1), until=at + timedelta(days=1)
    )
    assert n == 2 and {a.person_id for a in selectors.affected(found)} == {rows[0].person_id, rows[1].person_id}
    assert services.incident_notify(actor=admin, incident=found) == 2
    notices = apps.get_model("notices.Notice").objects.filter(title="个人信息安全事件告知")
    assert set(notices.values_list("person_id", flat=True)) == {rows[0].person_id, rows[1].person_id}
    assert all(word in notices[0].body for word in (FACTS["kinds"], FACTS["harm"], FACTS["remedy"], FACTS["advice"], FACTS["contact"]))
    with pytest.raises(RuleViolation, match="都已通知"):
        services.incident_notify(actor=admin, incident=found)
    assert services.affected_by_union(actor=admin, incident=found, union=union, on=clock.today()) == 1, "the two are known already"
    assert services.incident_notify(actor=admin, incident=found) == 1 and notices.count() == 3


@pytest.mark.bar(28)
def test_closing_without_notice_needs_the_reason_of_the_law() -> None:
    admin = security()
    found = incident(admin)
    with pytest.raises(RuleViolation, match="第五十七条第二款"):
        services.incident_close(actor=admin, incident=found, lesson="重新培训经办人")
    closed = services.incident_close(actor=admin, incident=found, lesson="重新培训经办人", no_notice_reason="文件加密，密钥没有泄露")
    assert closed.state == IncidentState.CLOSED
    with pytest.raises(Conflict):
        services.affected_by_account(actor=admin, incident=found, ref="user:1", since=clock.now(), until=clock.now())


@pytest.mark.bar(28)
def test_the_pack_holds_report_notice_course_and_masked_people() -> None:
    _, union = make.shop()
    spell = make.member(union)
    user = accounts.officer((Role.SECADMIN, ""), totp=True)
    admin, browser = accounts.actor(user), accounts.client(user, stepped_up=True)
    found = incident(admin)
    services.affected_by_union(actor=admin, incident=found, union=union, on=clock.today())
    answer = browser.post(reverse("privacy:incident_pack", args=[found.pk]))
    box = zipfile.ZipFile(io.BytesIO(answer.content))
    assert [n[0] for n in box.namelist()] == list("1234")
    report = box.read(box.namelist()[0]).decode()
    assert FACTS["cause"] in report and spell.person.name not in report
    sheet = zipfile.ZipFile(io.BytesIO(box.read(box.namelist()[3])))
    text = "".join(sheet.read(n).decode("utf-8", "ignore") for n in sheet.namelist() if n.endswith(".xml"))
    assert spell.person.name in text and spell.person.phone_mask in text
    clear = people.person_reveal(actor=Actor.system("t"), person=spell.person, field="phone", reason_code="member", reason="核对测试")
    assert clear not in text
    assert found.affected.count() == 1 and "导出" in str(selectors.timeline(found)[-1][1])


def test_pages_from_draft_to_close() -> None:
    user = accounts.officer((Role.SECADMIN, ""), totp=True)
    browser = accounts.client(user, stepped_up=True)
    made = browser.post(reverse("privacy:assessment_new"), TEXT)
    assert made.status_code == 302 and Assessment.objects.get().title == TEXT["title"]
    assert browser.post(reverse("privacy:assessment_new"), {**TEXT, "effect": ""}).status_code == 422
    assert "起草人不能自己签发" in browser.get(made.url).content.decode()
    opened = browser.post(reverse("privacy:incident_new"), {**FACTS, "found_at": "2026-03-01T10:00"})
    assert opened.status_code == 302
    pk = int(opened.url.rstrip("/").rpartition("/")[2])
    assert browser.post(reverse("privacy:incident_scope", args=[pk]), {}).status_code == 422
    assert (
        browser.post(
            reverse("privacy:incident_scope", args=[pk]), {"account": "nobody", "since": "2026-01-01", "until": "2026-01-02"}
        ).status_code
        == 422
    )
    assert browser.post(reverse("privacy:incident_act", args=[pk]), {"verb": "report", "to": "", "on": "2026-03-02"}).status_code == 422
    browser.post(reverse("privacy:incident_act", args=[pk]), {"verb": "report", "to": "市网信办", "on": "2026-03-02"})
    browser.post(
        reverse("privacy:incident_act", args=[pk]),
        {"verb": "close", "lesson": "改用系统发送", "no_notice_reason": "未离开内网，已全部收回"},
    )
    page = browser.get(reverse("privacy:incident", args=[pk])).content.decode()
    assert "市网信办" in page and "已办结" in page and "未离开内网" in page
    for name in ("assessments", "incidents"):
        assert browser.get(reverse(f"privacy:{name}"), {"q": "没有这样的"}).status_code == 200
    assert browser.get(reverse("privacy:incident_print", args=[pk])).status_code == 200


@pytest.mark.parametrize("role", [Role.CHAIR, Role.TOWNSHIP, Role.SYSADMIN])
def test_others_neither_see_nor_write(role: Role) -> None:
    found = incident(security())
    town = make.township()
    scope = "" if role == Role.SYSADMIN else town.path
    browser: Client = accounts.client(accounts.officer((role, scope), totp=True), stepped_up=True)
    assert browser.get(reverse("privacy:incident", args=[found.pk])).status_code == 403
    actor = accounts.acting((role, scope), username="stranger", name="别人")
    with pytest.raises(NotPermitted):
        services.incident_notify(actor=actor, incident=found)
    assert list(selectors.incidents(actor=actor)) == [] and not Affected.objects.exists()
