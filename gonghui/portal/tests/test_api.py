"""The REST API says what the pages say, to the same people; its contract is committed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.orgs.tests import make
from gonghui.portal.management.commands.openapi import text


@pytest.mark.django_db
def test_the_api_gives_figures_to_those_in_scope_only():
    root, town, other = make.root(), make.township(), make.township("白石镇工会")
    make.employer(town, listed_on=date(2024, 1, 1))
    mine = accounts.client(accounts.officer((Role.TOWNSHIP, town.path)))
    answer = mine.get(f"/api/figures/?org={town.code}&as_of=2025-12-31")
    assert answer.status_code == 200
    found = {f["key"]: f["value"] for f in answer.json()["figures"]}
    assert (found["employers"], found["rate.formation"]) == (1, "0.0000")
    for code in (other.code, root.code, "NOSUCH"):
        assert mine.get(f"/api/figures/?org={code}").status_code == 404
    assert mine.get(f"/api/figures/bridge?org={town.code}").json()[0]["balanced"] is True
    assert mine.get(f"/api/figures/reported?org={town.code}").json() == []
    assert len(mine.get("/api/figures/definitions").json()) > 50


@pytest.mark.django_db
def test_a_stranger_is_refused_in_json_and_a_bad_parameter_is_named():
    make.root()
    answer = Client().get("/api/figures/")
    assert answer.status_code in (401, 403) and answer.json()["code"] == "core.sign_in"
    mine = accounts.client(accounts.officer((Role.CITY, make.root().path)))
    answer = mine.get("/api/figures/?as_of=gestern")
    assert (answer.status_code, answer.json()["code"]) == (422, "core.bad_parameters")


def test_the_committed_contract_is_the_live_one():
    """A change of contract shows in review: run `gonghui openapi --out docs/openapi.json`."""
    assert (Path(settings.BASE_DIR).parent / "docs" / "openapi.json").read_text(encoding="utf-8") == text()
