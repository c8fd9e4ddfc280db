"""Figures, roles and the log (M16)."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.system("S269")
def test_the_statistician_sees_numerator_denominator_date_and_the_gap(opened: Any) -> None:
    """91.9x % counted, 98 % claimed: both stand there, with what is missing, down to the records."""
    desk = opened()
    desk.sign_in("city")
    desk.shot("m16-1-workbench")
    desk.go("/console/figures/rates/")
    desk.shot("m16-1-rates")
    assert "91.9" in desk.text and "/" in desk.text
    desk.go("/console/figures/reported/")
    desk.shot("m16-1-reported")
    assert "98" in desk.text and "91.9" in desk.text and "2025" in desk.text
    for path in ("/console/figures/trend/", "/console/figures/definitions/", "/console/figures/"):
        desk.go(path)
    desk.shot("m16-1-figures")


@pytest.mark.system("S269")
def test_two_rates_that_contradict_are_shown_side_by_side(opened: Any) -> None:
    """98.5 % and 98.3 % of two papers: each with its date, source and the count of that day."""
    desk = opened()
    desk.sign_in("city")
    page = desk.page
    for claimed, source in (("98.5%", "上半年总结"), ("98.3%", "宣传材料")):
        desk.go("/console/figures/reported/new/")
        page.locator("select[name=key]").select_option("rate.joining")
        page.locator("input[name=on]").fill("2025-06-30")
        page.locator("input[name=claimed]").fill(claimed)
        page.locator("input[name=source]").fill(source)
        page.locator("form:has(input[name=claimed]) button[type=submit], form:has(input[name=claimed]) button:not([type])").last.click()
        page.wait_for_load_state("load")
        desk.look()
    desk.go("/console/figures/reported/")
    desk.shot("m16-2-reported")
    assert "98.5" in desk.text and "98.3" in desk.text and "宣传材料" in desk.text


@pytest.mark.system("S273")
def test_the_security_administrator_gives_a_role_and_no_more(opened: Any) -> None:
    """Least privilege: roles and their rights are listed; a system administrator cannot give one."""
    desk = opened()
    desk.sign_in("secadmin")
    desk.go("/console/accounts/roles/")
    desk.shot("m16-3-roles")
    desk.go("/console/accounts/users/")
    desk.page.get_by_role("link", name="李秀兰").first.click()
    desk.look("m16-3-user")
    assert "工会主席" in desk.text
    other = opened()
    other.sign_in("sysadmin")
    assert other.page.goto(other.site + "/console/members/").status == 403
    other.look("m16-3-refused")


@pytest.mark.system("S273")
def test_the_auditor_reads_who_did_what_and_why(opened: Any) -> None:
    """A number opened with a reason stands in the log with the one who opened it."""
    desk = opened()
    desk.sign_in("township")
    desk.go("/console/members/")
    page = desk.page
    page.locator("main table a.nm").first.click()
    desk.look("m16-4-member")
    page.locator("details:has(select[name=reason_code]) > summary").first.click()
    page.locator("select[name=reason_code]").select_option("verify")
    page.locator("input[name=reason], textarea[name=reason]").first.fill("核对本人证件")
    page.locator("form:has(select[name=reason_code]) button").last.click()
    page.wait_for_load_state("load")
    desk.look("m16-4-revealed")
    audit = opened()
    audit.sign_in("auditadmin")
    audit.go("/console/accounts/audit/")
    audit.shot("m16-4-audit")
    assert "核对本人证件" in audit.text or "people.person.revealed" in audit.text or "查看" in audit.text
