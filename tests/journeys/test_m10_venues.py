"""Points of service as a driver finds them (M10 3)."""

from __future__ import annotations

import re
from typing import Any

import pytest

WORKER = "15400000000"


@pytest.mark.system("S178")
def test_a_driver_finds_the_nearest_rest_stop_with_its_hours_and_rating(opened: Any) -> None:
    """On the phone, by township and without a position; then the list and the map of the steward on a wide screen."""
    phone = opened(phone=True)
    phone.sign_in_worker(WORKER)
    page = phone.page
    phone.go("/m/venues/")
    page.get_by_label("找什么").select_option("rest")
    page.get_by_role("button", name="查找").click()
    page.wait_for_load_state("load")
    phone.look("m10-3-near-phone")
    phone.narrow()
    first = page.locator("a.v-card").first
    assert "暖心驿站" in first.inner_text() and re.search(r"\d+ 米|\d+\.\d 公里", first.inner_text()), first.inner_text()
    told = [
        float(n) * (1000 if unit == "公里" else 1)
        for n, unit in re.findall(r"([\d.]+) (米|公里)", page.inner_text("section[aria-labelledby=h-near]"))
    ]
    assert told == sorted(told)
    first.click()
    page.wait_for_load_state("load")
    phone.look("m10-3-venue-phone")
    phone.narrow()
    assert re.search(r"开放|开门|关门", page.inner_text(".v-state")) and re.search(r"周一至周日\s+\d\d:\d\d-\d\d:\d\d|全天", phone.text), (
        phone.text
    )
    page.locator("label[for=s5]").click()
    page.get_by_role("button", name="提交评价").click()
    page.wait_for_load_state("load")
    phone.look()
    assert "谢谢您的评价" in phone.text and re.search(r"\d\.\d 星", phone.text)
    phone.go("/m/venues/mine/")
    phone.look("m10-3-mine-phone")
    phone.narrow()
    assert "手上的书" in phone.text

    desk = opened()
    desk.sign_in("zhendi")
    desk.go("/console/venues/")
    desk.look("m10-3-venues-desktop")
    desk.go("/console/venues/gap/")
    desk.look("m10-3-gap-desktop")
    assert "身边没有" in desk.text
