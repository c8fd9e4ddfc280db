"""Money of a union as three people handle it (M12): budget, payment, the cashier, the bank's list, assets; on the desk and on the phone."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.system("S209")
def test_the_budget_shows_what_is_left_with_its_ground(opened: Any) -> None:
    desk = opened()
    desk.sign_in("kuaiji")
    desk.go("/console/treasury/budgets/?state=in_force")
    desk.shot("m12-t1-budgets")
    desk.page.locator("table a.nm").first.click()
    desk.page.wait_for_load_state("load")
    desk.look("m12-t1-budget")
    assert "执行数" in desk.text and "经审会审查" in desk.text and "收支平衡" in desk.text
    desk.go("/console/treasury/budgets/whole/")
    desk.shot("m12-t1-whole")


@pytest.mark.system("S210", "S215")
def test_three_people_and_an_unknown_outcome_that_is_never_sent_again(opened: Any) -> None:
    """The clerk sees it, cannot ask anew; the cashier compares and pays the batch that was approved."""
    desk = opened()
    desk.sign_in("kuaiji")
    desk.go("/console/treasury/payments/")
    desk.shot("m12-t2-payments")
    assert "银行没有给出结果" in desk.text
    desk.go("/console/treasury/payments/?state=unknown")
    desk.page.locator("table a.nm").first.click()
    desk.page.wait_for_load_state("load")
    desk.look("m12-t2-unknown")
    assert "不会重发" in desk.text and desk.page.get_by_role("button", name="另开一笔付款").count() == 0

    cashier = opened(phone=True)
    cashier.sign_in("chuna")
    cashier.go("/console/treasury/cashier/")
    cashier.shot("m12-t2-cashier-phone")
    cashier.narrow()
    cashier.page.get_by_role("link", name="去付款").first.click()
    cashier.page.wait_for_load_state("load")
    cashier.look("m12-t2-batch-phone")
    assert "内容和核准时的摘要一致" in cashier.text


@pytest.mark.system("S210")
def test_the_bank_list_is_matched_and_the_rest_stands_on_both_sides(opened: Any) -> None:
    desk = opened()
    desk.sign_in("kuaiji")
    desk.go("/console/treasury/accounts/")
    desk.shot("m12-t3-accounts")
    desk.page.locator("table a.nm").first.click()
    desk.page.wait_for_load_state("load")
    desk.look("m12-t3-account")
    assert "印刷费，凭证未到" in desk.text
    desk.page.get_by_role("button", name="编制", exact=True).click()
    desk.page.wait_for_load_state("load")
    desk.look("m12-t3-reconciliation")
    assert "调节后账面余额" in desk.text


@pytest.mark.system("S214", "S220")
def test_clothing_is_the_unions_and_comes_back_and_a_project_shows_its_money(opened: Any) -> None:
    desk = opened()
    desk.sign_in("kuaiji")
    desk.go("/console/treasury/assets/?kind=clothing&state=issued")
    desk.shot("m12-t4-clothing")
    desk.page.locator("table a.nm").first.click()
    desk.page.wait_for_load_state("load")
    desk.look("m12-t4-piece")
    assert "归购置单位所有" in desk.text
    desk.page.get_by_role("button", name="交回入库").click()
    desk.page.wait_for_load_state("load")
    desk.look("m12-t4-returned")
    assert "在库" in desk.text
    desk.go("/console/treasury/projects/")
    desk.page.locator("table a.nm").first.click()
    desk.page.wait_for_load_state("load")
    desk.look("m12-t4-project")
    assert "资金来源" in desk.text


@pytest.mark.system("S209")
def test_the_final_account_is_sent_back_with_a_reason_and_unions_without_a_budget_are_reminded(opened: Any) -> None:
    """The city reads what the chair's union reported, on the desk and on the phone, sends it back, and reminds of budgets."""
    town = opened()
    town.sign_in("city")
    page = town.page
    town.go("/console/treasury/finals/?state=reported")
    town.shot("m12-t5-finals")
    page.locator("table a.nm").first.click()
    page.wait_for_load_state("load")
    town.look("m12-t5-final")
    assert "和预算比较" in town.text and "账实相符" in town.text and "程序" in town.text
    page.set_viewport_size({"width": 375, "height": 812})
    town.look("m12-t5-final-phone")
    page.set_viewport_size({"width": 1366, "height": 768})
    where = page.url.removeprefix(town.site)
    town.go(where + "?print=1")
    town.look("m12-t5-final-print")
    town.go(where)
    page.get_by_role("button", name="退回").click()
    page.wait_for_load_state("load")
    assert "退回要写明理由" in page.inner_text("body")
    page.locator("[name=reason]").fill("会员活动少支较多，请写清原因")
    page.get_by_role("button", name="退回").click()
    page.wait_for_load_state("load")
    town.look("m12-t5-final-returned")
    assert "上一级退回" in town.text and "会员活动少支较多" in town.text
    town.go("/console/treasury/budgets/whole/?year=2025")
    town.shot("m12-t5-whole")
    if page.get_by_role("button", name="提醒这些工会编预算").count():
        town.press("提醒这些工会编预算")
        town.look("m12-t5-reminded")
        assert "提醒过" in town.text
