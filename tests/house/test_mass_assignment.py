"""Nobody writes a field the form does not declare (批量赋值, ACC-06, bar 7): generated from the URL configuration and the models.

Each address that takes a POST is asked three times by somebody whom its door lets in, for an object of tree `a`: with an empty body, to
learn which names the view reads and which forms it binds; with a body that fits them; and with the same body plus the name of every field
of every model of that app and of the tables just written: `pk`, `id`, `union`, `path`, `state`, `created_by` …, with ids of the foreign
tree and values that differ from what stands there. The rows that change must be the same with and without.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from gonghui.core import clock
from tests import filling
from tests import sweep as sweeps
from tests import world as worlds
from tests.filling import Outcome, Tables
from tests.sweep import Route
from tests.world import AWAY, World

pytestmark = [pytest.mark.django_db, pytest.mark.engine_free, pytest.mark.first]
AS = (
    "chair_a", "finance_a", "clerk_a", "township_a", "organiser_a", "auditor_a", "member_a", "guest", "organisation", "city", "secadmin",
    "sysadmin", "auditadmin", "anonymous",
)  # fmt: skip
"""Who is asked to do it: the nearest to the object first."""
MOST = 3
"""So many are tried when the one before finds nothing."""
MARK = "qz越权"
"""Stands in every text posted beside the form; no row may ever hold it."""
LEFT_OUT = ("logout", "allauth", "core:csp-report", "health")
JSON = {
    "api:policy/rules/<key>/decide": {"on": "2026-01-01", "facts": {"members": 24}},
    "api:orgs/employers/<pk>/status": {"to": "idle", "on": "2026-01-01", "evidence": "现场查看", "reason": "停产"},
    "api:members/applications": {"union": 0, "name": "核对新", "id_number": "", "phone": "15390000992", "signed_name": "核对新"},
    "api:members/transfers/<pk>": {"act": "accept", "reason": "同意接收"},
}
"""Addresses that take JSON, with the names they declare."""


EVERYWHERE = {"organisation", "city", "secadmin", "sysadmin", "auditadmin", "anonymous"}
"""Who sees both trees, or no tree."""
NAMED = {
    "union": "orgs.Union", "employer": "orgs.Employer", "person": "people.Person", "persons": "people.Person", "member": "members.Membership",
    "members": "members.Membership", "pks": "members.Membership", "organiser": "accounts.User", "user": "accounts.User", "group": "orgs.Group",
    "account": "orgs.UnionAccount", "book": "finance.Book", "project": "treasury.FundingProject", "venue": "venues.Venue", "item": "booking.Item",
}  # fmt: skip
"""Which table a declared name means where the field itself does not say it."""


@dataclass
class Tried:
    """One address asked."""

    route: Route
    role: str
    url: str
    body: dict[str, Any]
    extra: dict[str, str]
    plain: Outcome
    loaded: Outcome
    differ: list[str] = field(default_factory=list)


def addresses() -> list[Route]:
    """All addresses of ours that may take a POST; what is known to answer 405 to everybody is not asked again."""
    deaf = {r["url"] for r in sweeps.held() if r["method"] == "POST" and "405" in r.values()}
    return [r for r in sweeps.routes() if r.access is not None and r.name not in deaf and not any(w in r.name for w in LEFT_OUT)]


def tried(world: World, routes: list[Route], tables: Tables) -> Iterator[Tried]:
    """Every address that takes a POST, asked."""
    actors = sweeps.actors_of(world)
    with clock.at(world.at), sweeps._steady():
        for route in routes:
            target = next((t for t in sweeps._targets(route, world) if t[0] in {"-", "a", "t"}), None)
            if target is None:
                continue
            one = None
            for role in [r for r in AS if sweeps.allowed(route, actors[r])][:MOST]:
                args = target[1](actors[role]) if callable(target[1]) else target[1]
                one = _try(world, route, role, route.url(args), args, tables)
                if one is None or one.plain.status not in {403, 404}:
                    break
            if one is not None:
                yield one


def _try(world: World, route: Route, role: str, url: str, args: dict[str, Any], tables: Tables) -> Tried | None:
    json = route.name in JSON
    if json:
        body: dict[str, Any] = JSON[route.name]
        read = set(body)
    else:
        first = filling.ask(world, role, url, {"qa": "1"}, tables)
        if first.status == 405:
            return None
        if first.status in {403, 404}:
            return Tried(route, role, url, {}, {}, first, first)
        if first.deaf and first.status < 400:
            return None  # it looks at nothing that was sent
        body, read = filling.fill(first.bound, first.read, world), first.read | _names(first)
    ask = lambda sent: filling.ask(world, role, url, sent, tables, json=json)  # noqa: E731
    extra = beside(route, args, read | set(body), world)
    loaded = ask(body | extra)
    if not loaded.changed and (more := _names(loaded) - read) and loaded.status != 302:
        read |= more
        body, extra = filling.fill(loaded.bound, read, world), {k: v for k, v in extra.items() if k not in more}
        loaded = ask(body | extra)
    found = Tried(route, role, url, body, extra, ask(body) if loaded.changed else loaded, loaded)
    found.differ = differences(found, lambda: ask(body), tables)
    return found


def _names(outcome: Outcome) -> set[str]:
    return {form.add_prefix(n) for form in outcome.bound for n in form.fields}


# -- what is posted beside the form --------------------------------------------------------------------------------


def beside(route: Route, args: dict[str, Any], declared: set[str], world: World) -> dict[str, str]:
    """A hostile value for every field of the row's model, of the app's models and of the registers that is not declared."""
    label = next((t.partition("/")[0] for a in route.args if "." in (t := route.table(a)) and t[0] != "="), "")
    found: dict[str, str] = {"pk": str(AWAY)}
    if label:
        pk = next((v for v in args.values() if isinstance(v, int)), AWAY)
        found |= _of(apps.get_model(label), world, apps.get_model(label)._default_manager.filter(pk=pk).first())
    return {name: value for name, value in (_wide(route.app, world) | found).items() if name not in declared}


_fields: dict[tuple[str, int], dict[str, str]] = {}


def _wide(app: str, world: World) -> dict[str, str]:
    if (app, id(world)) not in _fields:
        wide = [m for m in apps.get_models() if m._meta.app_label in {app, "orgs", "people"}]
        _fields[app, id(world)] = {name: value for model in reversed(wide) for name, value in _of(model, world).items()}
    return _fields[app, id(world)]


def _of(model: type[models.Model], world: World, row: models.Model | None = None) -> dict[str, str]:
    """Each field of a model, by both of its names."""
    pairs = [(one, hostile(one, getattr(row, one.attname, None), world)) for one in model._meta.concrete_fields]
    return {name: value for one, value in pairs for name in (one.name, one.attname)}


def hostile(one: Any, now: Any, world: World) -> str:
    """A value of the field's kind that differs from what stands there; what points elsewhere points into the foreign tree."""
    if one.is_relation:
        return str(world.objects.get(one.related_model._meta.label, {}).get("b", AWAY))
    if "path" in one.name:
        return str(world.b.union.path)
    if one.choices:
        return str(next((v for v, _label in one.flatchoices if v not in ("", now)), MARK))
    return _value(one, now)


def _value(one: Any, now: Any) -> str:
    kinds: list[tuple[type, str]] = [
        (models.BooleanField, "" if now else "1"),
        (models.DateTimeField, datetime(2001, 2, 3, 4, 5).isoformat()),
        (models.DateField, date(2001, 2, 3).isoformat()),
        (models.TimeField, time(4, 5).isoformat()),
        (models.IntegerField, "7654321"),
    ]
    return next((value for kind, value in kinds if isinstance(one, kind)), MARK)


# -- what came of it ----------------------------------------------------------------------------------------------


def differences(one: Tried, again: Any, tables: Tables) -> list[str]:
    """Rows that changed otherwise, columns aside that differ between two equal requests too (tokens, sealed values)."""
    marked = [f"{t}: {MARK}" for t, (_gone, come) in one.loaded.changed.items() if any(MARK in str(v) for row in come for v in row)]
    if one.plain.changed == one.loaded.changed:
        return marked
    twin: Outcome = again()
    noise = {t: moving(tables, t, one.plain, twin) for t in one.plain.changed.keys() | one.loaded.changed.keys()}
    return marked + [t for t in sorted(noise) if without(one.plain, t, noise[t]) != without(one.loaded, t, noise[t])]


def moving(tables: Tables, table: str, first: Outcome, second: Outcome) -> set[int]:
    """Columns that two equal requests fill differently."""
    ours, theirs = (sorted(o.changed.get(table, ({}, {}))[1], key=repr) for o in (first, second))
    if len(ours) != len(theirs):
        return set()
    return {
        i for i in range(len(tables.columns(table))) if sorted(map(repr, (r[i] for r in ours))) != sorted(map(repr, (r[i] for r in theirs)))
    }


def without(outcome: Outcome, table: str, columns: set[int]) -> tuple[list[str], list[str]]:
    gone, come = outcome.changed.get(table, ({}, {}))
    plain = lambda rows: sorted(repr([v for i, v in enumerate(r) if i not in columns]) for r in rows)  # noqa: E731
    return plain(gone), plain(come)


# -- the tests ----------------------------------------------------------------------------------------------------

_kept: dict[int, list[Tried]] = {}


@pytest.fixture
def everything(world: World) -> list[Tried]:
    """All addresses asked once; the tests look at the answers."""
    if id(world) not in _kept:
        _kept[id(world)] = list(tried(world, addresses(), Tables()))
    return _kept[id(world)]


@pytest.mark.bar(7)
@pytest.mark.invariant("ACC-06")
def test_a_field_the_form_does_not_declare_changes_nothing(everything: list[Tried]) -> None:
    assert {one.route.name: one.differ for one in everything if one.differ} == {}


@pytest.mark.invariant("ACC-01", "ACC-06")
def test_a_declared_field_takes_nothing_of_the_foreign_tree(world: World, everything: list[Tried]) -> None:
    """What a form does declare (a union, an employer, a person …) may name what its user sees and nothing else."""
    tables, asked, into = Tables(), 0, []
    with clock.at(world.at), sweeps._steady():
        for one in [o for o in everything if o.url and o.plain.changed and o.role not in EVERYWHERE]:
            for name, value in foreign(one, world):
                asked += 1
                answer = filling.ask(world, one.role, one.url, one.body | {name: value}, tables)
                into += [f"{one.route.name} as {one.role}, {name}={value}: {found}" for found in points(answer, tables, world)]
    assert asked > 30
    assert into == []


def foreign(one: Tried, world: World) -> Iterator[tuple[str, Any]]:
    """Each value of the body that names a row, with a row of the foreign tree in its place."""
    fields = {form.add_prefix(n): f for form in one.plain.bound for n, f in form.fields.items()}
    for name, value in one.body.items():
        kind = fields.get(name)
        if isinstance(kind, forms.ModelChoiceField):
            label = kind.queryset.model._meta.label
        elif type(kind).__name__ in {"UnionField", "EmployerField"}:
            yield name, (world.b.union if type(kind).__name__ == "UnionField" else world.b.employer).code
            continue
        else:
            label = NAMED.get(name.rpartition("-")[2], "")
        there = world.objects.get(label, {}).get("b")
        if there is not None and str(value) != str(there):
            yield name, [str(there)] if isinstance(value, list) else str(there)


def points(answer: Outcome, tables: Tables, world: World) -> list[str]:
    """Rows come whose foreign keys lead into the foreign tree."""
    found = []
    for table, (gone, come) in answer.changed.items():
        model = next((m for m in apps.get_models() if m._meta.db_table == table), None)
        columns = tables.columns(table)
        for one in [f for f in (model._meta.concrete_fields if model else ()) if f.is_relation and f.column in columns]:
            at, label = columns.index(one.column), one.related_model._meta.label
            held = {r[at] for r in come} - {r[at] for r in gone}
            rows = one.related_model._default_manager.filter(pk__in=[h for h in held if h is not None])
            found += [f"{table}.{one.column} → {label} {r.pk}" for r in rows if (worlds.path_of(r) or "").startswith(world.b.town.path)]
    return found


def test_a_view_that_takes_whatever_is_posted_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: a view that also sets every posted name on its row."""
    route = next(r for r in addresses() if r.name == "orgs:employer_edit")
    pattern = next(p for p in patterns() if p.callback is route.view)
    model = apps.get_model("orgs.Employer")

    def careless(request: Any, pk: int) -> Any:
        response = route.view(request, pk=pk)
        texts = {f.name for f in model._meta.concrete_fields if isinstance(f, models.CharField) and not f.unique and not f.choices}
        model._default_manager.filter(pk=pk).update(**{k: v[:10] for k, v in request.POST.items() if k in texts})
        return response

    assert [one.differ for one in tried(world, [route], Tables())] == [[]]
    monkeypatch.setattr(pattern, "callback", careless)
    (found,) = tried(world, [route], Tables())
    assert found.loaded.walked and "orgs_employer" in found.differ


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """All patterns of the configuration."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield one
        else:
            yield from patterns(one)


def test_the_bodies_do_write(everything: list[Tried]) -> None:
    """A run in which every body is refused would prove nothing."""
    wrote = [one for one in everything if one.plain.changed]
    assert len(everything) > 300 and len(wrote) > 130
    assert {one.route.app for one in wrote} >= {"orgs", "members", "accounts", "finance", "booking", "services", "campaigns", "venues"}
    assert all(len(one.extra) > 40 for one in wrote)
