"""Merging is a function of the set of edits: order and repetition change nothing, no value is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.fieldwork.rules import merge as rules
from gonghui.fieldwork.rules.merge import Edit, heads, merge

pytestmark = [pytest.mark.engine_free, pytest.mark.system("S008")]


def edit(
    uid: str, value: str, *, device: str = "A", seq: int = 1, base: int = 0, version: int = 1, field: str = "note", made: str = "1"
) -> Edit:
    return Edit(uid, field, f'"{value}"', device, seq, base, version, made)


edits = st.lists(
    st.builds(
        Edit,
        uid=st.uuids().map(str),
        field=st.sampled_from(["note", "outcome", "state"]),
        value=st.sampled_from(['"a"', '"b"', '"c"', rules.CLOSED]),
        device=st.sampled_from(["", "A", "B", "C"]),
        seq=st.integers(0, 4),
        base=st.integers(0, 6),
        version=st.integers(1, 6),
        made=st.sampled_from(["1", "2", "3"]),
    ),
    max_size=9,
    unique_by=lambda e: e.uid,
)


@given(edits, st.randoms(use_true_random=False))
def test_order_of_arrival_does_not_matter(rows: list[Edit], chance) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)
    assert merge(mixed) == merge(rows)


@given(edits)
def test_repeated_sending_changes_nothing(rows: list[Edit]) -> None:
    assert merge([*rows, *rows, *rows[:2]]) == merge(rows)


@given(edits, st.integers(0, 9))
def test_in_parts_or_at_once_is_the_same(rows: list[Edit], cut: int) -> None:
    assert merge({*rows[:cut], *rows[cut:]}) == merge(rows)


@given(edits)
def test_nothing_is_lost(rows: list[Edit]) -> None:
    """Each edit stands as a head, or another writer of the same field had seen it; every field with an edit has a head."""
    found = merge(rows)
    for one in rows:
        held = found.fields[one.field]
        assert held.heads
        assert one in held.heads or any(o.saw(one) for o in rows if o.field == one.field and o.uid != one.uid)


@given(edits)
def test_the_value_shown_is_one_somebody_wrote(rows: list[Edit]) -> None:
    for name, held in merge(rows).fields.items():
        written = {e.value for e in rows if e.field == name}
        assert held.value in written or (name == rules.STATE and held.value == '"planned"')


def lossy(rows: list[Edit]) -> str:
    """What a naive sync does: the last to arrive wins."""
    return rows[-1].value


def test_the_last_to_arrive_would_lose_a_value_and_depend_on_order() -> None:
    """Negative control: without heads, the order decides and one of two values vanishes."""
    a, b = edit("a", "甲", device="A", version=1), edit("b", "乙", device="B", version=2)
    assert lossy([a, b]) != lossy([b, a])
    assert merge([a, b]) == merge([b, a]) and {h.value for h in merge([a, b]).fields["note"].heads} == {'"甲"', '"乙"'}


def test_create_edit_edit_on_one_phone_is_no_clash() -> None:
    rows = [edit("a", "一", seq=1, version=1), edit("b", "二", seq=2, version=2), edit("c", "三", seq=3, version=3)]
    for order in (rows, rows[::-1], [rows[1], rows[2], rows[0]]):
        held = merge([replace(e, version=i + 1) for i, e in enumerate(order)]).fields["note"]
        assert (held.value, held.clash) == ('"三"', False)


def test_edit_against_edit_clashes_and_the_one_who_saw_both_settles() -> None:
    a, b = edit("a", "甲", device="A", version=2, base=1), edit("b", "乙", device="B", version=3, base=1)
    assert merge([a, b]).clashes == ("note",)
    desk = edit("d", "甲；乙", device="", base=3, version=4)
    assert merge([a, b, desk]).clashes == () and merge([a, b, desk]).fields["note"].value == '"甲；乙"'


def test_the_same_value_twice_is_no_clash() -> None:
    assert not merge([edit("a", "甲"), edit("b", "甲", device="B")]).clashes


def test_closing_against_filling_keeps_the_filling() -> None:
    """The desk withdraws the order; the organiser, who did not know, reports the visit."""
    begun = edit("o", "planned", device="", field="state", version=1)
    closed = edit("x", "cancelled", device="", field="state", base=1, version=2, made="3")
    said = edit("v", "谈得好", device="A", base=1, version=3, made="2")
    found = merge([begun, closed, said])
    assert found.against_closing == (said,) and found.fields["state"].value == '"planned"'
    assert merge([said, closed, begun]) == found
    knew = replace(said, base=2)
    assert merge([begun, closed, knew]).against_closing == (), "whoever knew of the closing does not stand against it"


def test_a_ring_no_honest_phone_makes_keeps_all_of_it() -> None:
    a = Edit("a", "note", '"1"', "A", 1, 9, 2)
    b = Edit("b", "note", '"2"', "B", 1, 9, 3)
    assert len(heads([a, b])) == 2
    silent = tuple(e for e in (a, b) if not any(o.uid != e.uid and o.saw(e) for o in (a, b)))
    assert silent == (), "negative control: without the guard both would vanish"
