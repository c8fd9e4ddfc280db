"""Reads of accounts, statements, reconciliation (账户、对账单、余额调节查询)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from gonghui.finance.enums import BookKind, VoucherKind, VoucherState
from gonghui.finance.selectors import books, ledger
from gonghui.treasury.enums import Perm
from gonghui.treasury.models import BankEntry, Match, Reconciliation, Statement
from gonghui.treasury.rules.matching import BankSide, BookSide
from gonghui.treasury.selectors import common

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

BANK = "102"
BROUGHT = (VoucherKind.OPENING, VoucherKind.TRANSITION)
"""Balances brought forward are no movement on the bank's side."""


def account_model() -> Any:
    """The register of union accounts below."""
    return Statement._meta.get_field("account").related_model


def account_list(*, actor: Actor, q: str = "", ended: bool = False) -> QuerySet[Any]:
    """Union accounts in scope (工会账户), those with lines of the bank that wait first."""
    rows: QuerySet[Any] = account_model()._default_manager.filter(actor.within(Perm.BANK_VIEW, "union")).select_related("union")
    if not ended:
        rows = rows.filter(until=None)
    for word in q.split()[:4]:
        rows = rows.filter(Q(union__name__icontains=word) | Q(bank__icontains=word))
    waiting = BankEntry.objects.filter(account=OuterRef("pk"), matched=False)
    rows = rows.annotate(waiting=Exists(waiting))
    return rows.order_by("-waiting", "union__path", "-since")


def account_get(*, actor: Actor, pk: int) -> Any:
    """One account, or 404."""
    return get_object_or_404(account_list(actor=actor, ended=True), pk=pk)


def opened(*, actor: Actor) -> tuple[int, int]:
    """How many townships have an own account, of all (独立账户开设): the goal of R010."""
    union = account_model()._meta.get_field("union").related_model
    towns = union._default_manager.filter(actor.within(Perm.BANK_VIEW), kind__in=["township", "zone"], ended_on=None)
    return towns.filter(accounts__until=None, accounts__isnull=False).distinct().count(), towns.count()


def entries(account: Any, *, matched: bool | None = None) -> QuerySet[BankEntry]:
    """Lines of the bank, the latest first."""
    rows = BankEntry.objects.filter(account=account)
    rows = rows if matched is None else rows.filter(matched=matched)
    return rows.order_by("-on", "-position", "-pk")


def book_lines(account: Any, until: date | None = None) -> dict[int, BookSide]:
    """What posted vouchers moved on the bank account, less what is matched already (账面未核对)."""
    model = common.posting_model()
    rows = model._default_manager.filter(
        book__union_id=account.union_id,
        book__kind=BookKind.REAL,
        account__startswith=BANK,
        voucher__state=VoucherState.POSTED,
        on__gte=account.since,
    )
    rows = rows.exclude(voucher__kind__in=BROUGHT)
    if until is not None:
        rows = rows.filter(on__lte=until)
    sums = (
        rows.values("voucher_id", "voucher__on", "voucher__words", "voucher__reverses_id")
        .annotate(d=Sum("debit_fen"), c=Sum("credit_fen"))
        .order_by("voucher__on", "voucher_id")
    )
    taken: dict[int, int] = {}
    held = Match.objects.filter(entry__account=account)
    if until is not None:
        held = held.filter(entry__on__lte=until)
    for voucher, fen in held.values_list("voucher_id").annotate(n=Sum("amount_fen")):
        taken[voucher] = int(fen or 0)
    found, undoing = {}, {}
    for row in sums:
        if row["voucher__reverses_id"]:
            undoing[row["voucher_id"]] = row["voucher__reverses_id"]
        left = int(row["d"] or 0) - int(row["c"] or 0) - taken.get(row["voucher_id"], 0)
        if left:
            found[row["voucher_id"]] = BookSide(row["voucher_id"], row["voucher__on"], left, row["voucher__words"])
    for red, black in undoing.items():
        if red in found and black in found and found[red].fen + found[black].fen == 0:
            del found[red], found[black]  # nothing of the two ever reaches the bank
    _named(found)
    return found


def _named(found: dict[int, BookSide]) -> None:
    """Payees and bank references known from our own payments."""
    from_payments = Match._meta.get_field("voucher").related_model._default_manager.filter(
        pk__in=list(found)[:5000], payments__isnull=False
    )
    for voucher, payee, reference in from_payments.values_list("pk", "payments__payee", "payments__batch_lines__bank_ref"):
        side = found[voucher]
        found[voucher] = BookSide(
            side.key, side.on, side.fen, side.words, (*side.names, payee or ""), (*side.references, *([reference] if reference else []))
        )


def bank_sides(account: Any, until: date | None = None) -> list[BankSide]:
    """Unmatched lines of the bank."""
    rows = BankEntry.objects.filter(account=account, matched=False)
    if until is not None:
        rows = rows.filter(on__lte=until)
    return [BankSide(e.pk, e.on, e.amount_fen, e.payee, e.words, e.reference) for e in rows.order_by("on", "pk")]


@dataclass
class Adjustment:
    """The reconciliation of a day (余额调节)."""

    account: Any
    on: date
    book: int
    bank: int
    bank_in: list[BankEntry] = field(default_factory=list)
    bank_out: list[BankEntry] = field(default_factory=list)
    book_in: list[BookSide] = field(default_factory=list)
    book_out: list[BookSide] = field(default_factory=list)

    @property
    def adjusted_book(self) -> int:
        """Book balance plus what only the bank knows."""
        return self.book + sum(e.amount_fen for e in self.bank_in) + sum(e.amount_fen for e in self.bank_out)

    @property
    def adjusted_bank(self) -> int:
        """Bank balance plus what only the book knows."""
        return self.bank + sum(s.fen for s in self.book_in) + sum(s.fen for s in self.book_out)

    @property
    def balanced(self) -> bool:
        return self.adjusted_book == self.adjusted_bank

    @property
    def difference(self) -> int:
        return self.adjusted_book - self.adjusted_bank


def bank_balance(account: Any, on: date) -> int:
    """The bank's balance at the end of a day: the last stated one, plus what came after it."""
    rows = list(
        BankEntry.objects.filter(account=account, on__lte=on).order_by("on", "position", "pk").values_list("balance_fen", "amount_fen")
    )
    total = 0
    for balance, fen in rows:
        total = balance if balance is not None else total + fen
    return total


def adjustment(account: Any, on: date) -> Adjustment:
    """Both balances and the four kinds of items in transit (未达账项)."""
    book = books.book_of(account.union)
    matched_later = Match.objects.filter(voucher__on__gt=on).values("entry_id")
    open_entries = BankEntry.objects.filter(Q(matched=False) | Q(pk__in=matched_later), account=account, on__lte=on).order_by("on", "pk")
    found = Adjustment(account, on, ledger.balance(book, BANK, on) if book is not None else 0, bank_balance(account, on))
    for entry in open_entries:
        (found.bank_in if entry.amount_fen > 0 else found.bank_out).append(entry)
    for side in book_lines(account, on).values():
        (found.book_in if side.fen > 0 else found.book_out).append(side)
    return found


def reconciliation_get(*, actor: Actor, pk: int) -> Reconciliation:
    """One signed reconciliation, or 404."""
    seen = Reconciliation.objects.filter(actor.within(Perm.BANK_VIEW, "account__union"))
    return get_object_or_404(seen.select_related("account__union", "maker", "checker"), pk=pk)
