"""The only writer of roll-ups (汇总的唯一写入处). Always inside the transaction of what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from django.db import transaction

from gonghui.core import bulk
from gonghui.figures import folding
from gonghui.figures.folding import Fact, Line
from gonghui.figures.models import Roll
from gonghui.orgs.selectors import closure, facts

FIELDS = ("union_id", "key", "day", "n")
BATCH = 20_000


def post(deltas: Iterable[tuple[int, str, date, int]]) -> int:
    """Add changes and fold them at every union above (计入汇总). Returns the rows written.

    Args: deltas: (union, key, day, n). Equal keys are netted; what nets to zero leaves no trace.
    """
    net: Counter[folding.Key] = Counter()
    for union, key, day, n in deltas:
        net[union, key, day] += n
    return _write(net)


@transaction.atomic
def apply(changes: Iterable[tuple[Fact | None, Fact | None]]) -> int:
    """Post what facts count for now less what they counted for before (按变动前后入账): pairs (before, after), None for absent."""
    return _write(folding.difference(changes))


def _write(net: folding.Count) -> int:
    live = {key: n for key, n in net.items() if n}
    if not live:
        return 0
    found = closure.lines_up({node for node, _key, _day in live})
    lines = {node: [Line(*row) for row in rows] for node, rows in found.items()}
    missing = {node for node, _key, _day in live} - set(lines)
    if missing:
        raise LookupError(f"工会 {sorted(missing)[:3]} 没有上下级关系记录，不能计入汇总。")
    folded = folding.fold(live.items(), lines)
    _upsert(folded)
    return len(folded)


def _upsert(folded: folding.Count) -> None:
    rows = sorted((union, key, day, n) for (union, key, day), n in folded.items())
    for start in range(0, len(rows), BATCH):
        bulk.upsert(Roll, FIELDS, _plain(rows[start : start + BATCH]), key=("union_id", "key", "day"), add=("n",))


def _plain(rows: Iterable[tuple[int, str, date, int]]) -> list[tuple[int, str, str, int]]:
    """ISO text for days: the raw SQLite cursor knows no dates, PostgreSQL reads both."""
    return [(union, key, day.isoformat(), n) for union, key, day, n in rows]


@transaction.atomic
def union_moved(union_id: int, day: date, old_parent_id: int | None, new_parent_id: int | None) -> None:
    """A subtree changed its upper union (隶属调整): its counts leave who no longer stands above and join who now does."""
    old, new = _above(old_parent_id, day), _above(new_parent_id, day)
    rows = Roll.objects.filter(union_id=union_id).values_list("key", "day", "n")
    moving = folding.shift(rows, day)
    folded: folding.Count = Counter()
    for (key, on), n in moving.items():
        for ancestor in old - new:
            folded[ancestor, key, on] -= n
        for ancestor in new - old:
            folded[ancestor, key, on] += n
    _upsert(Counter({key: n for key, n in folded.items() if n}))


def _above(union_id: int | None, day: date) -> set[int]:
    return set() if union_id is None else {union_id, *closure.lines_above(union_id, day)}


def employers_changed(pairs: list[tuple[Fact | None, Fact | None]]) -> None:
    """Handler of the register (单位变动)."""
    apply(pairs)


def unions_changed(pairs: list[tuple[Fact | None, Fact | None]]) -> None:
    """Handler of the register (工会变动)."""
    apply(pairs)


def unions_removed(ids: list[int]) -> None:
    """Handler of the register (工会误登撤销): their rolls have come to nothing and go with them."""
    Roll.objects.filter(union_id__in=ids).delete()


@transaction.atomic
def rebuild(more: Iterable[Fact] = ()) -> int:
    """Count everything anew from the records (重建汇总): after a repair, never in daily use."""
    Roll.objects.all().delete()
    written = 0
    for part in _parts((*facts.all_employer_facts(), *facts.union_facts().values(), *more)):
        written += apply((None, fact) for fact in part)
    return written


def _parts(found: tuple[Fact, ...]) -> Iterator[tuple[Fact, ...]]:
    for start in range(0, len(found), 5000):
        yield found[start : start + 5000]
