"""What can be approved (审批事项的登记): apps above register a kind with its handler in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from gonghui.core import clock

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.approvals.models import Approval

Callback = Callable[["Actor", "Approval"], Any]


@dataclass(frozen=True)
class Level:
    """One level (环节): holders of `role`, or of `perm`, for `org_path` may decide."""

    label: str
    org_path: str
    role: str = ""
    perm: str = ""

    def __post_init__(self) -> None:
        if bool(self.role) == bool(self.perm):
            raise ValueError("环节要写角色或权限之一")


def nothing(actor: Actor, approval: Approval) -> None:
    """A callback that does nothing."""


@dataclass(frozen=True)
class Handler:
    """How a kind behaves (事项处理).

    Args: label the kind's name; url(subject_id) its page; levels(subject_id) the levels, in order; digest(subject_id) text
    that stands for the material content: it is hashed at hand-in and compared at each decision. The callbacks run in the
    transaction of the decision, so the subject moves with it or not at all. `bulk` allows deciding many at once.
    """

    label: str
    url: Callable[[str], str]
    levels: Callable[[str], Iterable[Level]]
    digest: Callable[[str], str]
    on_approved: Callback = nothing
    on_refused: Callback = nothing
    on_returned: Callback = nothing
    on_withdrawn: Callback = nothing
    on_voided: Callback = nothing
    bulk: bool = True


@dataclass(frozen=True)
class Item:
    """Something that waits for me (待办)."""

    key: str
    kind: str
    label: str
    title: str
    url: str
    org: str = ""
    due: date | None = None
    since: Any = None
    bulk: bool = False

    @property
    def due_words(self) -> str:
        """`已超期 1 天`, `今天到期`, `3 天后到期`, or "" without a day."""
        if self.due is None:
            return ""
        left = (self.due - clock.today()).days
        return f"已超期 {-left} 天" if left < 0 else "今天到期" if left == 0 else f"{left} 天后到期"

    @property
    def due_tone(self) -> str:
        """The colour of the words."""
        if self.due is None:
            return ""
        left = (self.due - clock.today()).days
        return "bad" if left <= 0 else "warn" if left <= 2 else ""


@dataclass(frozen=True)
class Source:
    """Rows that wait, each an item (待办来源). They are counted with all others in one statement and read only where there are some.

    Args: rows unsliced, in the order they are shown; make turns a row into its item; most how many are shown.
    """

    rows: QuerySet[Any]
    make: Callable[[Any], Item]
    most: int = 100


def read(parts: Iterable[Item | Source]) -> list[Item]:
    """Items as they are, and those of every source (待办逐项)."""
    return [item for part in parts for item in ([part] if isinstance(part, Item) else [part.make(row) for row in part.rows[: part.most]])]


Provider = Callable[["Actor"], Iterable["Item | Source"]]
_kinds: dict[str, Handler] = {}
_providers: dict[str, Provider] = {}


def register(kind: str, handler: Handler) -> None:
    """Name a kind `app.noun` (登记审批事项). Twice with another handler raises."""
    if _kinds.setdefault(kind, handler) is not handler:
        raise ValueError(f"审批事项重复：{kind}")


def handler(kind: str) -> Handler:
    """The handler of a kind. An unknown one raises: nothing is approved by a slip of the pen."""
    if kind not in _kinds:
        raise LookupError(f"没有登记的审批事项：{kind}")
    return _kinds[kind]


def labels() -> dict[str, str]:
    """Names of all kinds."""
    return {kind: h.label for kind, h in _kinds.items()}


def register_inbox(name: str, provider: Provider) -> None:
    """Add items of another app to the inbox (登记待办来源): provider(actor) -> sources, or items it had to work out, cut to what the actor may see."""
    _providers[name] = provider


def providers() -> list[Provider]:
    """All sources of the inbox but the approvals themselves."""
    return list(_providers.values())
