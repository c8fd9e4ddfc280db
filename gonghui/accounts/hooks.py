"""What apps above tell accounts (向上的挂钩), each in its `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gonghui.core.errors import Unavailable

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

Sender = Callable[[str, str, str], None]  # phone, purpose, code
Linker = Callable[[str], int | None]  # phone -> person
OrgFinder = Callable[["Actor", str], list[tuple[str, str]]]  # words -> (path, name), cut to the actor's scope

_senders: list[Sender] = []
_linkers: list[Linker] = []
_finders: list[OrgFinder] = []


def register_sender(send: Sender) -> None:
    """`notices` takes over sending codes: send(phone, purpose, code)."""
    _senders[:] = [send]


def register_person_linker(link: Linker) -> None:
    """Who in the register has this phone: link(phone) -> person id or None."""
    _linkers.append(link)


def register_org_finder(find: OrgFinder) -> None:
    """Unions by name or code, for giving grants: find(actor, words) -> [(path, name)]."""
    _finders[:] = [find]


def send_code(phone: str, purpose: str, code: str) -> None:
    """Hand a code to the gateway. Raises Unavailable when none is installed."""
    if not _senders:
        raise Unavailable("accounts.no_gateway", "短信网关还没有接通，暂时不能发验证码。请联系系统管理员。")
    _senders[0](phone, purpose, code)


def person_of(phone: str) -> int | None:
    """The person with this phone, by the first linker that knows."""
    return next((found for link in _linkers if (found := link(phone)) is not None), None)


def orgs_found(actor: Actor, words: str) -> list[tuple[str, str]]:
    """Unions the actor may name in a grant."""
    return _finders[0](actor, words) if _finders else []
