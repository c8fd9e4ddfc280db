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
from gonghui.approvals import kinds
from gonghui.core import menu, tally
from gonghui.figures import services as figures
from gonghui.members.services import transfers
from gonghui.members.tests import make as members
from gonghui.notices import services as notices
from gonghui.orgs.tests import make as orgs

pytestmark = [pytest.mark.django_db, pytest.mark.engine_free]
MOST, WORKBENCH, SOURCES = 10, 17, 16
"""The workbench shows eight kinds of things (to do, alerts, four figure cards, trend, ranking, groups), each from a table of its own; what waits
in twelve apps is counted in one statement and read only where there is some. The page of all figures asks each source once for each kind of
dated record (cases, visits, campaigns), however many there are. A union without an area of its own asks once for the place above it."""
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


def cold(name: str = "") -> int:
    """The bound of a page whose menu is counted anew: one more for each app that puts work into the inbox; half a minute of pages share it."""
    return MOST - 1 + len(kinds.providers()) + (SOURCES if name == "figures:home" else 0)


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
    assert {name: len(q) for name, q in few.items() if len(q) > cold(name)} == {}, "\n".join(
        s[:300] for n, q in few.items() if len(q) > cold(n) for s in [n, *q]
    )
    assert {name: len(q) for name, q in many.items() if len(q) > cold(name)} == {}, "\n".join(
        s[:300] for n, q in many.items() if len(q) > cold(n) for s in [n, *q]
    )


@pytest.mark.bar(10)
def test_the_workbench_asks_a_bounded_number_of_times(city) -> None:
    root, town, user, browser = city
    seen = []
    for n in (3, 30):
        grow(root, town, n, user)
        seen.append(asked(browser, reverse("portal:home")))
    assert max(len(q) for q in seen) <= WORKBENCH, "\n".join(s[:300] for s in seen[-1])


@pytest.mark.bar(10)
def test_accounts_ask_a_bounded_number_of_times(city) -> None:
    _root, town, _user, _browser = city
    browser = accounts.client(accounts.officer((Role.SYSADMIN, ""), totp=True), stepped_up=True)
    browser.get("/healthz")
    for n in (3, 30):
        for i in range(n):
            accounts.officer((Role.CLERK, town.path), username=f"clerk-{n}-{i}", name=f"干部{i}")
        assert len(asked(browser, reverse("accounts:users"))) <= MOST


def test_the_counter_sees_a_query_a_row(city) -> None:
    """Negative control: a page that asks once a row is over the bound."""
    root, town, user, browser = city
    grow(root, town, 12, user)
    with CaptureQueriesContext(connection) as seen:
        browser.get(reverse("orgs:employers"))
        for firm in orgs.Employer.objects.all():
            assert firm.union.name
    assert len(seen.captured_queries) > MOST


def test_the_size_of_a_page_can_be_asked_for_up_to_a_hundred(city) -> None:
    _root, _town, user, browser = city
    for i in range(120):
        notices.notice_send(system, kind="result", title=f"第 {i} 条", body="请查看。", users=[user.pk])
    url = reverse("notices:inbox")
    for query, shown in (
        ("", 20),
        ("?size=50", 50),
        ("?size=100&page=2", 20),
        ("?size=9999", 100),
        ("?size=0", 20),
        ("?size=-3", 20),
        ("?size=²", 20),
    ):
        page = browser.get(url + query).context["page"]
        assert (len(page.object_list), page.paginator.count) == (shown, 120), query


def test_badges_are_kept_for_half_a_minute_and_dropped_by_an_act(city, settings) -> None:
    _root, town, user, browser = city
    settings.BADGE_SECONDS = 30
    menu._kept.clear()
    try:
        url = reverse("orgs:unions")
        first = len(asked(browser, url))
        notices.notice_send(system, kind="result", title="新消息", body="请查看。", users=[user.pk])
        page = browser.get(url)
        assert len(asked(browser, url)) < min(first, MOST) and page.context["site"].unread == 0, "kept"
        browser.post(reverse("core:font"), {"size": "l"})
        assert browser.get(url).context["site"].unread == 1, "what the officer does shows at once"
        actor = accounts.acting((Role.TOWNSHIP, town.path), username="other", name="别人")
        assert menu.unread_count(actor) == 0, "another actor has counts of their own"
    finally:
        menu._kept.clear()


def test_many_counts_are_one_statement(city) -> None:
    root, town, user, _browser = city
    grow(root, town, 3, user)
    union = type(root).objects
    rows = [
        union.all(),
        union.filter(pk__in=[]),
        union.filter(parent=town).order_by("name"),
        union.filter(pk=root.pk) | union.filter(pk=town.pk),
    ]
    with CaptureQueriesContext(connection) as seen:
        found = tally.count(rows)
    assert found == [r.count() for r in rows] and len(seen.captured_queries) == 1 and found[1] == 0 and found[2] == 3
