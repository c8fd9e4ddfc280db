"""Nobody sees who came (M10, S182), and who stands where on the day (S189): desktop and phone."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

WORKER = "15400000000"
ALIAS, LETTER, RECORD = "晚风", "车间换班以后总睡不好", "谈了倒班和睡眠，做了放松练习"


def _now(data: Path, alias: str, days: int) -> None:
    """The session of this alias takes place that many days earlier, as a set-up beside the server."""
    with sqlite3.connect(data / "gonghui.sqlite3", timeout=30) as db:
        (slot,) = db.execute(
            "SELECT a.slot_id FROM counsel_appointment a JOIN counsel_client c ON c.id = a.client_id WHERE c.alias = ? ORDER BY a.id DESC LIMIT 1",
            [alias],
        ).fetchone()
        db.execute("UPDATE counsel_slot SET starts_at = datetime(starts_at, ?, '-17 minutes') WHERE id = ?", (f"-{days} days", slot))


@pytest.mark.system("S182")
def test_a_worker_books_under_an_alias_and_only_the_counsellor_reads_what_was_said(city: Path, opened: Any) -> None:
    phone = opened(phone=True)
    phone.sign_in_worker(WORKER)
    phone.go("/m/care/")
    phone.look("m10-care-home")
    phone.narrow()
    phone.press("沈宁")
    page = phone.page
    page.locator("label:has(input[name=slot])").first.click()
    page.locator("[name=alias]").fill(ALIAS)
    page.locator("[name=topic]").select_option("mood")
    page.locator("[name=phone_number]").fill(WORKER)
    page.locator("[name=words]").fill(LETTER)
    phone.look("m10-care-form")
    phone.press("约这个时间")
    phone.look("m10-care-booked")
    phone.narrow()
    assert "约好了" in phone.text and LETTER in phone.text and "咨询" not in page.url
    _now(city, ALIAS, 9)
    desk = opened()
    desk.sign_in("xinli")
    desk.go("/console/counsel/?tab=write")
    desk.look("m10-care-desk")
    desk.page.locator("tr", has_text=ALIAS).first.locator("a").click()
    desk.page.wait_for_load_state("load")
    desk.look("m10-care-closed")
    assert LETTER not in desk.page.content() and "李" not in desk.page.locator("h1").inner_text()
    desk.page.locator("[name=text]").last.fill(RECORD)
    desk.press("封存记录")
    desk.page.get_by_role("button", name="打开", exact=True).click()
    desk.page.wait_for_load_state("load")
    desk.look("m10-care-opened")
    assert LETTER in desk.text and RECORD in desk.text
    above = opened()
    above.sign_in("city")
    for address, name in (
        ("/console/counsel/counsellors/", "m10-care-counsellors"), ("/console/counsel/stats/", "m10-care-stats"),
        ("/console/counsel/activities/", "m10-care-activities"), ("/console/counsel/risks/", "m10-care-risks"),
    ):  # fmt: skip
        above.go(address)
        above.look(name)
        assert ALIAS not in above.page.content() and RECORD not in above.page.content()
    above.page.locator("tbody a.nm").first.click()
    above.page.wait_for_load_state("load")
    above.look("m10-care-risk")
    phone.go("/m/care/mine/")
    phone.look("m10-care-mine")
    phone.narrow()
    phone.page.locator("a.c-card", has_text="已咨询").first.click()
    phone.page.wait_for_url(re.compile(r"/m/care/mine/\w+/"))
    phone.press("匿名评价")
    assert "评价已匿名计入" in phone.text
    phone.go("/m/care/")
    phone.press("和孩子好好说话")
    phone.press("报名")
    phone.look("m10-care-lecture")
    assert "工会只看到人数" in phone.text


@pytest.mark.system("S189")
def test_on_the_day_the_steward_sees_the_rota_and_the_person_on_duty_checks_in(opened: Any) -> None:
    desk = opened()
    desk.sign_in("zhendi")
    desk.go("/console/services/events/")
    desk.look("m10-event-list")
    desk.press("职工文化节服务保障")
    desk.look("m10-event")
    assert "缺人" in desk.text and "对讲机" in desk.text
    desk.press("打印排班表")
    desk.shot("m10-event-print")
    phone = opened(phone=True)
    phone.sign_in_worker(WORKER)
    phone.go("/m/services/shifts/")
    phone.look("m10-shifts")
    phone.narrow()
    phone.page.locator("a.m-card").first.click()
    phone.page.wait_for_load_state("load")
    phone.look("m10-shift")
    phone.narrow()
    desk.go("/console/services/feedback/")
    desk.look("m10-feedback")
    desk.go("/console/services/teams/")
    desk.press("职工合唱团")
    desk.look("m10-team")
