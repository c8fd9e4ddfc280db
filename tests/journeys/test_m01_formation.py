"""Building a union (M01): from the blank spot to the plate as organiser, chair, township and city; a street; a project; a group."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

PEOPLE = [("周小兰", "15388000001"), ("吴建军", "15388000002"), ("郑晓梅", "15388000003"), ("冯志强", "15388000004")]


def press(looking: Any, words: str) -> None:
    """Press a button of the page's own content."""
    looking.page.locator("main").get_by_role("button", name=words).first.click()
    looking.page.wait_for_load_state("load")
    looking.look()


def approve(officer: Any, name: str) -> None:
    """The matter in the inbox, agreed to."""
    officer.go("/console/approvals/")
    officer.page.get_by_role("link", name=re.compile(name)).first.click()
    officer.page.wait_for_load_state("load")
    officer.page.locator("form:has([name=decision]) button[type=submit]").first.click()
    officer.page.wait_for_load_state("load")
    officer.look()


@pytest.mark.system("S006")
def test_a_union_from_the_blank_spot_to_the_plate(opened: Any) -> None:
    organiser, township, city, chair = opened(), opened(), opened(), opened(phone=True)
    organiser.sign_in("organiser")
    organiser.go("/console/organising/spots/?q=清泉眼镜店")
    organiser.page.get_by_role("link", name="清泉眼镜店").first.click()
    organiser.look("m01-1-plan")
    assert "单独建会" in organiser.text and "工会法" in organiser.page.content()
    page = organiser.page
    page.locator("[name=leader]").fill(PEOPLE[0][0])
    page.locator("[name=phone]").fill(PEOPLE[0][1])
    press(organiser, "立项建会")
    case = page.url.removeprefix(organiser.site)
    organiser.look("m01-1-case-opened")

    # the chair-to-be, on the phone: my cases, the case, one button
    chair.sign_in_worker(PEOPLE[0][1])
    chair.go("/m/organising/")
    chair.look("m01-1-phone-mine")
    chair.page.get_by_role("link", name="清泉眼镜店工会委员会").click()
    chair.look("m01-1-phone-application")
    press(chair, "送审请示")
    assert "等批复" in chair.text

    township.sign_in("township")
    approve(township, "清泉眼镜店工会委员会")
    city.sign_in("city")
    approve(city, "清泉眼镜店工会委员会")
    chair.page.reload()
    chair.look("m01-1-phone-group")
    press(chair, "筹备组成立")
    link = chair.page.get_by_role("link", name="发入会链接").get_attribute("href").removeprefix(chair.site)
    chair.look("m01-1-phone-recruiting")

    for name, phone in PEOPLE[1:]:
        organiser.go(case)
        page.locator("[name=a-name]").fill(name)
        page.locator("[name=a-phone]").fill(phone)
        press(organiser, "列入名单")
    for number, (name, phone) in enumerate(PEOPLE):
        worker = chair if number == 0 else opened(phone=True)
        if number:
            worker.sign_in_worker(phone)
        worker.go(link)
        worker.page.locator("[name=signed_name]").fill(name)
        worker.page.locator("[name=agree]").check()
        press(worker, "提交申请")
        assert "已签名" in worker.text, worker.text
    worker.shot("m01-1-phone-signed")

    chair.go(case.replace("/console/", "/m/"))
    press(chair, "转入开会选举")
    organiser.go(case)
    today = date.today()
    page.locator("[name=m-held_on]").fill(today.isoformat())
    page.locator("[name=m-posted_on]").fill((today - timedelta(days=12)).isoformat())
    for name, post, votes in (
        (PEOPLE[0][0], "committee:chair", "4"), (PEOPLE[1][0], "committee:vice", "4"), (PEOPLE[2][0], "committee:member", "2"), (PEOPLE[3][0], "none", "1"),
    ):  # fmt: skip
        page.get_by_label(f"{name}的职务").select_option(post)
        page.get_by_label(f"{name}的赞成票").fill(votes)
    press(organiser, "登记并核对")
    assert "不能报批" in organiser.text and f"{PEOPLE[2][0]}的票数" in organiser.text  # two of four is not more than half
    organiser.shot("m01-1-election-stopped")
    page.get_by_text("登记错了，重新登记").click()
    for name, post, votes in (
        (PEOPLE[0][0], "committee:chair", "4"), (PEOPLE[1][0], "committee:vice", "4"), (PEOPLE[2][0], "committee:member", "3"), (PEOPLE[3][0], "none", "1"),
    ):  # fmt: skip
        page.get_by_label(f"{name}的职务").select_option(post)
        page.get_by_label(f"{name}的赞成票").fill(votes)
    press(organiser, "登记并核对")
    assert "可以报批" in organiser.text
    chair.go(case.replace("/console/", "/m/"))
    press(chair, "报批选举结果")
    approve(township, "选举结果")
    approve(city, "选举结果")

    city.go(case)
    city.page.locator("[name=f-number]").fill("815100009876543210")
    press(city, "办完备案登记")
    organiser.go(case)
    page.locator("[name=s-seal_on]").fill(today.isoformat())
    page.locator("[name=s-plate_on]").fill(today.isoformat())
    page.locator("[name=s-bank]").fill("江州农商银行")
    page.locator("[name=s-account]").fill("6222008600001234")
    press(organiser, "办结")
    organiser.look("m01-1-case-done")
    assert "已办结" in organiser.text and "三有齐全" in organiser.text
    organiser.go(case + "print/")
    organiser.shot("m01-1-print")
    assert "关于同意筹备建立清泉眼镜店工会委员会的批复" in organiser.text
    organiser.go("/console/organising/spots/?q=清泉眼镜店")
    assert "没有空白点" in organiser.text
    chair.go(case.replace("/console/", "/m/"))
    chair.look("m01-1-phone-done")
    assert "已办结" in chair.text


@pytest.mark.system("S014")
def test_a_shop_joins_with_one_tap_on_the_phone(opened: Any) -> None:
    organiser = opened(phone=True)
    organiser.sign_in("organiser")
    organiser.go("/console/organising/spots/?q=清泉豆腐坊")
    organiser.page.get_by_role("link", name="清泉豆腐坊").first.click()
    organiser.look("m01-1-join-phone")
    press(organiser, "一键加入")
    assert "空白点已消除" in organiser.page.inner_text("body")
    for path in (
        "/console/organising/",
        "/console/organising/spots/?view=map",
        "/console/organising/stages/",
        "/console/organising/points/",
    ):
        organiser.go(path)
        organiser.narrow()


@pytest.mark.system("S020")
def test_a_project_of_less_than_half_a_year_gets_an_organiser(opened: Any) -> None:
    desk = opened()
    desk.sign_in("zuzhi")
    desk.go("/console/orgs/employers/?state=")
    desk.page.locator("main table a.nm").first.click()
    desk.page.wait_for_load_state("load")
    number = desk.page.url.rstrip("/").rsplit("/", 1)[1]
    start = date.today()
    for months, form, said in ((3, "project", "不到半年"), (9, "organiser", "达到半年")):
        desk.go(f"/console/organising/employers/{number}/plan/")
        page = desk.page
        page.locator("[name=form]").select_option(form)
        page.locator("[name=planned_start]").fill(start.isoformat())
        page.locator("[name=planned_end]").fill((start + timedelta(days=31 * months)).isoformat())
        press(desk, "立项建会")
        assert said in desk.text, desk.text[:600]


@pytest.mark.system("S007")
def test_a_new_version_of_a_template_and_the_public_check(opened: Any) -> None:
    desk, anybody = opened(), opened(phone=True)
    desk.sign_in("city")
    desk.go("/console/documents/?q=批复")
    desk.shot("m01-7-documents")
    desk.page.locator("main table a.nm").first.click()
    desk.look("m01-7-document")
    code = re.search(r"查验码 (W[0-9A-Z]+)", desk.text)
    assert code
    anybody.go(f"/documents/check/{code.group(1)}/")
    anybody.look("m01-7-check")
    assert "这份文书有效" in anybody.text
    desk.go("/console/documents/templates/organising.notice/new/")
    source = desk.page.locator("[name=source]")
    source.fill(source.input_value() + "\n^ 请带好会员证。\n")
    press(desk, "预览")
    assert "请带好会员证" in desk.text
    desk.page.locator("[name=note]").fill("提醒带会员证")
    press(desk, "存为新版草稿")
    press(desk, "按日启用")
    desk.look("m01-7-template")
    assert "在用" in desk.text
