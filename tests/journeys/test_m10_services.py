"""What members use every day (M10 4 and 5): the sports officer's twelve teams, and the woman worker's yearly check."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

WORKER = "15400000000"
TEAMS = [f"第{n}分会" for n in "一二三四五六七八九十"] + ["机关分会", "后勤分会"]
FINDING = "乳腺未见异常回声，宫颈筛查阴性"
BEIJING = "110105"


def _day(more: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=8, days=more)).strftime("%Y-%m-%d")


def _fill(page: Any, part: str, **values: str) -> None:
    """Open the fold with this form, fill it in and send it."""
    form = page.locator(f"form[action$='/{part}/']")
    form.locator("xpath=ancestor::details").evaluate("e => e.open = true")
    for name, value in values.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button").click()
    page.wait_for_load_state("load")


def _area(data: Path, area: str, name: str) -> str:
    """Let the union of the match stand elsewhere, as a set-up beside the server; gives the region it had."""
    with sqlite3.connect(data / "gonghui.sqlite3", timeout=30) as db:
        pk, before = db.execute(
            "SELECT u.id, u.area FROM orgs_union u JOIN services_activity a ON a.union_id = u.id WHERE a.title = ?", [name]
        ).fetchone()
        db.execute("UPDATE orgs_union SET area = ? WHERE id = ?", (area, pk))
    return str(before)


@pytest.mark.system("S186")
def test_the_sports_officer_draws_twelve_teams_and_sees_bouts_results_and_prizes_within_150_yuan(city: Path, opened: Any) -> None:
    desk = opened()
    desk.sign_in("chair")
    desk.go("/console/services/activities/new/")
    page = desk.page
    for name, value in {"title": "冬季篮球赛", "venue": "厂区球场", "sign_up_until": _day(1), "since": _day(2), "until": _day(9)}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=format]").select_option("pools", force=True)
    page.locator("[name=divisions][value=men]").check()
    page.locator("[name=through]").fill("3")
    desk.press("保存")
    desk.press("开放报名")
    for team in TEAMS:
        _fill(page, "entry", name=team, people="10")
    _fill(page, "draw", seed="2026-12351")
    desk.look("m10-4-drawn")
    assert "12 个报名，36 场" in desk.text, desk.text[:900]
    row = page.locator("tr", has=page.locator("form[action$='/score/']")).first
    row.locator("[name=home]").fill("61")
    row.locator("[name=away]").fill("58")
    row.get_by_role("button", name="登记").click()
    page.wait_for_load_state("load")
    desk.look()
    assert "61:58" in desk.text and "第 1 小组积分" in desk.text
    before = _area(city, BEIJING, "冬季篮球赛")
    try:
        _fill(page, "shared", unit_fen="160", words="毛巾套装")
        desk.shot("m10-4-refused")
        assert "150元" in page.content() and "超过参与奖的人均标准" in desk.text and "编成支出计划" not in desk.text, desk.text[-900:]
        _fill(page, "shared", unit_fen="150", words="毛巾套装")
        desk.look("m10-4-prizes")
        assert "超过参与奖的人均标准" not in desk.text and "¥150.00" in desk.text, desk.text[-900:]
        desk.press("编成支出计划")
        assert "看支出计划" in desk.text
    finally:
        _area(city, before, "冬季篮球赛")


def _woman(data: Path) -> str:
    """The demo's worker as a woman, a set-up beside the server; gives what was there."""
    with sqlite3.connect(data / "gonghui.sqlite3", timeout=30) as db:
        pk, sex = db.execute(
            "SELECT p.id, p.sex FROM people_person p JOIN accounts_user u ON u.person_id = p.id WHERE u.kind = 'worker' ORDER BY u.id LIMIT 1"
        ).fetchone()
        db.execute("UPDATE people_person SET sex = '2' WHERE id = ?", [pk])
    return f"{pk}:{sex}"


def _begun(data: Path, days: int) -> None:
    """The session of the visit takes place now: its start is put back by so many days, or on again."""
    with sqlite3.connect(data / "gonghui.sqlite3", timeout=30) as db:
        pk, start = db.execute(
            "SELECT s.id, s.starts_at FROM services_healthsession s JOIN services_healthvisit v ON v.session_id = s.id ORDER BY v.id DESC LIMIT 1"
        ).fetchone()
        moved = datetime.fromisoformat(start) - timedelta(days=days)
        db.execute("UPDATE services_healthsession SET starts_at = ? WHERE id = ?", (moved.isoformat(sep=" "), pk))


@pytest.mark.system("S183")
@pytest.mark.system("S184")
def test_a_woman_worker_books_the_yearly_check_and_only_she_reads_the_result(city: Path, opened: Any) -> None:
    was = _woman(city)
    phone = opened(phone=True)
    phone.sign_in_worker(WORKER)
    phone.go("/m/services/health/")
    phone.shot("m10-5-home")
    phone.narrow()
    assert "女职工专项检查" in phone.text, phone.text
    phone.page.locator("section", has_text="女职工专项检查").get_by_role("button", name=re.compile("约 ")).first.click()
    phone.page.wait_for_url(re.compile(r"/m/services/health/visits/\d+/"))
    phone.look("m10-5-booked")
    assert "约好了" in phone.text and "检查前须知" in phone.text
    _begun(city, 30)
    centre = opened()
    centre.sign_in("zhendi")
    centre.go("/console/services/health/sessions/")
    centre.page.locator("tr", has_text="女职工专项检查").filter(has_text="1 /").first.locator("a").click()
    centre.page.wait_for_load_state("load")
    centre.page.locator("button[value=came]").first.click()
    centre.page.wait_for_load_state("load")
    centre.press("录入并封存")
    centre.page.locator("[name=text]").fill(FINDING)
    centre.press("保存")
    centre.look("m10-5-desk")
    assert "已封存" in centre.text and FINDING not in centre.page.content()
    above = opened()
    above.sign_in("township")
    above.go("/console/services/health/attendance/?kind=women")
    above.shot("m10-5-chair")
    assert "已到检" in above.text and "封存" not in above.page.inner_text("table") and FINDING not in above.page.content()
    phone.go("/m/services/health/")
    phone.press("女职工专项检查")
    phone.press("打开我的结果")
    phone.shot("m10-5-result")
    phone.narrow()
    assert FINDING in phone.text
    phone.go("/m/services/activities/")
    phone.shot("m10-4-phone")
    phone.narrow()
    phone.press("职工篮球赛")
    phone.shot("m10-4-phone-one")
    assert "第 1 名" in phone.text
    with sqlite3.connect(city / "gonghui.sqlite3", timeout=30) as db:
        pk, sex = was.split(":")
        db.execute("UPDATE people_person SET sex = ? WHERE id = ?", (sex, int(pk)))
        assert db.execute("SELECT count(*) FROM services_resultlook").fetchone()[0] >= 1
