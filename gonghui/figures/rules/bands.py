"""Age bands (年龄段): age = year of the date − year of birth, so a band changes on 1 January."""

from __future__ import annotations

from collections.abc import Mapping

BANDS: tuple[tuple[str, int, int], ...] = (
    ("-17", 0, 17),
    ("18-24", 18, 24),
    ("25-34", 25, 34),
    ("35-44", 35, 44),
    ("45-54", 45, 54),
    ("55-59", 55, 59),
    ("60+", 60, 200),
)
LABELS = {
    "-17": "17 岁及以下",
    "18-24": "18–24 岁",
    "25-34": "25–34 岁",
    "35-44": "35–44 岁",
    "45-54": "45–54 岁",
    "55-59": "55–59 岁",
    "60+": "60 岁及以上",
}


def band(age: int) -> str:
    """The band of an age in full years."""
    return next((name for name, low, high in BANDS if low <= age <= high), "60+" if age > 200 else "-17")


def of_births(births: Mapping[int, int], year: int) -> dict[str, int]:
    """Counts per band from counts per birth year, in order of age."""
    out = {name: 0 for name, _low, _high in BANDS}
    for born, n in births.items():
        out[band(year - born)] += n
    return out
