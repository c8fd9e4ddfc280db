"""Roll-ups of many new people at once (新人汇总): the same counts as `figures.folding.contributions`, one grouping per dimension.

Only for people who had no record before: one labour relation at most, one spell at most. A test compares it with the
facts of `members.services.folding`, row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import polars as pl

from gonghui.figures.folding import MAX_KEY
from gonghui.orgs.hooks import EmployerFact

Delta = tuple[int, str, date, int]
BASE = ("sex", "birth", "education", "ethnic", "group")
AT_WORK = ("kind", "sector")


def deltas(new: pl.DataFrame, employers: Mapping[int, EmployerFact]) -> Iterable[Delta]:
    """(union, key, day, n) of new people. Args: new as the planner leaves it; employers: facts of every employer named."""
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


def _workers(people: pl.DataFrame, employers: Mapping[int, EmployerFact]) -> Iterator[Delta]:
    """Counted where the employer is placed, from hiring, place by place."""
    rows = [(pk, union, since, until) for pk, f in employers.items() for union, since, until in f.places]
    places = pl.DataFrame(rows, schema={"_employer": pl.Int64, "node": pl.Int64, "ps": pl.Date, "pu": pl.Date}, orient="row")
    at = people.drop("union").join(places, on="_employer", how="inner")
    at = at.with_columns(pl.max_horizontal("hired", "ps").alias("start")).filter(pl.col("pu").is_null() | (pl.col("pu") > pl.col("start")))
    yield from _grouped(at, "workers", "start", (*BASE, *AT_WORK), 1)
    ended = at.filter(pl.col("pu").is_not_null())
    if ended.height:
        yield from _grouped(ended, "workers", "pu", (*BASE, *AT_WORK), -1)


def _members(people: pl.DataFrame) -> Iterator[Delta]:
    """Counted at the union from joining; by form of employment and ownership only from hiring."""
    members = people.filter(pl.col("member")).rename({"union": "node"})
    yield from _grouped(members, "members", "joined", BASE, 1)
    working = members.filter(pl.col("_employer").is_not_null()).with_columns(pl.max_horizontal("joined", "hired").alias("from"))
    for name in AT_WORK:
        yield from _one(working, "members", "from", name, 1)


def _grouped(frame: pl.DataFrame, head: str, day: str, names: Iterable[str], sign: int) -> Iterator[Delta]:
    for node, on, n in frame.group_by("node", day).len().iter_rows():
        yield node, head, on, sign * n
    for node, on, n in frame.filter("migrant").group_by("node", day).len().iter_rows():
        yield node, f"{head}.migrant", on, sign * n
    for name in names:
        yield from _one(frame, head, day, name, sign)


def _one(frame: pl.DataFrame, head: str, day: str, name: str, sign: int) -> Iterator[Delta]:
    known = frame.filter(pl.col(name).is_not_null() & (pl.col(name) != ""))
    for node, on, value, n in known.group_by("node", day, name).len().iter_rows():
        yield node, f"{head}.{name}={value}"[:MAX_KEY], on, sign * n
