"""Tell the layers above what a change made of employers and unions (变动前后对照)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from gonghui.orgs import hooks
from gonghui.orgs.selectors.facts import employer_facts, union_facts

_employers: ContextVar[frozenset[int]] = ContextVar("orgs_tracked_employers", default=frozenset())
_unions: ContextVar[frozenset[int]] = ContextVar("orgs_tracked_unions", default=frozenset())


@contextmanager
def employers_changing(ids: Iterable[int]) -> Iterator[None]:
    """Fire `employers_changed` for those of `ids` whose facts differ afterwards. Nested use reports once, at the outermost."""
    fresh = frozenset(ids) - _employers.get()
    before = employer_facts(fresh)
    token = _employers.set(_employers.get() | fresh)
    try:
        yield
    finally:
        _employers.reset(token)
    after = employer_facts(fresh)
    pairs = [(before.get(pk), after.get(pk)) for pk in sorted(fresh) if before.get(pk) != after.get(pk)]
    if pairs:
        hooks.fire("employers_changed", pairs)


def employers_created(ids: Iterable[int]) -> None:
    """Fire `employers_changed` for new employers."""
    facts = employer_facts(ids)
    if facts:
        hooks.fire("employers_changed", [(None, fact) for fact in facts.values()])


@contextmanager
def unions_changing(ids: Iterable[int]) -> Iterator[None]:
    """Fire `unions_changed` for those of `ids` whose facts differ afterwards."""
    fresh = frozenset(ids) - _unions.get()
    before = union_facts(fresh)
    token = _unions.set(_unions.get() | fresh)
    try:
        yield
    finally:
        _unions.reset(token)
    after = union_facts(fresh)
    pairs = [(before.get(pk), after.get(pk)) for pk in sorted(fresh) if before.get(pk) != after.get(pk)]
    if pairs:
        hooks.fire("unions_changed", pairs)


def unions_created(ids: Iterable[int]) -> None:
    """Fire `unions_changed` for new unions."""
    facts = union_facts(ids)
    if facts:
        hooks.fire("unions_changed", [(None, fact) for fact in facts.values()])
