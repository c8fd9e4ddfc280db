"""Fills forms nobody has seen before (自动填表), and says which rows a request changes: for tests generated from the URL configuration.

`ask(world, role, url, body)` posts in a savepoint, watches which names the view reads out of the body and which forms it binds, and
compares every table written with the state before. `fill(forms, names, world)` makes a plausible body for what was seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import QueryDict
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode

from gonghui.core import clock
from gonghui.core import forms as ours
from tests import sweep as sweeps
from tests.world import World

Rows = Counter[tuple[Any, ...]]
FORM = "application/x-www-form-urlencoded"
ALONE = sweeps.TRACES | {"core_datakey"}
"""Not looked at: what every request leaves, and the key made when a table is first sealed, which the process remembers."""


@dataclass
class Outcome:
    """What one request did: its status, the names the view asked for, the forms it bound, and rows gone and come by table."""

    status: int = 0
    read: set[str] = field(default_factory=set)
    bound: list[forms.BaseForm] = field(default_factory=list)
    changed: dict[str, tuple[Rows, Rows]] = field(default_factory=dict)
    walked: bool = False
    """Did it go through all names of the body, whatever they were?"""

    @property
    def deaf(self) -> bool:
        """Nothing of the body can have come in."""
        return not (self.read or self.bound or self.walked or self.changed)


class Tables:
    """Tables as they are before any request; each is read once."""

    def __init__(self) -> None:
        self._before: dict[str, Rows] = {}
        self._columns: dict[str, list[str]] = {}

    def columns(self, table: str) -> list[str]:
        if table not in self._columns:
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')
                self._columns[table] = [c[0] for c in cursor.description]
        return self._columns[table]

    def now(self, table: str) -> Rows:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            return Counter(tuple(map(_hashable, row)) for row in cursor.fetchall())

    def keep(self, tables: set[str]) -> None:
        """Remember these tables; to be called outside of any request."""
        for table in tables - self._before.keys():
            self._before[table] = self.now(table)

    def changes(self, tables: set[str], after: dict[str, Rows]) -> dict[str, tuple[Rows, Rows]]:
        self.keep(tables)
        pairs = {t: (self._before[t] - after[t], after[t] - self._before[t]) for t in sorted(tables)}
        return {t: pair for t, pair in pairs.items() if pair[0] or pair[1]}


def _hashable(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview | bytearray) else value


@contextmanager
def _watching(seen: list[tuple[Any, str]], walked: list[Any], bound: list[forms.BaseForm]) -> Iterator[None]:
    """Notes each name asked for by itself; going through all names (`items`, `dict`, `copy`) asks for none."""
    get, has, many, clean = MultiValueDict.__getitem__, dict.__contains__, MultiValueDict._getlist, forms.BaseForm.full_clean

    def getitem(self: Any, key: str) -> Any:
        seen.append((self, key))
        return get(self, key)

    def contains(self: Any, key: object) -> bool:
        seen.append((self, str(key)))
        return has(self, key)

    def getlist(self: Any, key: str, default: Any = None, force_list: bool = False) -> Any:
        seen.append((self, key))
        return many(self, key, default, force_list)

    def cleaned(self: Any) -> None:
        bound.append(self)
        clean(self)

    def pairs(self: Any) -> Iterator[tuple[str, Any]]:
        walked.append(self)
        return ((k, get(self, k)) for k in dict.keys(self))

    def names(self: Any) -> Iterator[str]:
        walked.append(self)
        return dict.__iter__(self)

    def lists(self: Any) -> Any:
        walked.append(self)
        return dict.items(self)

    with (
        patch.object(QueryDict, "__getitem__", getitem),
        patch.object(QueryDict, "__contains__", contains, create=True),
        patch.object(QueryDict, "_getlist", getlist, create=True),
        patch.object(QueryDict, "items", pairs, create=True),
        patch.object(QueryDict, "values", lambda self: (v for _k, v in pairs(self)), create=True),
        patch.object(QueryDict, "dict", lambda self: dict(pairs(self)), create=True),
        patch.object(QueryDict, "lists", lists, create=True),
        patch.object(QueryDict, "__iter__", names, create=True),
        patch.object(QueryDict, "keys", names, create=True),
        patch.object(forms.BaseForm, "full_clean", cleaned),
    ):
        yield


def ask(world: World, role: str, url: str, body: Any, tables: Tables, *, json: bool = False) -> Outcome:
    """One POST in a savepoint, its pages not drawn."""
    factory, out, seen, walked, writes = RequestFactory(), Outcome(), list[tuple[Any, str]](), list[Any](), set[str]()
    if role in world.clients:
        factory.cookies.load(world.clients[role].cookies.output(header="", sep=";"))
    if json:
        request = factory.post(url, body, content_type="application/json", HTTP_ACCEPT="application/json")
    elif any(isinstance(v, tuple) for v in body.values()):
        request = factory.post(url, _fresh(body), HTTP_ACCEPT="application/json")
    else:
        request = factory.post(url, urlencode(body, doseq=True), content_type=FORM, HTTP_ACCEPT="application/json")
    after: dict[str, Rows] = {}
    point = transaction.savepoint()
    try:
        with connection.execute_wrapper(sweeps._watch(writes)), sweeps._undrawn(), _watching(seen, walked, out.bound):
            response = sweeps._handler()(request.environ)
        out.status = response.status_code
        asked = getattr(response, "wsgi_request", None)
        address = asked.GET if asked is not None else None
        out.read = {key for source, key in seen if source is not address} - {"qa", "csrfmiddlewaretoken"}
        out.walked = any(source is not address for source in walked)
        written = writes - ALONE
        after = {table: tables.now(table) for table in written}
    finally:
        transaction.savepoint_rollback(point)
    out.changed = tables.changes(written, after)
    return out


def _fresh(body: Any) -> Any:
    """Files are read once only."""
    return {k: SimpleUploadedFile(v[0], v[1]) if isinstance(v, tuple) else v for k, v in body.items()}


# -- filling -----------------------------------------------------------------------------------------------------

FILE = ("表.csv", "姓名,证件号码\n核对甲,\n".encode())
WORDS = "按会议决定办理，已经核对"


def fill(bound: list[forms.BaseForm], names: set[str], world: World) -> dict[str, Any]:
    """A body that these forms may take: what they start with, else one value by the kind of field; names read without a form get words."""
    body: dict[str, Any] = {"qa": "1"}  # a name nobody knows: a form bound to an empty body is not bound at all
    for form in bound:
        for name, one in form.fields.items():
            value = _started(form, name, one)
            if value in (None, "", []) and one.required:
                value = of_kind(name, one, world)
            if value not in (None, "", []):
                body.setdefault(form.add_prefix(name), value)
    loose = names - {form.add_prefix(n) for form in bound for n in form.fields}
    return {name: LOOSE.get(name, WORDS)(world) if callable(LOOSE.get(name)) else LOOSE.get(name, WORDS) for name in sorted(loose)} | body


def _started(form: forms.BaseForm, name: str, one: forms.Field) -> Any:
    if isinstance(one, forms.FileField):
        return None
    value = one.prepare_value(form.get_initial_for_field(one, name))
    if isinstance(value, bool):
        return "on" if value else None
    if isinstance(value, list | tuple):
        return [str(v) for v in value]
    shown = one.widget.format_value(value)
    return shown[0] if isinstance(shown, list) and shown else shown


def of_kind(name: str, one: forms.Field, world: World) -> Any:
    """A value a field of this kind may take."""
    if isinstance(one, forms.FileField):
        return FILE
    if isinstance(one, forms.ModelChoiceField):
        first = one.queryset.first() if one.queryset is not None else None
        return str(one.prepare_value(first)) if first is not None else None
    if isinstance(one, forms.ChoiceField):
        picked = next((str(v) for v, _label in one.widget.choices if v not in ("", None)), None)
        return [picked] if picked and isinstance(one, forms.MultipleChoiceField) else picked
    kind = type(one).__name__
    if kind in BY_NAME:
        return BY_NAME[kind](world)
    now = clock.now()
    if isinstance(one, forms.DateTimeField):
        return (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    return _plain(name, one)


def _plain(name: str, one: forms.Field) -> Any:
    if isinstance(one, forms.DateField):
        return clock.today().isoformat()
    if isinstance(one, forms.TimeField):
        return "10:00"
    if isinstance(one, forms.BooleanField):
        return "on"
    if isinstance(one, forms.IntegerField | forms.DecimalField):
        return str(max(int(one.min_value or 1), 1))
    if isinstance(one, forms.EmailField):
        return "check@example.cn"
    if isinstance(one, ours.MoneyField):
        return "10.00"
    text = str(LOOSE[name]) if name in LOOSE and not callable(LOOSE[name]) else WORDS
    return text[: getattr(one, "max_length", None) or 200]


BY_NAME: dict[str, Any] = {
    "UnionField": lambda world: world.a.sibling.code,
    "EmployerField": lambda world: world.a.rows["blank"].code,
    "PhoneField": lambda world: "15390000991",
    "IdNumberField": lambda world: "990101199108158999",
}
LOOSE: dict[str, Any] = {
    "version": "1", "decision": "approve", "answer": "yes", "kind": "other", "pk": "1", "year": "2026", "on": lambda w: clock.today().isoformat(),
    "since": lambda w: clock.today().isoformat(), "until": lambda w: clock.today().isoformat(), "union": lambda w: str(w.a.union.pk),
    "employer": lambda w: str(w.a.employer.pk), "person": lambda w: str(w.a.members[0].person_id), "next": "/console/", "action": "save",
    "act": "save", "verb": "save", "state": "done", "amount": "10.00", "score": "4", "stars": "4", "page": "1", "pks": lambda w: [str(w.a.members[1].pk)],
    "members": lambda w: [str(w.a.members[1].pk)], "member": lambda w: str(w.a.members[1].pk), "agree": "on", "key": "qa-key-1",
    "number": "9550880000007777", "account": "9550880000007777", "id_number": "990101199108150075", "size": "lg", "language": "en",
    "organiser": lambda w: str(w.users["organiser_a"].pk), "target": lambda w: w.a.sibling.code, "joined_on": lambda w: w.a.members[0].joined_on.isoformat(),
    "capacity": "9", "month": "2026-11", "sure": "on", "purpose": "service", "seen": "on", "cell": "1:1", "line": "1", "item": "1",
    "document_no": "〔2026〕9 号", "approval_no": "〔2026〕9 号", "founded_on": lambda w: clock.today().isoformat(), "quantity": "2", "price": "10.00",
}  # fmt: skip
"""What a view may want that asks without a form."""
