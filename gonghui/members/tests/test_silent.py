"""Employers that seem to have stopped (疑似停产未注销): nobody there, nothing changes; a visit or a worker is a sign of life."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.members.selectors import silent
from gonghui.members.tests import make as members
from gonghui.orgs import services as orgs
from gonghui.orgs.tests import make

pytestmark = pytest.mark.django_db
OLD, TODAY = date(2020, 1, 1), date(2026, 6, 1)


@pytest.fixture
def firm():
    make.root()
    with clock.at(TODAY):
        yield make.employer(make.township(), listed_on=OLD, headcount=0)


def codes(actor=make.system) -> list[str]:
    return list(silent.silent_employers(actor=actor).values_list("code", flat=True))


def test_nobody_there_for_a_year_is_a_lead(firm) -> None:
    assert codes() == [firm.code]
    with clock.at(date(2020, 12, 31)):
        assert codes() == []


def test_a_worker_in_the_roster_is_a_sign_of_life(firm) -> None:
    members.employed(members.person(), firm, since=date(2024, 1, 1))
    assert codes() == []


def test_a_visit_on_the_spot_is_a_change_and_data_of_a_department_is_none(firm) -> None:
    orgs.value_record(actor=make.system, employer=firm, side="desk", values={"operator_name": "王五"}, origin="部门数据")
    assert codes() == [firm.code]
    orgs.value_record(actor=make.system, employer=firm, side="field", values={"operator_name": "赵六"}, origin="实地走访")
    assert codes() == []


def test_workers_in_the_ledger_and_public_bodies_are_no_lead(firm) -> None:
    make.employer(firm.union, listed_on=OLD, headcount=3)
    make.employer(firm.union, listed_on=OLD, headcount=0, sector="public")
    assert codes() == [firm.code]


def test_the_page_is_cut_to_the_scope_and_says_why(firm) -> None:
    other = make.township("白石镇工会")
    mine = accounts.client(accounts.officer((Role.TOWNSHIP, firm.union.path))).get("/console/members/silent/").content.decode()
    theirs = accounts.client(accounts.officer((Role.TOWNSHIP, other.path))).get("/console/members/silent/").content.decode()
    assert firm.name in mine and "orgs.silent_months" in mine
    assert firm.name not in theirs and "没有要核实的单位" in theirs
