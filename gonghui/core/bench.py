"""Benches by name (性能测试): `gonghui bench NAME` runs one, apps register theirs in `AppConfig.ready()`."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Mapping
from typing import Any

Bench = Callable[..., list[dict[str, Any]] | dict[str, Any]]
_benches: dict[str, Bench] = {}


def register(name: str, fn: Bench) -> None:
    """Make a bench known. It takes keyword options and returns `{name, engine, value, unit, floor, ratio, n, peak_mib}` or a list."""
    _benches[name] = fn


def names() -> list[str]:
    """All benches."""
    return sorted(_benches)


def run(name: str, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Run one. Raises LookupError for an unknown name."""
    if name not in _benches:
        raise LookupError(f"没有这个性能测试：{name}。可选：{'、'.join(names())}。")
    found = _benches[name](**options)
    return found if isinstance(found, list) else [found]


def peak_mib() -> int:
    """Highest memory of this process and its children so far, MiB."""
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // unit


__all__ = ["names", "peak_mib", "register", "run"]
