"""The register (M01): the bridge of a year, a project union, two leaderships."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest


@pytest.mark.system("S002")
def test_the_bridge_of_the_year_balances_before_the_report_is_released(opened: Any) -> None:
    """Opening + new − written off = closing, and only a balanced report can go out."""
    desk = opened()
    desk.sign_in("city")
    page = desk.page
    desk.go("/console/figures/bridge/")
    desk.shot("m01-2-bridge")
    assert "平衡" in desk.text or "=" in desk.text
    desk.go("/console/orgs/duplicates/")
    desk.shot("m01-2-duplicates")
    desk.go("/console/figures/reports/")
    desk.shot("m01-2-reports")
    if page.get_by_role("button", name=re.compile("编制")).count():
        page.get_by_role("button", name=re.compile("编制")).first.click()
    else:
        # The demo has released the year already: a correction is a new version and goes the same way.
        page.locator("main table a", has_text="2025").first.click()
        page.locator("form[action$='/correct/'] textarea").fill("核对后重新发布")
        page.get_by_role("button", name="出更正版").click()
    page.wait_for_load_state("load")
    desk.look("m01-2-report-draft")
    assert "发布报表" not in desk.text  # not before it was checked
    page.locator("form[action$='/check/'] button").click()
    desk.look("m01-2-report-checked")
    assert "核对结果" in desk.text, desk.text[:600]
    page.locator("form[action$='/release/'] button").click()
    desk.look("m01-2-report-released")
    assert "已发布" in desk.text and "96 + 1 − 7 = 90" in desk.text.replace("  ", " "), desk.text[:900]


@pytest.mark.system("S019")
def test_a_project_of_six_months_gets_a_union_a_shorter_one_an_organiser(opened: Any) -> None:
    desk = opened()
    desk.sign_in("city")
    for months, built in ((3, False), (9, True)):
        desk.go("/console/orgs/unions/new/")
        page = desk.page
        page.locator("[name=parent]").fill("白桦镇工会委员会")
        page.locator("select[name=kind]").select_option("project")
        page.locator("[name=name]").fill(f"白桦大桥项目{months}个月工会")
        start = date.today()
        page.locator("[name=planned_start]").fill(start.isoformat())
        page.locator("[name=planned_end]").fill((start + timedelta(days=31 * months)).isoformat())
        page.get_by_role("button", name="组建工会").click()
        page.wait_for_load_state("load")
        desk.look(f"m01-3-project-{months}")
        assert (f"项目{months}个月" in page.locator("h1").inner_text()) is built, desk.text[:700]
        if not built:
            assert "组织员" in desk.text


@pytest.mark.system("S024")
def test_the_pages_of_a_union_show_its_leadership(opened: Any) -> None:
    desk = opened()
    desk.sign_in("city")
    desk.go("/console/orgs/unions/")
    desk.page.get_by_role("link", name="白桦镇工会委员会").first.click()
    desk.look("m01-5-union")
    desk.press("第二领导关系")
    desk.page.locator("[name=upper]").fill("云杉镇工会委员会")
    desk.page.locator("[name=since]").fill("2025-06-01")
    desk.page.locator("form:has([name=upper]) button[type=submit]").click()
    desk.page.wait_for_load_state("load")
    desk.look("m01-5-two-lines")
    assert "云杉镇工会委员会" in desk.text, desk.text[:900]
    for path in ("/console/orgs/employers/", "/console/orgs/spots/", "/console/orgs/map/", "/console/orgs/lapsed/"):
        desk.go(path)
        desk.shot("m01" + path.replace("/", "-").rstrip("-"))
