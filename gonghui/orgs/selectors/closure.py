"""The dated closure for the layers above (上下级关系)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from gonghui.orgs.models import UnionLine

CHUNK = 900


def lines_up(ids: Iterable[int]) -> dict[int, list[tuple[int, int, date, date | None]]]:
    """Lines above each union, itself included: (ancestor, depth, since, until)."""
    out: dict[int, list[tuple[int, int, date, date | None]]] = defaultdict(list)
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        rows = UnionLine.objects.filter(descendant_id__in=wanted[start : start + CHUNK])
        for node, ancestor, depth, since, until in rows.values_list("descendant_id", "ancestor_id", "depth", "since", "until"):
            out[node].append((ancestor, depth, since, until))
    return out


def lines_above(union_id: int, on: date) -> set[int]:
    """Who stands above the union on a day, without itself."""
    rows = UnionLine.objects.filter(descendant_id=union_id, depth__gt=0, since__lte=on)
    return {pk for pk, until in rows.values_list("ancestor_id", "until") if until is None or until > on}
