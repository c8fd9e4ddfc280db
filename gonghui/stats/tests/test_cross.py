"""Cross tables count from records and state what they divide by."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core.errors import NotFound, NotPermitted
from gonghui.members.tests import make
from gonghui.orgs.selectors import closure
from gonghui.orgs.tests import make as orgs
from gonghui.stats import selectors

pytestmark = pytest.mark.django_db
END = date(2025, 12, 31)


def city():
    root, town, other = make.root(), make.township(), make.township("白石镇工会")
    firm, far = make.employer(town), make.employer(other)
    for education, since, n in (("20", date(2003, 5, 1), 2), ("20", date(2024, 5, 1), 1), ("60", date(2024, 5, 1), 3)):
        for _ in range(n):
            make.employed(make.person(education=education), firm, since)
    make.employed(make.person(education="60"), far, date(2024, 5, 1))
    return root, town, other


@pytest.mark.system("S271")
def test_education_by_cohort_counts_and_names_its_denominator():
    root, town, _other = city()
    actor = orgs.officer(Role.TOWNSHIP, town)
    table = selectors.cross(
        actor=actor, union=closure.node_by_pk(town.pk), as_of=END, population="workers", row="education", column="cohort", of="column"
    )
    assert table.total == 6
    recent, early = "2021–2025 年", "2005 年以前"
    shares = {r: table.share(r, recent) for r in table.rows}
    assert sorted(str(s) for s in shares.values()) == ["1/4", "3/4"]
    assert {table.denominator(r, recent) for r in table.rows} == {4} and {table.denominator(r, early) for r in table.rows} == {2}
    assert sum(table.row_total(r) for r in table.rows) == sum(table.footer()) == 6
    assert root.pk


def test_only_those_in_scope_who_may_open_the_records():
    root, town, other = city()
    asked = {"as_of": END, "population": "workers", "row": "education", "column": "sex"}
    with pytest.raises(NotFound):
        selectors.cross(actor=orgs.officer(Role.TOWNSHIP, town), union=closure.node_by_pk(other.pk), **asked)
    with pytest.raises(NotPermitted):
        selectors.cross(actor=orgs.officer(Role.FINANCE, root), union=closure.node("root"), **asked)


@pytest.mark.parametrize(
    ("since", "name"),
    [(date(2025, 1, 1), "不满 1 年"), (date(2024, 12, 31), "1–4 年"), (date(1995, 12, 31), "30 年以上"), (date(1996, 1, 1), "20–29 年")],
)
def test_seniority_is_full_years_on_the_day(since, name):
    assert selectors.DIMS["seniority"].name(since, END, {}) == name


@pytest.mark.system("S271")
def test_the_page_and_its_export_say_the_same():
    root, town, _other = city()
    mine = accounts.client(accounts.officer((Role.CITY, root.path)))
    page = mine.get("/console/stats/?as_of=2025-12-31").content.decode()
    assert "职工共 7 人，百分比占本列" in page
    content = mine.get("/console/stats/export/?as_of=2025-12-31").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert "口径说明" in book.sheetnames
    assert mine.get(f"/console/stats/?org={town.code}&row=nonsense").status_code == 200
    stranger = accounts.client(accounts.officer((Role.FINANCE, root.path)))
    assert stranger.get("/console/stats/").status_code == 403
