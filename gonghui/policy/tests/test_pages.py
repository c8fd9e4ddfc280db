"""The pages of the rule base, as officers see them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core.models import AuditEntry
from gonghui.policy.models import LocalValue, RuleReview
from gonghui.policy.tests import make

pytestmark = pytest.mark.django_db
RULE = "/console/policy/rules/orgs.committee_form/"


def client(role: Role = Role.CITY, path: str = "0001") -> Client:
    c = Client()
    c.force_login(accounts.officer((role, path)))
    return c


def test_the_list_finds_a_rule_by_its_words_and_says_when_there_is_none() -> None:
    page = client().get("/console/policy/rules/", {"text": "女职工"}).content.decode()
    found = page.partition('id="main"')[2]
    assert "工会女职工委员会的建立" in found and "会员会费" not in found
    assert "没有符合条件的规则" in client().get("/console/policy/rules/", {"text": "不存在的词"}).content.decode()


def test_the_list_asks_the_database_as_often_for_twenty_rules_as_for_one() -> None:
    c = client()
    counts = []
    for query in ({}, {"text": "orgs.usc_prefix"}, {}):
        with CaptureQueriesContext(connection) as seen:
            c.get("/console/policy/rules/", query)
        counts.append(len([q for q in seen.captured_queries if "policy_" in q["sql"]]))
    assert counts == [1, 1, 1]


def test_a_rule_shows_its_versions_sources_and_cases() -> None:
    page = client().get(RULE).content.decode()
    assert "用人单位有会员二十五人以上的" in page and "2009 修正" in page and "深圳" in page and "24 名会员，可以三选一" in page
    assert "不符</span>" not in page


@pytest.mark.engine_free
def test_every_rule_page_opens() -> None:
    from gonghui.policy import rules

    c = client()
    assert {c.get(f"/console/policy/rules/{key}/").status_code for key in rules.live().rules} == {200}


def test_an_unknown_rule_is_not_found() -> None:
    assert client().get("/console/policy/rules/orgs.nothing/").status_code == 404


def test_a_review_is_noted_and_the_rule_file_stays() -> None:
    c = client()
    before = c.get("/console/policy/review/?size=100").content.decode() + c.get("/console/policy/review/?size=100&page=2").content.decode()
    assert "公司级职工入会率目标" in before
    answer = c.post(RULE + "review/", {"verdict": "confirmed", "note": "", "reviewed_on": "2026-11-01"})
    assert answer.status_code == 302 and RuleReview.objects.get().reviewer_name
    assert AuditEntry.objects.filter(verb="policy.rule.reviewed").count() == 1
    assert c.post(RULE + "review/", {"verdict": "differs", "note": "", "reviewed_on": "2026-11-01"}).status_code == 422


def test_a_chair_may_not_review() -> None:
    c = client(Role.CHAIR, "00010001")
    assert c.get("/console/policy/review/").status_code == 403
    assert c.post(RULE + "review/", {"verdict": "confirmed", "reviewed_on": "2026-11-01"}).status_code == 403
    assert RuleReview.objects.count() == 0


def test_a_by_law_value_is_entered_for_the_own_unit_only() -> None:
    c = client(Role.CHAIR, "00010001")
    data = {"param": "months", "unit": "00010001", "value": "1", "since": "2026-01-01", "source": "本会议事规则", "article": "第三条"}
    assert c.post("/console/policy/rules/orgs.plenary_interval/local/", data).status_code == 302
    assert LocalValue.objects.get().unit_path == "00010001"
    assert c.post("/console/policy/rules/orgs.plenary_interval/local/", {**data, "unit": "00010002"}).status_code == 422
    assert LocalValue.objects.count() == 1
    assert "本会议事规则" in c.get("/console/policy/rules/orgs.plenary_interval/").content.decode()
    assert c.post(f"/console/policy/local/{LocalValue.objects.get().pk}/end/").status_code == 302


def test_what_if_compares_two_cases_and_a_draft() -> None:
    c = client()
    assert c.get("/console/policy/whatif/").status_code == 200
    url = "/console/policy/whatif/?key=orgs.committee_form"
    data = {"a-on": "2026-01-01", "a-at": "000000", "a-fact_members": "24", "b-fact_members": "25"}
    page = c.post(url, data).content.decode()
    assert "结论：" in page and "须建立基层工会委员会" in page
    wrong = c.post(url, {**data, "b-fact_members": "许多"})
    assert wrong.status_code == 422 and "应是整数" in wrong.content.decode()
    bad = c.post(url, {**data, "b-draft": "label: 草案"})
    assert bad.status_code == 422 and "缺少" in bad.content.decode()


def test_the_changes_page_shows_the_renumbering_of_2022() -> None:
    page = client().get("/console/policy/changes/", {"first": "2021-12-31", "last": "2022-01-01", "at": "000000"}).content.decode()
    assert "2009 修正" in page and "第十一条" in page


def test_a_slip_is_seen_in_scope_and_looks_absent_outside() -> None:
    number = make.slip(path="00010001")
    page = client(Role.CHAIR, "00010001").get(f"/console/policy/slips/{number}/?print=1").content.decode()
    assert "会员人数 24 人 ≥ 会员人数线 25 人：不成立" in page and "会员名册" in page and number in page and 'class="rule" open' in page
    outside = client(Role.CHAIR, "00010002").get(f"/console/policy/slips/{number}/")
    absent = client(Role.CHAIR, "00010002").get("/console/policy/slips/J222222222222/")
    assert outside.status_code == absent.status_code == 404


def test_a_slip_with_its_own_permission_stays_closed_without_it() -> None:
    number = make.slip(path="00010001", perm="accounts.user.edit")
    assert client(Role.CHAIR, "00010001").get(f"/console/policy/slips/{number}/").status_code == 404


def test_the_short_slip_of_workers_names_source_and_next_step() -> None:
    from django.template.loader import render_to_string

    from gonghui.policy import services

    decision = services.decide("members.deemed_left", on=make.DAY, facts={"months_without_dues": 6, "months_without_life": 6})
    text = render_to_string("policy/_slip_short.html", {"slip": decision.as_slip()})
    assert "经教育仍不改" in text and "中国工会章程" in text and "待核对原文" in text


def test_the_api_answers_like_the_command_line() -> None:
    c = client()
    listed = c.get("/api/policy/rules", {"area": "orgs"}).json()
    assert any(r["key"] == "orgs.committee_form" and r["facts"][0]["name"] == "members" for r in listed)
    url = "/api/policy/rules/orgs.committee_form/decide"
    body = {"on": "2026-01-01", "at": "37", "facts": {"members": 24}}
    got = c.post(url, body, content_type="application/json")
    assert got.status_code == 200 and got.json()["outcome"] is False and got.json()["nearest"]["to"] == 25
    assert c.post(url, {**body, "facts": {"membrs": 1}}, content_type="application/json").status_code == 422
    assert c.get(f"/api/policy/slips/{make.slip(path='0001')}").json()["outcome"] is False
    assert c.get(f"/api/policy/slips/{make.slip(path='0002')}").status_code == 404
    assert Client().post(url, body, content_type="application/json").status_code == 403
