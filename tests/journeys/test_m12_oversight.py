"""Audit and publication (M12, journeys 4 and 5): the auditor visits with the 100-point form; a member reads, asks, gets an answer."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.system("S218")
def test_the_auditor_visits_with_the_form_and_a_finding_goes_out_with_its_clause(opened: Any) -> None:
    desk = opened()
    desk.sign_in("auditor")
    page = desk.page
    desk.go("/console/oversight/tasks/")
    desk.shot("m12-o1-tasks")
    desk.go("/console/oversight/tasks/?state=field")
    page.locator("table a.nm").first.click()
    page.wait_for_load_state("load")
    desk.look("m12-o1-task")
    assert "摇号" in desk.text and "抽中的凭证" in desk.text
    task = page.url.removeprefix(desk.site)
    desk.go(task + "scores/")
    page.locator("[name=off-voucher]").fill("4")
    page.locator("[name=why-voucher]").fill("附件缺失")
    desk.look("m12-o1-scores")
    page.get_by_role("button", name="保存评分").click()
    page.wait_for_load_state("load")
    assert "96 分" in desk.text
    desk.go(task + "findings/new/")
    page.locator("[name=title]").fill("慰问没有签收表")
    page.locator("select[name=rule]").select_option("finance.three_systems", force=True)
    page.locator("[name=words]").fill("抽查的慰问支出没有会员签收。")
    page.locator("[name=advice]").fill("补齐签收表，以后当场签字。")
    desk.look("m12-o1-finding-form")
    page.get_by_role("button", name="保存").click()
    page.wait_for_load_state("load")
    assert "慰问没有签收表" in desk.text and "底稿" in desk.text
    while page.get_by_role("button", name="没有问题").count():
        page.get_by_role("button", name="没有问题").first.click()
        page.wait_for_load_state("load")
    page.locator("[name=opinion]").fill("账目真实，签收手续要补齐。")
    page.get_by_role("button", name="出具报告").click()
    page.wait_for_load_state("load")
    desk.look("m12-o1-reported")
    assert "经审〔2026〕" in desk.text and "待整改" in desk.text
    page.get_by_role("link", name="慰问没有签收表").click()
    page.wait_for_load_state("load")
    desk.look("m12-o1-finding")
    desk.go(task + "print/")
    desk.look("m12-o1-report")
    assert "可按种子重算" in desk.text
    _mended(opened(), desk, task)
    _bench(desk)


def _mended(unit: Any, desk: Any, task: str) -> None:
    """Journey 4 to its end: the unit mends with proof on the phone, the auditor looks again, the finding is closed."""
    desk.go(task)
    finding = str(desk.page.get_by_role("link", name="慰问没有签收表").get_attribute("href"))
    unit.sign_in("kuaiji")
    unit.page.set_viewport_size({"width": 375, "height": 812})
    unit.go(finding)
    unit.page.locator("[name=words]").fill("已补签收表，领取人逐一签字。")
    unit.page.locator("[name=papers]").set_input_files({"name": "签收表.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF"})
    unit.look("m12-o1-rectify-phone")
    unit.page.get_by_role("button", name="报告整改").click()
    unit.page.wait_for_load_state("load")
    unit.look("m12-o1-rectified-phone")
    assert "签收表.pdf" in unit.text and unit.page.get_by_role("button", name="复查通过").count() == 0
    desk.go(finding)
    desk.page.locator("[name=opinion]").fill("签收表齐全，整改到位。")
    desk.look("m12-o1-follow-up")
    desk.page.get_by_role("button", name="复查通过").click()
    desk.page.wait_for_load_state("load")
    desk.look("m12-o1-closed")
    assert "复查通过" in desk.text and "办结" in desk.text
    desk.page.set_viewport_size({"width": 375, "height": 812})
    desk.go(task)
    desk.look("m12-o1-task-phone")
    assert "96 分" in desk.text or "96" in desk.text
    desk.page.set_viewport_size({"width": 1366, "height": 768})


def _bench(desk: Any) -> None:
    """Three clicks from a total to the people and papers."""
    page = desk.page
    desk.go("/console/oversight/workbench/?q=瑞丰塑料")
    page.locator("table a.nm").first.click()
    page.wait_for_load_state("load")
    desk.look("m12-o2-board")
    page.locator("section[aria-label=支出] a.nm").first.click()
    page.wait_for_load_state("load")
    desk.look("m12-o2-total")
    assert "与总数一致" in desk.text
    page.locator("table a.nm").first.click()
    page.wait_for_load_state("load")
    desk.look("m12-o2-trail")
    assert "经手的人" in desk.text and "规则和决定单" in desk.text
    desk.go("/console/oversight/overrides/")
    desk.shot("m12-o2-overrides")


@pytest.mark.system("S219")
@pytest.mark.system("S221")
def test_a_member_reads_the_statement_asks_and_gets_an_answer(opened: Any) -> None:
    phone = opened(phone=True)
    phone.sign_in_worker("15400000000")
    phone.go("/m/oversight/statements/")
    phone.shot("m12-o3-phone-list")
    phone.page.locator(".m-list a").first.click()
    phone.page.wait_for_load_state("load")
    phone.page.locator("[name=words]").fill("下半年的慰问为什么不发现金？")
    phone.page.get_by_role("button", name="提交").click()
    phone.page.wait_for_load_state("load")
    phone.look("m12-o3-phone-asked")
    phone.narrow()
    assert "待答复" in phone.text
    phone.go("/m/oversight/faq/")
    phone.look("m12-o3-phone-faq")

    desk = opened()
    desk.sign_in("township")
    desk.go("/console/oversight/statements/")
    desk.shot("m12-o3-statements")
    desk.page.locator("tr:has-text('待答') a.nm").first.click()
    desk.page.wait_for_load_state("load")
    desk.look("m12-o3-statement")
    assert "不显示提问人" in desk.text
    desk.page.get_by_role("link", name="答复", exact=True).first.click()
    desk.page.wait_for_load_state("load")
    desk.page.locator("[name=answer]").fill("超过限额的一律转账，慰问不发现金。")
    desk.page.locator("select[name=rule]").select_option("finance.cash_limit", force=True)
    desk.page.locator("[name=public]").check()
    desk.look("m12-o3-answer")
    desk.page.get_by_role("button", name="答复", exact=True).click()
    desk.page.wait_for_load_state("load")
    assert "超过限额的一律转账" in desk.text
    phone.go("/m/oversight/statements/")
    phone.page.locator(".m-list a").first.click()
    phone.page.wait_for_load_state("load")
    phone.look("m12-o3-phone-answered")
    assert "超过限额的一律转账" in phone.text
    phone.narrow()
    phone.page.set_viewport_size({"width": 1366, "height": 768})
    phone.look("m12-o3-desk-answered")  # the member at a desk reads the same
    desk.go("/console/oversight/classes/")
    desk.shot("m12-o3-classes")
    desk.page.locator("table a.nm").first.click()
    desk.page.wait_for_load_state("load")
    desk.look("m12-o3-class")
