"""The formula language: exact, three-valued, and closed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.policy.engine import expr
from gonghui.policy.engine.expr import Eval, ExprError, parse

TRUTH = st.sampled_from([True, False, None])
ORDER = {False: 0, None: 1, True: 2}


def ev(text: str, **env: Any) -> Any:
    return Eval(env)(parse(text))


@given(TRUTH, TRUTH)
def test_and_or_not_are_kleenes(a: bool | None, b: bool | None) -> None:
    assert ev("a and b", a=a, b=b) is min(a, b, key=ORDER.__getitem__)
    assert ev("a or b", a=a, b=b) is max(a, b, key=ORDER.__getitem__)
    assert ev("not a", a=a) is (None if a is None else not a)
    assert ev("not (a and b)", a=a, b=b) is ev("not a or not b", a=a, b=b)


NUMBER = st.integers(-50, 50)
FORMULA = st.recursive(
    st.sampled_from(["x > 3", "y <= x", "x + y >= z", "b", "x * 2 == y", "z in [1, 2, 3]", "max(x, y) > z"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} and {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} or {p[1]})"),
        inner.map(lambda p: f"(not {p})"),
        st.tuples(inner, inner, inner).map(lambda p: f"(({p[0]}) if ({p[1]}) else ({p[2]}))"),
    ),
    max_leaves=6,
)


@given(FORMULA, NUMBER, NUMBER, NUMBER, st.booleans(), st.sets(st.sampled_from("xyzb")))
def test_a_known_answer_never_depends_on_an_unknown_fact(text: str, x: int, y: int, z: int, b: bool, hidden: set[str]) -> None:
    full: dict[str, Any] = {"x": x, "y": y, "z": z, "b": b}
    part = {k: None if k in hidden else v for k, v in full.items()}
    answer = ev(text, **part)
    assert answer is None or answer is ev(text, **full)


@given(FORMULA, st.sets(st.sampled_from("xyzb")))
def test_what_is_missing_is_named_and_only_that(text: str, hidden: set[str]) -> None:
    env: dict[str, Any] = {"x": 1, "y": 2, "z": 3, "b": True}
    run = Eval({k: None if k in hidden else v for k, v in env.items()})
    named = expr.unknown_names(parse(text), run)
    assert named <= hidden and bool(named) == (run(parse(text)) is None)


@given(st.integers(0, 10**12), st.integers(1, 10**6), st.integers(1, 10**6))
def test_arithmetic_is_exact(n: int, a: int, b: int) -> None:
    assert ev("n * r", n=n, r=Fraction(a, b)) == Fraction(n * a, b)
    assert ev("ceil(n * r)", n=n, r=Fraction(a, b)) == -(-n * a // b)
    assert ev("floor(n * r)", n=n, r=Fraction(a, b)) == n * a // b


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "x.__class__", "x.y.z", "open('f')", "[i for i in x]", "lambda: 1", "x[0]", "f'{x}'", "1.5", "x ** 9", "max(x, key=y)",
     "x := 1", "b'a'", "*x", "x if", "_x", "1; 2", "{}", "x @ y", "x" * 3000, "None", "print(x)", "(" * 500 + ")" * 500],
)  # fmt: skip
def test_nothing_outside_the_language_is_read(text: str) -> None:
    with pytest.raises(ExprError):
        parse(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_never_run(text: str) -> None:
    try:
        tree = parse(text)
    except ExprError:
        return
    assert expr.names(tree) is not None


def test_inclusive_and_rounding_are_data() -> None:
    tree = parse("reach(n, t)")
    assert Eval({"n": 25, "t": 25})(tree) is True
    assert Eval({"n": 25, "t": 25}, inclusive=False)(tree) is False
    assert [Eval({"n": Fraction(5, 2)}, rounding=r)(parse("rounded(n)")) for r in ("ceil", "floor", "half_up")] == [3, 2, 3]


def test_a_word_is_found_inside_a_longer_name() -> None:
    banned = ["月饼", "粽子"]
    assert [ev("mentions(n, w)", n=n, w=banned) for n in ("月饼", "中秋月饼礼盒", "饼", "", None)] == [True, True, False, False, None]
    assert ev("mentions(n, w)", n="月饼", w=[]) is False and ev("mentions(n, w)", n="月饼", w=None) is None


def test_dates_bands_and_choices() -> None:
    assert ev("months_after(d, 6)", d=date(2025, 8, 31)) == date(2026, 2, 28)
    assert ev("days_between(a, b)", a=date(2026, 1, 1), b=date(2026, 3, 1)) == 59
    assert ev("whole_months(a, b)", a=date(2026, 1, 31), b=date(2026, 2, 28)) == 1
    table = [{"from": 0, "to": 9, "v": 1}, {"from": 10, "v": 2}]
    assert [ev('band(x, t, "v")', x=x, t=table) for x in (0, 9, 10, 999, None)] == [1, 1, 2, 2, None]
    assert ev("agree(a, b)", a=True, b=False) is None and ev("coalesce(a, 3)", a=None) == 3 and ev("known(a)", a=None) is False


def test_dividing_by_nothing_is_unknown_and_wrong_kinds_are_refused() -> None:
    assert ev("a / b", a=1, b=0) is None
    with pytest.raises(ExprError):
        ev("a > b", a=1, b=date(2026, 1, 1))
    with pytest.raises(ExprError):
        ev("a and b", a=3, b=True)
