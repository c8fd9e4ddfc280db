"""Which employer and union a row names (单位与工会的认定), inside the scope of the import. Unseen and absent look alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.apps import apps
from django.db.models import Q

from gonghui.files.imports.protocol import Context, Problem
from gonghui.files.imports.reading import ROW

CHUNK = 800
_SHORT = re.compile(r"[\s()（）·,，.。\-—]|有限责任公司|股份有限公司|有限公司|公司|工会委员会|基层工会|委员会")


@dataclass(frozen=True)
class Place:
    """An employer or a union as far as a roster needs it."""

    pk: int
    path: str
    name: str
    union_id: int
    sector: str = ""
    ended_on: date | None = None


def resolve(frame: pl.DataFrame, context: Context) -> tuple[pl.DataFrame, list[Problem], dict[int, Place]]:
    """Add `_employer` and `_union` (ids, null when none is named). Returns the frame, problems, employers by id."""
    employers = Finder(context.org_path, "orgs.Employer")
    unions = Finder(context.org_path, "orgs.Union")
    codes = dict(zip(*_distinct(frame, "employer_code", employers.by("code")), strict=True))
    credit = dict(zip(*_distinct(frame, "credit_code", employers.by_licence), strict=True))
    names = dict(zip(*_distinct(frame, "employer_name", employers.by("name")), strict=True))
    union_codes = dict(zip(*_distinct(frame, "union_code", unions.by("code")), strict=True))
    union_names = dict(zip(*_distinct(frame, "union_name", unions.by("name")), strict=True))
    frame = frame.with_columns(
        pl.coalesce(_mapped("employer_code", codes), _mapped("credit_code", credit), _mapped("employer_name", names)).alias("_employer"),
        pl.coalesce(_mapped("union_code", union_codes), _mapped("union_name", union_names)).alias("_union"),
    )
    problems = _unknown(
        frame,
        "_employer",
        ("employer_code", "credit_code", "employer_name"),
        "employer",
        "系统里没有这个单位，或不在您管理的范围内。请核对单位编号和名称。",
        employers,
    )
    problems += _unknown(
        frame, "_union", ("union_code", "union_name"), "union", "系统里没有这个工会，或不在您管理的范围内。请核对工会代码和名称。", unions
    )
    own = unions.own()
    frame = _own_employer(frame, own, unions, employers)
    responsible = {e.pk: e.union_id for e in employers.found.values()}
    frame = frame.with_columns(
        pl.coalesce(
            "_union",
            pl.col("_employer").replace_strict(responsible, default=None, return_dtype=pl.Int64) if responsible else pl.lit(None, pl.Int64),
            pl.lit(own, pl.Int64),
        ).alias("_home")
    )
    lost = frame.filter(pl.col("_home").is_null() & ~pl.col(ROW).is_in([p.row for p in problems]))
    problems += [Problem(int(r), "employer_name", "employer", "没有写单位，也没有写工会。请至少补一项。") for r in lost[ROW]]
    return frame, problems, employers.found


def _own_employer(frame: pl.DataFrame, own: int | None, unions: Finder, employers: Finder) -> pl.DataFrame:
    """In an enterprise's own union a row that names no employer means this enterprise (本厂花名册不写单位)."""
    employer = unions.model._default_manager.filter(pk=own).values_list("employer_id", flat=True).first() if own else None
    if employer is None or not list(employers._rows(Q(pk=employer), "pk")):
        return frame
    silent = pl.all_horizontal(pl.col(c).is_null() for c in ("employer_code", "credit_code", "employer_name", "union_code", "union_name"))
    return frame.with_columns(pl.when(silent).then(pl.lit(employer, pl.Int64)).otherwise(pl.col("_employer")).alias("_employer"))


def _distinct(frame: pl.DataFrame, key: str, find: Any) -> tuple[list[str], list[int | None]]:
    texts = frame[key].drop_nulls().unique().to_list()
    found = find(texts) if texts else {}
    return texts, [found.get(t) for t in texts]


def _mapped(key: str, found: dict[str, int | None]) -> pl.Expr:
    known = {k: v for k, v in found.items() if v is not None}
    return pl.col(key).replace_strict(known, default=None, return_dtype=pl.Int64) if known else pl.lit(None, pl.Int64)


def _unknown(frame: pl.DataFrame, target: str, sources: tuple[str, ...], code: str, message: str, finder: Finder) -> list[Problem]:
    named = pl.any_horizontal(pl.col(s).is_not_null() for s in sources)
    rows = frame.filter(named & pl.col(target).is_null()).select(ROW, *sources)
    problems = []
    for row, *texts in rows.iter_rows():
        column, text = next((c, t) for c, t in zip(sources, texts, strict=True) if t)
        problems.append(Problem(int(row), column, code, message, suggestion=finder.near(text) if column.endswith("_name") else ""))
    return problems


class Finder:
    """Looks up employers or unions inside one scope. The register lies in a lower app whose models are reached by name only."""

    def __init__(self, org_path: str, label: str) -> None:
        self.path, self.model = org_path, apps.get_model(label)
        self.is_union = label.endswith("Union")
        self.found: dict[int, Place] = {}
        self._short: dict[str, str] | None = None

    def scope(self) -> Q:
        lookup = "path" if self.is_union else "union__path"
        return Q(**{f"{lookup}__startswith": self.path}) if self.path else Q()

    def by(self, field: str) -> Any:
        """A finder by one field; a name that two share names nobody."""

        def find(texts: list[str]) -> dict[str, int]:
            hits: dict[str, list[int]] = {}
            for part in _parts(texts):
                for place, key in self._rows(Q(**{f"{field}__in": part}), field):
                    hits.setdefault(key, []).append(place.pk)
            return {key: ids[0] for key, ids in hits.items() if len(ids) == 1}

        return find

    def by_licence(self, texts: list[str]) -> dict[str, int]:
        """Employers by the number of any of their licences in force."""
        hits: dict[str, int] = {}
        for part in _parts(texts):
            for place, key in self._rows(Q(licences__number__in=part, licences__until=None), "licences__number"):
                hits[key] = place.pk
        return hits

    def own(self) -> int | None:
        """The union the import goes to, when it is a single one without branches below."""
        if not self.is_union or not self.path:
            return None
        rows = list(self.model._default_manager.filter(path__startswith=self.path).values_list("pk", "path")[:2])
        return rows[0][0] if len(rows) == 1 and rows[0][1] == self.path else None

    def near(self, text: str) -> str:
        """The one name that differs only in spaces, brackets or the legal form: certain enough to offer."""
        if self._short is None:
            self._short = {}
            seen: set[str] = set()
            for name in self.model._default_manager.filter(self.scope()).values_list("name", flat=True)[:20_000]:
                short = _SHORT.sub("", name)
                if short in seen:
                    self._short.pop(short, None)
                else:
                    seen.add(short)
                    self._short[short] = name
        return self._short.get(_SHORT.sub("", text), "")

    def _rows(self, wanted: Q, key: str) -> Iterable[tuple[Place, str]]:
        fields = ("pk", "path", "name", "pk") if self.is_union else ("pk", "union__path", "name", "union_id")
        extra = ("ended_on",) if self.is_union else ("sector",)
        open_only = Q(ended_on=None) if self.is_union else Q(merged_into=None)
        for *core, last, value in self.model._default_manager.filter(self.scope(), open_only, wanted).values_list(*fields, *extra, key):
            pk, path, name, union_id = core
            place = Place(pk, path, name, union_id, sector="" if self.is_union else str(last))
            self.found[place.pk] = place
            yield place, str(value)


def _parts(texts: list[str]) -> Iterable[list[str]]:
    for start in range(0, len(texts), CHUNK):
        yield texts[start : start + CHUNK]
