"""Membership as people live it (M02): the migrant worker on the phone, the clerk with the payroll list, the one who changes job."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.journeys import sheets
from tests.journeys.conftest import environment

WORKER = "15911110001"


@pytest.mark.system("S043", "S044", "S037")
@pytest.mark.bar(4)
def test_a_migrant_worker_joins_by_phone_and_counts_after_the_third_gate(opened: Any) -> None:
    """Fills in, signs, is approved, confirms the card; the batch counts the member only then."""
    phone = opened(phone=True)
    phone.sign_in_worker(WORKER)
    phone.shot("m02-1-welcome-phone")
    phone.go("/m/members/join/")
    page = phone.page
    page.get_by_label("姓名", exact=True).fill("牛小满")
    page.get_by_label("身份证号").fill(sheets.id_number(77))
    page.get_by_label("工作单位").fill("江州市民生家电商行")
    page.locator("input[name=signed_name]").fill("牛小满")
    page.locator("input[name=agree]").check()
    phone.look("m02-1-join-phone")
    phone.narrow()
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_load_state("load")
    phone.look("m02-1-submitted-phone")
    assert "受理工会" in phone.text, phone.text

    desk = opened()
    desk.sign_in("city")
    desk.go("/console/members/joining/")
    desk.shot("m02-1-joining")
    page = desk.page
    page.get_by_role("link", name="牛小满").first.click()
    desk.look("m02-1-application")
    page.locator("form[action$='/approve/'] button").click()
    page.wait_for_load_state("load")
    desk.look("m02-1-approved")
    assert "已批准" in page.inner_text("body")

    phone.go("/m/members/card/")
    phone.shot("m02-1-card-phone")
    assert "待领取" in phone.text
    phone.page.get_by_role("button", name="确认领取").click()
    phone.page.wait_for_load_state("load")
    phone.look("m02-1-card-confirmed-phone")
    assert "有效" in phone.text and "待领取" not in phone.text


@pytest.mark.system("S041", "S046")
def test_a_clerk_compares_the_payroll_and_prints_the_rosters(opened: Any, tmp_path: Any) -> None:
    """A difference list of new people and leavers; nobody's membership changes; the roster is printed."""
    desk = opened()
    desk.sign_in("chair")
    page = desk.page
    desk.go("/console/members/comparisons/")
    page.locator("input[type=file]").set_input_files({"name": "工资表.csv", "mimeType": "text/csv", "buffer": sheets.payroll()})
    if page.locator("input[name=name]").count():
        page.locator("input[name=name]").fill("六月工资表")
    page.get_by_role("button", name="开始比对").click()
    page.wait_for_load_state("load")
    desk.look("m02-2-comparison")
    assert "名单 2 人" in desk.text, desk.text[:500]
    desk.go("/console/members/rosters/")
    desk.shot("m02-2-rosters")
    desk.go("/console/members/rosters/print/?kind=members")
    desk.shot("m02-2-roster-print")


@pytest.mark.system("S040", "S042", "S051")
def test_a_worker_who_changes_job_is_never_without_a_union(opened: Any, city: Path) -> None:
    """Three people of one shop: one is accepted elsewhere, one is sent back, one leaves and nobody claims her."""
    desk = opened()
    desk.sign_in("township")
    _roster(desk)
    phones = [_worker(opened, n) for n in range(3)]
    for phone in phones[:2]:
        phone.go("/m/members/transfer/")
        phone.page.get_by_label("转往工会").fill(NEW)
        phone.narrow()
        phone.press("提交转会")
        assert OLD in phone.text and "待转出方确认" in phone.text, phone.text
    phones[0].shot("m02-3-asked-phone")
    phones[0].go("/m/members/")
    phones[0].look("m02-3-home-phone")
    assert "转会办理中" in phones[0].text and OLD in phones[0].text, phones[0].text  # still a member there until the other side accepts

    desk.go("/console/members/transfers/?state=release")
    desk.look("m02-3-release")
    for name in NAMES[:2]:
        desk.page.locator("tr", has_text=name).get_by_role("button", name="放行").click()
        desk.page.wait_for_load_state("load")
        desk.look()
        desk.go("/console/members/transfers/?state=release")
    assert NAMES[0] not in desk.text
    _leaves(desk, NAMES[2])

    other = opened()
    other.sign_in("city")
    other.go("/console/members/transfers/")
    other.look("m02-3-incoming")
    other.page.locator("tr", has_text=NAMES[0]).get_by_role("button", name="接收").click()
    other.page.wait_for_load_state("load")
    other.look("m02-3-accepted")
    row = other.page.locator("tr", has_text=NAMES[1])
    row.locator("summary").click()
    row.get_by_label("理由").fill("单位核实查无此人")
    row.locator("form").get_by_role("button", name="退回").click()
    other.page.wait_for_load_state("load")
    other.look("m02-3-declined")

    for phone, union, word in zip(phones, (NEW, OLD, OLD), ("在籍", "在籍", "转出待接"), strict=True):
        phone.go("/m/members/")
        assert union in phone.text and word in phone.text, phone.text
    phones[0].look("m02-3-new-union-phone")
    phones[0].go("/m/members/timeline/")
    phones[0].look("m02-3-timeline-phone")
    phones[0].narrow()
    assert OLD in phones[0].text and "转会已接收" in phones[0].text, phones[0].text
    phones[1].go("/m/notices/")
    phones[1].look("m02-3-declined-phone")
    assert "单位核实查无此人" in phones[1].text, phones[1].text
    phones[2].go("/m/members/transfer/")
    phones[2].look("m02-3-waiting-phone")
    assert "由属地工会接收" in phones[2].text

    days_pass(city, NAMES[2])
    phones[2].go("/m/members/")
    phones[2].look("m02-3-fallback-phone")
    assert TOWN in phones[2].text and "在籍" in phones[2].text, phones[2].text
    other.go("/console/members/transfers/?state=done")
    other.look("m02-3-done")
    for name, word in zip(NAMES, ("已接收", "对方退回", "属地工会接收"), strict=True):
        assert word in other.page.locator("tr", has_text=name).first.inner_text()
    _no_gap(other)


OLD, NEW, TOWN = "江州市民生家电商行工会委员会", "江州市兴达家电有限公司工会委员会", "白桦镇工会委员会"
NAMES = ("贺转远", "贺转回", "贺转等")
PHONES = ("15390000811", "15390000812", "15390000813")


def _roster(desk: Any) -> None:
    """Three members of one shop come in by roster."""
    head = ["姓名", "身份证号", "手机号", "单位名称", "工会代码", "入职日期", "是否会员", "入会日期"]
    rows = [
        [name, sheets.id_number(811 + n), PHONES[n], "江州市民生家电商行", "JZ-01-E00069", "2024-04-01", "是", "2024-05-01"]
        for n, name in enumerate(NAMES)
    ]
    desk.go("/console/import/")
    desk.page.locator("input[type=file]").set_input_files(
        {"name": "换岗三人.csv", "mimeType": "text/csv", "buffer": sheets.table([head, *rows])}
    )
    desk.press("上传并核对表头")
    desk.press("检查每一行")
    desk.look("m02-3-roster-checked")
    desk.page.locator("button[value=good], button[value=commit]").first.click()
    desk.page.wait_for_load_state("load")
    for _second in range(60):
        if "四项合计" in desk.text:
            break
        desk.page.wait_for_timeout(1000)
        desk.page.reload()
    assert re.search(r"3\s*行\s*新增", desk.text), desk.text


def _worker(opened: Any, n: int) -> Any:
    phone = opened(phone=True)
    phone.sign_in_worker(PHONES[n])
    phone.go("/m/members/")
    assert OLD in phone.text and NAMES[n] in phone.text, phone.text
    return phone


def _leaves(desk: Any, name: str) -> None:
    """The township registers that somebody stopped working; the transfer-out opens by itself."""
    desk.go(f"/console/members/?q={name}")
    desk.page.locator("a.nm", has_text=name).first.click()
    desk.page.wait_for_load_state("load")
    desk.look("m02-3-member")
    desk.page.locator("summary", has_text="登记离职").first.click()
    form = desk.page.locator("form", has=desk.page.get_by_role("button", name="登记离职")).first
    form.locator("input[type=date]").fill(date.today().isoformat())
    form.get_by_role("button").click()
    desk.page.wait_for_load_state("load")
    desk.look("m02-3-left")
    assert "转出待接" in desk.text, desk.text[:1500]


def days_pass(city: Path, name: str) -> None:
    """The limit runs out, then the nightly job works: the one thing a browser cannot wait for."""
    code = (
        "import django; django.setup()\n"
        "from gonghui.members.models import Transfer\nfrom gonghui.members import jobs\nfrom gonghui.core import clock\n"
        f"rows = Transfer.objects.filter(person__name='{name}', state='in_transit')\n"
        "assert rows.update(due_on=clock.today()) == 1\nprint(jobs.unclaimed())\n"
    )
    where = environment(city) | {"DJANGO_SETTINGS_MODULE": "gonghui.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=where, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def _no_gap(desk: Any) -> None:
    """Each spell begins where the one before ended."""
    for name in NAMES:
        desk.go(f"/console/members/?q={name}")
        desk.page.locator("a.nm", has_text=name).first.click()
        desk.page.wait_for_load_state("load")
        desk.look(f"m02-3-history-{NAMES.index(name)}")
        cells = desk.page.locator("section[aria-labelledby=h-spells] tbody tr").all()
        spells = sorted(tuple(c.strip() for c in row.locator("td.num").all_inner_texts()) for row in cells)
        assert len(spells) > 1 and [s[1] for s in spells[:-1]] == [s[0] for s in spells[1:]], spells
        assert spells[-1][1] in {"", "—"}, spells
