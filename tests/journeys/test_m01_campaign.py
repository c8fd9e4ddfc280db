"""A concentrated drive as people live it (M01): the organisation officer, a team leader at the phone, the account settled by name."""

from __future__ import annotations

from typing import Any

import pytest

TABS = ("", "progress", "stuck", "teams", "plan", "publicity", "services", "inspections", "charges", "sites", "rates")


@pytest.mark.system("S031", "S033", "S034", "S038")
def test_the_officer_sees_progress_by_team_and_settles_by_name(opened: Any) -> None:
    """M01-4: progress by team against the register, who is stuck, publicity with proof, an impossible rate refused."""
    desk = opened()
    desk.sign_in("zuzhi")
    page = desk.page
    desk.go("/console/campaigns/")
    desk.look("m01-4-list")
    page.get_by_role("link", name="农民工入会集中行动").click()
    page.wait_for_load_state("load")
    room = page.url.split("?")[0].removeprefix(desk.site)
    for tab in TABS:
        desk.go(f"{room}?tab={tab}")
        desk.shot(f"m01-4-room-{tab or 'overview'}")
    desk.go(f"{room}?tab=progress")
    total = page.locator("tr", has_text="全行动").locator("td[data-th='新会员（已领证）'] a")
    counted = int(total.inner_text())
    total.click()
    page.wait_for_load_state("load")
    desk.look("m01-4-records")
    assert page.locator("ul.rows li").count() == min(20, counted) > 0
    desk.go(f"{room}?tab=rates")
    page.get_by_text("登记申报的率").last.click()
    for label, value in (("名称", "组建率"), ("分子", "34"), ("分子是什么", "新建工会"), ("上报的百分比", "99%"), ("截至", "2026-01-01")):
        page.locator("details[open]").get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="核对并登记").click()
    page.wait_for_load_state("load")
    desk.look("m01-4-impossible-rate")
    assert "没有哪个整数分母能让 34 得出 99%" in desk.text
    desk.go(f"{room}?tab=charges")
    row = page.locator("tbody tr").first
    row.get_by_label("的说明").fill("还在发展，下周继续")
    row.get_by_role("button", name="结账").click()
    page.wait_for_load_state("load")
    desk.look("m01-4-settled")
    assert "数到" in page.locator("tbody tr").first.inner_text()
    with page.expect_download() as got:
        page.evaluate("path => { const a = document.createElement('a'); a.href = path; a.click(); }", f"{room}files/party/")
    assert got.value.suggested_filename.endswith(".xlsx")


@pytest.mark.system("S029", "S030", "S035", "S032")
def test_dashboards_the_finished_drive_and_its_report(opened: Any) -> None:
    desk = opened()
    desk.sign_in("city")
    page = desk.page
    for name in ("sectors", "zones", "two-new", "categories", "new"):
        desk.go(f"/console/campaigns/{name}/")
        desk.shot(f"m01-4-{name}")
    desk.go("/console/campaigns/zones/")
    page.locator("a.nm").first.click()
    page.wait_for_load_state("load")
    desk.look("m01-4-zone")
    assert "优先" in desk.text
    desk.go("/console/campaigns/?state=closed")
    page.get_by_role("link", name="货车司机入会集中行动").click()
    page.wait_for_load_state("load")
    page.get_by_role("link", name="行动报告").click()
    page.wait_for_load_state("load")
    desk.look("m01-4-report")
    assert "司机之家先服务后入会" in desk.text and "潘玉兰" in desk.text


@pytest.mark.system("S033", "S034")
def test_a_team_leader_at_the_phone(opened: Any) -> None:
    """Today's numbers, who is stuck, a publicity item logged with one hand; without proof it is not taken."""
    phone = opened(phone=True)
    phone.sign_in("organiser")
    page = phone.page
    phone.go("/m/campaigns/")
    phone.look("m01-4-phone-teams")
    page.locator(".m-list a").first.click()
    page.wait_for_load_state("load")
    phone.look("m01-4-phone-team")
    phone.narrow()
    page.get_by_text("登记宣传").first.click()
    form = page.locator("form[action$='/publicity/']")
    form.get_by_label("战线").select_option("network")
    form.get_by_label("渠道").fill("微信")
    form.get_by_label("标题").fill("工地夜校开课")
    form.get_by_label("覆盖人次").fill("120")
    form.get_by_role("button", name="登记宣传").click()
    page.wait_for_load_state("load")
    phone.look("m01-4-phone-refused")
    assert "链接或证明材料" in phone.text
    page.locator("form[action$='/publicity/']").get_by_label("链接").fill("https://gh.example.cn/2026/9")
    page.locator("form[action$='/publicity/']").get_by_role("button", name="登记宣传").click()
    page.wait_for_load_state("load")
    phone.look("m01-4-phone-logged")
    assert "已登记宣传" in phone.text
