"""`gonghui bench rollup` and `gonghui bench pages` (汇总与页面的性能), on the engine of `GONGHUI_DATABASE_URL`.

Everything is written inside one transaction that is rolled back; figure and floor are measured in the same run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, Template
from django.test import Client, override_settings
from django.urls import path, reverse

from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.core import bench, bulk, clock
from gonghui.core.access import signed_in
from gonghui.figures import services as figures
from gonghui.figures.folding import Dims, MemberFact, WorkerFact
from gonghui.figures.selectors import values
from gonghui.orgs import services as orgs
from gonghui.orgs.selectors import closure

SIZES = (200_000, 5_000_000)
FANS = (14, 24)
"""Townships below the city, unions below each."""
OLD = date(2010, 1, 1)
READS, PAGES = 200, 60
BIRTHS = range(1966, 2004, 3)


class _Undo(Exception):
    """Takes the synthetic rows back."""


def _row(name: str, value: float, unit: str, floor: float, n: int, bar: float | None, **more: Any) -> dict[str, Any]:
    ratio = value / floor if floor else 0.0
    found = {
        "name": name,
        "engine": connection.vendor,
        "value": round(value, 4),
        "unit": unit,
        "floor": round(floor, 4),
        "ratio": round(ratio, 3),
    }
    return {**found, "n": n, "bar": bar, "ok": bar is None or ratio <= bar, "peak_mib": bench.peak_mib(), **more}


def _undone(measure: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    try:
        with transaction.atomic():
            out += measure()
            raise _Undo
    except _Undo:
        pass
    return out


# -- roll-ups ----------------------------------------------------------------------------------------------------


def _tree(towns: int, below: int) -> tuple[Any, list[Any]]:
    """The root (the live one, if any) with a synthetic branch of unions."""
    actor, live = Actor.system("bench"), apps.get_model("orgs", "Union").objects
    root = live.filter(depth=0).first() or orgs.union_build(actor=actor, parent=None, kind="city", name="性能测试总工会", founded_on=OLD)
    found = []
    for i in range(towns):
        town = orgs.union_build(actor=actor, parent=root, kind="township", name=f"性能测试{i}镇工会", founded_on=OLD)
        for j in range(below):
            name = f"性能测试{i}镇第{j}区域工会联合会"
            found += [orgs.union_build(actor=actor, parent=town, kind="regional", name=name, founded_on=OLD)]
    return root, found


def _fill(unions: list[Any], above: dict[int, list[int]], members: int) -> None:
    """Rolls of so many members spread over unions, days of three years and groups, as `post` writes them."""
    roll, rows = apps.get_model("figures", "Roll"), Counter[tuple[int, str, str]]()
    days = [(date(2023, 1, 1) + timedelta(days=i)).isoformat() for i in range(0, 3 * 365, 3)]
    each = max(members // (len(unions) * 40), 1)
    births = list(BIRTHS)
    for i, union in enumerate(unions):
        for j in range(40):
            day = days[(i * 7 + j * 11) % len(days)]
            keys = ("members", "members.migrant", f"members.sex={j % 2 + 1}", f"members.birth={births[(i + j) % len(births)]}")
            for ancestor in (union.pk, *above[union.pk]):
                for key in keys:
                    rows[ancestor, key, day] += each
    data = sorted((u, k, d, n) for (u, k, d), n in rows.items())
    for at in range(0, len(data), 50_000):
        bulk.upsert(roll, ("union_id", "key", "day", "n"), data[at : at + 50_000], key=("union_id", "key", "day"), add=("n",))


def rollup(rows: int | str = 2000, **_options: Any) -> list[dict[str, Any]]:
    """A figure of any subtree as the city grows, beside a primary-key read; a write with its roll-ups beside the bare write."""

    def measure() -> list[dict[str, Any]]:
        root, unions = _tree(*FANS)
        above = {u: [a for a, depth, _s, _u in lines if depth] for u, lines in closure.lines_up(u.pk for u in unions).items()}
        return [*_reads(root, unions, above), *_writes(unions[0], int(rows))]

    return _undone(measure)


def _reads(root: Any, unions: list[Any], above: dict[int, list[int]]) -> list[dict[str, Any]]:
    roll, day, spent, filled = apps.get_model("figures", "Roll").objects, clock.today(), list[float](), 0
    for size in SIZES:
        _fill(unions, above, size - filled)
        filled = size
        spent.append(bench.median_ms(lambda: values.snapshot(root.pk, day, ["members"]), READS))
    first = roll.filter(union_id=root.pk, key="members").values_list("day", flat=True)[:1].get()
    floor = bench.median_ms(lambda: roll.get(union_id=root.pk, key="members", day=first), READS)
    whole = bench.median_ms(lambda: values.rows_of(values.snapshot(root.pk, day)), 20)
    return [
        _row("rollup.growth", spent[1], "ms", spent[0], SIZES[1], 1.5),
        _row("rollup.read", spent[1], "ms", floor, SIZES[1], 30),
        _row("rollup.all_figures", whole, "ms", floor, SIZES[1], None),
    ]


def _writes(union: Any, n: int) -> list[dict[str, Any]]:
    """A roster batch of `n` new people at one union: person, labour relation, membership; then the same with roll-ups."""
    day, actor = clock.today(), Actor.system("bench")
    firm = orgs.employer_register(actor=actor, union=union, name="性能测试茶厂", opened_on=OLD, listed_on=OLD)
    places = ((firm.union_id, OLD, None),)
    dims = [Dims("12"[i % 2], 1970 + i % 35, "20", "01", i % 3 == 0, "", "regular", "non_public") for i in range(n)]
    facts = [f for d in dims for f in (MemberFact(union.pk, "active", day, None, d), WorkerFact(places, day, None, d))]

    def bare() -> None:
        _insert(union.pk, firm.pk, day, n)

    def full() -> None:
        bare()
        figures.apply([(None, fact) for fact in facts])

    floor, whole = _written(bare), _written(full)
    return [_row("rollup.write", whole, "ms", floor, n, 2.5)]


def _written(run: Callable[[], Any]) -> float:
    """Milliseconds of a write, median of five, each taken back."""
    spent = []
    for _ in range(5):
        mark = transaction.savepoint()
        start = perf_counter()
        run()
        spent.append(perf_counter() - start)
        transaction.savepoint_rollback(mark)
    return median(spent) * 1000


def _insert(union: int, firm: int, day: date, n: int) -> None:
    person, job, spell = (apps.get_model(*name) for name in (("people", "Person"), ("members", "Employment"), ("members", "Membership")))
    false = False if connection.vendor == "postgresql" else 0
    on, now = day.isoformat(), clock.now().isoformat()
    ids, jobs, spells = bulk.reserve_ids(person, n), bulk.reserve_ids(job, n), bulk.reserve_ids(spell, n)
    blank = (
        "id",
        "name",
        "sex",
        "id_kind",
        "id_check",
        "id_mask",
        "phone_mask",
        "ethnic",
        "education",
        "political",
        "home_area",
        "migrant",
        "group",
        "created_at",
        "source",
    )
    bulk.insert(person, blank, [(i, "测试", "1", "none", "unverified", "", "", "01", "20", "", "", false, "", now, "bench") for i in ids])
    bulk.insert(
        job,
        ("id", "person_id", "employer_id", "kind", "post", "season_from", "season_to", "since", "source"),
        [(j, i, firm, "regular", "", "", "", on, "bench") for j, i in zip(jobs, ids, strict=True)],
    )
    names = ("id", "person_id", "union_id", "standing", "since", "ended", "joined_on", "channel", "card_no", "private")
    bulk.insert(spell, names, [(s, i, union, "active", on, "", on, "import", "", false) for s, i in zip(spells, ids, strict=True)])


# -- pages -------------------------------------------------------------------------------------------------------

BARE = Template(
    "<!doctype html><title>{{ user.name }}</title><table>{% for e in rows %}<tr><td><a href='{% url 'bare' %}?pk={{ e.pk }}'>{{ e.name }}</a></td><td>{{ e.code }}</td>"
    "<td>{{ e.get_status_display }}</td><td>{{ e.get_sector_display }}</td><td>{{ e.union.name }}</td><td>{{ e.headcount }}</td><td>{{ e.listed_on|date:'Y-m-d' }}</td></tr>{% endfor %}</table>"
)


EMPTY = Template("<!doctype html><title>{{ user.name }}</title>")


@signed_in
def empty_page(request: HttpRequest) -> HttpResponse:
    """Nothing but the session, the user and the reader's grants."""
    return HttpResponse(EMPTY.render(RequestContext(request, {"user": request.user})))


@signed_in
def bare_page(request: HttpRequest) -> HttpResponse:
    """The floor: session, user, the same fifty rows in a plain table; no scope, menu, filters, counts."""
    rows = apps.get_model("orgs", "Employer").objects.select_related("union").order_by("name")[:50]
    return HttpResponse(BARE.render(RequestContext(request, {"user": request.user, "rows": rows})))


urlpatterns = [path("bare/", bare_page, name="bare"), path("empty/", empty_page, name="empty")]


def pages(**_options: Any) -> list[dict[str, Any]]:
    """A console list with session and permission beside a bare signed-in page; how many queries it asks."""
    return _undone(_pages)


def _pages() -> list[dict[str, Any]]:
    root, (union, *_rest) = _tree(1, 1)
    actor = Actor.system("bench")
    for i in range(50):
        orgs.employer_register(actor=actor, union=union, name=f"性能测试{i}号茶厂", opened_on=OLD, listed_on=OLD)
    user = get_user_model()._default_manager.create(
        username="bench-officer", name="性能测试", date_joined=clock.now(), password_changed_at=clock.now()
    )
    apps.get_model("accounts", "Grant").objects.create(
        user=user, role=Role.CITY, org_path=root.path, since=OLD, reason="性能测试", granted_by="system:bench"
    )
    with override_settings(ALLOWED_HOSTS=["testserver"], SECURE_SSL_REDIRECT=False):
        floor, bare = _page("/bare/", user, urlconf=__name__)
        empty, _none = _page("/empty/", user, urlconf=__name__)
        found = [_row("pages.bare", floor, "ms", empty, 50, None, queries=bare)]
        for name, url, bar in (
            ("list", reverse("orgs:employers") + "?size=50", 3),
            ("workbench", reverse("portal:home"), None),
            ("figures", reverse("figures:home"), None),
        ):
            found.append({**_shown(f"pages.{name}", url, user, floor, bar), "empty": round(empty, 4)})
        return found


def _shown(name: str, url: str, user: Any, floor: float, bar: float | None) -> dict[str, Any]:
    spent, queries = _page(url, user)
    found = _row(name, spent, "ms", floor, 50, bar, queries=queries)
    return found if bar is None else {**found, "ok": bool(found["ok"]) and queries <= 10}


def _page(url: str, user: Any, urlconf: str = "") -> tuple[float, int]:
    """Median milliseconds and queries of one page, in process."""
    browser = Client()
    browser.force_login(user)
    with override_settings(**({"ROOT_URLCONF": urlconf} if urlconf else {})):
        answer = browser.get(url)
        if answer.status_code != 200:
            raise LookupError(f"{url} 返回 {answer.status_code}")
        return bench.median_ms(lambda: browser.get(url), PAGES), _queries(lambda: browser.get(url))


def _queries(run: Callable[[], Any]) -> int:
    """How many statements a call sends, savepoints left out."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE")):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        run()
    return len(seen)


def register() -> None:
    """Make both benches known."""
    bench.register("rollup", rollup)
    bench.register("pages", pages)
