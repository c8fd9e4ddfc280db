"""Vouchers the actor may see, what waits for whom (凭证、待办)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from gonghui.accounts import permissions
from gonghui.accounts import selectors as accounts
from gonghui.accounts.actor import any_of
from gonghui.approvals.kinds import Item, Source
from gonghui.core import money
from gonghui.core.errors import NotFound
from gonghui.finance.enums import BookKind, OverrideState, Perm, VoucherState
from gonghui.finance.models import Book, Override, Posting, Voucher, VoucherFile
from gonghui.finance.selectors.books import scope

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 100


def voucher_get(*, actor: Actor, pk: int) -> Voucher:
    """One voucher with its book, or 404."""
    rows = Voucher.objects.filter(scope(actor, prefix="book__")).select_related("book__union", "book__agent", "period", "reverses")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def vouchers(book: Book, data: Mapping[str, Any] | None = None) -> QuerySet[Voucher]:
    """A book's vouchers by the filters of the page. The book has been fetched through the actor's scope."""
    data = data or {}
    rows = Voucher.objects.filter(book=book).select_related("period", "reverses")
    if words := str(data.get("q") or "").strip():
        rows = rows.filter(Q(words__icontains=words) | _number_or_amount(words))
    if month := data.get("month"):
        rows = rows.filter(on__year=int(month) // 100, on__month=int(month) % 100)
    if account := data.get("account"):
        rows = rows.filter(pk__in=Posting.objects.filter(book=book, account__startswith=account).values("voucher_id"))
    if event := data.get("event"):
        rows = rows.filter(event=event)
    if data.get("least") is not None:
        rows = rows.filter(total_fen__gte=data["least"])
    return rows.order_by("-on", "-number", "-pk")


def often(book: Book, on: date, most: int = 6) -> list[str]:
    """Events this book has booked most within a year (常用事项)."""
    rows = Voucher.objects.filter(book=book, on__gt=on - timedelta(days=366)).exclude(event="").exclude(state=VoucherState.DROPPED)
    return list(rows.order_by().values_list("event").annotate(n=Count("pk")).order_by("-n", "event").values_list("event", flat=True)[:most])


def of_month(book: Book, month: int) -> QuerySet[Voucher]:
    """Posted vouchers of a month in the order of their numbers, with lines and the number of attachments, for binding (装订)."""
    rows = Voucher.objects.filter(book=book, period__month=month, state=VoucherState.POSTED).select_related("period", "book__union")
    return rows.annotate(papers=Count("files", distinct=True)).prefetch_related("postings").order_by("number")


def _number_or_amount(words: str) -> Q:
    """A number is the number of a voucher or its amount in yuan."""
    found = Q(number=int(words)) if words.isascii() and words.isdigit() and len(words) < 9 else Q(pk__in=[])
    try:
        return found | Q(total_fen=money.parse(words))
    except ValueError:
        return found


def posted(pks: Iterable[int]) -> QuerySet[Voucher]:
    """Of these the posted ones that were not reversed, for apps that made them (已记账、没有冲销)."""
    rows = Voucher.objects.filter(pk__in=list(pks), state=VoucherState.POSTED, reversal=None)
    return rows.select_related("book__union", "book__agent").order_by("pk")


def states(rows: QuerySet[Voucher]) -> dict[str, int]:
    """How many in each state; `findings` those with something to look at."""
    counts = dict.fromkeys(VoucherState.values, 0)
    counts.update(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return counts


def own_scope(actor: Actor, perm: str, prefix: str = "") -> Q:
    """Books where the actor's own hand counts: grants at the union itself or at its agent."""
    if actor.is_system:
        return Q()
    paths = {s.path for s in actor.scopes if str(perm) in permissions.of_role(s.role)}
    return any_of([Q(**{f"{prefix}union__path__in": paths}), Q(**{f"{prefix}agent__path__in": paths})] if paths else [])


def waiting(actor: Actor) -> QuerySet[Voucher]:
    """Drafts to check and checked ones to post by this actor; never the actor's own work."""
    live = Voucher.objects.filter(book__kind=BookKind.REAL, book__closed_on=None)
    me = Q(maker_id=actor.user_id)
    checked = Q(checker_id=actor.user_id)
    if actor.person_id is not None:
        me |= Q(maker_person_id=actor.person_id)
        checked |= Q(checker_person_id=actor.person_id)
    to_check = own_scope(actor, Perm.VOUCHER_CHECK, "book__") & Q(state=VoucherState.DRAFT, note="") & ~me
    to_post = own_scope(actor, Perm.VOUCHER_POST, "book__") & Q(state=VoucherState.CHECKED) & ~me & ~checked
    return live.filter(to_check | to_post).select_related("book__union").order_by("on", "pk")


def waiting_count(actor: Actor) -> QuerySet[Voucher]:
    """For the menu's badge."""
    return waiting(actor)


def overrides_waiting(actor: Actor) -> QuerySet[Override]:
    """Exceptions this actor may decide."""
    rows = Override.objects.filter(own_scope(actor, Perm.FINDING_OVERRIDE, "voucher__book__"), state=OverrideState.ASKED)
    return rows.exclude(asker_id=actor.user_id).select_related("voucher__book__union").order_by("pk")


def returned(actor: Actor) -> QuerySet[Voucher]:
    """Mine that came back."""
    rows = Voucher.objects.filter(state=VoucherState.DRAFT, maker_id=actor.user_id, book__kind=BookKind.REAL).exclude(note="")
    return rows.select_related("book__union").order_by("pk")


def inbox(actor: Actor) -> Iterator[Source]:
    """Vouchers and exceptions that wait for me (待办)."""
    if actor.user_id is None or not actor.may(Perm.BOOK_VIEW):
        return
    yield Source(waiting(actor), _item, MOST)
    if actor.may(Perm.VOUCHER_MAKE):
        yield Source(returned(actor), _back, MOST)
    if actor.may(Perm.FINDING_OVERRIDE):
        yield Source(overrides_waiting(actor), _exception, MOST)


def _back(v: Voucher) -> Item:
    return Item(f"finance.returned:{v.pk}", "finance.voucher", "凭证退回", f"{v.words}：{v.note}", _url(v), org=v.book.union.name)


def _exception(o: Override) -> Item:
    title, org = f"{o.voucher.words}：{o.text}", o.voucher.book.union.name
    return Item(f"finance.override:{o.pk}", "finance.override", "例外批准", title, _url(o.voucher), org=org)


def _item(v: Voucher) -> Item:
    label = "凭证审核" if v.state == VoucherState.DRAFT else "凭证记账"
    return Item(f"finance.voucher:{v.pk}", "finance.voucher", label, v.words, _url(v), org=v.book.union.name, since=v.created_at)


def _url(v: Voucher) -> str:
    return reverse("finance:voucher", args=[v.pk])


def names(rows: Iterable[Voucher]) -> dict[str, str]:
    """Names behind the references of makers, checkers and posters."""
    refs = {ref for v in rows for ref in (v.maker_ref, v.checker_ref, v.poster_ref) if ref}
    return accounts.names_of(refs)


def overrides_of(voucher: Voucher) -> dict[str, Override]:
    """The latest exception for each finding."""
    return {o.key: o for o in Override.objects.filter(voucher=voucher).order_by("pk")}


def overrides(actor: Actor, state: str = "") -> QuerySet[Override]:
    """All exceptions in the actor's scope (例外清单), newest first; the audit committee's list is built on this."""
    rows = Override.objects.filter(scope(actor, prefix="voucher__book__"))
    if state:
        rows = rows.filter(state=state)
    return rows.select_related("voucher__book__union").order_by("-pk")


def papers(actor: Actor) -> QuerySet[VoucherFile]:
    """Attachments of vouchers the actor may see."""
    return VoucherFile.objects.filter(scope(actor, prefix="voucher__book__")).select_related("file")
