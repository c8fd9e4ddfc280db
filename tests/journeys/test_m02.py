"""Membership as people live it (M02): the migrant worker on the phone, the clerk with the payroll list, the one who changes job."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys import sheets

WORKER = "15911110001"


@pytest.mark.system("S043", "S044", "S037")
@pytest.mark.bar(4)
def test_a_migrant_worker_joins_by_phone_and_counts_after_the_third_gate(opened: Any) -> None:
    """Fills in, signs, is approved, confirms the card; the batch counts the member only then."""
    phone = opened(phone=True)
    phone.sign_in_worker(WORKER)
    phone.shot("m02-1-welcome-phone")
    phone.go("/m/members/join/")
    page = phone.page
    page.get_by_label("姓名", exact=True).fill("牛小满")
    page.get_by_label("身份证号").fill(sheets.id_number(77))
    page.get_by_label("工作单位").fill("江州市民生家电商行")
    page.locator("input[name=signed_name]").fill("牛小满")
    page.locator("input[name=agree]").check()
    phone.look("m02-1-join-phone")
    phone.narrow()
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_load_state("load")
    phone.look("m02-1-submitted-phone")
    assert "受理工会" in phone.text, phone.text

    desk = opened()
    desk.sign_in("city")
    desk.go("/console/members/joining/")
    desk.shot("m02-1-joining")
    page = desk.page
    page.get_by_role("link", name="牛小满").first.click()
    desk.look("m02-1-application")
    page.locator("form[action$='/approve/'] button").click()
    page.wait_for_load_state("load")
    desk.look("m02-1-approved")
    assert "已批准" in page.inner_text("body")

    phone.go("/m/members/card/")
    phone.shot("m02-1-card-phone")
    assert "待领取" in phone.text
    phone.page.get_by_role("button", name="确认领取").click()
    phone.page.wait_for_load_state("load")
    phone.look("m02-1-card-confirmed-phone")
    assert "有效" in phone.text and "待领取" not in phone.text


@pytest.mark.system("S041", "S046")
def test_a_clerk_compares_the_payroll_and_prints_the_rosters(opened: Any, tmp_path: Any) -> None:
    """A difference list of new people and leavers; nobody's membership changes; the roster is printed."""
    desk = opened()
    desk.sign_in("chair")
    page = desk.page
    desk.go("/console/members/comparisons/")
    page.locator("input[type=file]").set_input_files({"name": "工资表.csv", "mimeType": "text/csv", "buffer": sheets.payroll()})
    if page.locator("input[name=name]").count():
        page.locator("input[name=name]").fill("六月工资表")
    page.get_by_role("button", name="开始比对").click()
    page.wait_for_load_state("load")
    desk.look("m02-2-comparison")
    assert "名单 2 人" in desk.text, desk.text[:500]
    desk.go("/console/members/rosters/")
    desk.shot("m02-2-rosters")
    desk.go("/console/members/rosters/print/?kind=members")
    desk.shot("m02-2-roster-print")


@pytest.mark.system("S042")
def test_a_worker_who_changes_job_is_never_without_a_union(opened: Any) -> None:
    """Asks for a transfer on the phone; the membership stays where it is until the other side accepts."""
    phone = opened(phone=True)
    phone.sign_in_worker("15400000000")
    phone.go("/m/members/")
    phone.shot("m02-3-home-phone")
    phone.narrow()
    phone.go("/m/members/transfer/")
    phone.look("m02-3-transfer-phone")
    phone.narrow()
    phone.page.locator("[name=target], [name=words], form[id] input[type=text]").first.fill("云杉镇东兴片区工会联合会")
    phone.page.get_by_role("button", name="提交转会").click()
    phone.page.wait_for_load_state("load")
    phone.look("m02-3-asked-phone")
    assert "白桦镇东兴片区工会联合会" in phone.text, phone.text  # still a member there until the other side accepts
