"""Field work as people live it (M01, M02): the organiser on the phone without signal, the network really cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys import sheets
from tests.journeys.looking import Looking

PIN = "204681"
SMALL = re.compile(r"· ([1-9]|1\d|2[0-4]) 人")
CARD = {
    "address": "青石街 1 号", "operation": "夫妻店，生意一般", "headcount": "3 人，含老板", "migrants": "2 人", "hardship": "没有困难职工", "mood": "想学手艺",
}  # fmt: skip
DRAW = """() => { const c = document.querySelector('canvas.sign-pad'), r = c.getBoundingClientRect();
  const at = (t, x, y) => c.dispatchEvent(new PointerEvent(t, {pointerId: 1, clientX: r.left + x, clientY: r.top + y, bubbles: true}));
  c.setPointerCapture = () => {}; at('pointerdown', 20, 40); at('pointermove', 80, 20); at('pointermove', 140, 60); at('pointerup', 140, 60); }"""
STORED = """() => new Promise(ok => { const r = indexedDB.open('field-kit'); r.onsuccess = () => { const d = r.result, t = d.transaction(['data', 'outbox', 'meta']);
  const all = n => new Promise(f => { const q = t.objectStore(n).getAll(); q.onsuccess = () => f(q.result); });
  Promise.all(['data', 'outbox', 'meta'].map(all)).then(rows => { d.close(); ok(JSON.stringify(rows, (k, v) =>
    v instanceof ArrayBuffer || ArrayBuffer.isView(v) ? new TextDecoder('utf-8').decode(v) : v instanceof CryptoKey ? 'key:' + v.extractable : v)); }); }; })"""


@pytest.fixture
def road(opened: Any) -> Iterator[Any]:
    """An organiser at a phone that is registered and open."""
    phone = opened(phone=True)
    phone.sign_in("organiser")
    phone.go("/m/fieldwork/")
    phone.shot("m01-field-today-phone")
    phone.go("/m/fieldwork/phone/")
    page = phone.page
    page.get_by_label("设 6 位密码").fill(PIN)
    page.get_by_label("再填一次").fill(PIN)
    phone.look("m01-field-enrol-phone")
    page.get_by_role("button", name="登记", exact=True).click()
    page.wait_for_url("**/kit/**")
    unlock(phone)
    page.get_by_role("heading", name="今日走访").wait_for()
    page.locator(".kit-row").first.wait_for()
    page.wait_for_selector("#kit[data-kept]", state="attached")
    phone.look("m01-field-kit-phone")
    yield phone


def unlock(phone: Looking) -> None:
    phone.page.locator("#pin").fill(PIN)
    phone.page.get_by_role("button", name="打开", exact=True).click()


def said(phone: Looking, words: str) -> None:
    phone.page.get_by_text(words).first.wait_for()


def sync(phone: Looking) -> None:
    phone.page.get_by_role("button", name="同步").click()
    phone.page.locator("#n-out").wait_for(state="hidden", timeout=90_000)


@pytest.mark.system("S008", "S011", "S004", "S014")
@pytest.mark.fault(20)
def test_an_organiser_works_a_street_without_signal_and_nothing_is_lost(road: Any, opened: Any) -> None:
    """M01-1: the card, the visit and the proposal are made offline, survive a restart of the app, and arrive once."""
    phone, page = road, road.page
    phone.context.set_offline(True)
    page.goto(phone.site + "/m/fieldwork/kit/")
    unlock(phone)
    page.locator(".kit-row").first.wait_for()
    assert "没有信号" in page.inner_text("#state")
    row = page.locator(".kit-row", has_text=SMALL).filter(has_not_text="已建会").first
    name = row.locator("b").inner_text()
    row.click()
    page.get_by_role("link", name="六个掌握").click()
    for block, words in CARD.items():
        page.locator(f"#b-{block}").fill(words)
    phone.look("m01-field-card-phone")
    page.get_by_role("button", name="存卡片").click()
    said(phone, "卡片已存在手机里")
    page.get_by_role("link", name="登记走访").click()
    page.get_by_label("结果").select_option("agreed")
    page.get_by_label("邻近店铺已经加入").check()
    page.get_by_label("记录").fill("愿意和隔壁几家一起建")
    page.evaluate(DRAW)
    phone.look("m01-field-visit-phone")
    phone.narrow()
    page.get_by_role("button", name="存走访").click()
    said(phone, "走访已存在手机里")
    page.get_by_role("link", name="提出建会").click()
    page.locator("#form").select_option("joint3")
    page.get_by_label("名称").fill("青石街商铺联合工会")
    page.get_by_label("筹备组组长").fill("方小琴")
    page.get_by_label("理由").fill("都是三五个人的小店，不宜单独建会")
    page.locator("input[name=units]").first.check()
    phone.look("m01-field-propose-phone")
    page.get_by_role("button", name="提出建会").click()
    said(phone, "已记下")
    phone.look("m01-field-shop-phone")
    page.evaluate("location.hash = '#me'")
    said(phone, "待上送 3 件")
    phone.look("m01-field-outbox-phone")
    kept = page.evaluate(STORED)
    assert "夫妻店" not in kept and name not in kept and "key:true" not in kept, "what lies on the phone can be read without the PIN"
    page.reload()
    unlock(phone)
    said(phone, "待上送 3 件")
    phone.context.set_offline(False)
    sync(phone)
    said(phone, "都送出去了")
    assert "夫妻店" not in page.evaluate(STORED)
    phone.look("m01-field-sent-phone")

    desk = opened()
    desk.sign_in("township")
    desk.go("/console/fieldwork/visits/?q=" + name)
    desk.shot("m01-field-visits")
    assert "同意建会" in desk.text
    desk.page.locator("a.nm", has_text=name).first.click()
    desk.page.wait_for_url("**/visits/*/")
    desk.look("m01-field-visit")
    assert "愿意和隔壁几家一起建" in desk.text and desk.text.count("（手机）") > 3
    desk.go("/console/organising/cases/")
    desk.shot("m01-field-cases")
    assert "青石街商铺联合工会" in desk.text


@pytest.mark.system("S005", "S008")
@pytest.mark.fault(20)
def test_a_five_clear_card_is_filled_without_signal_and_arrives_once(road: Any, opened: Any) -> None:
    """A two-new organisation: the card is made offline by the kept scripts, changed once more, and arrives as one."""
    phone, page = road, road.page
    phone.context.set_offline(True)
    page.goto(phone.site + "/m/fieldwork/kit/")
    unlock(phone)
    row = page.locator(".kit-row", has_text="五个清").first
    row.wait_for()
    name = row.locator("b").inner_text()
    row.click()
    page.get_by_role("link", name="五个清").click()
    for block, words in FIVE.items():
        page.locator(f"#b-{block}").fill(words)
    page.locator("#b-reason").select_option("few")
    phone.look("m01-field-five-phone")
    phone.narrow()
    page.get_by_role("button", name="存卡片").click()
    said(phone, "卡片已存在手机里")
    page.get_by_role("link", name="五个清").click()
    assert page.locator("#b-operation").input_value() == FIVE["operation"], "the phone shows what waits to be sent"
    page.locator("#b-operation").fill("线上线下各一半")
    page.get_by_role("button", name="存卡片").click()
    said(phone, "卡片已存在手机里")
    assert FIVE["investor"] not in page.evaluate(STORED), "what lies on the phone can be read without the PIN"
    phone.context.set_offline(False)
    sync(phone)
    assert FIVE["investor"] not in page.evaluate(STORED)

    desk = opened()
    desk.sign_in("township")
    desk.go("/console/orgs/employers/?q=" + name)
    desk.page.locator("a.nm", has_text=name).first.click()
    desk.page.wait_for_load_state("load")
    desk.look("m01-field-five-desk")
    shown = desk.page.inner_text("body")
    assert "线上线下各一半" in shown and FIVE["investor"] in shown and FIVE["operation"] not in shown


FIVE = {"area": "清泉街两个门店", "operation": "以网店为主", "workforce": "六个人，五个是农民工", "investor": "店主周师傅，常在店里"}


def empty(page: Any) -> None:
    """Wait for the form of the next applicant."""
    for _try in range(200):
        if page.locator("#join [name=name]").input_value() == "":
            return
        page.wait_for_timeout(50)
    raise AssertionError("the form kept the applicant before")


@pytest.mark.system("S018", "S043")
def test_a_recruiter_registers_thirty_without_network_and_duplicates_are_flagged(road: Any, opened: Any) -> None:
    """M02-4: each signs on the phone; synchronised later; who comes twice is flagged."""
    phone, page = road, road.page
    phone.context.set_offline(True)
    page.evaluate("location.hash = '#join'")
    page.get_by_label("加入哪个工会").wait_for()
    union = page.locator("#union option").nth(1).get_attribute("value")
    for n in [*range(30), 3]:
        page.locator("#union").select_option(union)
        page.get_by_label("姓名").fill("巴特尔" + "甲乙丙丁戊己庚辛壬癸"[n % 10] + "一二三"[n // 10])
        page.get_by_label("身份证号").fill(sheets.id_number(740 + n))
        page.evaluate(DRAW)
        page.locator("#agree").check()
        if n == 0:
            phone.look("m02-4-join-phone")
            phone.narrow()
        page.get_by_role("button", name="提交申请").click()
        empty(page)  # the form for the next one
        said(phone, "可以请下一位")
    assert page.inner_text("#n-out") == "31"
    phone.context.set_offline(False)
    sync(phone)
    said(phone, "有冲突，请核对")
    page.evaluate("location.hash = '#clash'")
    said(phone, "入会申请疑似重复")
    phone.look("m02-4-clash-phone")

    desk = opened()
    desk.sign_in("township")
    desk.go("/console/members/joining/")
    desk.shot("m02-4-joining")
    assert "巴特尔" in desk.text
    desk.go("/console/fieldwork/clashes/")
    desk.look("m02-4-clashes")
    assert "疑似重复" in desk.text


@pytest.mark.system("S011")
def test_a_lost_phone_is_cut_off_and_forgets_everything(road: Any, opened: Any) -> None:
    """The officer cuts the phone off; the next time it has signal, even locked, nothing is left on it."""
    phone, page = road, road.page
    desk = opened()
    desk.sign_in("township")
    desk.go("/console/fieldwork/devices/")
    desk.shot("m01-field-devices")
    row = desk.page.locator("tr", has_text="周海峰").filter(has_text="使用中").first
    while desk.page.locator("tr", has_text="使用中").count():
        row = desk.page.locator("tr", has_text="使用中").first
        row.locator("summary").click()
        row.get_by_role("button", name="停用手机").click()
        desk.page.wait_for_load_state("load")
    desk.look("m01-field-devices-off")
    page.goto(phone.site + "/m/fieldwork/kit/")
    said(phone, "手机上的资料已清除")
    phone.look("m01-field-wiped-phone")
    names = page.evaluate("indexedDB.databases().then(all => all.map(d => d.name))")
    assert "field-kit" not in names


@pytest.mark.system("S008", "S011")
def test_the_desk_sees_organisers_months_conflicts_and_what_works(opened: Any) -> None:
    """A year of visits: loads, sheets, conflicts side by side, what works with small numbers hidden."""
    desk = opened()
    desk.sign_in("township")
    for path, name in (
        ("/console/fieldwork/organisers/", "organisers"),
        ("/console/fieldwork/works/", "works"),
        ("/console/fieldwork/clashes/", "clashes"),
        ("/console/fieldwork/helps/", "helps"),
        ("/console/fieldwork/visits/", "visits-all"),
    ):
        desk.go(path)
        desk.shot(f"m01-field-{name}")
    desk.go("/console/fieldwork/organisers/")
    desk.page.get_by_role("link", name="月成果表").first.click()
    desk.look("m01-field-month")
    desk.go("/console/fieldwork/clashes/")
    desk.page.locator("a.nm").first.click()
    desk.look("m01-field-clash")
    desk.page.get_by_role("button", name=re.compile("留这一边|保留走访|重复，不办")).first.click()
    desk.page.wait_for_load_state("load")
    desk.look()
    assert "冲突已处理" in desk.page.inner_text("body")
