"""Kinds of export and the approval hook (导出种类、审批挂钩): apps above register theirs in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.files.models import Export

Build = Callable[["Actor", dict[str, Any], "Export"], tuple[str, bytes]]  # -> file name, bytes
Approval = Callable[["Actor", "Export"], None]


@dataclass(frozen=True)
class Kind:
    """How one export is made."""

    key: str
    title: str
    perm: str
    build: Build
    personal: bool


_kinds: dict[str, Kind] = {}
approval: Approval | None = None


def register(key: str, title: str, perm: str, build: Build, *, personal: bool = True) -> None:
    """Add a kind `app.noun`. `build(actor, args, export)` reads through selectors of that actor and returns name and bytes."""
    _kinds[key] = Kind(key, title, str(perm), build, personal)


def get(key: str) -> Kind:
    """The kind. An unknown one raises LookupError."""
    if key not in _kinds:
        raise LookupError(f"没有登记的导出种类：{key}")
    return _kinds[key]


def register_approval(start: Approval) -> None:
    """Who starts an approval for more than 500 persons; it later calls `services.export_decide`."""
    global approval
    approval = start
