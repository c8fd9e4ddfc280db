"""What both imports of the books share (导入公用): who acts on which book, drafts written and taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.db.models import Q
from django.urls import reverse

from gonghui.accounts import selectors as people
from gonghui.accounts.actor import Actor
from gonghui.core import money
from gonghui.core.errors import BadInput, NotPermitted, RuleViolation
from gonghui.files.imports.protocol import CREATED, REJECTED, Context, Handler, Plan, Problem, Tell
from gonghui.files.imports.reading import ROW
from gonghui.finance import services
from gonghui.finance.enums import BookKind, Perm, VoucherState
from gonghui.finance.imports import accounts
from gonghui.finance.models import Book, Voucher
from gonghui.finance.rules.charts import Chart
from gonghui.finance.rules.lines import Line
from gonghui.finance.selectors.vouchers import own_scope
from gonghui.finance.services import duties

MOST_NAMED = 5
MOST_NOTES = 12
CAUSES = {
    "account": "科目", "amount": "金额", "uneven": "借贷不平", "number": "凭证号", "when": "日期", "taken": "已经导入过", "have": "已有期初",
    "total": "合计行", "double": "表内重复", "event": "事项", "voucher": "整张凭证", "sibling": "同一张凭证", "words": "摘要",
}  # fmt: skip


@dataclass
class State:
    """What `write` does."""

    book: Book | None = None
    makings: list[services.Bring] = field(default_factory=list)


def acting(actor: Actor) -> Actor:
    """The person who acts (经办的人). A job works as the system for somebody; makers must be persons, else three duties mean nothing.

    Raises NotPermitted finance.import_actor when that person may no longer act.
    """
    kind, _, number = actor.ref.partition(":")
    if not actor.is_system or kind != "user":
        return actor
    found = people.actor_by_id(int(number)) if number.isdigit() else None
    if found is None:
        raise NotPermitted("finance.import_actor", "上传人的账号已停用，不能由他制单。请由在岗的会计重新上传。")
    return found


def book_at(org_path: str) -> Book | None:
    """The open real book of the union at a path."""
    found = Book.objects.filter(union__path=org_path, kind=BookKind.REAL, closed_on=None) if org_path else Book.objects.none()
    return found.select_related("union", "agent").first()


def wanted(org_path: str) -> Book:
    """As `book_at`. Raises BadInput finance.no_book."""
    book = book_at(org_path)
    if book is None:
        raise BadInput("finance.no_book", "这里没有正在用的账套。请在“导入到”里选一个已经建账的工会，或先建账。")
    return book


class BookHandler(Handler):
    """An import into one book: only where the actor's own hand may make vouchers, as own accountant or as agent (制单权)."""

    perm = Perm.VOUCHER_MAKE
    causes = CAUSES
    together = True
    undoing = ("这一批做的草稿凭证会作废，不占凭证号。", "已经审核或记账的不能撤销，会告诉您是哪几张。", "审计记录保留。")

    def require(self, actor: Actor, org_path: str) -> None:
        who = acting(actor)
        book = book_at(org_path)
        if book is None:
            who.require(self.perm, org_path)
            wanted(org_path)
        else:
            duties.hand(who, Perm.VOUCHER_MAKE, book)

    def visible(self, actor: Actor) -> Q:
        mine = Book.objects.filter(own_scope(actor, Perm.VOUCHER_MAKE), kind=BookKind.REAL, closed_on=None)
        return super().visible(actor) | Q(org_path__in=mine.values("union__path"))

    def targets(self, actor: Actor) -> list[tuple[str, str]]:
        rows = Book.objects.filter(own_scope(actor, Perm.VOUCHER_MAKE), kind=BookKind.REAL, closed_on=None).order_by("union__path")
        return [(str(path), str(name)) for path, name in rows.values_list("union__path", "union__name")]

    def onward(self, actor: Actor, org_path: str) -> tuple[str, str] | None:
        book = book_at(org_path)
        return ("看导入的凭证", f"{reverse('finance:book', args=[book.pk])}?state={VoucherState.DRAFT}") if book is not None else None

    def write(self, plan: Plan, context: Context, tell: Tell) -> dict[str, Any]:
        state: State = plan.state
        if state.book is None or not state.makings:
            return {"vouchers": []}
        tell(0, len(state.makings), f"正在做 {len(state.makings):,} 张凭证")
        made = services.vouchers_draft(actor=acting(context.actor), book=state.book, items=state.makings)
        return {"vouchers": [row.pk for row in made]}

    def undo(self, kept: dict[str, Any], context: Context) -> None:
        who, pks = acting(context.actor), list(kept.get("vouchers") or [])
        rows = [v for at in range(0, len(pks), 500) for v in _rows(pks[at : at + 500])]
        busy = [v for v in rows if v.state not in (VoucherState.DRAFT, VoucherState.DROPPED)]
        if busy:
            names = "、".join(f"{said_number(v)} {v.words}（{v.get_state_display()}）" for v in busy[:MOST_NAMED])
            more = f"等 {len(busy)} 张" if len(busy) > MOST_NAMED else ""
            raise RuleViolation(
                "imports.undo_blocked",
                f"{names}{more}已经审核或记账，不能撤销。请先退回待记账的；已记账的请冲销。",
                vouchers=[v.pk for v in busy[:20]],
            )
        left = [v for v in rows if v.state == VoucherState.DRAFT]
        if left:
            services.vouchers_drop(actor=who, book=left[0].book, vouchers=left, reason="撤销导入")


def _rows(pks: list[int]) -> list[Voucher]:
    return list(Voucher.objects.filter(pk__in=pks).select_related("book__union", "book__agent").order_by("on", "pk"))


def said_number(voucher: Voucher) -> str:
    """The number the other program gave it, with its day."""
    return f"{voucher.on:%Y-%m-%d} {(voucher.facts or {}).get('import_number') or ''}".strip()


class Judge:
    """Collects verdicts and problems of rows (记录结论)."""

    def __init__(self) -> None:
        self.verdicts: list[tuple[int, str]] = []
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.understood: Counter[str] = Counter()

    def good(self, rows: Sequence[int], verdict: str = CREATED) -> None:
        self.verdicts += [(r, verdict) for r in rows]

    def left(self, rows: Sequence[int]) -> None:
        """Left out without a question."""
        self.verdicts += [(r, REJECTED) for r in rows]

    def bad(self, rows: Sequence[int], faults: Sequence[Problem], sibling: str) -> None:
        """Rows that come together: those at fault say why, the others wait for them."""
        said = {p.row for p in faults}
        self.problems += faults
        self.problems += [Problem(r, "", "sibling", sibling) for r in rows if r not in said]
        self.left(rows)

    def plan(self, state: State) -> Plan:
        notes = [f"{text}（{n} 行）。" for text, n in self.understood.most_common(MOST_NOTES)]
        if len(self.understood) > MOST_NOTES:
            notes.append(f"另有 {len(self.understood) - MOST_NOTES} 种科目写法也按同样办法认出。")
        frame = pl.DataFrame(self.verdicts, schema={ROW: pl.UInt32, "verdict": pl.String}, orient="row")
        return Plan(frame, self.problems, state, [*self.notes, *notes])


class Accounts:
    """Accounts of the rows of one table (认科目): what was chosen for one row, or for all written so, wins."""

    def __init__(self, level: str, choices: dict[int, str], pairs: dict[int, tuple[str, str]]) -> None:
        self.level, self.choices, self.pairs = level, choices, pairs
        self.count = Counter(pairs.values())
        self.all = {pairs[r]: c[1:] for r, c in sorted(choices.items()) if c.startswith(accounts.ALL) and r in pairs}
        self._known: dict[tuple[str, tuple[str, str]], accounts.Found] = {}

    def find(self, row: int, table: Chart) -> accounts.Found:
        """The account of a row."""
        pair = self.pairs[row]
        own = self.choices.get(row, "")
        chosen = own if own and not own.startswith(accounts.ALL) else self.all.get(pair, "")
        if chosen in table.accounts and not table.accounts[chosen].details:
            return accounts.Found(chosen)
        key = (table.key, pair)
        if key not in self._known:
            self._known[key] = accounts.match(*pair, table, self.level)
        return self._known[key]

    def problem(self, row: int, found: accounts.Found, table: Chart) -> Problem:
        """The question to the reader."""
        column = "code" if self.pairs[row][0] or not self.pairs[row][1] else "account"
        choices = accounts.offered(found, table, many=self.count[self.pairs[row]] > 1)
        return Problem(row, column, "account", found.fault, choices=choices)


def same(voucher: Voucher, lines: Sequence[Line]) -> bool:
    """Does a voucher hold just these lines?"""
    return voucher.lines == list(lines)


def detail(given: str | None, found: accounts.Found) -> str:
    """往来或明细 of a line: what its column says and what the other program kept below our account."""
    parts = [p for p in (found.detail, given or "") if p]
    return (parts[0] if len(set(parts)) == 1 else "／".join(parts))[:60] if parts else ""


def sums(lines: Sequence[Line]) -> tuple[int, int]:
    """Both sides in fen."""
    return sum(x.debit for x in lines), sum(x.credit for x in lines)


def uneven(head: str, debit: int, credit: int) -> str:
    """Both sums and the difference."""
    return f"{head}借方合计 {money.show(debit)}，贷方合计 {money.show(credit)}，相差 {money.show(abs(debit - credit))}。请改到相等。"
