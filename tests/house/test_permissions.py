"""Who may come in where (权限矩阵): declared, scoped, and the same for a foreign and a missing object. ACC-01, ACC-05, ACC-06, bars 2, 5, 7, 17, 19."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db.models import Q
from django.urls import reverse

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.core.access import Door
from gonghui.core.middleware import HEADERS
from tests import parts
from tests import sweep as sweeps
from tests.sweep import Sweep
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.engine_free, pytest.mark.first]
REGISTER = {
    "accounts",
    "api",
    "approvals",
    "core",
    "figures",
    "files",
    "members",
    "notices",
    "orgs",
    "people",
    "policy",
    "portal",
    "stats",
    "",
}
"""These apps are swept here, all others in `test_permissions_work.py`, so that two processes share the work."""


@pytest.fixture(scope="module")
def here() -> Callable[[str], bool]:
    """Is an address swept in this module?"""
    return lambda name: name.rpartition(":")[0].partition(":")[0] in REGISTER


@pytest.fixture(scope="module")
def swept(world: World, django_db_blocker: Any, here: Callable[[str], bool]) -> Iterator[Sweep]:
    """Everything asked once; the tests look at the answers."""
    with django_db_blocker.unblock():
        held = {r["url"] for r in sweeps.held()} if os.environ.get("GONGHUI_WRITE_PERMISSIONS") == "new" else set()
        names = [r.name for r in sweeps.routes() if here(r.name) and r.name not in held]
        yield sweeps.run(world, names=names or ["nothing"])


def test_every_view_declares_who_may_come_in() -> None:
    assert [r.name for r in sweeps.routes() if r.access is None and str(getattr(r.view, "__module__", "")).startswith("gonghui.")] == []


@pytest.mark.bar(17)
@pytest.mark.invariant("ACC-05")
def test_the_file_says_what_every_address_answers_to_every_role(swept: Sweep, here: Callable[[str], bool]) -> None:
    before = [r for r in sweeps.held() if here(r["url"])]
    if os.environ.get("GONGHUI_WRITE_PERMISSIONS"):
        rows, others = swept.rows(), [r for r in sweeps.held() if not here(r["url"])]
        if os.environ["GONGHUI_WRITE_PERMISSIONS"] == "new":
            rows = [*before, *rows]
        sys.stdout.write("\n".join([*sweeps.differences(rows, before), sweeps.summary(swept), ""]))
        sweeps.write(sorted([*rows, *others], key=sweeps.order))
        return
    assert swept.unknown == [], "say in tests/sweep.py which table these addresses name"
    found = sweeps.differences(swept.rows(), before)
    assert found == [], "look at each line; if it is meant so, run: python tools/permissions.py"


@pytest.mark.bar(17)
@pytest.mark.invariant("ACC-01")
def test_a_foreign_object_looks_like_a_missing_one(swept: Sweep) -> None:
    assert sweeps.leaks(swept) == []


@pytest.mark.invariant("ACC-05")
def test_the_declared_door_is_the_door(swept: Sweep) -> None:
    wrong = []
    for a in swept.answers:
        api, anonymous = a.route.route.startswith("api/"), a.role == "anonymous"
        refused = a.status == 403 or (anonymous and not api and a.status == 302 and "login" in a.place)
        if not a.passes and not refused:
            wrong.append(f"{a.route.name} {a.method} as {a.role}: {a.status}, the door is {a.route.access}")
        if a.passes and anonymous and a.route.access and a.route.access.door is not Door.PUBLIC:
            wrong.append(f"{a.route.name}: anonymous passes")
    assert wrong == []


def test_somebody_gets_in_everywhere(swept: Sweep) -> None:
    """A matrix of refusals would prove nothing: each address with an object answers its own people."""
    reached = {
        a.route.name for a in swept.answers if a.passes and a.relation in {"-", "a", "t"} and a.status in {200, 204, 302, 303, 409, 422}
    }
    missed = {a.route.name for a in swept.answers} - reached - NOBODY
    assert sorted(missed - UNREACHED) == [], "add an object in the right state to tests/world.py"


NOBODY = {"accounts:oidc_login", "accounts:oidc_callback", "demo_codes", "accounts:demo_codes", "notices:demo-outbox", "notices:sms-report"}
"""Addresses that are shut in the tests' settings: no identity provider, no demo, no gateway key."""


UNREACHED = {
    "api:", "api:members/applications", "api:members/transfers/<pk>", "api:orgs/employers/<pk>/status", "api:policy/rules/<key>/decide",
    "approvals:delegation_revoke", "approvals:resubmit", "approvals:withdraw", "figures:report_prepare", "files:export-download",
    "members:m-ceremony", "members:m-join-at", "members:service_card_act", "notices:sms-resend", "people:twin", "policy:local_end",
    "portal:news_item", *parts.joined("UNREACHED"),
}  # fmt: skip
"""Addresses whose own object the world does not hold in the state they ask for (a later step of a flow, a body in JSON).
What they answer to everybody else is swept all the same."""


@pytest.mark.bar(6)
def test_nothing_breaks(swept: Sweep) -> None:
    """`notices:sms-report` answers 503 here, as no gateway key is set: that is meant."""
    assert (
        sorted(
            {
                f"{a.route.name} {a.method} {a.relation} as {a.role}: {a.status}"
                for a in swept.answers
                if a.status >= 500 and a.route.name != "notices:sms-report"
            }
        )
        == []
    )


@pytest.mark.bar(2)
def test_every_answer_carries_the_headers(swept: Sweep) -> None:
    bare = {
        (a.route.name, a.status, name)
        for a in swept.answers
        for name, value in HEADERS.items()
        if a.headers.get(name.lower()) != value and name not in OTHERWISE.get(a.route.name, set())
    }
    assert sorted(bare) == []
    kept = {
        (a.route.name, a.role)
        for a in swept.answers
        if a.role != "anonymous" and a.route.name not in KEPT and "no-store" not in a.headers.get("cache-control", "no-store")
    }
    assert sorted(kept) == []


KEPT = {"members:card-verify", "fieldwork:kit", "fieldwork:worker", "fieldwork:manifest"}
"""The page that checks a card without a network and the shell of the field kit hold nothing of anybody and are meant to be kept."""
OTHERWISE: dict[str, set[str]] = {"files:open": {"Content-Security-Policy"}}
"""Uploaded content gets a stricter policy (sandbox)."""


@pytest.mark.bar(5)
def test_reading_changes_nothing(swept: Sweep) -> None:
    stray = {
        (a.route.name, table)
        for a in swept.answers
        if a.method == "GET"
        for table in a.writes - sweeps.TRACES - sweeps.READS_THAT_WRITE.get(a.route.name, set())
    }
    assert sorted(stray) == []


@pytest.mark.bar(5)
def test_an_unsafe_request_without_token_is_refused_everywhere(world: World) -> None:
    browser, wrong, asked = sweeps.strict_client(world, "city"), [], 0
    for route in sweeps.routes():
        if route.access is None or route.name in TOKENLESS:
            continue
        target = next(sweeps._targets(route, world), None)
        if target is None:
            continue
        args = target[1](sweeps.actors_of(world)["city"]) if callable(target[1]) else target[1]
        for method in ("post", "put", "patch", "delete"):
            status = getattr(browser, method)(route.url(args)).status_code
            asked += 1
            if status not in {403, 405}:  # 405: the address knows no such method at all
                wrong.append(f"{route.name} {method}: {status}")
    assert wrong == []
    assert asked > 200


TOKENLESS = {"core:csp-report", "notices:sms-report", "members:card-verify", *parts.joined("TOKENLESS")}
"""A browser's report, a gateway's signed message, the check of a card: none changes anything on a user's behalf."""


@pytest.mark.bar(7)
def test_no_header_or_field_turns_one_method_into_another(world: World) -> None:
    """A POST that says it is a DELETE stays a POST; a GET that says it is a POST stays a GET."""
    browser = world.client("sysadmin")
    pk = world.users["chair_b"].pk
    url = reverse("accounts:user_active", args=[pk])
    for headers in ({"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"}, {"HTTP_X_METHOD_OVERRIDE": "POST"}):
        with clock.at(world.at):
            assert browser.get(url, {"_method": "POST", "reason": "不该发生"}, **headers).status_code in {200, 405}
    world.users["chair_b"].refresh_from_db()
    assert world.users["chair_b"].is_active


@pytest.mark.bar(19)
@pytest.mark.parametrize("app", ["orgs", "members", "approvals", "figures", "policy"])
def test_without_scoping_the_sweep_fails(world: World, monkeypatch: pytest.MonkeyPatch, app: str) -> None:
    """Negative control: with the scoping taken out, each app shows foreign rows and the sweep says so.

    `files` and `accounts` are not here: their rows belong to one account, not to an org path, so there is no scoping call to take out.
    """
    monkeypatch.setattr(Actor, "within", lambda self, perm, org="": Q())
    monkeypatch.setattr(Actor, "within_path", lambda self, perm, lookup: Q())
    monkeypatch.setattr(Actor, "sees", lambda self, org: True)
    real = Actor.may
    monkeypatch.setattr(Actor, "may", lambda self, perm, org=None: real(self, perm))
    names = [r.name for r in sweeps.routes() if r.app == app and r.args]
    found = sweeps.run(world, names=names, roles=("township_a", "chair_a"))
    assert sweeps.leaks(found) != []
