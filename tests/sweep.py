"""Every URL × method × role × object (权限扫描): what the platform answers, compared with what it declares.

`run(world)` asks each URL as each role for an object of the own union (`a`), of a sibling (`s`), of the level above (`t`), of a
foreign tree (`b`) and for one that does not exist (`none`). Each request happens in a savepoint that is rolled back. A role that
the declared door refuses is asked once, for `a`: the door stands before the object.
"""

from __future__ import annotations

import copy
import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.db import connection, transaction
from django.template.backends.django import Template
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.test.utils import override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.safestring import SafeString

from gonghui.accounts.actor import covers
from gonghui.core import clock, menu
from gonghui.core.access import Access, Door
from tests import parts
from tests import world as worlds
from tests.world import AWAY, ROLES, World

CSV = Path(__file__).parent / "permissions.csv"
RELATIONS = ("a", "s", "t", "b", "none")
METHODS = ("GET", "POST")
HEAD = ["url", "method", "object", *ROLES]
OURS = "gonghui."

# Which table the last number of an address names; `app:name.arg` before `app:arg`.
ARGS: dict[str, str] = {
    "accounts:session_end.pk": "accounts.SignIn",
    "accounts:grant_revoke.pk": "accounts.Grant",
    "accounts:pk": "accounts.User",
    "approvals:delegation_revoke.pk": "approvals.Delegation",
    "approvals:pk": "approvals.Approval",
    "core:pk": "core.Job",
    "files:imports:template.kind": "=roster",
    "files:imports:pk": "files.ImportBatch",
    "files:pk": "files.Export",
    "files:mark": "mark",
    "notices:sms-resend.pk": "notices.Sms",
    "notices:m-open.pk": "notices.Notice/person",
    "notices:pk": "notices.Notice",
    "policy:key": "rule",
    "policy:public_id": "slip",
    "policy:local_end.pk": "policy.LocalValue",
    "orgs:coverage_end.pk": "orgs.Coverage",
    "orgs:coverage_main.pk": "orgs.Coverage",
    "orgs:spot.pk": "orgs.Spot",
    "orgs:duplicate_decide.pk": "orgs.Duplicate",
    "orgs:duplicate_reopen.pk": "orgs.Duplicate",
    "orgs:lead_end.pk": "orgs.Lead",
    "people:twin.pk": "people.Twin",
    "orgs:post_end.pk": "orgs.Post",
    "orgs:group_end.pk": "orgs.Group",
    "orgs:matter.pk": "orgs.Matter",
    "orgs:matter_act.pk": "orgs.Matter",
    **{
        f"orgs:{n}.pk": "orgs.Employer"
        for n in (
            "employer",
            "employer_edit",
            "employer_status",
            "write_off_undo",
            "value_record",
            "licence_add",
            "coverage_add",
            "card_six",
            "card_five",
            "diversity",
        )
    },
    "orgs:pk": "orgs.Union",
    "figures:definition.slug": "=rate.joining",
    "figures:pk": "figures.Report",
    **{f"members:{n}.pk": "members.Application" for n in ("application", "application_print", "decide")},
    **{f"members:{n}.pk": "members.Batch" for n in ("batch", "batch_act")},
    **{f"members:{n}.pk": "members.Ceremony" for n in ("ceremony", "ceremony_close", "ceremony_act")},
    **{f"members:{n}.pk": "members.Exit" for n in ("exit", "exit_act")},
    **{f"members:{n}.pk": "members.Comparison" for n in ("comparison", "comparison_sign", "comparison_refresh")},
    "members:transfer_act.pk": "members.Transfer",
    "members:request_act.pk": "members.DataRequest",
    "members:snapshot.pk": "members.RosterSnapshot",
    "members:settle.pk": "members.Difference",
    "members:activist_act.pk": "members.Activist",
    "members:activist.pk": "members.Activist",
    "members:union_group.pk": "orgs.Group",
    "members:service_card_act.pk": "members.ServiceCard",
    "members:service_card_act.verb": "=check",
    "members:ceremony_act.verb": "=photo",
    "members:employment_correct.job": "=@job",
    "members:card.verb": "=issue",
    "members:decide.verb": "=approve",
    "members:batch_act.verb": "=close",
    "members:transfer_act.verb": "=release",
    "members:exit_act.verb": "=decide",
    "members:activist_act.verb": "=end",
    "members:employment_end.job": "=@job",
    "members:token": "=qa-no-such-token",
    "members:pk": "members.Membership",
    "portal:news_item.pk": "portal.Publication",
    "portal:experience_adopt.pk": "portal.Experience",
    "portal:pk": "portal.Publication",
    "api:key": "rule",
    "api:public_id": "slip",
    **parts.merged("ARGS"),
}
# In the API the view's name says too little; the address tells which table is meant.
BY_ROUTE = {"api/orgs/employers/": "orgs.Employer", "api/orgs/unions/": "orgs.Union", "api/members/transfers/": "members.Transfer"}
# What only its owner sees, be the path what it may.
OWNED = {"notices.Notice", "notices.Notice/person", "files.Export", "accounts.SignIn", "mark", *parts.joined("OWNED")}
SHARED = {"rule", "portal.Experience", *parts.joined("SHARED")}
"""Objects that lie under no union: everybody who passes the door sees all of them."""
# GET may leave these traces: the session, a sign-in's last use, the audit entry of a sensitive read, a limit's count.
TRACES = {"django_session", "core_audithead", "accounts_signin", "core_auditentry", "accounts_bucket"}
DRAWN = {"chair_a", "township_a", "member_a"}
"""For these roles a refusal is looked at as a page, for the others as JSON."""
PAINTED = {"city", "chair_a", "member_a", "finance_a", "sysadmin", "secadmin", "auditadmin", "anonymous"}
"""For these roles the page of an allowed address is drawn whole."""
READS_THAT_WRITE: dict[str, set[str]] = {
    "notices:open": {"notices_notice"},  # marks as read
    "notices:m-open": {"notices_notice"},
    "accounts:totp": {"core_datakey"},  # the first sealed seed makes the table's data key
    **parts.merged("READS_THAT_WRITE"),
}
WRITE = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?([a-z_]+)"?', re.I)
NOISE = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": ?"[^"]+"|X-CSRFToken&quot;: ?&quot;[A-Za-z0-9]+|E-[2-9A-Z]{4}-\d{4}'
)


@dataclass(frozen=True)
class Route:
    """One named address."""

    name: str
    route: str
    args: tuple[str, ...]
    view: Any

    @property
    def access(self) -> Access | None:
        return getattr(self.view, "access", None)

    def url(self, args: dict[str, Any]) -> str:
        """The address with its arguments filled in."""
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(args[m.group(1)]), self.route)

    @property
    def app(self) -> str:
        return self.name.partition(":")[0]

    def table(self, arg: str) -> str:
        """Which objects an argument names."""
        named = ARGS.get(f"{self.name}.{arg}") or ARGS.get(f"{'api' if self.app == 'api' else self.name.rpartition(':')[0]}:{arg}")
        return named or next((table for prefix, table in BY_ROUTE.items() if self.route.startswith(prefix)), "")


@dataclass
class Answer:
    """What came back."""

    route: Route
    method: str
    relation: str
    role: str
    status: int
    body: str
    place: str
    headers: dict[str, str]
    writes: set[str]
    passes: bool
    scope: str
    raw: bytes = b""


@dataclass
class Sweep:
    """All answers of one run."""

    answers: list[Answer] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def rows(self) -> list[dict[str, str]]:
        """As the csv holds them: one row for each URL, method and object."""
        rows: dict[tuple[str, str, str], dict[str, str]] = {}
        for a in self.answers:
            key = (a.route.name, a.method, a.relation)
            rows.setdefault(key, dict.fromkeys(HEAD, "") | dict(zip(HEAD, key, strict=False)))[a.role] = str(a.status)
        return [rows[k] for k in sorted(rows, key=lambda k: (k[0], k[1], (*RELATIONS, "-").index(k[2])))]


def routes(resolver: URLResolver | None = None, prefix: str = "", space: str = "") -> Iterator[Route]:
    """All named addresses of ours (Django's static files and allauth's own pages keep their own guard)."""
    for p in (resolver or get_resolver()).url_patterns:
        route = prefix + str(p.pattern)
        if isinstance(p, URLResolver):
            yield from routes(p, route, f"{space}{p.namespace}:" if p.namespace else space)
        elif isinstance(p, URLPattern):
            name = f"{space}{p.name}" if space != "api:" else "api:" + route.removeprefix("api/")  # the API's own names are not unique
            yield Route(name, route, tuple(p.pattern.converters), p.callback)


def allowed(route: Route, actor: Any) -> bool:
    """Does the declared door let this actor pass?"""
    access = route.access
    if access is None or access.door is Door.PUBLIC:
        return True
    if not actor.signed_in:
        return False
    if access.door is Door.OFFICER:
        return bool(actor.is_officer) and (not access.perms or any(actor.may(p) for p in access.perms))
    if access.door is Door.WORKER:
        return actor.person_id is not None
    return True


def run(
    world: World, *, names: Iterable[str] = (), methods: Iterable[str] = METHODS, roles: Iterable[str] = ROLES, keep: bool = False
) -> Sweep:
    """Ask everything. `names`: only these addresses."""
    with clock.at(world.at), _steady():
        return _run(world, set(names), methods, roles, keep)


def _run(world: World, wanted: set[str], methods: Iterable[str], roles: Iterable[str], keep: bool) -> Sweep:
    sweep, actors = Sweep(), actors_of(world)
    for route in routes():
        if wanted and route.name not in wanted:
            continue
        if not str(getattr(route.view, "__module__", "")).startswith(OURS) and route.access is None:
            continue
        targets = list(_targets(route, world))
        if not targets:
            sweep.unknown.append(route.name)
            continue
        for method in methods:
            for role in sorted(roles, key=lambda r: not allowed(route, actors[r])):
                answers = list(_as(world, route, method, role, actors[role], targets, keep))
                sweep.answers += answers
                if any(a.status == 405 for a in answers):
                    break  # nobody can use this method here
    return sweep


def _as(world: World, route: Route, method: str, role: str, actor: Any, targets: list[Any], keep: bool) -> Iterator[Answer]:
    """One role: of what lies inside its scope the first object, of what lies outside every one."""
    passes, seen = allowed(route, actor), False
    if not passes and method == "GET" and role not in {"anonymous", "member_a", "sysadmin"}:
        return  # the door is the same for every method; a POST by each of them shows it
    for relation, url_args, path in targets if passes else targets[:1]:
        scope = _scope(route, actor, path, relation, role)
        if (scope == "inside" and seen) or (scope == "outside" and relation in {"s", "t"} and role not in {"chair_a", "clerk_a"}):
            continue
        seen = seen or scope == "inside"
        args = url_args(actor) if callable(url_args) else url_args
        yield ask(world, route, method, relation, role, args, passes=passes, scope=scope, keep=keep)


def actors_of(world: World) -> dict[str, Any]:
    """Who acts behind each role, with fresh grants and step-up."""
    from gonghui.accounts.actor import Actor
    from gonghui.accounts.tests import make

    return {r: make.actor(world.users[r], stepped_up=True) if r in world.users else Actor.anonymous() for r in ROLES}


def _targets(route: Route, world: World) -> Iterator[tuple[str, Any, str]]:
    """(relation, arguments, path) for each object of the address; one target without object for a plain address."""
    if not route.args:
        yield "-", {}, ""
        return
    tables = [route.table(a) for a in route.args]
    if not all(tables):
        return
    constant = {
        arg: world.a.rows[table[2:]] if table.startswith("=@") else table[1:]
        for arg, table in zip(route.args, tables, strict=True)
        if table.startswith("=")
    }
    varying = [(arg, table) for arg, table in zip(route.args, tables, strict=True) if not table.startswith("=")]
    if not varying:
        yield "-", constant, ""
        return
    ((arg, table),) = varying
    values = values_of(table, world)
    for relation in RELATIONS:
        if relation in values:
            value = values[relation]
            yield (
                relation,
                (lambda actor, v=value: {**constant, arg: v(actor)}) if callable(value) else {**constant, arg: value},
                place_of(table, value, world),
            )


def values_of(table: str, world: World) -> dict[str, Any]:
    """Objects of a table by relation, with one that does not exist."""
    if table == "mark":
        return {key: _mark(world, key) for key in ("a", "b")} | {"none": "AAAA"}
    if table == "rule":
        return {"a": "orgs.committee_form", "none": "no.such_rule"}
    if table == "slip":
        return {"a": world.a.rows["slip"], "b": world.b.rows["slip"], "none": "D0000000"}
    if table.endswith("/person"):
        return {"a": world.a.rows["person_notice"], "b": world.b.rows["person_notice"], "none": AWAY}
    return {**world.objects.get(table, {}), "none": AWAY}


def _mark(world: World, key: str) -> Any:
    """A link to the file, made for whoever follows it: the signature holds, the right must still be looked at."""
    token = (world.a if key == "a" else world.b).rows["file"].token
    return lambda actor: signing.dumps({"t": token, "a": actor.ref, "g": False}, salt=_salt(), compress=False)


def _salt() -> str:
    from gonghui.files import services

    return str(services.SALT)


def place_of(table: str, value: Any, world: World) -> str:
    """The org path an object lies under, empty when it has none."""
    from django.apps import apps

    if table == "slip":
        return world.a.union.path if value == world.a.rows["slip"] else world.b.union.path
    if "." not in table or callable(value) or value == AWAY or "/" in table:
        return ""
    return worlds.path_of(apps.get_model(table)._default_manager.filter(pk=value).first()) or ""


def _scope(route: Route, actor: Any, path: str, relation: str, role: str) -> str:
    """`inside`, `outside` or `-`, by the declared permission and the path of the object."""
    table = next((t for a in route.args if not (t := route.table(a)).startswith("=")), "")
    if relation in {"-", "none"} or table in SHARED:
        return "-"
    if table in OWNED:
        return "inside" if role == {"a": "chair_a", "b": "chair_b"}.get(relation) else "-"
    if role in worlds.WORKERS:
        return "inside" if role == {"a": "member_a", "b": "member_b"}.get(relation) else "outside"
    perms = route.access.perms if route.access else ()
    if not path or not perms:
        return "-"
    return "inside" if any(covers(p, path) for perm in perms for p in actor.paths(perm)) else "outside"


def ask(
    world: World,
    route: Route,
    method: str,
    relation: str,
    role: str,
    args: dict[str, Any],
    *,
    passes: bool,
    scope: str,
    keep: bool = False,
    data: Any = None,
) -> Answer:
    """One request in a savepoint."""
    url = route.url(args)
    writes: set[str] = set()
    point = transaction.savepoint()
    try:
        full = keep or role in PAINTED or scope == "outside" or relation == "none"
        with connection.execute_wrapper(_watch(writes)), nullcontext() if full else _undrawn():
            drawn = passes and (scope == "inside" or relation == "-" or role in DRAWN)
            accept = {} if drawn else {"HTTP_ACCEPT": "application/json"}  # a refusal's page is costly to draw and always the same
            response = _send(world, role, method, url, data, accept)
        raw = b"".join(response.streaming_content) if response.streaming else response.content
    finally:
        transaction.savepoint_rollback(point)
    place = response.headers.get("Location", "")
    body = hashlib.sha256(shape(raw, args)).hexdigest()[:16]
    headers = {k.lower(): v for k, v in response.headers.items()}
    return Answer(route, method, relation, role, response.status_code, body, place, headers, writes, passes, scope, raw if keep else b"")


@contextmanager
def _undrawn() -> Iterator[None]:
    """Views run whole, but their template is not drawn: eight roles see the same page, two of them look at it."""
    with patch.object(Template, "render", lambda self, context=None, request=None: SafeString("")):
        yield


@contextmanager
def _steady() -> Iterator[None]:
    """What every request would read again though each is rolled back: session, sign-in and menu badges of a role."""
    from gonghui.accounts import selectors as accounts

    held: dict[str, dict[str, Any]] = {}
    load = SessionStore.load

    def kept(store: SessionStore) -> dict[str, Any]:
        key = store.session_key or ""
        if key not in held:
            held[key] = load(store)
            if store.session_key != key:  # no such session
                return held.pop(key)
        return copy.deepcopy(held[key])

    menu._kept.clear()
    with (
        patch.object(SessionStore, "load", kept),
        patch.object(accounts, "signed_in", cache(accounts.signed_in)),
        patch.object(menu, "forget", lambda actor: None),
        override_settings(BADGE_SECONDS=86_400),
    ):
        yield
    menu._kept.clear()


@cache
def _handler() -> ClientHandler:
    return ClientHandler(enforce_csrf_checks=False)


def _send(world: World, role: str, method: str, url: str, data: Any, accept: dict[str, str]) -> Any:
    """Without the test client, which copies the context of every template drawn."""
    factory = RequestFactory()
    if role in world.clients:
        factory.cookies.load(world.clients[role].cookies.output(header="", sep=";"))
    request = factory.get(url, **accept) if method == "GET" else factory.post(url, data or {}, **accept)
    return _handler()(request.environ)


def shape(raw: bytes, args: dict[str, Any]) -> bytes:
    """The answer without tokens, numbers of faults and the id that was asked for."""
    for value in args.values():
        raw = raw.replace(str(value).encode(), b"#") if len(str(value)) > 3 and not str(value).isdigit() else raw
    raw = NOISE.sub(b"", raw)
    return re.sub(rb"\d+", b"0", raw)


def _watch(writes: set[str]) -> Any:
    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := WRITE.match(sql):
            writes.add(found.group(1).lower())
        return execute(sql, params, many, context)

    return wrapper


# -- the file ----------------------------------------------------------------------------------------------------


def held() -> list[dict[str, str]]:
    """Rows of permissions.csv."""
    with CSV.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(rows: list[dict[str, str]]) -> None:
    """Write permissions.csv anew."""
    with CSV.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, HEAD, lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def order(row: dict[str, str]) -> tuple[str, str, int]:
    """How the file is sorted."""
    return row["url"], row["method"], (*RELATIONS, "-").index(row["object"])


def differences(now: list[dict[str, str]], before: list[dict[str, str]]) -> list[str]:
    """One line for each cell that changed."""
    key = lambda r: (r["url"], r["method"], r["object"])  # noqa: E731
    old, new = {key(r): r for r in before}, {key(r): r for r in now}
    lines = [f"{' '.join(k)}: no row in permissions.csv" for k in sorted(new.keys() - old.keys())]
    lines += [f"{' '.join(k)}: row without address" for k in sorted(old.keys() - new.keys())]
    for k in sorted(new.keys() & old.keys()):
        lines += [f"{' '.join(k)} as {role}: {old[k].get(role)} → {new[k][role]}" for role in ROLES if old[k].get(role) != new[k][role]]
    return lines


def leaks(sweep: Sweep) -> list[str]:
    """Where an object outside the scope answers otherwise than one that does not exist."""
    none = {(a.route.name, a.method, a.role): a for a in sweep.answers if a.relation == "none"}
    found = []
    for a in sweep.answers:
        if a.scope != "outside" or not a.passes:
            continue
        ghost = none[(a.route.name, a.method, a.role)]
        if (a.status, a.body) != (ghost.status, ghost.body):
            found.append(
                f"{a.route.name} {a.method} {a.relation} as {a.role}: {a.status} {a.body[:6]}, a missing one: {ghost.status} {ghost.body[:6]}"
            )
    return found


def summary(sweep: Sweep) -> str:
    """For the tool: how much was asked."""
    return f"{len({a.route.name for a in sweep.answers})} addresses, {len(sweep.answers)} requests, {dict(Counter(a.status for a in sweep.answers))}"


def strict_client(world: World, role: str) -> Client:
    """A browser whose unsafe requests are checked for their token."""
    browser = Client(enforce_csrf_checks=True)
    if role in world.clients:
        browser.cookies.load(world.clients[role].cookies.output(header="", sep=";"))
    return browser


assert settings.TESTING
