"""Posting many changes at once (成批计入汇总): the same folding as `rolls.post`, one join instead of a loop.

Used by imports. Unions whose lines above changed or begin later than a count go through `folding.fold` itself, so that
there is one place that knows dated lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import polars as pl
from django.db import transaction

from gonghui.core import bulk
from gonghui.figures import folding
from gonghui.figures.folding import Line
from gonghui.figures.models import Roll
from gonghui.orgs.selectors import closure

COLUMNS = ("node", "key", "day", "n")
BATCH = 50_000
SCHEMA = {"node": pl.Int64, "key": pl.String, "day": pl.Date, "n": pl.Int64}


@transaction.atomic(savepoint=False)
def post_frame(parts: Iterable[pl.DataFrame]) -> int:
    """Add changes and fold them at every union above. Args: parts: frames of (node, key, day, n). Returns the rows written.

    Raises: LookupError for a union without lines.
    """
    written = 0
    for part in parts:
        # One part after the other: a part holds one dimension, so its memory is all that is needed at a time.
        net = (
            part.select(pl.col(c).cast(t) for c, t in SCHEMA.items())
            .group_by("node", "key", "day")
            .agg(pl.col("n").sum())
            .filter(pl.col("n") != 0)
        )
        if not net.height:
            continue
        folded = _folded(net)
        for rows in _rows(folded):
            bulk.upsert(Roll, ("union_id", "key", "day", "n"), rows, key=("union_id", "key", "day"), add=("n",))
        written += folded.height
    return written


def _folded(net: pl.DataFrame) -> pl.DataFrame:
    nodes = net["node"].unique().to_list()
    found = closure.lines_up(nodes)
    if missing := set(nodes) - set(found):
        raise LookupError(f"工会 {sorted(missing)[:3]} 没有上下级关系记录，不能计入汇总。")
    steady = {
        node for node, rows in found.items() if all(until is None for _a, _d, _s, until in rows) and len({s for _a, _d, s, _u in rows}) == 1
    }
    # One open line to each ancestor, all since the same day: every count reaches all of them on its own day.
    lines = pl.DataFrame(
        [(node, ancestor) for node in steady for ancestor, *_ in found[node]], schema={"node": pl.Int64, "ancestor": pl.Int64}, orient="row"
    )
    plain = net.join(lines, on="node", how="inner").group_by("ancestor", "key", "day").agg(pl.col("n").sum())
    rest = net.filter(~pl.col("node").is_in(sorted(steady)))
    if rest.height:
        plain = _with(plain, rest, {node: [Line(*row) for row in found[node]] for node in found if node not in steady})
    return plain.filter(pl.col("n") != 0).sort("ancestor", "key", "day")


def _with(plain: pl.DataFrame, rest: pl.DataFrame, lines: dict[int, list[Line]]) -> pl.DataFrame:
    deltas: list[tuple[tuple[int, str, date], int]] = [((node, key, day), n) for node, key, day, n in rest.iter_rows()]
    folded = folding.fold(deltas, lines)
    extra = pl.DataFrame([(u, k, d, n) for (u, k, d), n in folded.items()], schema=plain.schema, orient="row")
    return pl.concat([plain, extra]).group_by("ancestor", "key", "day").agg(pl.col("n").sum())


def _rows(folded: pl.DataFrame) -> Iterator[list[tuple[int, str, str, int]]]:
    for start in range(0, folded.height, BATCH):
        part = folded.slice(start, BATCH)
        yield part.with_columns(pl.col("day").dt.strftime("%Y-%m-%d")).rows()
