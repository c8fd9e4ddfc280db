"""The menu and what the frame of a page needs from the apps above (菜单、未读、组织切换、固定入口).

Apps register in `AppConfig.ready()`; the kernel imports none of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from gonghui.core import tally

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

log = logging.getLogger(__name__)

Front = Literal["console", "mobile"]


@dataclass(frozen=True)
class Rows:
    """What a badge counts (待数的行): the rows of all querysets and `more`; where `unless` holds any row, `then` counts instead."""

    rows: tuple[QuerySet[Any], ...]
    more: int = 0
    unless: QuerySet[Any] | None = None
    then: Callable[[Actor], int] | None = None


Counter = Callable[["Actor"], "int | QuerySet[Any] | Rows"]


@dataclass(frozen=True)
class Entry:
    """One entry of the menu (菜单项).

    Args: key `app.noun`, unique; group the heading it stands under ("" for the top); perm shows it to actors who hold the
    permission anywhere ("" for everyone signed in); order sorts within all entries, and a group stands where its first
    entry stands; badge says what waits, as a number or as rows that are counted with all others in one
    statement; `hot` paints that count red.
    """

    key: str
    label: Any  # str or lazy translation
    icon: str
    url_name: str
    group: Any = ""
    perm: str = ""
    order: int = 500
    front: Front = "console"
    badge: Counter | None = None
    hot: bool = False


@dataclass(frozen=True)
class Place:
    """Where the reader works now and may switch to (组织切换)."""

    name: str
    url: str
    current: bool = False


_entries: dict[str, Entry] = {}
_unread: list[Counter] = []
_places: list[Callable[[Any], Iterable[Place]]] = []
# Fixed links of the frame by url name; an unknown name hides the link. `fix()` replaces one.
_fixed: dict[str, str] = {
    "home": "portal:home",
    "mobile": "portal:mobile",
    "search": "portal:search",
    "guide": "knowledge:guide",
    "inbox": "notices:inbox",
    "mobile_inbox": "notices:m-inbox",
    "account": "accounts:profile",
    "security": "accounts:security",
    "login": "accounts:login",
    "logout": "accounts:logout",
    "language": "core:language",
    "font": "core:font",
}


FIXED = tuple(_fixed)


def register(*entries: Entry) -> None:
    """Add entries. A key twice with another content raises."""
    for entry in entries:
        if _entries.setdefault(entry.key, entry) != entry:
            raise ValueError(f"菜单项重复：{entry.key}")


def entries(actor: Actor | None, front: Front = "console") -> list[Entry]:
    """The entries the actor may open, in order."""
    shown = [e for e in _entries.values() if e.front == front and _open(e, actor)]
    return sorted(shown, key=lambda e: (e.order, e.key))


def _open(entry: Entry, actor: Actor | None) -> bool:
    if actor is None:
        return False
    return not entry.perm or actor.may(entry.perm)


def unread(counter: Counter) -> Counter:
    """Register a counter of unread messages for the bell. Usable as a decorator."""
    _unread.append(counter)
    return counter


def unread_count(actor: Actor | None) -> int:
    """Unread messages of the actor over all providers."""
    if actor is None:
        return 0
    found = counted(actor)
    return sum(found[c] for c in _unread)


# -- counts: one statement a page, kept for half a minute --------------------------------------------------------

MEMO, MOST_KEPT = "core.menu.counts", 2000
_kept: dict[Any, tuple[float, dict[Counter, int]]] = {}


def counted(actor: Actor) -> dict[Counter, int]:
    """Every badge the actor sees, and the unread messages."""
    return _counts(actor, {})[0]


def tallied(actor: Actor, rows: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """Counts of the page's own, asked for in the same statement as the badges of its menu."""
    return _counts(actor, rows)[1]


def forget(actor: Actor) -> None:
    """Count anew: the actor has changed something."""
    _kept.pop(_fingerprint(actor), None)
    _memo(actor).pop(MEMO, None)


def _fingerprint(actor: Any) -> Any:
    return getattr(actor, "ref", ""), getattr(actor, "person_id", None), getattr(actor, "scopes", ())


def _memo(actor: Any) -> dict[str, Any]:
    memo: dict[str, Any] = getattr(actor, "memo", {})  # the gallery's reader has none
    return memo


def _known(actor: Actor) -> dict[Counter, int] | None:
    if MEMO in _memo(actor):
        return dict(_memo(actor)[MEMO])
    until, counts = _kept.get(_fingerprint(actor), (0.0, {}))
    return counts if until > monotonic() else None


def _counts(actor: Actor, more: Mapping[str, QuerySet[Any]]) -> tuple[dict[Counter, int], dict[str, int]]:
    known = _known(actor)
    asked = {} if known is not None else {c: c(actor) for c in _shown(actor)}
    plans = {c: found if isinstance(found, Rows) else Rows((found,)) for c, found in asked.items() if not isinstance(found, int)}
    flat = [rows for plan in plans.values() for rows in (*plan.rows, *([] if plan.unless is None else [plan.unless]))]
    numbers = iter(tally.count([*flat, *more.values()]))
    found = {c: n for c, n in asked.items() if isinstance(n, int)}
    for counter, plan in plans.items():
        found[counter] = plan.more + sum(next(numbers) for _rows in plan.rows)
        if plan.unless is not None and next(numbers) and plan.then is not None:
            found[counter] = plan.then(actor)
    if known is None:
        known = found
        _keep(actor, found)
    _memo(actor)[MEMO] = known
    return known, dict(zip(more, numbers, strict=True))


def _shown(actor: Actor) -> list[Counter]:
    """The counters this actor's menu shows, each once."""
    return list(dict.fromkeys([*(e.badge for e in _entries.values() if e.badge is not None and _open(e, actor)), *_unread]))


def _keep(actor: Actor, found: dict[Counter, int]) -> None:
    seconds = int(getattr(settings, "BADGE_SECONDS", 0))
    if seconds > 0:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[_fingerprint(actor)] = (monotonic() + seconds, found)


def places(provider: Callable[[Any], Iterable[Place]]) -> Callable[[Any], Iterable[Place]]:
    """Register the provider of the org switch: request -> places, the current one marked."""
    _places.append(provider)
    return provider


def places_of(request: Any) -> list[Place]:
    """All places of this request."""
    return [place for provider in _places for place in provider(request)]


def fix(**names: str) -> None:
    """Set the url name behind a fixed link of the frame, for example `fix(search="portal:search")`."""
    _fixed.update(names)


def fixed(name: str) -> str:
    """The address of a fixed link, or "" when nobody offers it."""
    return address(_fixed.get(name, ""))


def address(url_name: str) -> str:
    """The address of a url name that takes no arguments, or ""."""
    if not url_name:
        return ""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
