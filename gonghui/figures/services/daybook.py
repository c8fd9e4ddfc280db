"""Roll-ups against the records, day by day (逐日核对): what the rows of a key should be, compared with what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable
from datetime import date

from gonghui.figures import folding
from gonghui.figures.folding import Line
from gonghui.figures.models import Roll
from gonghui.orgs.selectors import closure

MOST_SHOWN = 50


def compare(deltas: Iterable[tuple[int, str, date, int]], keys: Iterable[str]) -> Generator[str, None, int]:
    """Every day on which a roll-up differs from what the records say, located (RPT-01, to the day).

    Args: deltas: (union, key, day, n) counted from the records at the union itself; keys: the keys they cover.
    Returns: how many rows were compared.
    """
    net: Counter[folding.Key] = Counter()
    for union, key, day, n in deltas:
        net[union, key, day] += n
    lines = {pk: [Line(*row) for row in rows] for pk, rows in closure.lines_up({union for union, _k, _d in net}).items()}
    expected = folding.fold(((k, n) for k, n in net.items() if n), lines)
    live = {(u, k, d): n for u, k, d, n in Roll.objects.filter(key__in=list(keys)).exclude(n=0).values_list("union_id", "key", "day", "n")}
    wrong = [row for row in {*expected, *live} if expected.get(row, 0) != live.get(row, 0)]
    # The lowest union names the place; the same difference above it follows from the fold.
    depth = {node.pk: len(node.path) for node in closure.all_nodes()}
    wrong.sort(key=lambda row: (row[2], row[1], -depth.get(row[0], 0), row[0]))
    names = {node.pk: node.name for node in closure.all_nodes()} if wrong else {}
    for row in wrong[:MOST_SHOWN]:
        union, key, day = row
        yield f"{names.get(union, union)} 的 {key} 在 {day}：汇总变动 {live.get(row, 0):+,}，按记录应为 {expected.get(row, 0):+,}。"
    if len(wrong) > MOST_SHOWN:
        yield f"还有 {len(wrong) - MOST_SHOWN} 处不同，先处理上面的。"
    return len({*expected, *live})
