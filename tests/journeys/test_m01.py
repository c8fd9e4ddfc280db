"""The register (M01): the bridge of a year, a project union, two leaderships."""

from __future__ import annotations

import re
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
    prepare = page.get_by_role("button", name=re.compile("编制"))
    if prepare.count():
        prepare.first.click()
        page.wait_for_load_state("load")
        desk.look("m01-2-report-draft")


@pytest.mark.system("S019")
def test_a_project_of_six_months_gets_a_union_a_shorter_one_an_organiser(opened: Any) -> None:
    desk = opened()
    desk.sign_in("city")
    desk.go("/console/orgs/unions/new/")
    desk.shot("m01-3-new")
    assert "项目" in desk.page.inner_html("main")


@pytest.mark.system("S024")
def test_the_pages_of_a_union_show_its_leadership(opened: Any) -> None:
    desk = opened()
    desk.sign_in("city")
    desk.go("/console/orgs/unions/")
    desk.page.get_by_role("link", name="白桦镇工会委员会").first.click()
    desk.look("m01-5-union")
    assert "领导" in desk.text or "隶属" in desk.text
    for path in ("/console/orgs/employers/", "/console/orgs/spots/", "/console/orgs/map/", "/console/orgs/lapsed/"):
        desk.go(path)
        desk.shot("m01" + path.replace("/", "-").rstrip("-"))
