"""Who may do what to a book (权限与不相容职务): only the union's own hands, and three duties by three persons.

Source: policy finance.own_authority, finance.three_duties.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gonghui.accounts import permissions
from gonghui.accounts import selectors as accounts
from gonghui.approvals import selectors as approvals
from gonghui.core import clock
from gonghui.core.errors import NotFound, NotPermitted, RuleViolation
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.finance.models import Book, Voucher

RULE = "finance.three_duties"


@dataclass(frozen=True)
class Hand:
    """Who really acted, and for whom (经办的人): a human is known by account and by person."""

    user_id: int | None
    person_id: int | None
    ref: str
    giver: int | None = None
    giver_person: int | None = None

    def marks(self) -> set[str]:
        """All signs by which this human, and the one acted for, can be known again."""
        found = {f"u{self.user_id}" if self.user_id else self.ref, f"p{self.person_id}" if self.person_id else ""}
        found |= {f"u{self.giver}" if self.giver else "", f"p{self.giver_person}" if self.giver_person else ""}
        return found - {""}


def hand(actor: Actor, perm: str, book: Book, *, on_behalf: int | None = None) -> Hand:
    """The actor's right to act on this book, own or delegated.

    Only grants of the union itself, or of the one that keeps its books, count: a union above sees the books but does not
    write them. Raises: NotFound; NotPermitted finance.own_chain, finance.no_delegation.
    """
    if on_behalf is None:
        _require(actor, perm, book)
        return Hand(actor.user_id, actor.person_id, actor.ref)
    given = approvals.delegations_active(actor.user_id).filter(giver_id=on_behalf)
    giver = accounts.actor_by_id(on_behalf)
    if giver is None or not given.filter(kind__in=["", "finance.voucher"]).exists():
        raise NotPermitted("finance.no_delegation", "没有找到有效的委托，不能代办。请让委托人先办委托。")
    _require(giver, perm, book)
    return Hand(actor.user_id, actor.person_id, actor.ref, giver.user_id, giver.person_id)


def _require(actor: Actor, perm: str, book: Book) -> None:
    if actor.is_system or own(actor, perm, book):
        return
    paths = [book.union.path, *([book.agent.path] if book.agent is not None else [])]
    if not any(actor.sees(path) for path in paths):
        raise NotFound()
    if any(actor.may(perm, path) for path in paths):
        raise NotPermitted(
            "finance.own_chain", "账由本单位工会自己的人员办理，上级工会只能查看。需要代理记账时，请先在账套里指定代理工会。"
        )
    raise NotPermitted("core.no_permission", "您没有办理这件事的权限。需要时请联系本级安全管理员授权。", perm=str(perm))


def own(actor: Actor, perm: str, book: Book) -> bool:
    """Does a grant of the union itself, or of its agent, hold the permission?"""
    paths = {book.union.path, book.agent.path if book.agent is not None else book.union.path}
    return any(s.path in paths and str(perm) in permissions.of_role(s.role) for s in actor.scopes)


def givers(actor: Actor, perm: str, book: Book) -> list[tuple[int, str]]:
    """Those who have delegated this right to the actor (委托人): user id and name."""
    given = approvals.delegations_active(actor.user_id).filter(kind__in=["", "finance.voucher"]).values_list("giver_id", flat=True)
    known = [accounts.actor_by_id(pk) for pk in given]
    return [(a.user_id, a.name) for a in known if a is not None and a.user_id is not None and own(a, perm, book)]


def maker_of(voucher: Voucher) -> Hand:
    """Who made it."""
    return Hand(voucher.maker_id, voucher.maker_person_id, voucher.maker_ref)


def checker_of(voucher: Voucher) -> Hand:
    """Who checked it."""
    giver = accounts.actor_by_id(voucher.checker_for) if voucher.checker_for else None
    return Hand(voucher.checker_id, voucher.checker_person_id, voucher.checker_ref, voucher.checker_for, giver.person_id if giver else None)


def poster_of(voucher: Voucher) -> Hand:
    """Who posted it."""
    giver = accounts.actor_by_id(voucher.poster_for) if voucher.poster_for else None
    return Hand(voucher.poster_id, voucher.poster_person_id, voucher.poster_ref, voucher.poster_for, giver.person_id if giver else None)


def apart(mine: Hand, others: Iterable[tuple[str, Hand]], *, duty: str) -> None:
    """Refuse when one human would do two duties (制单、审核、记账付款分开).

    Args: others: (duty, hand) of what was done before. Raises: RuleViolation finance.duties_apart.
    """
    for name, other in others:
        if mine.marks() & other.marks():
            facts = {"maker": "同一人", "checker": "同一人" if duty == "审核" else "另一人", "payer": "同一人"}
            slip = policy.decide(RULE, on=clock.today(), facts=facts)
            raise RuleViolation(
                "finance.duties_apart",
                f"{name}和{duty}不能是同一个人，代办也一样。请换一个人{duty}。",
                duty=duty,
                before=name,
                source=slip.verdict,
            )
