"""Figures of unions as of a day (各级工会截至某日的指标): one query for any number of keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Case, F, Q, Sum, Value, When

from gonghui.core import show
from gonghui.figures import definitions, sources, words
from gonghui.figures.definitions import Definition
from gonghui.figures.enums import Perm
from gonghui.figures.models import Roll
from gonghui.figures.rules import bands
from gonghui.figures.selectors import suppress

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor, HasPath


def year_eve(as_of: date) -> date:
    """The last day before the year of `as_of` (年初口径)."""
    return date(as_of.year - 1, 12, 31)


@dataclass(frozen=True)
class Snapshot:
    """All counts of one union as of one day, and as they were at `since` (期初): flows are the difference."""

    union_id: int
    as_of: date
    since: date
    closing: Mapping[str, int] = field(default_factory=dict)
    opening: Mapping[str, int] = field(default_factory=dict)
    batch: sources.Batch | None = field(default=None, repr=False)

    def get(self, key: str) -> int:
        """The value of a count. A key nobody ever counted is 0; a key without a definition raises."""
        item = definitions.get(key)
        if item.kind == "sum":
            return sum(self.get(part) for part in item.parts)
        if item.source:
            return self.counted(item).get(key, 0)
        if item.kind == "opening":
            return self.opening.get(item.of, 0)
        if item.kind == "flow":
            return self.closing.get(key, 0) - self.opening.get(key, 0)
        if item.kind == "band":
            return self.bands(item).get(key.removeprefix(item.head), 0)
        return self.closing.get(key, 0)

    def counted(self, item: Definition) -> Mapping[str, int]:
        """What the item's source counts from records at this union: states as of the day, events since `since`."""
        batch = self.batch or sources.Batch([self.union_id], self.as_of, self.since)
        return batch.of(item.source, self.union_id)

    def flow(self, key: str) -> int:
        """Events between the two dates, also of keys without a definition of their own."""
        return self.closing.get(key, 0) - self.opening.get(key, 0)

    def ratio(self, numerator: str, denominator: str) -> Fraction | None:
        """None when the denominator is nothing."""
        below = self.get(denominator)
        return Fraction(self.get(numerator), below) if below else None

    def rate(self, key: str) -> Fraction | None:
        item = definitions.get(key)
        return self.ratio(item.numerator, item.denominator)

    def bands(self, item: Definition) -> dict[str, int]:
        """Age bands from birth years, as of the year of `as_of`."""
        births = {int(k.removeprefix(item.of)): n for k, n in self.closing.items() if k.startswith(item.of)}
        return bands.of_births(births, self.as_of.year)

    def family(self, item: Definition) -> dict[str, int]:
        """Value -> count of a family of keys, largest first; groups with none are left out."""
        counted = self.counted(item) if item.source else self.closing
        found = (
            self.bands(item)
            if item.kind == "band"
            else {k.removeprefix(item.head): n for k, n in counted.items() if k.startswith(item.head) and _own(item, k)}
        )
        kept = {k: n for k, n in found.items() if n}
        return kept if item.kind == "band" else dict(sorted(kept.items(), key=lambda p: (-p[1], p[0])))

    @cached_property
    def age(self) -> dict[str, int]:
        return self.bands(definitions.get("members.age=*"))


def _own(item: Definition, key: str) -> bool:
    """Does the key belong to this family and to no closer definition?"""
    return definitions.find(key) is item


def snapshots(union_ids: Iterable[int], as_of: date, keys: Sequence[str] | None = None, since: date | None = None) -> dict[int, Snapshot]:
    """Snapshots of several unions in one query. `keys` limits them to these roll keys."""
    start = since or year_eve(as_of)
    ids = list(union_ids)
    rows = Roll.objects.filter(union_id__in=ids, day__lte=as_of)
    if keys is not None:
        rows = rows.filter(key__in=keys)
    before = Case(When(day__lte=start, then=F("n")), default=Value(0), output_field=BigIntegerField())
    closing: dict[int, dict[str, int]] = defaultdict(dict)
    opening: dict[int, dict[str, int]] = defaultdict(dict)
    for union, key, now, then in (
        rows.values("union_id", "key").annotate(now=Sum("n"), then=Sum(before)).values_list("union_id", "key", "now", "then")
    ):
        closing[union][key], opening[union][key] = int(now), int(then)
    batch = sources.Batch(ids, as_of, start)
    return {pk: Snapshot(pk, as_of, start, closing[pk], opening[pk], batch) for pk in ids}


def snapshot(union_id: int, as_of: date, keys: Sequence[str] | None = None, since: date | None = None) -> Snapshot:
    """All counts of one union as of a day."""
    return snapshots([union_id], as_of, keys, since)[union_id]


def history(union_id: int, days: Sequence[date], keys: Sequence[str]) -> dict[date, dict[str, int]]:
    """Values of a few keys on several days, in one query (走势)."""
    parts = {f"d{i}": Sum("n", filter=Q(day__lte=day), default=0) for i, day in enumerate(days)}
    rows = Roll.objects.filter(union_id=union_id, key__in=keys).values("key").annotate(**parts)
    out: dict[date, dict[str, int]] = {day: {} for day in days}
    for row in rows:
        for i, day in enumerate(days):
            out[day][row["key"]] = int(row[f"d{i}"])  # type: ignore[literal-required]  # annotated names
    return out


@dataclass(frozen=True)
class Row:
    """One figure, ready for page, export and command (一个指标)."""

    key: str
    label: str
    value: str | int | None
    numerator: int | None
    denominator: int | None
    definition: str
    unit: str = ""
    ratio: Fraction | None = None
    slug: str = ""
    group: str = ""
    kind: str = "state"
    note: str = ""

    def plain(self) -> dict[str, Any]:
        """As `figures --json` prints it."""
        return {
            "key": self.key,
            "label": self.label,
            "value": self.value,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "unit": self.unit,
            "definition": self.definition,
        }

    @property
    def text(self) -> str:
        """As a page prints it."""
        if self.unit == "%":
            return show.percent(self.ratio, 2)
        return self.note or show.number(self.value)


def figures(*, actor: Actor, union: HasPath, as_of: date) -> list[Row]:
    """Every figure of a union as of a day, with definition, numerator and denominator (全部指标).

    Raises: NotPermitted, NotFound outside the actor's scope.
    """
    actor.require(Perm.FIGURE_VIEW, union)
    return suppress.published(actor, union, as_of, rows_of(snapshot(union.pk, as_of)))  # type: ignore[attr-defined]  # a node or a union, both have pk


def rows_of(shot: Snapshot) -> list[Row]:
    """All figures of a snapshot, families opened up."""
    out: list[Row] = []
    for item in definitions.all_definitions().values():
        if item.kind == "rate":
            out += rates(shot, item)
        elif item.pattern:
            out += family_rows(shot, item)
        else:
            out.append(count_row(shot, item))
    return out


def count_row(shot: Snapshot, item: Definition, key: str = "", label: str = "") -> Row:
    value = shot.get(key or item.key)
    return Row(
        key or item.key,
        label or item.label,
        value,
        value,
        None,
        item.sentence(),
        item.word,
        slug=item.slug,
        group=item.label,
        kind=item.kind,
    )


def family_rows(shot: Snapshot, item: Definition) -> list[Row]:
    found, out = shot.family(item), list[Row]()
    if not found:
        return out
    names = bands.LABELS if item.kind == "band" else words.labels(item.codes)
    for value, n in found.items():
        label = f"{item.label}：{names.get(value, value)}"
        out.append(Row(item.head + value, label, n, n, None, item.sentence(), item.word, slug=item.slug, group=item.label, kind=item.kind))
    return out


def rate_row(shot: Snapshot, item: Definition, key: str, label: str, numerator: str, denominator: str, sentence: str) -> Row:
    ratio = shot.ratio(numerator, denominator)
    value = None if ratio is None else _four(ratio)
    return Row(key, label, value, shot.get(numerator), shot.get(denominator), sentence, "%", ratio, item.slug, item.label, "rate")


def _four(ratio: Fraction) -> str:
    """Four decimals, half up: `0.9198`."""
    scaled = (ratio * 20000 + 1) // 2
    return f"{scaled // 10000}.{scaled % 10000:04d}"


def rates(shot: Snapshot, item: Definition) -> list[Row]:
    """The rate and its alternatives side by side."""
    out = [rate_row(shot, item, item.key, item.label, item.numerator, item.denominator, item.sentence())]
    for n, other in enumerate(item.alternatives, 1):
        sentence = f"{item.label}（另一口径）：{other.label}；{definitions.get(other.numerator).label} ÷ {definitions.get(other.denominator).label}；{other.note}。"
        out.append(
            rate_row(
                shot, item, f"{item.key}.alternative{n}", f"{item.label}（{other.label}）", other.numerator, other.denominator, sentence
            )
        )
    return out
