"""What an importer is (导入处理器的约定). Upper apps subclass `Handler` and call `register()` in `AppConfig.ready()`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db.models import Q

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

CREATED, UPDATED, UNCHANGED, REJECTED = "created", "updated", "unchanged", "rejected"
VERDICTS = (CREATED, UPDATED, UNCHANGED, REJECTED)
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Column:
    """A column a handler knows (列).

    Args: synonyms further header texts, written plainly; kind how the framework tidies it: `text`, `name`, `number` (long digits),
    `date`, `flag` (是/否 -> "1"/"0"), `integer`; sensitive `id` or `phone`: sealed at rest and masked on pages; choices text -> value,
    unknown texts become a problem when `strict`, else stay empty with a warning; fill: the clean-up named on the page.
    """

    key: str
    label: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    kind: str = "text"
    sensitive: str = ""
    choices: dict[str, str] | None = None
    strict: bool = False
    longest: int = 120
    example: str = ""


@dataclass(frozen=True)
class Problem:
    """Why a row needs a person (问题): one per row and cause.

    Args: column key of the column, "" for the whole row; code stable cause, groups the rows; message fact and next step;
    suggestion offered only when certain; choices (value, label) when a decision is needed.
    """

    row: int
    column: str
    code: str
    message: str
    suggestion: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Context:
    """Who imports what for which org (导入情境). `skipped`: rows left out by hand."""

    actor: Actor
    org_path: str
    as_of: date
    options: dict[str, Any] = field(default_factory=dict)
    choices: dict[int, str] = field(default_factory=dict)
    batch: int | None = None
    skipped: frozenset[int] = frozenset()


@dataclass
class Sheet:
    """A mapped table (已对表头的表): `_row` and one text column per known key, tidied; `problems` so far; `tidied` counts and cells."""

    frame: pl.DataFrame
    problems: list[Problem] = field(default_factory=list)
    tidied: dict[str, int] = field(default_factory=dict)
    cells: list[tuple[int, str, str, str, str]] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    raw: pl.DataFrame | None = None
    notes: list[str] = field(default_factory=list)


@dataclass
class Plan:
    """What would happen (办理方案): `verdicts` has `_row` and `verdict` for every row of the sheet, `state` is the handler's own."""

    verdicts: pl.DataFrame
    problems: list[Problem] = field(default_factory=list)
    state: Any = None
    notes: list[str] = field(default_factory=list)


class Handler(ABC):
    """One kind of import. `prepare` reads no database; `plan` only reads; `write` runs inside the batch's one transaction."""

    kind: str
    label: str
    perm: str
    columns: Sequence[Column]
    order: int = 500
    """Where it stands in the list of kinds; the first one the reader may import is chosen beforehand."""
    causes: dict[str, str] = {}
    """Cause code -> short label of its tab (身份证号、手机号…)."""
    together = False
    """Rows make one thing with others (the lines of a voucher): a corrected row is judged again with the whole table."""
    shown: Sequence[str] = ()
    """Columns by which a reader knows a row again; empty for name and code."""
    undoing: Sequence[str] = ()
    """What taking a batch back does, as told before it; empty for what rosters do."""
    samples: Sequence[Sequence[str]] = ()
    """Rows of the template; empty for one row of the columns' examples."""

    def prepare(self, sheet: Sheet, context: Context) -> Sheet:
        """Clean beyond what the columns' kinds say; add problems. Pure."""
        return sheet

    @abstractmethod
    def plan(self, sheet: Sheet, context: Context) -> Plan:
        """Match against the database and judge every row."""

    @abstractmethod
    def write(self, plan: Plan, context: Context, tell: Tell) -> dict[str, Any]:
        """Write the plan. Returns what `undo` needs (plain JSON; it is sealed). `context.batch` is set."""

    @abstractmethod
    def undo(self, kept: dict[str, Any], context: Context) -> None:
        """Reverse a committed batch. Raises RuleViolation imports.undo_blocked naming what depends on it."""

    def require(self, actor: Actor, org_path: str) -> None:
        """Open this import for an org. Raises: NotFound; NotPermitted; BadInput where nothing can be imported to."""
        actor.require(self.perm, org_path)

    def visible(self, actor: Actor) -> Q:
        """Filter over batches of this kind."""
        return actor.within_path(self.perm, "org_path")

    def onward(self, actor: Actor, org_path: str) -> tuple[str, str] | None:
        """Where to look at what was imported: (words, address)."""
        return None

    def targets(self, actor: Actor) -> list[tuple[str, str]]:
        """Where the actor may import to: (org path, name). Empty: the actor's home."""
        return []


_handlers: dict[str, Handler] = {}


def register(handler: Handler) -> None:
    """Make a kind importable."""
    _handlers[handler.kind] = handler


def handler(kind: str) -> Handler:
    """The handler of a kind. Raises LookupError for an unknown one."""
    if kind not in _handlers:
        raise LookupError(f"没有登记的导入种类：{kind}")
    return _handlers[kind]


def handlers() -> list[Handler]:
    """All kinds by their order."""
    return sorted(_handlers.values(), key=lambda h: (h.order, h.kind))


def quiet(done: int, total: int, note: str) -> None:
    """A `Tell` that says nothing."""


__all__ = [
    "CREATED",
    "REJECTED",
    "UNCHANGED",
    "UPDATED",
    "Column",
    "Context",
    "Handler",
    "Plan",
    "Problem",
    "Sheet",
    "Tell",
    "handler",
    "handlers",
    "quiet",
    "register",
]
