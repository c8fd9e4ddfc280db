"""National codes: shipped, dated, importable, browsable."""

from __future__ import annotations

import pytest
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core.errors import BadInput
from gonghui.people import codes, selectors
from gonghui.people.tests import make

pytestmark = pytest.mark.django_db


def test_the_shipped_table_is_whole_and_loads_twice_without_change():
    assert codes.load_shipped(actor=make.system())["created"] == len(codes.shipped())
    assert codes.load_shipped(actor=make.system())["unchanged"] == len(codes.shipped())
    counts = dict(selectors.code_sets())
    assert (counts["ethnic"], counts["political"], counts["sex"]) == (58, 13, 4)
    assert sum(1 for r in codes.shipped() if r["set"] == "industry") == 20 + 97
    assert selectors.code_find("ethnic", "回族") == "03" and selectors.code_find("ethnic", "没有") == ""


def test_a_full_table_is_imported_with_dates():
    content = "set,code,label,parent,since,until\narea,990000,虚构省,,2000-01-01,2020-01-01\narea,990000,新虚构省,,2020-01-01,\n".encode(
        "gb18030"
    )
    assert codes.codes_import(actor=make.system(), content=content, name="区划.csv")["created"] == 2
    from datetime import date

    assert [c.label for c in selectors.code_list("area", on=date(2019, 1, 1))] == ["虚构省"]
    assert [c.label for c in selectors.code_list("area", on=date(2021, 1, 1))] == ["新虚构省"]
    with pytest.raises(BadInput):
        codes.codes_import(actor=make.system(), content=b"a,b\n1,2\n", name="x.csv")


def test_the_page_finds_a_code(client):
    codes.load_shipped(actor=make.system())
    client.force_login(accounts.officer((Role.CITY, "0001")))
    page = client.get(reverse("people:codes") + "?set=industry&q=餐饮").content.decode()
    assert "餐饮业" in page and "畜牧业" not in page
