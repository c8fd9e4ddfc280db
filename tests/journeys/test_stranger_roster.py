"""A roster from outside is imported by the wizard (外来花名册): GBK, other column names, mixed mistakes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.journeys import sheets


@pytest.mark.system("S040")
def test_a_strange_roster_is_imported_and_every_row_has_one_verdict(opened: Any) -> None:
    desk = opened()
    desk.sign_in("chair")
    page = desk.page
    desk.go("/console/import/")
    desk.shot("import-1-upload")
    page.locator("input[type=file]").set_input_files({"name": "我厂名单.csv", "mimeType": "text/csv", "buffer": sheets.stranger()})
    page.get_by_role("button", name="上传并核对表头").click()
    page.wait_for_load_state("load")
    desk.look("import-2-map")
    page.get_by_role("button", name="检查每一行").click()
    page.wait_for_load_state("load")
    desk.look("import-3-check")
    page.locator("button[value=good], button[value=commit]").first.click()
    page.wait_for_load_state("load")
    desk.look("import-4-progress")
    for _second in range(60):  # the job worker writes the batch
        if "四项合计" in desk.text:
            break
        page.wait_for_timeout(1000)
        page.reload()
    desk.look("import-4-result")
    numbers = {word: int(n.replace(",", "")) for n, word in re.findall(r"([\d,]+)\s*行\s*(新增|更新|没有变化|没有导入)", desk.text)}
    read = int(re.search(r"四项合计\s*(\d+)\s*行", desk.text).group(1))  # type: ignore[union-attr]
    assert sum(numbers.values()) == read == 8, desk.text
    assert numbers["新增"] >= 5 and numbers["没有导入"] >= 1
    page.set_viewport_size({"width": 375, "height": 812})
    desk.look("import-4-result-phone")
