"""The menu and what the frame of a page needs from the apps above (菜单、未读、组织切换、固定入口).

Apps register in `AppConfig.ready()`; the kernel imports none of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

log = logging.getLogger(__name__)

Front = Literal["console", "mobile"]
Counter = Callable[["Actor"], int]


@dataclass(frozen=True)
class Entry:
    """One entry of the menu (菜单项).

    Args: key `app.noun`, unique; group the heading it stands under ("" for the top); perm shows it to actors who hold the
    permission anywhere ("" for everyone signed in); order sorts within all entries, and a group stands where its first
    entry stands; badge counts what waits, `hot` paints that count red.
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
    return sum(counter(actor) for counter in _unread) if actor is not None else 0


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
