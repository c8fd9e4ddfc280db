"""Own data: consent versions, erasure that names what stays, retention that deletes exactly its list; the API."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock, privacy
from gonghui.core.errors import NotPermitted, RuleViolation
from gonghui.members import jobs, verify
from gonghui.members.models import Application, Consent, Membership, Transfer
from gonghui.members.services import consents, joining, transfers
from gonghui.members.services import privacy as rights
from gonghui.members.tests import make

pytestmark = pytest.mark.django_db


def test_every_field_of_this_app_has_a_level_and_every_link_to_a_person_is_declared():
    assert list(privacy.faults("members")) == []


@pytest.mark.bar(28)
def test_a_new_version_of_a_notice_needs_a_new_consent(monkeypatch):
    _, union = make.shop()
    row = make.applied(union)
    import dataclasses

    notices = dict(consents.notices())
    notices["membership"] = dataclasses.replace(notices["membership"], version="2.0", why="另作他用")
    monkeypatch.setattr(consents, "notices", lambda: notices)
    with pytest.raises(RuleViolation, match="有效同意"):
        joining.application_approve(actor=make.officer(union), application=row)
    consents.consent_give(actor=make.worker(row.person), person=row.person, purpose="membership")
    joining.application_approve(actor=make.officer(union), application=row)
    assert Consent.objects.filter(person=row.person, withdrawn_at=None).get().version == "2.0"


@pytest.mark.invariant("PRI-08")
@pytest.mark.bar(28)
def test_erasure_takes_what_may_go_and_names_what_stays():
    _, union = make.shop()
    row = make.applied(union)
    me = make.worker(row.person)
    consents.consent_give(actor=me, person=row.person, purpose="services")
    joining.application_refuse(actor=make.officer(union), application=row, reason="本人已在外地入会")
    request = rights.request_make(actor=me, person=row.person, kind="erase")
    assert not Application.objects.filter(person=row.person).exists()
    assert "未批准和撤回的入会申请" in request.answer[0] and any("审计记录" in line for line in request.answer)
    assert not row.person.consents.filter(purpose="services", withdrawn_at=None).exists()
    with pytest.raises(NotPermitted):
        rights.request_make(actor=make.officer(union), person=row.person, kind="erase")


@pytest.mark.invariant("PRI-09")
@pytest.mark.bar(29)
def test_retention_deletes_what_its_dry_run_says_and_nothing_more():
    _, union = make.shop()
    old, young, live = make.applied(union), make.applied(union), make.applied(union)
    with clock.at(clock.today() - timedelta(days=240)):
        joining.application_refuse(actor=make.officer(union), application=old, reason="本人已在外地入会")
    joining.application_refuse(actor=make.officer(union), application=young, reason="本人已在外地入会")
    plan = rights.retention_plan()
    assert plan["applications"] == 1
    assert jobs.retention()["applications"] == 1 and jobs.retention()["applications"] == 0
    assert set(Application.objects.values_list("pk", flat=True)) == {young.pk, live.pk}


def test_a_leaver_without_papers_is_found_by_verify():
    _, union = make.shop()
    spell = make.member(union)
    Membership.objects.filter(pk=spell.pk).update(until=clock.today(), ended="left")  # as a careless import would
    assert any("没有办结的退出手续" in line for line in verify.ended_with_reason())


def test_the_api_gives_masked_rosters_files_once_and_decides_in_scope():
    _, union = make.shop()
    _, other = make.shop("白云服装厂")
    spell = make.member(union)
    chair, stranger = (
        accounts.client(accounts.officer((Role.CHAIR, union.path))),
        accounts.client(accounts.officer((Role.CHAIR, other.path))),
    )
    page = chair.get(f"/api/members/roster?union={union.pk}")
    assert page.status_code == 200 and page.json()["count"] == 1 and page.json()["rows"][0]["id_mask"].count("*") >= 4
    assert stranger.get(f"/api/members/roster?union={union.pk}").status_code == 404
    body = json.dumps({"union": union.pk, "name": "乌兰", "id_number": make.id_number(301), "phone": "13900009999", "employer_name": "厂"})
    head = {"content_type": "application/json", "headers": {"Idempotency-Key": "a-1"}}
    one, two = chair.post("/api/members/applications", body, **head), chair.post("/api/members/applications", body, **head)
    assert one.status_code == 200 and one.json() == two.json() and Application.objects.count() == 1
    row = transfers.transfer_open(actor=make.officer(union), membership=spell, target=other)
    said = {"content_type": "application/json"}
    third = accounts.client(accounts.officer((Role.CHAIR, make.shop("第三厂")[1].path)))
    assert third.post(f"/api/members/transfers/{row.pk}", json.dumps({"decision": "accept"}), **said).status_code == 404
    assert stranger.post(f"/api/members/transfers/{row.pk}", json.dumps({"decision": "accept"}), **said).json()["state"] == "accepted"
    assert stranger.post(f"/api/members/transfers/{row.pk}", json.dumps({"decision": "accept"}), **said).status_code == 409
    assert Transfer.objects.get().target == other and date.today()
