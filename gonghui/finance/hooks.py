"""What the apps above add to the books (凭证提示与回告): guards before the money moves, word after it moved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from gonghui.finance.rules.lines import Finding

if TYPE_CHECKING:
    from gonghui.finance.models import Book, Voucher

Guard = Callable[["Voucher"], Iterable[Finding]]
Clears = Callable[[Sequence["Voucher"]], Collection[int]]
Done = Callable[..., Any]
_guards: dict[str, Guard] = {}
_done: dict[str, Done] = {}
_clears: dict[str, Clears] = {}
_passed: dict[str, Guard] = {}
_ties: dict[str, Callable[[Voucher], str]] = {}
_advice: set[str] = set()


def register_guard(name: str, fn: Guard, *, advice: bool = False, clears: Clears | None = None) -> None:
    """Add a guard `fn(voucher) -> findings`: shown at draft, binding at check. Twice under one name raises.

    Args: advice: it never blocks, so it is not asked where only blocks count (bulk); clears: of vouchers that come together, the keys
    of those it has nothing to say to even when all of them come; without it each is asked by itself.
    """
    if _guards.setdefault(name, fn) is not fn:
        raise ValueError(f"凭证提示重复：{name}")
    if advice:
        _advice.add(name)
    if clears is not None:
        _clears[name] = clears


def register_done(name: str, fn: Done) -> None:
    """Tell `fn(voucher, reversed=False)` after posting; after a reversal is posted `fn(original, reversed=True)`. Same transaction."""
    if _done.setdefault(name, fn) is not fn:
        raise ValueError(f"记账回告重复：{name}")


def register_tie(name: str, fn: Callable[[Voucher], str]) -> None:
    """What stands on a checked voucher so that it may not be returned (凭证上已有的事): `fn(voucher) -> reason` or nothing."""
    if _ties.setdefault(name, fn) is not fn:
        raise ValueError(f"凭证牵连项重复：{name}")


def tied(voucher: Voucher) -> str:
    """The first reason why a checked voucher must stay as it is."""
    return next((why for fn in _ties.values() if (why := fn(voucher))), "")


def register_passed(name: str, fn: Guard) -> None:
    """Tell what holds for a voucher (符合的规定): `fn(voucher) -> findings` of severity ok, with the arithmetic and what is left."""
    if _passed.setdefault(name, fn) is not fn:
        raise ValueError(f"凭证符合项重复：{name}")


def passed(voucher: Voucher) -> list[Finding]:
    """Every rule that was asked and holds, for the page only; nothing of it is stored."""
    return [f for fn in _passed.values() for f in fn(voucher)]


@dataclass(frozen=True)
class Mark:
    """What an app above finds unusual about a book (账套情况)."""

    key: str
    label: str
    tone: str
    fn: Callable[[date], Any]


_marks: dict[str, Mark] = {}


def register_mark(key: str, label: str, tone: str, fn: Callable[[date], Any]) -> None:
    """Add to the board of books: `fn(day)` is an expression over Book, true where it holds; `spent_fen` is the year's spending."""
    if _marks.setdefault(key, Mark(key, label, tone, fn)).fn is not fn:
        raise ValueError(f"账套情况重复：{key}")


Closing = Callable[["Book", int], Iterable[str]]
_closing: dict[str, Closing] = {}


def register_closing(name: str, fn: Closing) -> None:
    """Remind before a month is closed (结账前提醒): `fn(book, month)` gives sentences; they do not stop it."""
    if _closing.setdefault(name, fn) is not fn:
        raise ValueError(f"结账提醒重复：{name}")


def before_closing(book: Book, month: int) -> list[str]:
    """What should be looked at before this month is closed."""
    return [text for fn in _closing.values() for text in fn(book, month)]


def marks() -> list[Mark]:
    """All of them, in the order they were added."""
    return list(_marks.values())


def findings(voucher: Voucher, *, binding: bool = False, cleared: bool = False) -> list[Finding]:
    """What all guards say, blocks first; each key is made unique by the guard's name.

    Args: binding: only guards that can block; cleared: those have nothing to say (see `cleared`), only the advising ones are asked.
    """
    found = []
    for name, fn in _guards.items():
        if (binding and name in _advice) or (cleared and name not in _advice):
            continue
        for n, f in enumerate(fn(voucher)):
            key = f.key if f.key.startswith(f"{name}.") else f"{name}.{f.key or n}"
            found.append(Finding(f.severity, f.text, f.slip, key[:80]))
    order = {"block": 0, "unknown": 1, "warn": 2}
    return sorted(found, key=lambda f: order[f.severity])


def cleared(vouchers: Sequence[Voucher]) -> set[int]:
    """Of vouchers that come together, those no binding guard needs to see one by one (成批放行)."""
    found = {v.pk for v in vouchers}
    for name in _guards.keys() - _advice:
        clears = _clears.get(name)
        found &= set(clears(vouchers)) if clears is not None and found else set()
    return found


def done(voucher: Voucher, *, reversed: bool = False) -> None:
    """Tell the apps above."""
    for fn in _done.values():
        fn(voucher, reversed=reversed)
