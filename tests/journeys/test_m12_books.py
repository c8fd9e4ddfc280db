"""The books of a small union in the browser (账务): a newcomer books a visit, two others check and post it; statements, practice."""

from __future__ import annotations

import re
from typing import Any

import pytest

HOME = "/console/finance/"


def _signed(opened: Any, login: str, *, phone: bool = False) -> Any:
    desk = opened(phone=phone)
    desk.sign_in(login)
    return desk


def _book(desk: Any) -> str:
    """The address of the union's own book."""
    desk.go(HOME)
    return str(desk.page.get_by_role("link", name="本单位账套").get_attribute("href"))


@pytest.mark.system("S208")
def test_a_newcomer_books_a_visit_and_two_others_finish_it(opened: Any) -> None:
    """Pick what happened; the accounts follow, the rules speak; three persons for three duties."""
    clerk = _signed(opened, "kuaiji")
    book = _book(clerk)
    clerk.look("m12-books")
    clerk.go(book + "new/")
    clerk.look("m12-events")
    page = clerk.page
    page.keyboard.type("取现")  # from the keyboard alone: the search has the cursor, one hit opens, the amount is next
    page.keyboard.press("Enter")
    page.wait_for_url("**event=cash_drawn")
    page.keyboard.type("300")
    page.locator("[name=words]").fill("提取备用金（试）")
    page.get_by_text("这样记账").wait_for()  # the accounts and the rules follow while the form is filled in
    page.get_by_role("button", name="先看规定").click()
    page.get_by_text("没有发现问题").wait_for()
    clerk.look("m12-event")
    page.get_by_role("button", name="保存，送审核").click()
    page.get_by_role("heading", name="提取备用金（试）").wait_for()
    assert page.get_by_role("button", name="审核通过").count() == 0  # not by the maker
    path = re.sub(r"^https?://[^/]+", "", page.url)
    clerk.look("m12-voucher")
    chair = _signed(opened, "chair", phone=True)
    chair.go(path)
    chair.look("m12-voucher-phone")
    chair.page.get_by_role("button", name="审核通过").click()
    chair.page.wait_for_load_state("load")
    assert "待记账" in chair.text
    cashier = _signed(opened, "chuna")
    cashier.go(path)
    cashier.page.get_by_role("button", name="记账", exact=True).click()
    cashier.page.wait_for_load_state("load")
    assert re.search(r"记字第 \d+ 号", cashier.text)


@pytest.mark.system("S208")
def test_statements_ledger_and_practice(opened: Any) -> None:
    """From a total of the statement to the ledger and the voucher; a practice case with its hint."""
    clerk = _signed(opened, "kuaiji")
    book = _book(clerk)
    for name, path in (
        ("trial", "trial/?month=202512"),
        ("statements", "statements/?month=202512"),
        ("periods", "periods/"),
        ("ledger", "ledger/"),
    ):
        clerk.go(book + path)
        clerk.look(f"m12-{name}")
    clerk.go(book + "statements/?month=202512")
    clerk.page.get_by_role("link", name=re.compile("40[12] ")).first.click()
    clerk.page.get_by_role("link", name=re.compile("^记 ")).first.click()
    assert "合计大写" in clerk.text
    clerk.go(HOME + "practice/prize/")
    clerk.page.locator("[name=event]").select_option("sports")
    clerk.page.locator("[name=amount]").fill("3000")
    clerk.page.get_by_role("button", name="看看对不对").click()
    clerk.page.wait_for_load_state("load")
    assert "发文体活动奖品" in clerk.text


@pytest.mark.system("S210")
def test_the_city_sees_all_books_and_accounts_on_desk_and_phone(opened: Any) -> None:
    """Books below, exceptions first; who has no account."""
    for phone in (False, True):
        city = _signed(opened, "city", phone=phone)
        for name, path in (("books", ""), ("accounts", "accounts/"), ("summary", "summary/?month=202512")):
            city.go(HOME + path)
            city.look(f"m12-city-{name}-{'phone' if phone else 'desk'}")
