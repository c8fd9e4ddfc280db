"""Order, split, codes: without a database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.benefits.rules import codes, order, shares
from gonghui.booking.rules import draw
from gonghui.core import clock

pytestmark = [pytest.mark.engine_free, pytest.mark.system("S185")]
AT = datetime(2026, 3, 1, 9, tzinfo=clock.SHANGHAI)


def c(alias: str, last: date | None = None, hours: int = 0) -> order.Candidate:
    return order.Candidate(alias, last, AT + timedelta(hours=hours))


def test_never_been_goes_first_then_longest_ago_whatever_the_seed() -> None:
    rows = [c("B", date(2019, 5, 1)), c("A", date(2012, 5, 1)), c("N")]
    for seed in ("0", "1", "xyz"):
        for shuffled in permutations(rows):
            assert [x.alias for x in order.ordered(shuffled, order.SEED, seed)] == ["N", "A", "B"]


def test_equals_go_by_the_seed_or_by_the_hour_and_anybody_can_recompute_it() -> None:
    rows = [c(f"E{n}", hours=9 - n) for n in range(6)]
    assert [x.alias for x in order.ordered(rows, order.DATE, "")] == [f"E{n}" for n in reversed(range(6))]
    by_seed = [x.alias for x in order.ordered(rows, order.SEED, "s1")]
    assert by_seed == sorted((x.alias for x in rows), key=lambda a: draw.number("s1", a))
    assert by_seed != [x.alias for x in order.ordered(rows, order.SEED, "s2")]


def test_the_reason_says_who_is_ahead_and_which_place_one_waits_in() -> None:
    rows = order.ordered([c("N"), c("A", date(2012, 5, 1)), c("B", date(2019, 5, 1))], order.DATE, "")
    assert "没有去过" in order.why(rows, 1, 1, order.DATE, "") and "在名额以内" in order.why(rows, 1, 1, order.DATE, "")
    last = order.why(rows, 3, 1, order.DATE, "")
    assert "2019年05月01日" in last and "有 2 人在前" in last and "候补第 2 位" in last
    two = order.ordered([c("N"), c("M", hours=1)], order.DATE, "")
    assert "情况一样的 2 人按报名先后排" in order.why(two, 2, 2, order.DATE, "")


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 500), st.lists(st.integers(0, 400), min_size=1, max_size=12))
def test_split_places_sum_to_the_whole_and_nobody_is_a_place_off(places: int, members: list[int]) -> None:
    parts, total = shares.split(places, members), sum(members)
    assert len(parts) == len(members)
    if total:
        assert sum(parts) == places and all(abs(p - places * n / total) < 1 for p, n in zip(parts, members, strict=True))
    else:
        assert parts == [0] * len(members)


def test_cost_per_head_is_rounded_up_against_the_ceiling() -> None:
    assert [shares.per_head(900_001, 3), shares.per_head(900_000, 3), shares.per_head(5, 0)] == [300_001, 300_000, 0]


def test_a_code_is_read_as_typed_scanned_or_linked() -> None:
    code = codes.fresh()
    assert len(code) == codes.LENGTH and set(code) <= set(codes.ALPHABET)
    for text in (code, code.lower(), codes.shown(code), f"https://x.example/b/c/{code}/", f" {code[:4]}-{code[4:]} "):
        assert codes.typed(text) == code
    assert codes.typed("") == "" and codes.masked(code) == f"{code[:4]}****{code[-4:]}"
    assert len({codes.fresh() for _ in range(200)}) == 200
