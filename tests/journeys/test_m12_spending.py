"""Spending (M12): the accountant's prize is refused with clause and nearest plan; the chair's Mid-Autumn planner with its gauge."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

BEIJING = "110105"


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
        _prize(opened())
        _festival(opened(), opened(phone=True))
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
    assert "改发实物" in desk.text, desk.text[:900]
    phone.sign_in("chair")
    phone.go("/m/spending/")
    phone.shot("m12-spending-phone-kinds")
    phone.page.get_by_role("link", name=re.compile("文体活动")).click()
    phone.page.locator("[name=unit_fen]").fill("160")
    phone.look("m12-spending-phone-ask")
    phone.page.get_by_role("button", name="能不能花").click()
    phone.page.wait_for_load_state("load")
    phone.look("m12-spending-phone-answer")
    assert "不能办" in phone.text and "超过参与奖的人均标准" in phone.text and "这样改就能办" in phone.text, phone.text[:600]


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
