"""Recount from records (重新清点): every state key counted anew and compared with its roll-up, located by union and key.

Layers above register their part: `register("members", fn)` with `fn(day)` yielding (union, key, n) at the union itself,
counted from the detail tables by other code than the folding.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable
from datetime import date

from django.db.models import Sum

from gonghui.core import clock
from gonghui.figures import folding
from gonghui.figures.models import Roll
from gonghui.figures.selectors import periods
from gonghui.orgs.selectors import closure, counts

Own = Iterable[tuple[int, str, int]]
Recount = Callable[[date], Own]

_parts: dict[str, Recount] = {}
_left_out: set[str] = set()


def register(prefix: str, fn: Recount, *, but: Iterable[str] = ()) -> None:
    """Own a family of keys: those that are `prefix` or start with it and a dot, `but` those that start so."""
    _left_out.update(but)
    if _parts.setdefault(prefix, fn) is not fn:
        raise ValueError(f"重新清点重复登记：{prefix}")


register("employers", counts.employer_counts)
register("unions", counts.union_counts)


def owned(key: str) -> bool:
    """Does somebody recount this key? Coverage belongs to employers."""
    if key.startswith(tuple(_left_out)):
        return False
    head = key.split(".")[0].split("=")[0]
    return (head in _parts or (head == "coverage" and "employers" in _parts)) and not folding.is_flow(key) and not _derived(key)


def _derived(key: str) -> bool:
    """Second-order groups, which the recount of their parts covers; `contracted` has no records yet."""
    return (key.endswith(".organised") and key.count(".") > 1 and not key.startswith("employers.public")) or key == "employers.contracted"


def own_counts(day: date) -> Counter[tuple[int, str]]:
    """What each union itself holds on a day, from the records."""
    out: Counter[tuple[int, str]] = Counter()
    for fn in _parts.values():
        for union, key, n in fn(day):
            out[union, key] += n
    return out


def folded_counts(own: Counter[tuple[int, str]], lines: Iterable[tuple[int, int, int]]) -> Counter[tuple[int, str]]:
    """Own counts carried up the tree of that day."""
    above: dict[int, list[int]] = defaultdict(list)
    for high, low, _depth in lines:
        above[low].append(high)
    out: Counter[tuple[int, str]] = Counter()
    for (union, key), n in own.items():
        for high in above[union]:
            out[high, key] += n
    return out


def rolled_counts(day: date) -> Counter[tuple[int, str]]:
    """What the roll-ups say."""
    rows = Roll.objects.filter(day__lte=day).values_list("union_id", "key").annotate(n=Sum("n")).values_list("union_id", "key", "n")
    return Counter({(union, key): int(n) for union, key, n in rows if n})


def days() -> list[date]:
    """The days that are checked: the default date of the pages, and today."""
    return sorted({periods.default_date(), clock.today()})


def totals_equal() -> Generator[str, None, int]:
    """RPT-01: every published count equals its recount."""
    names, checked = {n.pk: n.name for n in closure.all_nodes()}, 0
    for day in days():
        want = folded_counts(own_counts(day), closure.lines_on(day))
        have = rolled_counts(day)
        for union, key in sorted(set(want) | {k for k in have if owned(k[1])}):
            checked += 1
            if have[union, key] != want[union, key]:
                yield f"{names.get(union, union)} 的 {key} 截至 {day}：汇总是 {have[union, key]:,}，从记录重新清点是 {want[union, key]:,}。"
    return checked


def parents_add_up() -> Generator[str, None, int]:
    """RPT-02: a union's count is that of its children plus its own."""
    names, checked = {n.pk: n.name for n in closure.all_nodes()}, 0
    for day in days():
        have, own = rolled_counts(day), own_counts(day)
        below: Counter[tuple[int, str]] = Counter()
        parents = {low: high for high, low, depth in closure.lines_on(day) if depth == 1}
        for (union, key), n in have.items():
            if union in parents:
                below[parents[union], key] += n
        for union, key in sorted({k for k in set(have) | set(below) if owned(k[1])}):
            checked += 1
            if have[union, key] != below[union, key] + own[union, key]:
                yield f"{names.get(union, union)} 的 {key} 截至 {day}：本级 {have[union, key]:,}，下级合计 {below[union, key]:,} 加本级直属 {own[union, key]:,}，对不上。"
    return checked
