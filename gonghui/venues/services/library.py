"""The library desk (书屋借还). Source: S176; policy venues.loan_days, venues.loan_renewals, venues.loan_most, venues.remind_gap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotPermitted, RuleViolation
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.venues.enums import CopyState, Perm, VenueKind, VenueState
from gonghui.venues.models import Book, Copy, Loan, Purchase, Venue
from gonghui.venues.selectors import common
from gonghui.venues.selectors import library as reads

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

HOLDS_BOOKS = (VenueKind.LIBRARY, VenueKind.HOME)
MOST_COPIES = 5000


@transaction.atomic
def stock_in(*, actor: Actor, venue: Venue, on: date, amount_fen: int, source: str, titles: Iterable[Sequence[object]]) -> Purchase:
    """A batch of books comes in (图书入库): (title, author, shelf, copies) a line; every copy gets a number."""
    actor.require(Perm.LIBRARY_RUN, venue.union)
    rows = [(str(t).strip()[:100], str(a).strip()[:60], str(s).strip()[:30], int(str(n))) for t, a, s, n in titles]
    whole = sum(r[3] for r in rows)
    if venue.kind not in HOLDS_BOOKS or venue.state == VenueState.CLOSED:
        raise RuleViolation("venues.no_library", "职工书屋和职工之家才能登记图书。")
    if (
        not rows
        or any(not r[0] or r[3] < 1 for r in rows)
        or whole > MOST_COPIES
        or amount_fen < 0
        or on > clock.today()
        or not source.strip()
    ):
        raise BadInput("venues.stock", f"每行写书名和册数，一批最多 {MOST_COPIES} 册；到书日期不能晚于今天；写明来源。")
    Venue.objects.select_for_update().get(pk=venue.pk)
    made = Purchase.objects.create(venue=venue, on=on, amount_fen=amount_fen, copies=whole, source=source.strip()[:80], actor=actor.ref)
    first, copies = Copy.objects.filter(book__venue=venue).count() + 1, []
    for title, author, shelf, n in rows:
        book, _new = Book.objects.get_or_create(venue=venue, title=title, author=author, defaults={"shelf": shelf})
        copies += [Copy(book=book, purchase=made) for _ in range(n)]
    for i, copy in enumerate(copies):
        copy.number = f"S{venue.pk}-{first + i:05d}"
    Copy.objects.bulk_create(copies)
    audit.record(actor, "venues.purchase.recorded", made, org_path=venue.union.path, copies=whole, amount=amount_fen)
    return made


@transaction.atomic
def lend(*, actor: Actor, venue: Venue, number: str, person_id: int) -> Loan:
    """Lend a copy (借出).

    Raises: BadInput venues.no_copy; Conflict venues.lent; RuleViolation venues.loan_most, venues.loan_overdue.
    """
    actor.require(Perm.LIBRARY_RUN, venue.union)
    Venue.objects.select_for_update().get(pk=venue.pk)
    copy = Copy.objects.filter(book__venue=venue, number=number.strip()).select_related("book").first()
    if copy is None:
        raise BadInput("venues.no_copy", f"本书屋没有册号 {number.strip()[:24]}。请核对书上的册号。")
    if venue.state != VenueState.OPEN:
        raise Conflict("venues.not_open", "书屋没有正常开放，不能借出；还书照常。")
    held = Loan.objects.filter(person=person_id, ended_on=None)
    most, today = common.number("venues.loan_most"), clock.today()
    if held.count() >= most:
        raise RuleViolation("venues.loan_most", f"手上已有 {most} 册没有还，还一册才能再借。", most=most)
    if held.filter(due_on__lt=today).exists():
        raise RuleViolation("venues.loan_overdue", "手上有超期的书，先还了才能再借。")
    if not Copy.objects.filter(pk=copy.pk, state=CopyState.IN).update(state=CopyState.LENT):
        raise Conflict("venues.lent", f"《{copy.book.title}》这一册（{copy.number}）不在架。请核对册号。")
    try:
        with transaction.atomic():
            made = Loan.objects.create(
                copy=copy, person_id=person_id, lent_on=today, due_on=today + timedelta(days=common.number("venues.loan_days"))
            )
    except IntegrityError:
        raise Conflict("venues.lent", f"《{copy.book.title}》这一册（{copy.number}）不在架。请核对册号。") from None
    audit.record(actor, "venues.loan.lent", made, org_path=venue.union.path, copy=copy.number)
    return made


@transaction.atomic
def give_back(*, actor: Actor, loan: Loan, lost: bool = False) -> Loan:
    """The book is back, or lost (还书、报失)."""
    venue = loan.copy.book.venue
    actor.require(Perm.LIBRARY_RUN, venue.union)
    if not Loan.objects.filter(pk=loan.pk, ended_on=None).update(ended_on=clock.today(), lost=lost):
        raise Conflict("venues.returned", "这一册已经还过了。")
    Copy.objects.filter(pk=loan.copy_id, state=CopyState.LENT).update(state=CopyState.LOST if lost else CopyState.IN)
    loan.refresh_from_db()
    audit.record(actor, "venues.loan.lost" if lost else "venues.loan.returned", loan, org_path=venue.union.path)
    return loan


@transaction.atomic
def renew(*, actor: Actor, loan: Loan) -> Loan:
    """Keep it longer (续借): by the reader or the desk, before it is overdue, a limited number of times."""
    venue = loan.copy.book.venue
    if actor.person_id is None or actor.person_id != loan.person_id:
        if not actor.is_officer and not actor.is_system:
            raise NotPermitted("venues.not_mine", "只能续借自己手上的书。")
        actor.require(Perm.LIBRARY_RUN, venue.union)
    most, today = common.number("venues.loan_renewals"), clock.today()
    if loan.due_on < today:
        raise RuleViolation("venues.loan_overdue", "这本书已经超期，先还了再借。")
    due = today + timedelta(days=common.number("venues.loan_days"))
    moved = Loan.objects.filter(pk=loan.pk, ended_on=None, renewals=loan.renewals, renewals__lt=most).update(
        renewals=loan.renewals + 1, due_on=due
    )
    if not moved:
        loan.refresh_from_db()
        if loan.ended_on is not None:
            raise Conflict("venues.returned", "这一册已经还了。")
        raise RuleViolation("venues.loan_renewals", f"最多续借 {most} 次，这一册已经续过了。", most=most)
    loan.refresh_from_db()
    audit.record(actor, "venues.loan.renewed", loan, org_path=venue.union.path, due=due)
    return loan


@transaction.atomic
def remind(*, actor: Actor, rows: QuerySet[Loan]) -> int:
    """Ask overdue books back (催还), each reader once in the interval."""
    count = 0
    for loan in reads.to_remind(rows.filter(ended_on=None, due_on__lt=clock.today()))[:500]:
        venue = loan.copy.book.venue
        actor.require(Perm.LIBRARY_RUN, venue.union)
        moved = Loan.objects.filter(pk=loan.pk, ended_on=None, reminded_on=loan.reminded_on).update(reminded_on=clock.today())
        if not moved:
            continue
        days = (clock.today() - loan.due_on).days
        body = f"应在 {loan.due_on:%Y年%m月%d日} 前归还，已超 {days} 天。请尽快还到{venue.name}，电话 {venue.phone}。"
        notices.notice_send(
            actor,
            kind=NoticeKind.REMINDER,
            title=f"请归还《{loan.copy.book.title}》"[:80],
            body=body,
            link="/m/venues/mine/",
            persons=[loan.person_id],
        )
        audit.record(actor, "venues.loan.reminded", loan, org_path=venue.union.path)
        count += 1
    return count
