"""What the services of the register share (公用): the history row, date guards, the lock over the tree."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NoReturn

from gonghui.core import clock
from gonghui.core.errors import RuleViolation
from gonghui.orgs.models import Union, UnionEvent
from gonghui.orgs.rules.tree import Fault

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def refuse(fault: Fault | None) -> None:
    """Raise the fault of a pure rule, if there is one."""
    if fault is not None:
        raise RuleViolation(fault.code, fault.message)


def violate(code: str, message: str, **facts: Any) -> NoReturn:
    raise RuleViolation(code, message, **facts)


def not_future(day: date, what: str = "日期") -> None:
    """What is recorded has happened; plans have fields of their own."""
    if day > clock.today():
        violate("orgs.future", f"{what} {day} 晚于今天（{clock.today()}）。请在当天或之后登记。")


def event(
    union: Union,
    kind: str,
    on: date,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    document_no: str = "",
    note: str = "",
) -> UnionEvent:
    """One row of the union's history (沿革)."""
    return UnionEvent.objects.create(
        union=union, kind=kind, on=on, old=old or {}, new=new or {}, document_no=document_no, note=note[:200], recorded_at=clock.now()
    )


def lock_tree() -> None:
    """Writers that change the shape of the tree go one after another: they hold the root row."""
    Union.objects.select_for_update().filter(depth=0).first()


def lock_union(union: Union) -> Union:
    """The row as it is now, locked."""
    return Union.objects.select_for_update().get(pk=union.pk)


def must_be_alive(union: Union) -> None:
    """A union that has ended takes part in nothing new."""
    if union.ended_on is not None:
        violate("orgs.union_ended", f"{union.name}已于 {union.ended_on}“{union.get_state_display()}”，不能再办理这件事。")


def sign(actor: Actor) -> str:
    """The reference stored in an 经办 column."""
    return actor.ref[:40]
