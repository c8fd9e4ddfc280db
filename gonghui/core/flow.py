"""One way to move a thing through its states (流程): a declared table, compare-and-set, one audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db import models, transaction

from gonghui.core import audit
from gonghui.core.errors import Conflict

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

M = TypeVar("M", bound=models.Model)


class Flow(Generic[M]):
    """The life of a model on one screen.

    Args: name `app.noun`, prefix of the audit verb; table `{from: {to, …}}`; field the state column.
    """

    def __init__(self, name: str, table: Mapping[str, set[str]], *, field: str = "state") -> None:
        known = {str(s) for s in table}
        strangers = {str(t) for targets in table.values() for t in targets} - known
        if strangers:
            raise ValueError(f"{name}: 状态 {strangers} 没有列出去向")
        self.name, self.field = name, field
        self.table: dict[str, set[str]] = {str(s): {str(t) for t in targets} for s, targets in table.items()}

    def allows(self, obj: M, to: str) -> bool:
        """May the object go there from where it was last seen?"""
        return str(to) in self.table[str(getattr(obj, self.field))]

    @transaction.atomic
    def advance(self, obj: M, to: str, *, actor: Actor, org_path: str = "", changes: Mapping[str, Any] | None = None, **data: Any) -> M:
        """Move by compare-and-set (推进状态).

        Args: changes: further columns written in the same statement; data: goes into the audit entry.
        Raises: Conflict core.wrong_state when the table has no such step, core.state_moved when somebody was faster.
        """
        seen, to = str(getattr(obj, self.field)), str(to)
        if to not in self.table.get(seen, set()):
            raise Conflict(
                "core.wrong_state",
                f"现在是“{self.label(obj, seen)}”，不能直接变为“{self.label(obj, to)}”。请刷新后按页面上的步骤办理。",
                seen=seen,
                to=to,
            )
        values = {self.field: to, **(changes or {})}
        moved = type(obj)._default_manager.filter(pk=obj.pk, **{self.field: seen}).update(**values)
        if not moved:
            raise Conflict("core.state_moved", "这件事刚刚被别人办理过了，您的操作没有生效。请刷新后查看最新状态。", seen=seen, to=to)
        for name, value in values.items():
            setattr(obj, name, value)
        audit.record(actor, f"{self.name}.{to}", obj, org_path=org_path, old=seen, new=to, **data)
        return obj

    def label(self, obj: M, state: str) -> str:
        """The state's Chinese word."""
        choices = obj._meta.get_field(self.field).flatchoices  # type: ignore[union-attr]  # a concrete field
        return str(dict(choices).get(state, state))
