"""Signatories, statements, matching, reconciliation (印鉴、对账单、核对、余额调节). Source: S210; AID-07."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit, clock, money
from gonghui.core.errors import BadInput, Conflict, RuleViolation
from gonghui.orgs.selectors import law
from gonghui.treasury.enums import How, Perm, SignRole
from gonghui.treasury.models import BankEntry, Match, Reconciliation, Signatory, Statement
from gonghui.treasury.rules import matching
from gonghui.treasury.selectors import bank as reads
from gonghui.treasury.services.common import hands_of, lock, me, require_own

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

APART = ((SignRole.LEGAL, SignRole.FINANCE), (SignRole.MAKER, SignRole.CHECKER))


@dataclass(frozen=True)
class Said:
    """One line as the bank wrote it (银行流水)."""

    on: date
    amount_fen: int
    reference: str
    balance_fen: int | None = None
    payee: str = ""
    payee_mask: str = ""
    words: str = ""


@transaction.atomic
def signatory_set(*, actor: Actor, account: Any, role: str, name: str, since: date, user_id: int | None = None) -> Signatory:
    """Who keeps a seal or key from a day on; the one before hands over (登记印鉴和网银权限). Both halves are never with one person.

    Raises: RuleViolation treasury.seals_apart; BadInput.
    """
    actor.require(Perm.BANK_EDIT, account.union)
    lock(account.union)
    if role not in SignRole.values or not name.strip() or since > clock.today() or account.until is not None:
        raise BadInput("treasury.signatory_values", "请选保管的印鉴或权限，写姓名，日期不能晚于今天；停用的账户不能登记。")
    live = Signatory.objects.filter(account=account, until=None)
    for pair in APART:
        if role in pair:
            other = live.filter(role=next(r for r in pair if r != role)).first()
            if other is not None and (other.name == name.strip() or (user_id is not None and other.user_id == user_id)):
                raise RuleViolation(
                    "treasury.seals_apart", f"{other.name}已保管{SignRole(other.role).label}，{SignRole(role).label}要由另一个人保管。"
                )
    live.filter(role=role).update(until=since)
    made = Signatory.objects.create(account=account, role=role, name=name.strip()[:40], user_id=user_id, since=since, actor=actor.ref)
    audit.record(actor, "treasury.signatory.set", made, org_path=account.union.path, role=role)
    return made


# -- statements ------------------------------------------------------------------------------------------------------


@transaction.atomic
def statement_write(*, actor: Actor, account: Any, lines: Sequence[Said], batch: int | None = None) -> Statement:
    """Keep the lines of a statement; those known by their bank reference are left as they are (导入对账单)."""
    actor.require(Perm.BANK_EDIT, account.union)
    lock(account.union)
    known = set(BankEntry.objects.filter(account=account, reference__in=[x.reference for x in lines]).values_list("reference", flat=True))
    fresh = [x for x in lines if x.reference not in known]
    if not fresh:
        raise Conflict("treasury.statement_known", "这份对账单的流水都已经导入过。")
    days = [x.on for x in fresh]
    made = Statement.objects.create(
        account=account, batch=batch, rows=len(fresh), first_on=min(days), last_on=max(days), actor=actor.ref, at=clock.now()
    )
    BankEntry.objects.bulk_create(
        BankEntry(
            account=account, statement=made, on=x.on, amount_fen=x.amount_fen, balance_fen=x.balance_fen, payee=x.payee[:80], payee_mask=x.payee_mask[:24],
            reference=x.reference[:60], words=x.words[:160], position=n,
        )
        for n, x in enumerate(fresh)
    )  # fmt: skip
    audit.record(actor, "treasury.statement.imported", made, org_path=account.union.path, rows=len(fresh))
    return made


@transaction.atomic
def statement_undo(*, actor: Actor, statement: Statement) -> None:
    """Take an import back while none of its lines is matched. Raises RuleViolation imports.undo_blocked."""
    actor.require(Perm.BANK_EDIT, statement.account.union)
    matched = statement.entries.filter(matched=True).count()
    if matched:
        raise RuleViolation("imports.undo_blocked", f"这份对账单有 {matched} 笔已经核对，请先取消核对。")
    audit.record(actor, "treasury.statement.undone", statement, org_path=statement.account.union.path, rows=statement.rows)
    statement.delete()


# -- matching ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def match_auto(*, actor: Actor, account: Any) -> int:
    """Match what is sure: amount equal, day within the window, a partner better than all others (自动核对). Returns pairs made.

    Source: policy treasury.match_days.
    """
    actor.require(Perm.BANK_EDIT, account.union)
    lock(account.union)
    days = law.number("treasury.match_days", account.union, clock.today(), 7)
    found = matching.pairs(reads.bank_sides(account), list(reads.book_lines(account).values()), days)
    entries = {e.pk: e for e in BankEntry.objects.filter(pk__in=[p.bank for p in found])}
    for pair in found:
        entry = entries[pair.bank]
        Match.objects.create(
            entry=entry,
            voucher_id=pair.book,
            amount_fen=entry.amount_fen,
            how=How.AUTO,
            why=pair.why[:120],
            actor=actor.ref,
            at=clock.now(),
        )
    BankEntry.objects.filter(pk__in=list(entries)).update(matched=True, note="")
    audit.record(actor, "treasury.match.auto", account, org_path=account.union.path, pairs=len(found))
    return len(found)


@transaction.atomic
def match_by_hand(*, actor: Actor, account: Any, entry_ids: Sequence[int], voucher_ids: Sequence[int], why: str = "") -> int:
    """Tie lines of the bank to vouchers whose sums are equal (人工核对). Returns the ties made.

    Raises: RuleViolation treasury.match_sums; Conflict treasury.match_gone.
    """
    actor.require(Perm.BANK_EDIT, account.union)
    lock(account.union)
    entries = list(BankEntry.objects.select_for_update().filter(pk__in=entry_ids, account=account, matched=False).order_by("on", "pk"))
    open_ = reads.book_lines(account)
    sides = [open_[pk] for pk in dict.fromkeys(voucher_ids) if pk in open_]
    if not entries or not sides or len(entries) != len(set(entry_ids)) or len(sides) != len(set(voucher_ids)):
        raise Conflict("treasury.match_gone", "请在两边各选至少一笔没有核对的。有的可能刚刚核对过，请刷新后再选。")
    bank, book = sum(e.amount_fen for e in entries), sum(s.fen for s in sides)
    if bank != book:
        raise RuleViolation(
            "treasury.match_sums",
            f"银行流水合计 {money.show(bank)}，凭证合计 {money.show(book)}，相差 {money.show(abs(bank - book))}。合计相等才能核对。",
        )
    if len(entries) > 1 and len(sides) > 1:
        raise RuleViolation("treasury.match_many", "请分开核对：一笔流水对几张凭证，或几笔流水对一张凭证。")
    pairs = [(e, s) for e in entries for s in sides]
    for entry, side in pairs:
        fen = side.fen if len(entries) == 1 else entry.amount_fen
        Match.objects.create(
            entry=entry, voucher_id=side.key, amount_fen=fen, how=How.MANUAL, why=why[:120], actor=actor.ref, at=clock.now()
        )
    BankEntry.objects.filter(pk__in=[e.pk for e in entries]).update(matched=True, note="")
    audit.record(
        actor, "treasury.match.made", account, org_path=account.union.path, entries=[e.pk for e in entries], vouchers=[s.key for s in sides]
    )
    return len(pairs)


@transaction.atomic
def match_undo(*, actor: Actor, entry: BankEntry) -> None:
    """Untie a line (取消核对): all lines that share its voucher come loose with it."""
    union = entry.account.union
    actor.require(Perm.BANK_EDIT, union)
    lock(union)
    vouchers = list(Match.objects.filter(entry=entry).values_list("voucher_id", flat=True))
    if not vouchers:
        raise Conflict("treasury.not_matched", "这笔流水没有核对过。")
    rows = Match.objects.filter(voucher_id__in=vouchers, entry__account=entry.account)
    loose = _loosen(list(rows.values_list("entry_id", flat=True)), "")
    audit.record(actor, "treasury.match.undone", entry, org_path=union.path, vouchers=vouchers, entries=loose)


def _loosen(entry_ids: Sequence[int], note: str) -> list[int]:
    """Untie these lines wholly: they are open again, with a word why."""
    loose = sorted(set(entry_ids))
    Match.objects.filter(entry_id__in=loose).delete()
    BankEntry.objects.filter(pk__in=loose).update(matched=False, note=note[:120])
    return loose


@transaction.atomic
def voucher_reversed(*, actor: Actor, voucher: Any) -> list[int]:
    """A voucher that was matched has been reversed: its bank lines come loose and say why (冲销后解开核对). Returns the lines."""
    held = list(Match.objects.filter(voucher=voucher).values_list("entry_id", flat=True))
    if not held:
        return []
    union = voucher.book.union
    lock(union)
    loose = _loosen(held, f"原来核对的{voucher}已冲销，请重新核对")
    audit.record(actor, "treasury.match.undone", voucher, org_path=union.path, vouchers=[voucher.pk], entries=loose, why="冲销")
    return loose


# -- reconciliation ----------------------------------------------------------------------------------------------------


@transaction.atomic
def reconciliation_make(*, actor: Actor, account: Any, on: date) -> Reconciliation:
    """Freeze the reconciliation of a day (编制余额调节表)."""
    actor.require(Perm.BANK_EDIT, account.union)
    if on > clock.today():
        raise BadInput("treasury.reconcile_day", "截止日不能晚于今天。")
    now = reads.adjustment(account, on)
    plain = {
        "bank_in": [[e.on.isoformat(), e.payee or e.words, e.amount_fen] for e in now.bank_in],
        "bank_out": [[e.on.isoformat(), e.payee or e.words, e.amount_fen] for e in now.bank_out],
        "book_in": [[s.on.isoformat(), s.words, s.fen] for s in now.book_in],
        "book_out": [[s.on.isoformat(), s.words, s.fen] for s in now.book_out],
    }
    made = Reconciliation.objects.create(
        account=account, on=on, book_fen=now.book, bank_fen=now.bank, rows=plain, adjusted_book_fen=now.adjusted_book, adjusted_bank_fen=now.adjusted_bank,
        maker_id=actor.user_id, maker_ref=actor.ref, at=clock.now(),
    )  # fmt: skip
    audit.record(actor, "treasury.reconciliation.made", made, org_path=account.union.path, on=on, balanced=made.balanced)
    return made


@transaction.atomic
def reconciliation_check(*, actor: Actor, row: Reconciliation) -> Reconciliation:
    """Another person of the union looks it over (复核). Raises RuleViolation treasury.reconcile_self, treasury.unbalanced."""
    union = row.account.union
    require_own(actor, union, Perm.PAYMENT_CHECK)
    if me(actor).meets(hands_of([(row.maker_id, None)])):
        raise RuleViolation("treasury.reconcile_self", "编制人不能复核自己的调节表，请由另一个人复核。")
    if not row.balanced:
        raise RuleViolation(
            "treasury.unbalanced", f"调节后两边相差 {money.show(abs(row.adjusted_book_fen - row.adjusted_bank_fen))}，查清再复核。"
        )
    if not Reconciliation.objects.filter(pk=row.pk, checked_at=None).update(checker_id=actor.user_id, checked_at=clock.now()):
        raise Conflict("treasury.checked", "这份调节表已经复核过。")
    row.refresh_from_db()
    audit.record(actor, "treasury.reconciliation.checked", row, org_path=union.path)
    return row
