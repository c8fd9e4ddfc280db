"""The register (M01): the bridge of a year, a project union, two leaderships."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from tests.journeys import sheets


@pytest.mark.system("S001", "S002")
def test_the_list_of_the_business_register_comes_in_and_its_doubles_are_settled(opened: Any) -> None:
    """Imported as a file; one operator with two licences, one shop written twice, a stranger of the same name; a shop that closed."""
    desk = opened()
    desk.sign_in("city")
    _import(desk)

    desk.go("/console/orgs/duplicates/")
    desk.press("重新查找")
    desk.look("m01-2-duplicates")
    _decide(desk, "启明照明店", "一企多照，并为一家")
    _decide(desk, "和顺面食厂", "重复登记，归并")
    _decide(desk, "江州市远大门窗厂", "不是同一家")
    assert "启明照明店" not in desk.text and "和顺面食厂" not in desk.text
    desk.go("/console/orgs/duplicates/?state=done")
    desk.look("m01-2-duplicates-done")
    _employer(desk, "江州市启明灯饰有限公司")
    desk.look("m01-2-two-licences")
    assert desk.page.locator("#licence tbody tr").count() == 2, desk.text

    desk.go("/console/orgs/duplicates/?state=done")
    pair = _pair(desk, "和顺面食厂")  # it was a second shop after all
    pair.locator("input[name=reason]").fill("现场核实是两家")
    pair.get_by_role("button", name="撤销处理").click()
    desk.page.wait_for_load_state("load")
    desk.look()
    _employer(desk, "和顺面食厂")
    assert "不再计入底册" not in desk.text and desk.page.locator("#licence tbody tr").count() == 1

    _write_off(desk, "江州市远航五金行", "注销", "登记机关准予注销登记通知书〔2026〕118 号")
    desk.go("/console/figures/bridge/")
    desk.look("m01-2-bridge-now")
    assert "不平衡" not in desk.page.locator(".grid").first.inner_text(), desk.text
    for path, name in (
        ("/console/orgs/duplicates/?state=done", "m01-2-duplicates-phone"),
        ("/console/figures/bridge/", "m01-2-bridge-phone"),
    ):
        desk.page.set_viewport_size({"width": 375, "height": 812})
        desk.go(path)
        desk.shot(name)


@pytest.mark.system("S012", "S013")
def test_a_federation_files_what_it_signed_and_whom_it_covers(opened: Any) -> None:
    """Covered employers of a day, an agreement with its text, a congress session, the list of all agreements."""
    desk = opened()
    desk.sign_in("township")
    desk.go("/console/orgs/unions/?q=白桦镇东兴片区工会联合会")
    desk.page.get_by_role("link", name="白桦镇东兴片区工会联合会").first.click()
    desk.press("联合会工作")
    desk.look("m01-6-federation")
    home = desk.page.url.removeprefix(desk.site)
    desk.press("登记协议")
    page = desk.page
    page.locator("select[name=kind]").select_option("wage")
    page.locator("[name=number]").fill("东兴工资〔2026〕9 号")
    page.locator("[name=counterpart]").fill("东兴片区商户代表")
    page.locator("[name=valid_until]").fill((date.today() + timedelta(days=364)).isoformat())
    page.locator("input[type=file]").set_input_files({"name": "协议文本.csv", "mimeType": "text/csv", "buffer": sheets.table([["第一条"]])})
    page.locator("form.panel button[type=submit]").last.click()
    page.wait_for_load_state("load")
    desk.look("m01-6-agreement")
    assert "东兴工资〔2026〕9 号" in desk.text and "协议文本.csv" in desk.text, desk.text
    desk.go(home)
    desk.press("登记职代会")
    for name, value in (
        ("name", "第一届第二次区域职工代表大会"),
        ("delegates", "60"),
        ("present", "52"),
        ("result", "通过工资专项集体合同草案，52 票同意。"),
    ):
        page.locator(f"[name={name}]").fill(value)
    page.locator("form.panel button[type=submit]").last.click()
    page.wait_for_load_state("load")
    desk.look("m01-6-filed")
    assert "到会够数" in desk.text and "东兴工资〔2026〕9 号" in desk.text, desk.text
    desk.go("/console/orgs/agreements/")
    desk.shot("m01-6-agreements")
    page.set_viewport_size({"width": 375, "height": 812})
    for path, name in ((home, "federation"), ("/console/orgs/agreements/", "agreements")):
        desk.go(path)
        desk.shot(f"m01-6-{name}-phone")


def _import(desk: Any) -> None:
    """The list as the business register hands it out: its own heads, GBK, one row without a name."""
    heads = ["企业名称", "注册号", "住所", "法定代表人", "法人身份证号", "联系方式", "从业人数", "单位性质", "注册日期", "所属工会代码"]
    tail = ["非公有制", "2026-03-01", "JZ-01"]
    one, two, three = (sheets.id_number(801 + n) for n in range(3))
    rows = [
        ["江州市启明灯饰有限公司", sheets.licence(801), "江州市白桦镇青云路 81 号", "郎启明", one, "15390000801", "12", *tail],
        ["启明照明店", sheets.licence(802), "江州市白桦镇青云路 83 号", "郎启明", one, "15390000801", "3", *tail],
        ["江州市和顺面食加工厂", sheets.licence(803), "江州市白桦镇河沿街 7 号", "应和顺", two, "15390000802", "9", *tail],
        ["和顺面食厂", sheets.licence(804), "江州市白桦镇河沿街 7 号", "应和顺", two, "15390000802", "9", *tail],
        ["江州市远大门窗厂", sheets.licence(805), "江州市白桦镇工业路 5 号", "卞远大", three, "15390000803", "15", *tail],
        ["江州市远大门窗厂", sheets.licence(806), "江州市白桦镇北环路 60 号", "邸小军", sheets.id_number(804), "15390000804", "6", *tail],
        ["江州市远航五金行", sheets.licence(807), "江州市白桦镇南街 22 号", "麻远航", sheets.id_number(805), "15390000805", "2", *tail],
        ["", sheets.licence(808), "江州市白桦镇南街 23 号", "", "", "", "", *tail],
    ]
    desk.go("/console/import/")
    desk.page.locator("select[name=kind]").select_option("employers")
    desk.page.locator("input[type=file]").set_input_files(
        {"name": "市场监管局名单.csv", "mimeType": "text/csv", "buffer": sheets.table([heads, *rows], "gbk")}
    )
    desk.press("上传并核对表头")
    desk.look("m01-2-import-map")
    desk.press("检查每一行")
    desk.look("m01-2-import-check")
    desk.page.locator("button[value=good], button[value=commit]").first.click()
    desk.page.wait_for_load_state("load")
    for _second in range(60):
        if "四项合计" in desk.text:
            break
        desk.page.wait_for_timeout(1000)
        desk.page.reload()
    desk.look("m01-2-imported")
    numbers = {word: int(n.replace(",", "")) for n, word in re.findall(r"([\d,]+)\s*行\s*(新增|更新|没有变化|没有导入)", desk.text)}
    assert numbers["新增"] == 7 and numbers["没有导入"] == 1, desk.text


def _pair(desk: Any, name: str) -> Any:
    """The panel of a proposed pair."""
    return desk.page.locator("section.panel", has=desk.page.get_by_role("link", name=name, exact=True)).first


def _decide(desk: Any, name: str, act: str) -> None:
    while not _pair(desk, name).count():
        desk.page.get_by_role("link", name="下一页").first.click()
        desk.page.wait_for_load_state("load")
    _pair(desk, name).get_by_role("button", name=act).click()
    desk.page.wait_for_load_state("load")
    desk.look()


def _employer(desk: Any, name: str) -> None:
    desk.go(f"/console/orgs/employers/?q={name}")
    desk.page.locator("a.nm", has_text=name).first.click()
    desk.page.wait_for_load_state("load")
    desk.look()


def _write_off(desk: Any, name: str, status: str, evidence: str) -> None:
    _employer(desk, name)
    desk.press("变更状态")
    desk.page.get_by_role("radio", name=f"{status}（核减）").check()
    desk.page.locator("[name=on]").fill(date.today().isoformat())
    desk.page.locator("[name=evidence]").fill(evidence)
    desk.look("m01-2-status")
    desk.page.locator("form.panel button[type=submit]").last.click()
    desk.page.wait_for_load_state("load")
    desk.look("m01-2-written-off")
    assert "不再计入底册" in desk.text and status in desk.text, desk.text[:900]


@pytest.mark.system("S002")
def test_the_bridge_of_the_year_balances_before_the_report_is_released(opened: Any) -> None:
    """Opening + new − written off = closing, and only a balanced report can go out."""
    desk = opened()
    desk.sign_in("city")
    page = desk.page
    desk.go("/console/figures/bridge/")
    desk.shot("m01-2-bridge")
    assert "平衡" in desk.text or "=" in desk.text
    desk.go("/console/figures/reports/")
    desk.shot("m01-2-reports")
    if page.get_by_role("button", name=re.compile("编制")).count():
        page.get_by_role("button", name=re.compile("编制")).first.click()
    else:
        # The demo has released the year already: a correction is a new version and goes the same way.
        page.locator("main table a", has_text="2025").first.click()
        page.locator("form[action$='/correct/'] textarea").fill("核对后重新发布")
        page.get_by_role("button", name="出更正版").click()
    page.wait_for_load_state("load")
    desk.look("m01-2-report-draft")
    assert "发布报表" not in desk.text  # not before it was checked
    page.locator("form[action$='/check/'] button").click()
    desk.look("m01-2-report-checked")
    assert "核对结果" in desk.text, desk.text[:600]
    page.locator("form[action$='/release/'] button").click()
    desk.look("m01-2-report-released")
    assert "已发布" in desk.text and "96 + 1 − 7 = 90" in desk.text.replace("  ", " "), desk.text[:900]


@pytest.mark.system("S019")
def test_a_project_of_six_months_gets_a_union_a_shorter_one_an_organiser(opened: Any) -> None:
    desk = opened()
    desk.sign_in("city")
    for months, built in ((3, False), (9, True)):
        desk.go("/console/orgs/unions/new/")
        page = desk.page
        page.locator("[name=parent]").fill("白桦镇工会委员会")
        page.locator("select[name=kind]").select_option("project")
        page.locator("[name=name]").fill(f"白桦大桥项目{months}个月工会")
        start = date.today()
        page.locator("[name=planned_start]").fill(start.isoformat())
        page.locator("[name=planned_end]").fill((start + timedelta(days=31 * months)).isoformat())
        page.get_by_role("button", name="组建工会").click()
        page.wait_for_load_state("load")
        desk.look(f"m01-3-project-{months}")
        assert (f"项目{months}个月" in page.locator("h1").inner_text()) is built, desk.text[:700]
        if not built:
            assert "组织员" in desk.text


@pytest.mark.system("S024")
def test_the_pages_of_a_union_show_its_leadership(opened: Any) -> None:
    desk = opened()
    desk.sign_in("city")
    desk.go("/console/orgs/unions/")
    desk.page.get_by_role("link", name="白桦镇工会委员会").first.click()
    desk.look("m01-5-union")
    desk.press("第二领导关系")
    desk.page.locator("[name=upper]").fill("云杉镇工会委员会")
    desk.page.locator("[name=since]").fill("2025-06-01")
    desk.page.locator("form:has([name=upper]) button[type=submit]").click()
    desk.page.wait_for_load_state("load")
    desk.look("m01-5-two-lines")
    assert "云杉镇工会委员会" in desk.text, desk.text[:900]
    for path in ("/console/orgs/employers/", "/console/orgs/spots/", "/console/orgs/map/", "/console/orgs/lapsed/"):
        desk.go(path)
        desk.shot("m01" + path.replace("/", "-").rstrip("-"))
