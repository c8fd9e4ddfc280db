"""The demo city as files (演示城市的文件): what a federation would really be handed, in several formats and encodings."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import xlsxwriter

from gonghui.portal.demo.city import BEFORE, EVIDENCE, City, EmployerRow, UnionRow
from gonghui.portal.demo.plan import AREA, CLOSING, Plan
from gonghui.portal.demo.roster import COLUMNS, Crowd, Row

UNION_COLUMNS = (
    "组织代码",
    "名称",
    "类别",
    "联合形式",
    "建会方式",
    "上级代码",
    "成立日期",
    "届次",
    "届次起",
    "届次止",
    "主席姓名",
    "法人证书号",
    "行政区划",
    "纬度",
    "经度",
)
EMPLOYER_COLUMNS = (
    "单位编号", "单位名称", "统一社会信用代码", "单位性质", "行业", "地址", "负责人", "负责人证件号", "联系电话", "职工数", "农民工数", "开业日期", "列入底册日期",
    "经营状态", "状态日期", "状态依据", "所属工会代码", "覆盖形式", "覆盖工会代码", "覆盖日期", "行政区划", "纬度", "经度",
)  # fmt: skip
BOOK_TIME = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
OTHER_WORDS = {
    "证件号码": "身份证号",
    "手机号": "联系电话",
    "单位编号": "所在单位编号",
    "入会日期": "参加工会时间",
    "是否农民工": "农民工",
    "岗位": "工种",
}


def write(plan: Plan, city: City, folder: Path) -> Iterator[tuple[str, Path]]:
    """Write every file; yields (kind, path) in the order of import, each as soon as it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    yield "unions", _xlsx(folder / "01_工会组织.xlsx", UNION_COLUMNS, (_union(u) for u in city.unions))
    yield (
        "employers",
        _xlsx(folder / "02_单位底册_2024年末.xlsx", EMPLOYER_COLUMNS, (_opening(e) for e in city.employers if e.listed <= BEFORE)),
    )
    yield (
        "employers",
        _csv(folder / "03_单位变动_2025年.csv", EMPLOYER_COLUMNS, (_now(e) for e in city.employers if _changed(e)), "gb18030"),
    )
    for path in _rosters(plan, city, folder):
        yield "roster", path
    later = _csv(
        folder / "05_新登记单位_2026年.csv", EMPLOYER_COLUMNS, (_now(e) for e in city.employers if e.listed > CLOSING), "utf-8-sig"
    )
    (folder / "truth.json").write_text(json.dumps(city.truth, ensure_ascii=False, indent=1), encoding="utf-8")
    yield "employers", later


def _changed(e: EmployerRow) -> bool:
    late = e.covered is not None and e.covered > BEFORE
    return BEFORE < e.listed <= CLOSING or (e.listed <= BEFORE and (late or e.status != "正常"))


def _union(u: UnionRow) -> Sequence[object]:
    number, since, until = u.term or ("", "", "")
    return (u.code, u.name, u.kind, u.form, u.mode, u.parent, u.founded, number, since, until, u.chair, u.certificate, AREA, *u.place)


def _opening(e: EmployerRow) -> Sequence[object]:
    covered = e.covered is not None and e.covered <= BEFORE
    return _employer(e, "正常", "", "", covered)


def _now(e: EmployerRow) -> Sequence[object]:
    return _employer(e, e.status, e.status_on or "", EVIDENCE.get(e.status, ""), e.covered is not None)


def _employer(e: EmployerRow, status: str, on: object, evidence: str, covered: bool) -> Sequence[object]:
    cover = (e.form, e.union, e.covered) if covered else ("", "", "")
    return (
        e.code, e.name, e.licence, e.sector, e.section, e.address, e.operator, e.operator_id, e.phone, e.workers if e.desk else 0, e.migrants if e.desk else 0, e.opened, e.listed,
        status, on, evidence, e.township, *cover, AREA, *e.place,
    )  # fmt: skip


def _rosters(plan: Plan, city: City, folder: Path) -> Iterator[Path]:
    """One file a township: two workbooks, the rest text in the encodings one meets, with the small dirt one meets."""
    crowd = Crowd(plan, city)
    by_town: dict[str, list[EmployerRow]] = {}
    for employer in city.employers:
        if employer.workers and employer.sector == "非公有制" and employer.listed <= CLOSING:
            by_town.setdefault(employer.township, []).append(employer)
    for i, (town, employers) in enumerate(sorted(by_town.items())):
        rows = _dirty((row for e in employers for row in crowd.of(e)), Random(f"dirt-{plan.seed}-{town}"))
        name = f"04_花名册_{town}"
        if i < 2:
            yield _xlsx(folder / f"{name}.xlsx", COLUMNS, rows)
        else:
            heads = tuple(OTHER_WORDS.get(c, c) for c in COLUMNS) if i % 4 == 3 else COLUMNS
            yield _csv(folder / f"{name}.csv", heads, rows, ("utf-8-sig", "gb18030", "utf-8", "utf-16")[i % 4])
    if doubles := crowd.double_rows():
        yield _csv(folder / "04_花名册_补报.csv", COLUMNS, doubles, "utf-8-sig")


def _dirty(rows: Iterable[Row], random: Random) -> Iterator[Row]:
    """Full-width digits, stray spaces, a leading apostrophe, a lower-case x: dirt that cleans up without a question."""
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    for row in rows:
        chance = random.random()
        if chance > 0.006:
            yield row
            continue
        values = list(row)
        if chance < 0.0015:
            values[8] = values[8].translate(wide)
        elif chance < 0.003:
            values[2] = "'" + values[2]
        elif chance < 0.0045:
            values[0] = f" {values[0][0]}　{values[0][1:]} "
        else:
            values[2] = values[2].lower()
        yield tuple(values)


def _xlsx(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": BOOK_TIME})  # or the same city would not be the same bytes
        sheet = book.add_worksheet("表1")
        sheet.write_row(0, 0, columns)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_string(number, column, value.isoformat())
                elif isinstance(value, int | float):
                    sheet.write_number(number, column, value)
                elif value:
                    sheet.write_string(number, column, str(value))
    return path


def _csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], encoding: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path
