"""Services that members book, as people live it (M10 1 and 2): the shift worker on the phone, the service centre at the desk."""

from __future__ import annotations

import re
from typing import Any

import pytest

WORKER = "15400000000"
FILM, BALL = "冬日暖心观影券", "羽毛球馆 2 小时券"


def opened_item(look: Any, name: str) -> None:
    """From the home of services to one item: the first tap."""
    look.go("/m/booking/")
    look.page.locator("section[aria-labelledby=h-open] a.bk-card", has_text=name).first.click()
    look.page.wait_for_load_state("load")


def booked(look: Any) -> None:
    """The evening session of item A in two taps, then item B of the same group is greyed out with the reason."""
    page = look.page
    opened_item(look, FILM)
    look.look()
    assert f"和“{BALL}”只能约一个" in look.text, look.text
    page.locator("label.slot", has_text="晚上").click()
    assert "晚上" in page.inner_text(".m-bar")
    page.get_by_role("button", name="确认预订").click()
    page.wait_for_url(re.compile(r"/m/booking/tickets/\d+/"))
    look.look()
    assert "约好了" in look.text and re.search(r"GY\d\d-\d{5}-\d{5}", look.text), look.text


def refused(look: Any) -> None:
    page = look.page
    opened_item(look, BALL)
    look.look()
    assert "不能约" in look.text and "您约了同组的另一项" in look.text and "确认预订" not in page.inner_text("body")
    page.get_by_role("link", name="为什么不能约").first.click()
    page.wait_for_load_state("load")
    look.look()
    assert FILM in look.text and "可能约不回来" in look.text
    page.get_by_text("看依据").click()
    assert "价值相近的同期项目活动做到互斥预定" in look.text


@pytest.mark.system("S171", "S172")
def test_a_shift_worker_books_the_evening_session_and_the_like_item_is_greyed_out_with_the_reason(opened: Any) -> None:
    """On the phone; then the ticket is given back on a wide screen, and the other item can be booked again."""
    phone = opened(phone=True)
    phone.sign_in_worker(WORKER)
    phone.go("/m/booking/")
    phone.shot("m10-1-home-phone")
    phone.narrow()
    booked(phone)
    phone.shot("m10-1-ticket-phone")
    phone.narrow()
    refused(phone)
    phone.shot("m10-1-why-phone")
    phone.narrow()

    page = phone.page
    page.set_viewport_size({"width": 1366, "height": 768})
    refused(phone)
    phone.shot("m10-1-why-desktop")
    page.get_by_role("link", name="去取消它，换约这一项").click()
    page.wait_for_load_state("load")
    page.locator("#cancel summary").click()
    page.get_by_role("button", name="取消这次预约").click()
    page.wait_for_load_state("load")
    phone.look()
    assert "已取消" in phone.text
    opened_item(phone, BALL)
    phone.look("m10-1-item-desktop")
    assert "确认预订" in page.inner_text("body")


@pytest.mark.system("S171")
def test_the_service_centre_plans_the_next_round_from_unmet_demand(opened: Any) -> None:
    """Report of the last round, the simulation of the draft, the proposal with its arithmetic: on a wide screen and on the phone."""
    for small in (False, True):
        desk = opened(phone=small)
        kind = "phone" if small else "desktop"
        desk.sign_in("city")
        page = desk.page
        desk.go("/console/booking/?state=finished")
        page.get_by_role("link", name=FILM).first.click()
        page.wait_for_load_state("load")
        page.get_by_role("link", name="成效").first.click()
        page.wait_for_load_state("load")
        desk.look(f"m10-2-report-{kind}")
        served = int(re.search(r"享受人数\s*([\d,]+)", desk.text).group(1).replace(",", ""))  # type: ignore[union-attr]
        unmet = int(re.search(r"没约上\s*([\d,]+)", desk.text).group(1).replace(",", ""))  # type: ignore[union-attr]
        assert served > 0 and unmet > 0
        desk.go("/console/booking/?state=draft")
        page.get_by_role("link", name=FILM).first.click()
        page.wait_for_load_state("load")
        page.get_by_role("link", name="试算", exact=True).first.click()
        page.wait_for_load_state("load")
        desk.look(f"m10-2-simulate-{kind}")
        assert "按这一期规则享受" in desk.text and "下期准备多少份" in desk.text
        proposed = int(re.search(r"建议\s*([\d,]+)\s*份", desk.text).group(1).replace(",", ""))  # type: ignore[union-attr]
        assert proposed >= served + unmet
        page.get_by_label("下期经费（元）").fill("300")
        page.get_by_role("button", name="按经费重算").click()
        page.wait_for_load_state("load")
        desk.look()
        assert re.search(r"建议\s*10\s*份", desk.text), desk.text  # 30 yuan a piece
