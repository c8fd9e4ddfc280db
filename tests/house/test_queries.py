"""Pages ask the database a bounded number of times, however many rows they show (查询次数)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.figures import services as figures
from gonghui.members.services import transfers
from gonghui.members.tests import make as members
from gonghui.notices import services as notices
from gonghui.orgs.tests import make as orgs

pytestmark = pytest.mark.django_db
MOST, WORKBENCH = 10, 14
"""The workbench shows eight kinds of things (to do, alerts, four figure cards, trend, ranking, groups), each from a table of its own."""
LISTS = (
    "orgs:employers",
    "orgs:unions",
    "orgs:spots",
    "orgs:duplicates",
    "members:list",
    "members:joining",
    "members:transfers",
    "approvals:inbox",
    "figures:home",
    "figures:rates",
    "figures:reports",
    "notices:inbox",
)
system = Actor.system("test")


def asked(browser: Client, url: str) -> list[str]:
    """Statements of one request, savepoints left out."""
    with CaptureQueriesContext(connection) as seen:
        answer = browser.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return [q["sql"] for q in seen.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]


def grow(root: Any, town: Any, n: int, user: Any) -> None:
    """`n` more of everything the lists show."""
    for i in range(n):
        firm = orgs.employer(town, f"{n}批{i}号双胞茶厂")
        orgs.employer(town, f"{n}批{i}号双胞茶厂有限公司")
        union = orgs.own_union(firm, town)
        row = members.member(union)
        members.employed(row.person, firm)
        members.applied(union)
        transfers.transfer_open(actor=system, membership=members.member(union), target=town)
        day = date(1990, 1, 1) + timedelta(days=40 * (n + i))
        figures.period_put(actor=system, name=f"{day} 期", opening=day, closing=day + timedelta(days=30))
        notices.notice_send(system, kind="result", title=f"第 {i} 条", body="请查看。", users=[user.pk])


@pytest.fixture
def city() -> tuple[Any, Any, Any, Client]:
    root = orgs.root()
    town = orgs.township()
    user = accounts.officer((Role.CITY, root.path))
    browser = accounts.client(user)
    browser.get("/healthz")  # the first request rotates the session key
    return root, town, user, browser


@pytest.mark.bar(10)
def test_lists_ask_no_more_with_thirty_rows_than_with_three(city) -> None:
    root, town, user, browser = city
    grow(root, town, 3, user)
    few = {name: asked(browser, reverse(name)) for name in LISTS}
    grow(root, town, 30, user)
    many = {name: asked(browser, reverse(name)) for name in LISTS}
    assert {name: len(q) for name, q in few.items() if len(q) > MOST} == {}, "\n".join(s[:300] for n, q in few.items() if len(q) > MOST for s in [n, *q])
    assert {name: len(q) for name, q in many.items() if len(q) > MOST} == {}, "\n".join(s[:300] for n, q in many.items() if len(q) > MOST for s in [n, *q])
