"""Benefits as a member, a shop and the federation meet them: offers and codes, the waived fee, recuperation (S173, S174, S185)."""

from __future__ import annotations

import re
from typing import Any

import pytest

WORKER = "15400000000"


@pytest.mark.system("S173", "S174", "S185")
def test_a_member_takes_a_code_the_shop_uses_it_and_nobody_sees_whose_it_was(opened: Any) -> None:
    """The officer hands the counter's address over, the member takes a piece on the phone, the shop uses it; then the fee and the stays."""
    desk = opened()
    desk.sign_in("city")
    desk.go("/console/benefits/")
    desk.look("m10-benefits-offers-desktop")
    assert "会员畅享话费套餐" in desk.text
    desk.page.get_by_role("link", name="双人工作餐").first.click()
    desk.look("m10-benefits-offer-desktop")
    desk.page.get_by_role("link", name="海味人家").first.click()
    desk.look("m10-benefits-merchant-desktop")
    desk.page.get_by_role("link", name="核销页告知单").click()
    desk.look("m10-benefits-poster-desktop")
    till_address = desk.page.inner_text(".b-link").strip().removeprefix(desk.site)
    for path, name in (
        ("merchants/", "merchants"), ("usage/", "usage"), ("counts/", "counts"), ("fees/", "schemes"), ("hospitals/", "hospitals"), ("stays/", "stays"),
        ("stays/past/", "past"), ("stays/honours/", "honours"), ("stays/statistics/", "statistics"),
    ):  # fmt: skip
        desk.go(f"/console/benefits/{path}")
        desk.look(f"m10-benefits-{name}-desktop")

    phone = opened(phone=True)
    phone.sign_in_worker(WORKER)
    phone.go("/m/benefits/")
    phone.look("m10-benefits-home-phone")
    phone.narrow()
    phone.page.get_by_role("link", name=re.compile("双人工作餐")).click()
    phone.look("m10-benefits-offer-phone")
    phone.narrow()
    phone.page.get_by_role("button", name="领取").click()
    phone.page.wait_for_url("**/codes/**")
    phone.look("m10-benefits-code-phone")
    phone.narrow()
    code = phone.page.inner_text(".ticket .code").strip()
    assert len(code.replace(" ", "")) == 12

    till = opened(phone=True)
    till.go(till_address)
    till.page.get_by_label("券码").fill(code)
    till.page.get_by_role("button", name="查券码").click()
    till.page.wait_for_load_state("load")
    till.look("m10-benefits-counter-phone")
    till.narrow()
    assert "可以核销" in till.text and "69.00" in till.text
    till.page.get_by_role("button", name=re.compile("核销，收")).click()
    till.page.wait_for_load_state("load")
    till.look("m10-benefits-counter-used-phone")
    assert "核销好了" in till.text
    till.page.get_by_label("券码").fill(code)
    till.page.get_by_role("button", name="查券码").click()
    till.page.wait_for_load_state("load")
    till.look()
    assert "已使用" in till.text  # once and never again
    phone.page.reload()
    phone.look()
    assert "已使用" in phone.text

    phone.go("/m/benefits/fees/")
    phone.look("m10-benefits-fees-phone")
    phone.narrow()
    assert "单位和单位工会都看不到" in phone.text
    phone.go("/m/benefits/stays/")
    phone.look("m10-benefits-stays-phone")
    phone.narrow()
    phone.page.get_by_role("link", name=re.compile("秋季一线职工疗休养")).click()
    phone.page.wait_for_load_state("load")
    phone.look("m10-benefits-stay-phone")
    phone.narrow()
    assert re.search(r"第 \d+ 位", phone.text)
    phone.page.get_by_role("link", name="公示名单").click()
    phone.page.wait_for_load_state("load")
    phone.look("m10-benefits-stay-list-phone")
    phone.narrow()

    chair = opened()
    chair.sign_in("chair")
    chair.go("/console/benefits/counts/")
    chair.look("m10-benefits-counts-chair-desktop")
    assert "看不到是谁、去了哪里" in chair.text
    assert chair.page.goto(chair.site + "/console/benefits/fees/").status == 403
    desk.go("/console/benefits/stays/")
    desk.page.get_by_role("link", name="秋季一线职工疗休养").first.click()
    desk.look("m10-benefits-programme-desktop")
    desk.page.locator("#list a.nm").first.click()
    desk.look("m10-benefits-application-desktop")
    desk.go("/console/benefits/fees/")
    desk.page.locator("td a.nm").first.click()
    desk.look("m10-benefits-scheme-desktop")
