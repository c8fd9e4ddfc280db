"""Opening and closing books (建账、停用)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.finance.enums import BookKind, Perm, VoucherState
from gonghui.finance.models import Book, Voucher
from gonghui.finance.rules.charts import chart, level_of

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.orgs.models import Union


@transaction.atomic
def book_open(*, actor: Actor, union: Union, since: date, kind: str = BookKind.REAL, agent: Union | None = None) -> Book:
    """Open a union's books (建账). `agent` keeps them for a union without an accountant.

    Raises: NotPermitted; NotFound; Conflict finance.book_exists; RuleViolation finance.no_chart, finance.agent_self.
    """
    actor.require(Perm.BOOK_OPEN, union)
    chart(since)
    _agent_fits(actor, union, agent)
    try:
        with transaction.atomic():
            book = Book.objects.create(union=union, agent=agent, kind=kind, level=level_of(union.kind), since=since, created_at=clock.now())
    except IntegrityError:
        raise Conflict("finance.book_exists", f"{union.name}已经有一个正在用的账套，不用再建。") from None
    audit.record(actor, "finance.book.opened", book, org_path=union.path, since=since, kind=kind, agent=agent.pk if agent else None)
    return book


def _agent_fits(actor: Actor, union: Union, agent: Union | None) -> None:
    if agent is None:
        return
    if agent.pk == union.pk:
        raise RuleViolation("finance.agent_self", "代理记账的工会不能是本单位自己。不用代理时请留空。")
    if not actor.is_system and not actor.sees(agent) and not union.path.startswith(agent.path):
        raise RuleViolation("finance.agent_far", "代理记账的工会应当是您管理范围内的工会，或本单位的上级工会。")


@transaction.atomic
def book_agent_set(*, actor: Actor, book: Book, agent: Union | None) -> Book:
    """Give the books to an agent, or take them back (代理记账). Source: 《工会会计制度》第十二条 (ACC-1d)."""
    actor.require(Perm.BOOK_OPEN, book.union)
    _agent_fits(actor, book.union, agent)
    old = book.agent_id
    Book.objects.filter(pk=book.pk).update(agent=agent)
    book.agent = agent
    audit.record(actor, "finance.book.agent_set", book, org_path=book.union.path, old=old, new=agent.pk if agent else None)
    return book


@transaction.atomic
def book_close(*, actor: Actor, book: Book, on: date) -> Book:
    """Stop a book (停用账套). Raises Conflict finance.book_busy while vouchers wait."""
    actor.require(Perm.BOOK_OPEN, book.union)
    waiting = Voucher.objects.filter(book=book, state__in=[VoucherState.DRAFT, VoucherState.CHECKED]).count()
    if waiting:
        raise Conflict("finance.book_busy", f"还有 {waiting} 张凭证没有记账，不能停用。请先记账或作废。")
    if not Book.objects.filter(pk=book.pk, closed_on=None).update(closed_on=on):
        raise Conflict("finance.book_closed", "这个账套已经停用。")
    book.closed_on = on
    audit.record(actor, "finance.book.closed", book, org_path=book.union.path, on=on)
    return book
