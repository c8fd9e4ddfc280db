"""Pure rules of organising (建会的纯规则): which joint form an address speaks for, names, months, the way of a case."""

from __future__ import annotations

import re
from datetime import date

from gonghui.core import clock
from gonghui.organising.enums import JOINT_FORMS, CaseKind, CaseState, Form
from gonghui.orgs.enums import CoverageForm, Mode, UnionKind

S = CaseState
BUILDING_WAY = (S.APPLICATION, S.PENDING, S.GROUP, S.RECRUITING, S.MEETING, S.RESULT, S.FILING, S.SETUP, S.DONE)
CHANGE_WAY = (S.APPLICATION, S.PENDING, S.EXECUTE, S.DONE)
ELECTING = frozenset({CaseKind.BUILD, CaseKind.REBUILD})
INNER_FORMS = frozenset({str(Form.PROJECT), str(Form.ORGANISER)})
"""Filed with the company's union instead of registered as a legal person (报公司工会备案). Source: R007."""

_PLACES = (
    (Form.JOINT5, re.compile(r"([\u4e00-\u9fff]{2,6}?(?:市场|商场|商城|商贸城))")),
    (Form.JOINT2, re.compile(r"([\u4e00-\u9fff]{2,6}?(?:大厦|大楼|写字楼))")),
    (Form.JOINT7, re.compile(r"([\u4e00-\u9fff]{2,6}?(?:工业园|产业园|园区))")),
    (Form.JOINT3, re.compile(r"([\u4e00-\u9fff]{2,6}?(?:大街|街|路|巷))(?!道)")),
    (Form.JOINT1, re.compile(r"([\u4e00-\u9fff]{2,6}?(?:社区|村|嘎查))")),
)
_ABOVE = re.compile(r"^.*?(?:街道|省|市(?!场)|县|(?<![园社小])区|旗|镇|乡)(?=[\u4e00-\u9fff])")


def place_of(address: str) -> tuple[Form, str] | None:
    """Form and name of the place an address lies in (地址所在的街、楼、市场、园区、村): `③`, `清泉街`."""
    tail = address
    while (found := _ABOVE.match(tail)) and found.end() < len(tail):
        tail = tail[found.end() :]
    for form, pattern in _PLACES:
        if hit := pattern.search(tail):
            return form, hit.group(1)
    return None


def months_between(start: date, end: date) -> int:
    """Whole months from start to end (整月): what the project line is measured in."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if clock.add_months(start, months) <= end else months - 1


def union_name(employer: str, form: str, place: str = "") -> str:
    """The usual name (工会名称): inventory §4.2."""
    if form in JOINT_FORMS:
        return f"{place or employer}{'行业' if form == Form.JOINT6 and '业' not in (place or employer) else ''}工会委员会"
    if form in {Form.REGIONAL, Form.INDUSTRY}:
        return f"{place or employer}工会联合会"
    if form == Form.PROJECT:
        return f"{employer}项目部工会委员会" if "项目" not in employer else f"{employer}工会委员会"
    if form == Form.ORGANISER:
        return f"{employer}工会组织员"
    return f"{employer}工会委员会"


def kind_of(form: str) -> str:
    """The kind of union a form builds (组织类别)."""
    if form in JOINT_FORMS:
        return UnionKind.JOINT
    named: dict[str, str] = {
        Form.REGIONAL: UnionKind.REGIONAL,
        Form.INDUSTRY: UnionKind.INDUSTRY,
        Form.PROJECT: UnionKind.PROJECT,
        Form.ORGANISER: UnionKind.ORGANISER,
    }
    return named.get(form, UnionKind.ENTERPRISE)


def mode_of(form: str) -> str:
    """The formation mode a form means (建会方式)."""
    if form in JOINT_FORMS:
        return Mode.JOINT
    return {Form.AFFILIATED: Mode.AFFILIATED, Form.TRANSITIONAL: Mode.TRANSITIONAL}.get(form, Mode.SINGLE)  # type: ignore[call-overload, no-any-return]  # keys are members of Form


def coverage_of(form: str) -> str:
    """The coverage form that goes with it (覆盖形式)."""
    if form in JOINT_FORMS:
        return form
    return {Form.REGIONAL: CoverageForm.REGIONAL, Form.INDUSTRY: CoverageForm.INDUSTRY}.get(form, CoverageForm.SINGLE)  # type: ignore[call-overload, no-any-return]  # keys are members of Form


def way(kind: str, form: str = "") -> tuple[CaseState, ...]:
    """The steps of a case in order (办理路径)."""
    if kind not in ELECTING:
        return CHANGE_WAY
    return tuple(s for s in BUILDING_WAY if not (form in INNER_FORMS and s == S.SETUP))
