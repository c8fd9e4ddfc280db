"""What every page knows (页面公用信息): `site` with name, menu, unread count, font size, org switch. All lazy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gonghui.core import menu

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

FONT_COOKIE = "fs"
FONT_SIZES = {"l", "xl"}


@dataclass(frozen=True)
class Item:
    """A menu entry made ready for the page."""

    label: Any
    icon: str
    url: str
    current: bool
    count: int
    hot: bool


@dataclass(frozen=True)
class Group:
    """A heading with its items."""

    label: Any
    items: list[Item]


class Site:
    """The frame of a page. Costs nothing until a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def name(self) -> str:
        return str(getattr(settings, "SITE_NAME", "")) or _("工会网络服务平台")

    @property
    def owner(self) -> str:
        """Whose platform this is, small under the name."""
        return str(getattr(settings, "SITE_OWNER", ""))

    @property
    def phone(self) -> str:
        return str(getattr(settings, "SUPPORT_PHONE", ""))

    @property
    def demo(self) -> bool:
        return bool(getattr(settings, "DEMO", False))

    @property
    def lang(self) -> str:
        return "en" if (get_language() or "").startswith("en") else "zh-CN"

    @property
    def fs(self) -> str:
        """Font size chosen by cookie: "", `l` or `xl` (大字)."""
        size = self.request.COOKIES.get(FONT_COOKIE, "")
        return size if size in FONT_SIZES else ""

    @property
    def printing(self) -> bool:
        """Page asked for with `?print=1`: details open, no frame."""
        return self.request.GET.get("print") == "1"

    @cached_property
    def actor(self) -> Actor | None:
        """The reader, or None when nobody is signed in."""
        actor: Actor | None = getattr(self.request, "actor", None)
        return actor if actor is not None and getattr(actor, "signed_in", True) else None

    @property
    def officer(self) -> bool:
        return bool(getattr(self.actor, "is_officer", False))

    @cached_property
    def nav(self) -> list[Group]:
        """The console's side menu, grouped."""
        return self._groups("console")

    @cached_property
    def mobile_nav(self) -> list[Group]:
        return self._groups("mobile")

    @cached_property
    def unread(self) -> int:
        return menu.unread_count(self.actor)

    @cached_property
    def places(self) -> list[menu.Place]:
        return menu.places_of(self.request) if self.actor else []

    @cached_property
    def place(self) -> str:
        """Name of the org the reader works in."""
        return next((p.name for p in self.places if p.current), "")

    @cached_property
    def url(self) -> dict[str, str]:
        """Fixed links of the frame: home, mobile, search, guide, inbox, account, login, logout, language, font."""
        return {name: menu.fixed(name) for name in menu.FIXED}

    def _groups(self, front: menu.Front) -> list[Group]:
        found = [(e, menu.address(e.url_name)) for e in menu.entries(self.actor, front)]
        found = [(e, url) for e, url in found if url]
        here = max((url for _e, url in found if self._under(url)), key=len, default="")
        counts = menu.counted(self.actor) if self.actor and any(e.badge for e, _url in found) else {}
        groups: dict[Any, Group] = {}
        for entry, url in found:
            count = counts.get(entry.badge, 0) if entry.badge else 0
            item = Item(entry.label, entry.icon, url, url == here, count, entry.hot)
            groups.setdefault(str(entry.group), Group(entry.group, [])).items.append(item)
        return list(groups.values())

    def _under(self, url: str) -> bool:
        """Does the page asked for lie at or below this address? The two front pages count only for themselves."""
        path = self.request.path
        root = url in {self.url["home"], self.url["mobile"]}
        return path == url or (not root and path.startswith(url.rstrip("/") + "/"))


def site(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `site` and `printing`."""
    frame = Site(request)
    return {"site": frame, "printing": frame.printing}
