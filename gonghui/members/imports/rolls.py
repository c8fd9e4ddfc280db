"""Roll-ups of many new people at once (新人汇总): the same counts as `figures.folding.contributions`, one grouping per dimension.

Only for people who had no record before: one labour relation at most, one spell at most. A test compares it with the
facts of `members.services.folding`, row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from gonghui.figures.folding import MAX_KEY
from gonghui.orgs.hooks import EmployerFact

BASE = ("sex", "birth", "education", "ethnic", "group")
AT_WORK = ("kind", "sector")


def deltas(new: pl.DataFrame, employers: Mapping[int, EmployerFact]) -> Iterator[pl.DataFrame]:
    """Frames of (node, key, day, n) of new people. Args: new as the planner leaves it; employers: facts of every employer named."""
    if not new.height:
        return
    sectors = {pk: f.sector for pk, f in employers.items()}
    sector = pl.col("_employer").replace_strict(sectors, default=None, return_dtype=pl.String) if sectors else pl.lit(None, pl.String)
    people = new.select(
        pl.col("_employer"), pl.col("_home").alias("union"), pl.col("_hired").alias("hired"), pl.col("_joined").alias("joined"), pl.col("_is_member").alias("member"),
        pl.col("sex").fill_null("0"), pl.col("_born").dt.year().cast(pl.String).alias("birth"), "education", "ethnic", "group", (pl.col("migrant") == "1").fill_null(False).alias("migrant"),
        "kind", sector.alias("sector"),
    )  # fmt: skip
    yield from _workers(people, employers)
    yield from _members(people)


def _workers(people: pl.DataFrame, employers: Mapping[int, EmployerFact]) -> Iterator[pl.DataFrame]:
    """Counted where the employer is placed, from hiring, place by place."""
    rows = [(pk, union, since, until) for pk, f in employers.items() for union, since, until in f.places]
    places = pl.DataFrame(rows, schema={"_employer": pl.Int64, "node": pl.Int64, "ps": pl.Date, "pu": pl.Date}, orient="row")
    at = people.drop("union").join(places, on="_employer", how="inner")
    at = at.with_columns(pl.max_horizontal("hired", "ps").alias("start")).filter(pl.col("pu").is_null() | (pl.col("pu") > pl.col("start")))
    yield from _grouped(at, "workers", "start", (*BASE, *AT_WORK), 1)
    ended = at.filter(pl.col("pu").is_not_null())
    if ended.height:
        yield from _grouped(ended, "workers", "pu", (*BASE, *AT_WORK), -1)


def _members(people: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Counted at the union from joining; by form of employment and ownership only from hiring."""
    members = people.filter(pl.col("member")).rename({"union": "node"})
    yield from _grouped(members, "members", "joined", BASE, 1)
    working = members.filter(pl.col("_employer").is_not_null()).with_columns(pl.max_horizontal("joined", "hired").alias("from"))
    for name in AT_WORK:
        yield _one(working, "members", "from", name, 1)


def _grouped(frame: pl.DataFrame, head: str, day: str, names: Iterable[str], sign: int) -> Iterator[pl.DataFrame]:
    yield _counted(frame, pl.lit(head), day, sign)
    yield _counted(frame.filter("migrant"), pl.lit(f"{head}.migrant"), day, sign)
    for name in names:
        yield _one(frame, head, day, name, sign)


def _one(frame: pl.DataFrame, head: str, day: str, name: str, sign: int) -> pl.DataFrame:
    known = frame.filter(pl.col(name).is_not_null() & (pl.col(name) != ""))
    return _counted(known, pl.concat_str(pl.lit(f"{head}.{name}="), pl.col(name)).str.slice(0, MAX_KEY), day, sign)


def _counted(frame: pl.DataFrame, key: pl.Expr, day: str, sign: int) -> pl.DataFrame:
    return (
        frame.select("node", key.alias("key"), pl.col(day).alias("day"))
        .group_by("node", "key", "day")
        .agg((pl.len().cast(pl.Int64) * sign).alias("n"))
    )
