"""Spending (M12): the accountant's prize is refused with clause and nearest plan; the chair's Mid-Autumn planner with its gauge."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

BEIJING = "110105"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def _area(data: Path, area: str) -> str:
    """Let the chair's union stand elsewhere, as a set-up beside the server; gives the region it had."""
    with sqlite3.connect(data / "gonghui.sqlite3", timeout=30) as db:
        pk, before = db.execute(
            "SELECT u.id, u.area FROM orgs_union u JOIN spending_plan p ON p.union_id = u.id WHERE p.kind = 'birthday' LIMIT 1"
        ).fetchone()
        db.execute("UPDATE orgs_union SET area = ? WHERE id = ?", (area, pk))
    return str(before)


def _plan(desk: Any, each: str) -> None:
    page = desk.page
    desk.go("/console/spending/new/activity/")
    page.locator("[name=title]").fill("秋季职工联欢")
    page.locator("[name=on]").fill("2026-11-20")
    page.locator("[name=who][value=count]").check()
    page.locator("[name=count]").fill("40")
    page.locator("[name='line-0-use']").select_option("participation")
    page.locator("[name='line-0-unit_fen']").fill(each)
    page.locator("[name='line-0-quantity']").fill("40")
    page.get_by_role("button", name="看能不能办").click()
    page.wait_for_load_state("load")


@pytest.mark.system("S213")
@pytest.mark.system("S217")
def test_the_accountants_prize_and_the_chairs_festival_in_a_district_of_beijing(city: Path, opened: Any) -> None:
    """The chair's union as if it stood in a district of Beijing, whose figures are the ones of the source; put back at the end."""
    before = _area(city, BEIJING)
    try:
        clerk, chair = opened(), opened()
        _prize(clerk)
        voucher = _voucher(clerk)
        _festival(chair, opened(phone=True))
        _quotes(chair)
        _checked(clerk, chair, voucher)
    finally:
        _area(city, before)


def _prize(desk: Any) -> None:
    """160 yuan each is refused, the clause is quoted, the plan that passes is named, and it passes."""
    desk.sign_in("kuaiji")
    _plan(desk, "160")
    desk.shot("m12-spending-refused")
    assert "不能办" in desk.text and "职工文体活动参与奖的标准为人均不超过150元" in desk.text, desk.text[:900]
    assert "¥150.00 以内" in desk.text, desk.text[:900]
    assert desk.page.get_by_role("button", name="送主席确认").count() == 0
    _plan(desk, "150")
    desk.shot("m12-spending-allowed")
    desk.page.get_by_role("button", name="送主席确认").click() if desk.page.locator("#s-reason").count() == 0 else _with_reason(desk)
    desk.page.wait_for_load_state("load")
    desk.look("m12-spending-submitted")
    assert "等主席确认" in desk.text, desk.text[:900]


def _voucher(desk: Any) -> str:
    """Journey 1: the same prize entered as a voucher is blocked with the clause and the allowed amount; gives its address."""
    page = desk.page
    desk.go("/console/finance/")
    book = str(page.get_by_role("link", name="本单位账套").get_attribute("href"))
    desk.go(book + "new/?event=prize")
    for name, value in (("amount", "6400"), ("words", "秋季联欢参与奖"), ("participants", "40"), ("winners", "40"), ("on", "2026-11-20")):
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="先看规定").click()
    page.get_by_text("最多可以用").first.wait_for()  # the heading stands there before the answer comes
    desk.look("m12-1-voucher-look")
    for words in ("不能通过", "职工文体活动参与奖的标准为人均不超过150元", "最多可以用 ¥6,000.00", "人均从 ¥160.00 降到 ¥150.00 以内"):
        assert words in desk.text, desk.text[:1200]
    page.get_by_role("button", name="保存，送审核").click()
    page.get_by_role("heading", name="秋季联欢参与奖").wait_for()
    phone_size(desk)
    desk.look("m12-1-voucher-blocked-phone")
    assert "不能通过" in desk.text
    desk_size(desk)
    return re.sub(r"^https?://[^/]+", "", page.url)


def _checked(clerk: Any, chair: Any, voucher: str) -> None:
    """The chair cannot let it through; at 150 yuan each the accountant's correction passes the rule."""
    chair.go(voucher)
    assert chair.page.get_by_role("button", name="审核通过").is_disabled()
    phone_size(chair)
    chair.look("m12-1-voucher-chair-phone")
    desk_size(chair)
    clerk.go(voucher + "edit/")
    clerk.look("m12-1-voucher-edit")
    clerk.page.locator("[name=amount]").fill("6000")
    clerk.page.get_by_role("button", name=re.compile("保存")).first.click()
    clerk.page.wait_for_load_state("load")
    clerk.look("m12-1-voucher-corrected")
    assert "超过参与奖的人均标准" not in clerk.text, clerk.text[:1200]  # what the budget says is another matter


def _quotes(desk: Any) -> None:
    """The gifts bought after three quotations: moon cakes and cards cannot be listed, one is chosen, the list to sign is printed."""
    page = desk.page
    desk.go("/console/spending/new/festival/")
    page.locator("[name=on]").fill("2026-11-20")
    page.locator("[name=festival]").select_option("mid_autumn")
    page.locator("[name=who][value=all]").check()
    people = _roll_of(desk)
    page.locator("[name='line-0-words']").fill("米面礼包")
    page.locator("[name='line-0-unit_fen']").fill("100")
    page.locator("[name='line-0-quantity']").fill(str(people))
    page.get_by_role("button", name="看能不能办").click()
    page.wait_for_load_state("load")
    page.get_by_role("link", name="列物品、登报价").click()
    page.wait_for_load_state("load")
    desk.look("m12-2-quotes-empty")
    for name, refused in (("广式月饼", "不能作节日慰问品"), ("超市购物卡", "不能作节日慰问品"), ("大米", "")):
        page.locator("[name=name]").fill(name)
        page.get_by_role("button", name="列入清单").click()
        page.wait_for_load_state("load")
        assert (refused in desk.text) if refused else ("还没有列物品" not in desk.text), desk.text[:900]
        if refused:
            desk.look(f"m12-2-goods-refused-{len(name)}")
            assert "区级工会经费使用问答" in desk.text
    for supplier, yuan in (("江州惠民超市", "88"), ("江州青松粮油店", "92.50"), ("白桦商贸有限公司", "90")):
        page.locator("[name=supplier]").fill(supplier)
        page.locator("[name^=price-]").fill(yuan)
        page.locator("[name=paper]").set_input_files({"name": "报价单.pdf", "mimeType": "application/pdf", "buffer": PDF})
        page.get_by_role("button", name="登记报价").click()
        page.wait_for_load_state("load")
        assert supplier in desk.text, desk.text[:900]
    desk.look("m12-2-quotes")
    phone_size(desk)
    desk.look("m12-2-quotes-phone")
    desk_size(desk)
    page.locator("[name=reason]").first.fill("三家里最低，送货到厂")
    page.get_by_role("button", name="选定这家").click()
    page.wait_for_load_state("load")
    desk.look("m12-2-quotes-chosen")
    assert "选定 江州惠民超市" in desk.text, desk.text[:900]
    page.get_by_role("link", name="打印签收表").click()
    page.wait_for_load_state("load")
    desk.look("m12-2-sign-off")
    assert "本人签字" in desk.text and "大米" in desk.text


def phone_size(desk: Any) -> None:
    """The same person looks at the same page on a phone of 375 px."""
    desk.page.set_viewport_size({"width": 375, "height": 812})


def desk_size(desk: Any) -> None:
    """Back at the desk."""
    desk.page.set_viewport_size({"width": 1366, "height": 768})


def _roll_of(desk: Any) -> int:
    """How many members the editor counts."""
    return int(re.search(r"现有会员 ([\d,]+) 人", desk.text)[1].replace(",", ""))  # type: ignore[index]  # the page says it


def _with_reason(desk: Any) -> None:
    desk.page.locator("#s-reason").fill("年度计划内活动，预算调整在报批")
    desk.page.get_by_role("button", name="送主席确认").click()


def _festival(desk: Any, phone: Any) -> None:
    """38 % of a 50 % cap; moon cakes and coupons as the place says; three taps on the phone."""
    desk.sign_in("chair")
    people, spent = _roll(desk), _spent(desk)
    income = 2_000_000
    each = (income * 38 // 100 - spent) // people
    url = f"/console/spending/planner/?festival=mid_autumn&on=2026-09-20&form=goods&people={people}&unit_fen={each}&income_fen={income}"
    desk.go(url + "&goods=粮油礼包")
    desk.shot("m12-spending-planner")
    assert "上限 50%" in desk.text and re.search(r"3[78]\.\d%", desk.text), desk.text[:900]
    desk.go(url + "&goods=月饼")
    desk.look("m12-spending-moon-cakes")
    assert "月饼：这种形式不允许" in desk.text and "区级工会经费使用问答" in desk.text, desk.text[:900]
    desk.go(url.replace("form=goods", "form=coupon") + "&goods=粮油礼包")
    assert "改发实物" in desk.text and "区级工会经费使用问答" in desk.text, desk.text[:900]
    phone_size(desk)
    desk.look("m12-2-coupon-phone")
    desk.go(url + "&goods=粮油礼包")
    desk.look("m12-2-gauge-phone")
    assert "上限 50%" in desk.text
    desk_size(desk)
    phone.sign_in("chair")
    phone.go("/m/spending/")
    phone.shot("m12-spending-phone-kinds")
    phone.page.get_by_role("link", name=re.compile("文体活动")).click()
    phone.page.locator("[name=unit_fen]").fill("160")
    phone.look("m12-spending-phone-ask")
    phone.page.get_by_role("button", name="能不能花").click()
    phone.page.wait_for_load_state("load")
    phone.look("m12-spending-phone-answer")
    assert "不能办" in phone.text and "超过参与奖的人均标准" in phone.text and "还剩" in phone.text, phone.text[:600]
    assert "这样改就" in phone.text or "只改到不被拒绝" in phone.text, phone.text[:600]


def _roll(desk: Any) -> int:
    """How many members the planner counts."""
    desk.go("/console/spending/planner/")
    return int(re.search(r"现有会员 ([\d,]+) 人", desk.text)[1].replace(",", ""))  # type: ignore[index]  # the page says it


def _spent(desk: Any) -> int:
    """Yuan spent on festivals this year, as the gauge says."""
    desk.go("/console/spending/planner/?festival=mid_autumn&on=2026-09-20&form=goods&people=1&unit_fen=1&income_fen=1000000&goods=粮油")
    found = re.search(r"以前已用\s*¥([\d,]+)\.", desk.text)
    assert found, desk.text[:900]
    return int(found[1].replace(",", ""))


@pytest.mark.system("S216")
@pytest.mark.system("S215")
def test_the_pages_of_spending_on_desk_and_phone(opened: Any) -> None:
    desk = opened()
    desk.sign_in("chair")
    paths = ("", "new/", "new/festival/", "planner/", "meals/", "overrides/", "figures/", "catalogue/", "year/?year=2026")
    for path in paths:
        desk.go("/console/spending/" + path)
        desk.shot("m12-spending-" + (re.sub(r"\W", "-", path) or "list"))
    desk.go("/console/spending/catalogue/?q=现金")
    assert "现金管理暂行条例" in desk.text, desk.text[:600]
    desk.go("/console/spending/meals/?area=379900&on=2026-03-10&kind=missed&meal_fen=30&people=10&days=2")
    assert "¥25.00" in desk.text and "50102" in desk.text, desk.text[:900]
    desk.go("/console/spending/?state=refused")
    desk.page.locator("table a.nm").first.click()
    desk.look("m12-spending-plan")
    desk.press("换个条件看看")
    desk.look("m12-spending-what-if")
    phone = opened(phone=True)
    phone.sign_in("chair")
    for path in ("/console/spending/", "/console/spending/planner/", "/m/spending/festival/"):
        phone.go(path)
        phone.shot("m12-spending-phone" + path.replace("/", "-").rstrip("-"))
