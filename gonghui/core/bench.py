"""Benches by name (性能测试): `gonghui bench NAME` runs one, apps register theirs in `AppConfig.ready()`."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Any

from gonghui.core import scratch

Bench = Callable[..., list[dict[str, Any]] | dict[str, Any]]
_benches: dict[str, Bench] = {}
_commits: set[str] = set()


def register(name: str, fn: Bench, *, commits: bool = False) -> None:
    """Make a bench known. It takes keyword options and returns `{name, engine, value, unit, floor, ratio, n, peak_mib}` or a list.

    Args: commits: what it writes stays, so it runs in a scratch place of its own.
    """
    _benches[name] = fn
    if commits:
        _commits.add(name)


def names() -> list[str]:
    """All benches."""
    return sorted(_benches)


def run(name: str, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Run one. Raises LookupError for an unknown name."""
    if name not in _benches:
        raise LookupError(f"没有这个性能测试：{name}。可选：{'、'.join(names())}。")
    if name in _commits and not scratch.here():
        return list(json.loads(scratch.command("bench", name, *_flags(options), "--json")))
    found = _benches[name](**options)
    return found if isinstance(found, list) else [found]


def _flags(options: Mapping[str, Any]) -> list[str]:
    return [word for key, value in options.items() for word in ("--set", f"{key}={value}")]


def median_ms(run: Callable[[], Any], times: int) -> float:
    """Median milliseconds of one call."""
    spent = []
    for _ in range(times):
        start = perf_counter()
        run()
        spent.append(perf_counter() - start)
    return median(spent) * 1000


def peak_mib() -> int:
    """Highest memory of this process and its children so far, MiB."""
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // unit


__all__ = ["median_ms", "names", "peak_mib", "register", "run"]
