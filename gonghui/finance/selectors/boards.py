"""Overviews (总览): books below me with exceptions first, the account register."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from gonghui.core import clock
from gonghui.finance import hooks
from gonghui.finance.enums import OverrideState, PeriodState, Stream, VoucherState
from gonghui.finance.models import Balance, Book, Override, Period, Voucher
from gonghui.finance.rules.charts import chart
from gonghui.finance.rules.digest import month_of
from gonghui.finance.selectors.books import books
from gonghui.orgs.selectors import unions
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABS = {"alert": "有例外", "short": "账上钱为负", "late": "没按月结账", "waiting": "有凭证待办", "idle": "三个月没记账"}
TONES = {"alert": "bad", "short": "bad", "late": "warn", "waiting": "info", "idle": "warn"}
LATE_MONTHS = 2
"""A month not closed when the second one after it has begun is shown as late; a default of the platform, it only warns."""


def _marked(rows: QuerySet[Book], day: date) -> QuerySet[Book]:
    """Each book with what is unusual about it."""
    due = month_of(clock.add_months(day.replace(day=1), -LATE_MONTHS))
    idle = clock.add_months(day, -3)
    live = Voucher.objects.filter(book=OuterRef("pk"))
    cells = Balance.objects.filter(book=OuterRef("pk"), month__lte=month_of(day)).order_by()
    return rows.annotate(
        spent_fen=_sum(cells.filter(account__startswith="5", month__gte=day.year * 100 + 1, stream=Stream.NORMAL)),
        held_fen=_sum(cells.filter(account__in=["101", "102"], month__gte=month_of(chart(day).since))),
    ).annotate(
        short=Q(held_fen__lt=0),
        **{m.key: m.fn(day) for m in hooks.marks()},
        alert=Exists(Override.objects.filter(voucher__book=OuterRef("pk"), state__in=[OverrideState.ASKED, OverrideState.GRANTED])),
        late=Exists(Period.objects.filter(book=OuterRef("pk"), state=PeriodState.OPEN, month__lte=due, last_number__gt=0)),
        waiting=Exists(live.filter(state__in=[VoucherState.DRAFT, VoucherState.CHECKED])),
        idle=~Exists(live.filter(state=VoucherState.POSTED, on__gt=idle, on__lte=day)) & Q(since__lte=idle),
    )


def _sum(cells: QuerySet[Balance]) -> Any:
    """Debit less credit of these cells, for each book."""
    return Coalesce(Subquery(cells.values("book").annotate(n=Sum(F("debit_fen") - F("credit_fen"))).values("n")), 0)


def tabs() -> dict[str, tuple[str, str]]:
    """Everything unusual a book can have: label and tone, the books' own and what the apps above add."""
    own = {key: (label, TONES[key]) for key, label in TABS.items()}
    return {**{k: v for k, v in own.items() if v[1] == "bad"}, **{m.key: (m.label, m.tone) for m in hooks.marks()}, **own}


def exceptions_first(rows: QuerySet[Book], day: date) -> QuerySet[Book]:
    """Books with something wrong, then those with something late, the rest by place."""
    weight = Case(
        *(When(**{key: True, "then": Value(0)}) for key, (_label, tone) in tabs().items() if tone == "bad"),
        *(When(**{key: True, "then": Value(1)}) for key, (_label, tone) in tabs().items() if tone == "warn"),
        default=Value(2),
        output_field=IntegerField(),
    )
    return _marked(rows, day).annotate(weight=weight).order_by("weight", "union__path")


def tab(rows: QuerySet[Book], key: str) -> QuerySet[Book]:
    return rows.filter(**{key: True})


def tab_counts(rows: QuerySet[Book], day: date) -> dict[str, int]:
    """How many books under each tab, in one statement."""
    marked = _marked(rows.order_by(), day)
    found = marked.aggregate(all=Count("pk"), **{f"{key}_n": Count("pk", filter=Q(**{key: True})) for key in tabs()})
    return {"": found["all"], **{key: found[f"{key}_n"] for key in tabs()}}


@dataclass(frozen=True)
class Line:
    """One book on the board."""

    book: Any
    money: int
    income: int
    expense: int
    closed: int | None

    @property
    def marks(self) -> list[tuple[str, str]]:
        """What is unusual about it: words and tone."""
        return [found for key, found in tabs().items() if getattr(self.book, key, False)]

    @property
    def closed_words(self) -> str:
        return f"结到 {self.closed // 100}年{self.closed % 100}月" if self.closed else "没有结过账"


def lines(rows: Iterable[Book], day: date) -> list[Line]:
    """Money, income and spending of the books on this page, three statements for all."""
    rows = list(rows)
    pks, until = [b.pk for b in rows], month_of(day)
    first = day.year * 100 + 1
    cells = Balance.objects.filter(book__in=pks, month__lte=until).order_by()
    start = 202201 if until >= 202201 else 0
    money = dict(
        cells.filter(account__in=["101", "102"], month__gte=start).values_list("book").annotate(n=Sum(F("debit_fen") - F("credit_fen")))
    )
    flows = cells.filter(month__gte=first, stream="n").values_list("book").annotate(
        inc=Coalesce(Sum(F("credit_fen") - F("debit_fen"), filter=Q(account__startswith="4")), 0),
        out=Coalesce(Sum(F("debit_fen") - F("credit_fen"), filter=Q(account__startswith="5")), 0),
    )  # fmt: skip
    moved = {book: (inc, out) for book, inc, out in flows}
    closed = dict(Period.objects.filter(book__in=pks, state=PeriodState.CLOSED).order_by().values_list("book").annotate(m=Max("month")))
    return [Line(b, int(money.get(b.pk) or 0), *moved.get(b.pk, (0, 0)), closed.get(b.pk)) for b in rows]


def own_book(actor: Actor) -> Book | None:
    """The book of the union the actor sits in."""
    return books(actor).filter(union__path=actor.home).first() if actor.home else None


def months_of(book: Book) -> list[int]:
    """Months that have vouchers, newest first."""
    return list(Period.objects.filter(book=book).order_by("-month").values_list("month", flat=True)[:60])


def summary(book: Book) -> Line:
    """The head of a book's page."""
    return lines([book], clock.today())[0]


@dataclass(frozen=True)
class Register:
    """The account register of a scope."""

    rows: QuerySet[Any]
    tabs: list[tuple[str, str, int]]
    slip: dict[str, Any]
    townships: int
    certified: int
    opened: int


def account_register(actor: Actor, state: str = "", words: str = "") -> Register:
    """Unions with certificate and account (工会账户登记). Source: policy finance.independent_account (R010, S210)."""
    rows = unions.union_visible(actor).filter(ended_on=None).exclude(kind__in=["workshop", "sub_branch", "organiser", "pool"])
    if words:
        rows = rows.filter(name__icontains=words)
    today = clock.today()
    certificates = rows.model._meta.get_field("certificates").related_model._default_manager
    held = certificates.filter(union=OuterRef("pk"), cancelled_on=None, valid_until__gte=today).order_by("-issued_on")
    opened = rows.model._meta.get_field("accounts").related_model._default_manager.filter(union=OuterRef("pk"), until=None)
    rows = rows.annotate(
        certificate=Subquery(held.values("number")[:1]), certified=Exists(held), opened=Exists(opened), bank=Subquery(opened.values("bank")[:1]),
        account=Subquery(opened.values("number_mask")[:1]), booked=Exists(Book.objects.filter(union=OuterRef("pk"), kind="real", closed_on=None)),
    )  # fmt: skip
    found = rows.order_by().aggregate(
        n=Count("pk"), none=Count("pk", filter=Q(opened=False)), bare=Count("pk", filter=Q(opened=True, certified=False)),
        unbooked=Count("pk", filter=Q(booked=False)),
        towns=Count("pk", filter=Q(kind__startswith="township")), certified_n=Count("pk", filter=Q(kind__startswith="township", certified=True)),
        opened_n=Count("pk", filter=Q(kind__startswith="township", opened=True)),
    )  # fmt: skip
    facts = {"townships": found["towns"], "certified": found["certified_n"], "accounts": found["opened_n"]}
    slip = policy.decide("finance.independent_account", on=today, facts=facts).as_slip() if found["towns"] else {}
    chosen = {"none": Q(opened=False), "bare": Q(opened=True, certified=False), "unbooked": Q(booked=False)}.get(state, Q())
    tabs = [
        ("", "全部", found["n"]),
        ("none", "没有账户", found["none"]),
        ("bare", "有账户没有法人资格证", found["bare"]),
        ("unbooked", "没有建账", found["unbooked"]),
    ]
    ordered = rows.filter(chosen).order_by("opened", "path")
    return Register(ordered, tabs, slip, found["towns"], found["certified_n"], found["opened_n"])
