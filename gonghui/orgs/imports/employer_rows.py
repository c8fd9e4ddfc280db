"""What a row of the employer list says (单位底册的一行): read, checked against the register, judged. No writing here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gonghui.accounts.actor import Actor, subtree
from gonghui.core import clock, crypto
from gonghui.orgs.enums import WRITTEN_OFF, CoverageForm, EmployerStatus, Perm, Sector
from gonghui.orgs.models import Coverage, Employer, EmployerSpell, Licence, Union
from gonghui.orgs.rules import coverage as coverage_rules
from gonghui.orgs.rules.identifiers import clean_number, licence_ok
from gonghui.orgs.rules.status import NEEDS_REVIEW, STEPS
from gonghui.orgs.services.coverage import form_of
from gonghui.orgs.services.employers import TABLE

PLAIN = (
    "ownership",
    "industry",
    "address",
    "area",
    "operator_name",
    "headcount",
    "migrant_headcount",
    "latitude",
    "longitude",
    "key_sector",
    "two_new",
)
COMPARED = ("name", "sector", *PLAIN)


@dataclass
class Row:
    """One line of the file, typed."""

    number: int
    name: str
    sector: str | None
    opened_on: date | None
    listed_on: date | None
    code: str = ""
    licence: str = ""
    phone: str = ""
    operator_id: str = ""
    status: str = ""
    status_on: date | None = None
    evidence: str = ""
    review_on: date | None = None
    union: Union | None = None
    form: str = ""
    cover: Union | None = None
    covered_on: date | None = None
    cover_reason: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass
class Change:
    """What an import would do to a known employer."""

    row: Row
    employer: Employer
    columns: dict[str, Any] = field(default_factory=dict)
    phone: bool = False
    operator: bool = False
    status: bool = False
    cover: bool = False
    licence: bool = False

    @property
    def any(self) -> bool:
        return bool(self.columns) or self.phone or self.operator or self.status or self.cover or self.licence


@dataclass
class Fault:
    """Why a row cannot go in."""

    column: str
    code: str
    message: str


class Register:
    """What the register knows already, read in a few queries for the whole file."""

    def __init__(self, actor: Actor, org_path: str, rows: Iterable[Mapping[str, Any]]) -> None:
        self.actor = actor
        data = list(rows)
        self.org = Union.objects.get(path=org_path) if org_path else Union.objects.get(depth=0)
        codes = {str(r[k]) for r in data for k in ("union", "cover") if r[k]}
        self.unions = {u.code: u for u in Union.objects.filter(code__in=codes)}
        self.inside = set(Union.objects.filter(subtree(self.org.path), code__in=codes).values_list("code", flat=True))
        numbers = {clean_number(r["licence"]) for r in data if r["licence"]}
        self.licences = dict(Licence.objects.filter(number__in=numbers, until=None).values_list("number", "employer_id"))
        known = set(self.licences.values())
        by_code = Employer.objects.filter(code__in={r["code"] for r in data if r["code"]})
        names = {r["name"] for r in data if not r["code"] and not r["licence"]}
        by_name = Employer.objects.filter(name__in=names, written_off_on=None) if names else Employer.objects.none()
        rows_known = [*by_code, *Employer.objects.filter(pk__in=known), *by_name]
        self.employers = {e.pk: e for e in rows_known}
        self.by_code = {e.code: e for e in rows_known}
        self.by_name: dict[str, list[Employer]] = {}
        for e in {e.pk: e for e in by_name}.values():
            self.by_name.setdefault(e.name, []).append(e)
        self.covers: dict[int, list[Coverage]] = {}
        for c in Coverage.objects.filter(employer_id__in=self.employers, until=None):
            self.covers.setdefault(c.employer_id, []).append(c)
        self.since = dict(EmployerSpell.objects.filter(employer_id__in=self.employers, until=None).values_list("employer_id", "since"))
        self.paths = dict(Union.objects.filter(pk__in={e.union_id for e in rows_known}).values_list("pk", "path"))
        self.phone_index = crypto.blinder(f"{TABLE}.phone")
        self.operator_index = crypto.blinder(f"{TABLE}.operator")
        self._may: dict[str, bool] = {}

    def find(self, row: Row) -> Employer | None:
        """The employer this row speaks of: by ledger number, by licence, by name under the same union when it has neither."""
        if row.code and row.code in self.by_code:
            return self.by_code[row.code]
        if row.licence and row.licence in self.licences:
            return self.employers[self.licences[row.licence]]
        if not row.code and not row.licence:
            same = [
                e for e in self.by_name.get(row.name, []) if row.union is None or e.union_id == row.union.pk or self._home(e, row.union)
            ]
            return same[0] if len(same) == 1 else None
        return None

    def _home(self, employer: Employer, union: Union) -> bool:
        return self.paths.get(employer.union_id, "").startswith(union.path)

    def may_cover(self, union: Union) -> bool:
        """May the actor let this union cover employers?"""
        if union.path not in self._may:
            self._may[union.path] = self.actor.may(Perm.COVERAGE_EDIT, union)
        return self._may[union.path]

    def sees(self, employer: Employer) -> bool:
        return self.paths.get(employer.union_id, "").startswith(self.org.path)


def typed(raw: Mapping[str, Any], known: Register) -> tuple[Row, list[Fault]]:
    """A row with its words looked up; faults where a code is not known."""
    faults: list[Fault] = []
    row = Row(
        number=int(raw["_row"]),
        name=str(raw["name"] or "").strip(),
        sector=raw["sector"],
        opened_on=_day(raw["opened_on"]),
        listed_on=_day(raw["listed_on"]),
        code=raw["code"] or "",
        licence=clean_number(raw["licence"] or ""),
        phone=clean_number(raw["phone"] or ""),
        operator_id=clean_number(raw["operator_id"] or ""),
        status=raw["status"] or "",
        status_on=_day(raw["status_on"]),
        evidence=raw["evidence"] or "",
        review_on=_day(raw["review_on"]),
        form=raw["form"] or "",
        covered_on=_day(raw["covered_on"]),
        cover_reason=raw["cover_reason"] or "",
    )
    row.union = _union(raw["union"], "union", known, faults)
    row.cover = _union(raw["cover"], "cover", known, faults)
    row.values = {k: v for k in PLAIN if (v := _value(k, raw[k])) is not None}
    return row, faults


def _union(code: str | None, column: str, known: Register, faults: list[Fault]) -> Union | None:
    if not code:
        return None
    union = known.unions.get(code)
    word = "所属工会代码" if column == "union" else "覆盖工会代码"
    if union is None or (code not in known.inside and not (column == "cover" and known.may_cover(union))):
        faults.append(Fault(column, "union", f"{word} {code} 没找到，或不在您管理的范围内。请核对代码，或先登记这个工会。"))
        return None
    if union.ended_on is not None:
        faults.append(Fault(column, "union", f"{union.name}（{code}）已于 {union.ended_on}{union.get_state_display()}。请改为承接的工会。"))
        return None
    return union


def _value(key: str, raw: Any) -> Any:
    if raw in (None, ""):
        return None
    if key in ("headcount", "migrant_headcount"):
        return int(raw)
    if key in ("latitude", "longitude"):
        try:
            return float(raw)
        except ValueError:
            return None
    return raw == "1" if key == "two_new" else raw


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def faults_of(row: Row, found: Employer | None, known: Register) -> list[Fault]:
    """Everything that keeps the row out."""
    return [
        f
        for f in (
            _numbers(row, found),
            *_dates(row, found),
            *_status(row, found, known),
            *_cover(row, found, known),
            *_identity(row, found, known),
        )
        if f
    ]


def _numbers(row: Row, found: Employer | None) -> Fault | None:
    total = row.values.get("headcount", found.headcount if found else None)
    part = row.values.get("migrant_headcount")
    if total is not None and part is not None and part > total:
        return Fault("migrant_headcount", "counts", f"农民工 {part} 人，多于职工 {total} 人，请核对。")
    return None


def _dates(row: Row, found: Employer | None) -> Iterable[Fault]:
    today = clock.today()
    if found is None and row.opened_on is None:
        yield Fault("opened_on", "date", "新登记的单位要填开业日期。")
    for column, day, word in (
        ("opened_on", row.opened_on, "开业日期"),
        ("listed_on", row.listed_on, "列入底册日期"),
        ("status_on", row.status_on, "状态日期"),
        ("covered_on", row.covered_on, "覆盖日期"),
    ):
        if day is not None and day > today:
            yield Fault(column, "date", f"{word} {day} 晚于今天（{today}），请核对。")
    if found is None and row.sector is None:
        yield Fault("sector", "sector", "新登记的单位要填单位性质：非公有制，或机关企事业。")


def _status(row: Row, found: Employer | None, known: Register) -> Iterable[Fault]:
    current = found.status if found else EmployerStatus.NORMAL
    if not row.status or row.status == current:
        return
    if row.status not in STEPS[current]:
        old, new = EmployerStatus(current).label, EmployerStatus(row.status).label
        yield Fault("status", "status", f"现在登记的是“{old}”，不能变为“{new}”。已核减的单位如核减有误，请在单位页面撤销核减。")
        return
    if row.status_on is None:
        yield Fault("status_on", "status", f"经营状态是“{EmployerStatus(row.status).label}”，要填状态日期。")
        return
    if not row.evidence:
        yield Fault("evidence", "status", f"经营状态是“{EmployerStatus(row.status).label}”，要填依据，如注销通知书文号。")
    if row.status in NEEDS_REVIEW and row.review_on is None:
        yield Fault("review_on", "status", f"“{EmployerStatus(row.status).label}”要填复核日期。")
    since = known.since.get(found.pk) if found else (row.listed_on or row.opened_on)
    if since is not None and row.status_on < since:
        yield Fault("status_on", "status", f"状态日期 {row.status_on} 早于现在状态的开始（{since}），请核对。")


def _cover(row: Row, found: Employer | None, known: Register) -> Iterable[Fault]:
    if not (row.form or row.cover):
        return
    if not (row.form and row.cover and row.covered_on):
        yield Fault("form", "cover", "覆盖形式、覆盖工会代码、覆盖日期要一起填。")
        return
    expected = form_of(row.cover)
    if expected is not None and row.form != expected:
        yield Fault("form", "cover", f"{row.cover.name}是{row.cover.get_kind_display()}，覆盖形式应写“{CoverageForm(expected).label}”。")
    if row.covered_on < row.cover.founded_on:
        yield Fault("covered_on", "cover", f"覆盖日期 {row.covered_on} 早于{row.cover.name}成立（{row.cover.founded_on}），请核对。")
    if row.form in coverage_rules.JOINT_FORMS and not row.cover_reason:
        yield Fault("cover_reason", "cover", "联合形式只用于不宜单独建会的小单位，请填“覆盖说明”写明理由。")
    for live in known.covers.get(found.pk, []) if found else ():
        if (
            coverage_rules.group(live.form) == coverage_rules.group(row.form)
            and live.union_id != row.cover.pk
            and row.covered_on <= live.since
        ):
            yield Fault("cover", "cover", f"这个单位已于 {live.since} 由别的工会以同类形式覆盖，新的覆盖日期要晚于它。")


def _identity(row: Row, found: Employer | None, known: Register) -> Iterable[Fault]:
    holder = known.licences.get(row.licence) if row.licence else None
    if found is not None and not known.sees(found):
        yield Fault("code", "scope", "这个单位登记在别的工会名下，不在您管理的范围内。请联系上级工会处理。")
    elif found is not None and holder is not None and holder != found.pk:
        yield Fault("licence", "licence", f"证照号 {row.licence} 已登记在另一家单位名下。如果是同一家，请在“疑似重复”里办理归并。")
    elif found is None and not (row.code or row.licence) and len(known.by_name.get(row.name, [])) > 1:
        yield Fault("name", "name", f"底册里有 {len(known.by_name[row.name])} 家叫“{row.name}”的单位，请补填统一社会信用代码以便区分。")


def doubles(rows: Sequence[Row]) -> dict[int, str]:
    """Lines that repeat an earlier line of the same file (by ledger number or licence): row number -> reason."""
    seen: dict[tuple[str, str], int] = {}
    found: dict[int, str] = {}
    for row in rows:
        for kind, value in (("单位编号", row.code), ("证照号", row.licence)):
            if value and (kind, value) in seen:
                found[row.number] = f"{kind} {value} 在第 {seen[(kind, value)]} 行已经出现过，同一单位只留一行。"
            elif value:
                seen[(kind, value)] = row.number
    return found


def change_of(row: Row, found: Employer, known: Register) -> Change:
    """What the row would alter; an empty cell alters nothing."""
    change = Change(row, found)
    given = {"name": row.name or None, "sector": row.sector, **row.values}
    if found.written_off_on is None:
        change.columns = {k: v for k, v in given.items() if v is not None and getattr(found, k) != v}
        if row.opened_on is not None and row.opened_on != found.opened_on:
            change.columns["opened_on"] = row.opened_on
        change.phone = bool(row.phone) and known.phone_index(row.phone) != _bytes(found.phone_index)
        change.operator = bool(row.operator_id) and known.operator_index(row.operator_id) != _bytes(found.operator_index)
        change.licence = bool(row.licence) and row.licence not in known.licences
        live = known.covers.get(found.pk, [])
        change.cover = bool(row.form) and row.cover is not None and not any(c.form == row.form and c.union_id == row.cover.pk for c in live)
    change.status = bool(row.status) and row.status != found.status
    if row.status in WRITTEN_OFF:
        change.cover = False
    return change


def _bytes(value: Any) -> bytes | None:
    return bytes(value) if value is not None else None


def licence_warnings(rows: Iterable[Row]) -> int:
    """How many licence numbers carry a wrong check digit: taken in, marked unchecked."""
    return sum(1 for r in rows if r.licence and not licence_ok(r.licence))


SECTOR_WORDS = {
    **{s.label: s.value for s in Sector},
    "非公": Sector.NON_PUBLIC.value,
    "非公企业": Sector.NON_PUBLIC.value,
    "非公有制企业": Sector.NON_PUBLIC.value,
    "民营": Sector.NON_PUBLIC.value,
    "私营": Sector.NON_PUBLIC.value,
    "公有": Sector.PUBLIC.value,
    "公有制": Sector.PUBLIC.value,
    "机关事业": Sector.PUBLIC.value,
    "国有": Sector.PUBLIC.value,
}
STATUS_WORDS = {
    **{s.label: s.value for s in EmployerStatus},
    "存续": EmployerStatus.NORMAL.value,
    "在业": EmployerStatus.NORMAL.value,
    "开业": EmployerStatus.NORMAL.value,
    "吊销": EmployerStatus.CLOSED.value,
    "停产": EmployerStatus.STOPPED.value,
    "季节性停产": EmployerStatus.SEASONAL.value,
}
FORM_WORDS = {
    **{f.label: f.value for f in CoverageForm},
    "单建": CoverageForm.SINGLE.value,
    "单独": CoverageForm.SINGLE.value,
    "区域": CoverageForm.REGIONAL.value,
    "区域性工会联合会": CoverageForm.REGIONAL.value,
    "行业": CoverageForm.INDUSTRY.value,
    "行业性工会联合会": CoverageForm.INDUSTRY.value,
    "系统": CoverageForm.SYSTEM.value,
    "产业": CoverageForm.SYSTEM.value,
}
