"""Money coming in as people live it (M12): the yearly off-establishment check, the accountant's dues, the member's own page."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.system("S212")
def test_unit_finance_is_reminded_confirms_and_the_allocation_is_tracked(opened: Any) -> None:
    """Journey 3: the reminder stands in the list, both sides confirm the same number, the money is followed to arrival."""
    unit = opened()
    unit.sign_in("caiwu")
    unit.go("/console/inbox/")
    unit.shot("m12-3-inbox")
    assert "非在编" in unit.text, unit.text[:900]
    unit.go("/console/income/staff/?state=reminded")
    unit.shot("m12-3-staff")
    unit.page.locator("table a.nm").first.click()
    unit.page.wait_for_load_state("load")
    page, where = unit.page, unit.page.url
    page.locator("form[action$='/unit/'] input[name=count]").fill("8")
    page.locator("form[action$='/unit/'] input[name=wage]").fill("336000")
    page.get_by_role("button", name="确认人数").click()
    page.wait_for_load_state("load")
    unit.look("m12-3-confirmed-by-unit")
    page.set_viewport_size({"width": 375, "height": 812})
    unit.look("m12-3-confirmed-by-unit-phone")
    page.set_viewport_size({"width": 1366, "height": 768})
    assert "待财政核对" in unit.text

    treasury = opened()
    treasury.sign_in("city")
    treasury.page.goto(where)
    page = treasury.page
    page.locator("form[action$='/finance/'] input[name=count]").fill("8")
    page.locator("form[action$='/finance/'] input[name=office]").fill("市财政局预算科")
    page.get_by_role("button", name="登记财政人数").click()
    page.wait_for_load_state("load")
    assert "已确认，待到账" in treasury.text
    page.locator("form[action$='/arrive/'] input[name=reference]").fill("CZ-2026-900")
    page.get_by_role("button", name="登记到账").click()
    page.wait_for_load_state("load")
    treasury.look("m12-3-arrived")
    unit.page.set_viewport_size({"width": 375, "height": 812})
    unit.page.goto(where)
    unit.look("m12-3-tracked-phone")
    assert "已到账" in unit.text
    assert "已到账" in treasury.text
    assert "¥6,720.00" in treasury.text  # 336,000 × 2 %


@pytest.mark.system("S211")
def test_the_accountant_sees_what_is_owed_and_the_member_the_own_dues(opened: Any) -> None:
    """Overview, list, reconciliation on the desk; 我的会费 on the phone."""
    desk = opened()
    desk.sign_in("kuaiji")
    for name, path in [
        ("home", "/console/income/"), ("levy", "/console/income/levy/"), ("dues", "/console/income/dues/"), ("recons", "/console/income/recon/"),
        ("receipts", "/console/income/receipts/"),
    ]:  # fmt: skip
        desk.go(path)
        desk.shot(f"m12-income-{name}")
    desk.go("/console/income/recon/")
    desk.page.locator("table a.nm").first.click()
    desk.page.wait_for_load_state("load")
    desk.look("m12-income-recon")
    assert "原因合计相等" in desk.text
    assert "原因合计不等" not in desk.text
    phone = opened(phone=True)
    phone.sign_in_worker("15400000000")
    phone.go("/m/income/dues/")
    phone.shot("m12-income-dues-phone")
    phone.narrow()
    assert "会费" in phone.text
