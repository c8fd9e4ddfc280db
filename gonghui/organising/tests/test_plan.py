"""The planner (建会方案): the law's line first, then what is near; the small shop is never pushed to stand alone."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.organising import rules
from gonghui.organising.enums import Form
from gonghui.organising.selectors import planning
from gonghui.organising.tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "form", "place"),
    [
        ("江州市青石镇清泉街 12 号", Form.JOINT3, "清泉街"), ("江州市青石镇东风商贸市场 3 排", Form.JOINT5, "东风商贸市场"), ("江州市城关街道光明大厦 9 层", Form.JOINT2, "光明大厦"),
        ("江州市青石镇茶山村", Form.JOINT1, "茶山村"), ("江州市青石镇高新工业园 2 号", Form.JOINT7, "高新工业园"),
    ],
)  # fmt: skip
def test_the_address_speaks_for_a_form(address: str, form: Form, place: str) -> None:
    assert rules.place_of(address) == (form, place)
    assert rules.place_of("地址不详") is None


def test_months_are_whole_months() -> None:
    assert [rules.months_between(date(2026, 1, 31), d) for d in (date(2026, 7, 30), date(2026, 7, 31))] == [5, 6]


@pytest.mark.system("S016")
def test_at_the_line_the_unit_stands_alone_below_it_joins_first() -> None:
    town = make.township()
    street = make.build("joint", "清泉街工会委员会", town, form="joint3", mode="joint")
    small, large = make.shop("小店", 24, town=town), make.shop("大店", 25, town=town)
    plan = planning.plan_for(small)
    assert (plan.best.form, plan.best.union, plan.best.fits) == (Form.JOIN, street, True)
    assert plan.slip is not None and plan.slip.outcome is False
    plan = planning.plan_for(large)
    assert (plan.best.form, plan.best.fits) == (Form.OWN, True)
    assert next(o for o in plan.options if o.form == Form.JOIN).fits is False


def test_larger_neighbours_do_not_spoil_the_street() -> None:
    town = make.township()
    small = make.shop("小店", 4, town=town)
    make.shop("米店", 5, town=town)
    make.shop("大店", 60, town=town)
    joint = next(o for o in planning.plan_for(small).options if o.form == Form.JOINT3)
    assert (joint.fits, [e.name for e in planning.plan_for(small).neighbours]) == (True, ["米店"])


def test_an_unknown_headcount_is_asked_for_and_never_guessed() -> None:
    firm = make.shop("新店", 4)
    type(firm).objects.filter(pk=firm.pk).update(headcount=None)
    firm.refresh_from_db()
    plan = planning.plan_for(firm)
    assert plan.slip is not None and plan.slip.outcome is None and plan.slip.missing == ("members",)
    assert [o.form for o in plan.options if o.fits is True] == []


@pytest.mark.system("S019")
def test_a_project_is_planned_by_its_months() -> None:
    firm = make.shop("大桥项目", 40)
    assert planning.plan_for(firm, project=(date(2026, 1, 1), date(2026, 7, 1))).best.form == Form.PROJECT
    assert planning.plan_for(firm, project=(date(2026, 1, 1), date(2026, 6, 30))).best.form == Form.ORGANISER
