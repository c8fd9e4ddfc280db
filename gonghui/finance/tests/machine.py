"""A machine over two books: people make, change, check, post, reverse, close and reopen; `oracle` foretells each act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, ClassVar

from django.apps import apps
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.core.errors import Refusal
from gonghui.finance import services, verify
from gonghui.finance.models import Balance, Period, Posting, Voucher, VoucherFile
from gonghui.finance.selectors import ledger, statements
from gonghui.finance.tests.lives import SPAN, World, books, days, entries, events, hands, lines, makers, shapes, sources, which
from gonghui.finance.tests.oracle import CHECK, CLOSE, HANDS, MAKE, POST, REVERSE, Oracle, Sheet, closing, months, transition

KEPT = ((Voucher, "book"), (Posting, "book"), (Period, "book"), (Balance, "book"), (VoucherFile, "voucher__book"))


class Books(RuleBasedStateMachine):
    """Every act is foretold by the oracle: it goes through, or it is refused and leaves everything as it was."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        since = self.world.since
        self.o = Oracle(since, since + timedelta(days=75))
        self.pks = [b.pk for b in self.world.books]

    def teardown(self) -> None:
        try:
            for book in (0, 1):
                self.reports(book, (self.o.today - self.o.since).days)
            assert [f for _id, _title, look in verify.CHECKS for f in look()] == []
        finally:
            self.leave()

    def leave(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # -- helpers

    def act(self, against: str, do: Callable[[], Any]) -> Any:
        """Do it; the oracle has said what speaks against it."""
        before = self.photo() if against else None
        try:
            with clock.at(self.o.today):
                done = do()
        except Refusal as refusal:
            assert against, f"refused without a reason: {refusal.code} {refusal.message}"
            assert self.photo() == before, f"{refusal.code} left something behind"
            return None
        assert not against, f"went through although: {against}"
        return done

    def photo(self) -> list[Any]:
        rows = [list(m._base_manager.filter(**{f"{path}__in": self.pks}).order_by("pk").values_list()) for m, path in KEPT]
        return [*rows, apps.get_model("core.AuditEntry")._base_manager.count()]

    def who(self, name: str, act: str) -> tuple[Actor, dict[str, Any], str]:
        """The actor, for whom he acts, and the name by which the oracle knows him in this; only checks and postings go by delegation."""
        if name == "helper_for_chair" and act in {CHECK, POST}:
            return self.world.actors[name], {"on_behalf": self.world.chair}, name
        name = "helper" if name == "helper_for_chair" else name
        return self.world.actors[name], {}, name

    def pick(self, n: int, *states: str) -> Sheet | None:
        """One of those in the right state, now and then any; none when there is none."""
        rows = list(self.o.sheets.values())
        fit = [s for s in rows if s.state in states] if n % 6 else []
        return (fit or rows)[n % len(fit or rows)] if rows else None

    def row(self, sheet: Sheet) -> Voucher:
        return Voucher.objects.select_related("book__union", "book__agent").get(pk=sheet.pk)

    def taken(self, book: int, source: str, event: str) -> Sheet | None:
        return next(iter(self.o.living(book=book, source=source, event=event)), None) if source else None

    def keep(self, made: Voucher, **given: Any) -> Sheet:
        rows = [(x.account, x.debit, x.credit, x.project) for x in made.lines]
        self.o.sheets[made.pk] = Sheet(made.pk, self.pks.index(made.book_id), "draft", made.kind, made.on, made.words, rows, **given)
        return self.o.sheets[made.pk]

    # -- what people do

    @initialize(lived=st.lists(st.tuples(books, shapes, st.integers(0, 70)), min_size=3, max_size=3))
    def begin(self, lived: list[Any]) -> None:
        """Life has gone on for a while."""
        for book, shape, day in lived:
            self.all_the_way(book=book, shape=shape, day=day, source="")

    @rule(k=st.integers(1, 40))
    def time_passes(self, k: int) -> None:
        self.o.today = min(self.o.today + timedelta(days=k), self.o.since + timedelta(days=SPAN))

    @rule(book=books, hand=hands, shape=shapes, day=days, source=sources, event=events, kind=st.sampled_from(["normal"] * 4 + ["opening"]))
    def draft(self, book: int, hand: str, shape: Any, day: int, source: str, event: str, kind: str) -> None:
        self.drafts(book, hand, shape, day, source, event, kind)

    def drafts(self, book: int, hand: str, shape: Any, day: int, source: str = "", event: str = "", kind: str = "normal") -> Sheet | None:
        actor, _behalf, name = self.who(hand, MAKE)
        on, rows = self.o.since + timedelta(days=day), entries(shape)
        against = self.o.right(name, MAKE, book) or self.o.ready(book, on, "办活动", rows, kind)
        old = self.taken(book, source, event)
        against = against or ("booked otherwise" if old is not None and old.lines != rows else "")
        made = self.act(against, lambda: services.voucher_draft(
            actor=actor, book=self.world.books[book], on=on, words="办活动", lines=lines(rows), source=source, event=event, kind=kind))  # fmt: skip
        if made is None or old is not None:
            assert made is None or made.pk == old.pk  # type: ignore[union-attr]  # the same matter gives the same voucher
            return None
        return self.keep(made, makers=set(HANDS[name].persons), source=source, event=event)

    @rule(n=which, hand=hands, shape=shapes, day=days, event=events)
    def edit(self, n: int, hand: str, shape: Any, day: int, event: str) -> None:
        if (sheet := self.pick(n, "draft")) is not None:
            actor, _behalf, name = self.who(hand, MAKE)
            on, rows = self.o.since + timedelta(days=day), entries(shape)
            against = self.o.right(name, MAKE, sheet.book) or sheet.not_in("draft") or ("a reversal" if sheet.kind == "reversal" else "")
            against = against or self.o.ready(sheet.book, on, "改过", rows, sheet.kind)
            against = against or ("the matter has its voucher" if self.taken(sheet.book, sheet.source, event) not in (None, sheet) else "")
            if self.act(against, lambda: services.voucher_edit(
                actor=actor, voucher=self.row(sheet), on=on, words="改过", lines=lines(rows), event=event)):  # fmt: skip
                sheet.on, sheet.words, sheet.lines, sheet.event, sheet.makers = on, "改过", rows, event, set(HANDS[name].persons)

    @rule(n=which, hand=makers, paper=st.integers(0, 2), twice=st.booleans())
    def attach(self, n: int, hand: str, paper: int, twice: bool) -> None:
        if (sheet := self.pick(n, "draft")) is not None:
            against = self.o.right(hand, MAKE, sheet.book) or sheet.not_in("draft")
            against = against or ("the same paper twice" if twice or paper in sheet.papers else "")
            some = [self.world.papers[paper]] * (2 if twice else 1)
            if self.act(against, lambda: services.voucher_attach(actor=self.world.actors[hand], voucher=self.row(sheet), files=some)):
                sheet.papers.add(paper)

    @rule(n=which, hand=hands)
    def check(self, n: int, hand: str) -> None:
        if (sheet := self.pick(n, "draft")) is not None:
            self.checks(sheet, hand)

    def checks(self, sheet: Sheet, hand: str) -> None:
        actor, behalf, name = self.who(hand, CHECK)
        persons = HANDS[name].persons
        against = self.o.right(name, CHECK, sheet.book) or sheet.not_in("draft") or ("the maker" if sheet.makers & persons else "")
        if self.act(against, lambda: services.voucher_check(actor=actor, voucher=self.row(sheet), **behalf)):
            sheet.state, sheet.checkers = "checked", set(persons)

    @rule(n=which, hand=hands)
    def give_back(self, n: int, hand: str) -> None:
        if (sheet := self.pick(n, "checked")) is not None:
            actor, _behalf, name = self.who(hand, "return")
            against = self.o.right(name, CHECK, sheet.book) or sheet.not_in("draft", "checked")
            against = against or ("the maker" if sheet.makers & HANDS[name].persons else "")
            if self.act(against, lambda: services.voucher_return(actor=actor, voucher=self.row(sheet), note="请补签字")):
                sheet.state, sheet.checkers = "draft", set()

    @rule(n=which, hand=makers)
    def drop(self, n: int, hand: str) -> None:
        if (sheet := self.pick(n, "draft")) is not None:
            against = self.o.right(hand, MAKE, sheet.book) or sheet.not_in("draft")
            if self.act(against, lambda: services.voucher_drop(actor=self.world.actors[hand], voucher=self.row(sheet))):
                sheet.state, sheet.reverses = "dropped", None

    @rule(n=which, hand=hands)
    def post(self, n: int, hand: str) -> None:
        if (sheet := self.pick(n, "checked")) is not None:
            self.posts(sheet, hand)

    def posts(self, sheet: Sheet, hand: str) -> None:
        actor, behalf, name = self.who(hand, POST)
        persons = HANDS[name].persons
        against = self.o.right(name, POST, sheet.book) or sheet.not_in("checked")
        against = against or ("who made or checked it" if persons & (sheet.makers | sheet.checkers) else "")
        if self.act(against, lambda: services.voucher_post(actor=actor, voucher=self.row(sheet), **behalf)):
            self.o.post(sheet, set(persons))

    @rule(n=which, hand=st.sampled_from(["accountant", "chair", "everything", "cashier", "above"]), through=st.booleans())
    def reverse(self, n: int, hand: str, through: bool = False) -> None:
        if (sheet := self.pick(n, "posted")) is not None:
            o, rows = self.o, [(a, -d, -c, p) for a, d, c, p in sheet.lines]
            against = o.right(hand, REVERSE, sheet.book) or sheet.not_in("posted") or ("a reversal" if sheet.kind == "reversal" else "")
            against = against or ("reversed already" if o.living(reverses=sheet.pk) else "")
            against = against or ("another chart" if sheet.on.year < 2022 <= o.today.year else "")
            against = against or o.ready(sheet.book, o.today, "冲销", rows, "reversal")
            made = self.act(
                against, lambda: services.voucher_reverse(actor=self.world.actors[hand], voucher=self.row(sheet), reason="重复")
            )
            if made is not None:
                assert (made.on, made.kind) == (o.today, "reversal")
                back = self.keep(made, makers=set(HANDS[hand].persons), event=sheet.event, reverses=sheet.pk)
                assert back.lines == rows
                self.through(back if through else None)

    @rule(book=books, shape=shapes, day=days, source=sources)
    def all_the_way(self, book: int, shape: Any, day: int, source: str = "") -> None:
        """As on an ordinary day."""
        day = min(day, (self.o.today - self.o.since).days)
        self.through(self.drafts(book, "accountant", (*shape[:3], ""), day, source))

    def through(self, sheet: Sheet | None) -> None:
        """Checked and posted by others."""
        if sheet is not None:
            free = [name for name in ("chair", "accountant_again", "everything") if not HANDS[name].persons & sheet.makers]
            self.checks(sheet, free[0])
            self.posts(sheet, "cashier")

    @rule(book=books, three=st.permutations(["accountant", "chair", "cashier", "accountant_again", "helper"]), usual=st.booleans(),
          items=st.lists(st.tuples(shapes, days, sources), min_size=1, max_size=3))  # fmt: skip
    def bring(self, book: int, three: list[str], usual: bool, items: list[Any]) -> None:
        one, two, last = ("accountant", "chair", "cashier") if usual else three[:3]
        rights = [self.o.right(h, what, book) for h, what in ((last, POST), (one, MAKE), (two, CHECK))]
        persons = [HANDS[h].persons for h in (one, two, last)]
        against = "".join(rights) or ("one person twice" if len(frozenset.union(*persons)) < 3 else "")
        fresh: list[tuple[date, str, list[Any]]] = []
        for shape, day, source in sorted(items, key=lambda i: i[1]):
            on, rows = self.o.since + timedelta(days=day), entries(shape)
            same = [r for _d, s, r in fresh if source and s == source]
            if self.taken(book, source, "") is None and not same:
                against = against or self.o.ready(book, on, "成批", rows, "normal")
                fresh.append((on, source, rows))
            elif same and same[0] != rows:
                against = against or "one matter booked in two ways"
        a = self.world.actors
        some = [services.Bring(self.o.since + timedelta(days=d), "成批", lines(entries(s)), source=src) for s, d, src in items]
        made = self.act(against, lambda: services.vouchers_bring(
            actor=a[last], book=self.world.books[book], items=some, maker=a[one], checker=a[two], poster=a[last]))  # fmt: skip
        if made is not None:
            assert [(v.on, v.source) for v in made] == [(on, source) for on, source, _r in fresh]
            for row, (_on, source, rows) in zip(made, fresh, strict=True):
                sheet = self.keep(row, makers=set(persons[0]), checkers=set(persons[1]), source=source)
                assert sheet.lines == rows
                self.o.post(sheet, set(persons[2]))

    # -- months and years

    @rule(book=books, hand=st.sampled_from(["accountant", "chair", "cashier", "village", "above"]), ahead=st.integers(-2, 6))
    def close(self, book: int, hand: str, ahead: int) -> None:
        month = self.month(ahead if ahead < 5 else len(self.o.closed[book]))  # often the one whose turn it is
        against = self.o.right(hand, CLOSE, book) or self.o.may_close(book, month)
        if self.act(against, lambda: services.period_close(actor=self.world.actors[hand], book=self.world.books[book], month=month)):
            self.o.closed[book].add(month)

    @rule(book=books, hand=st.sampled_from(["accountant", "chair", "cashier"]), ahead=st.integers(0, 5))
    def close_through(self, book: int, hand: str, ahead: int) -> None:
        month, o = self.month(ahead), self.o
        mine = set(months(self.month(0), month))
        open_ = mine - o.closed[book]
        late = month > o.today.year * 100 + o.today.month
        waits = any(s.state in {"draft", "checked"} and s.month <= month for s in o.living(book=book))
        against = o.right(hand, CLOSE, book) or ("something waits" if waits and not late else "")
        actor, kept = self.world.actors[hand], self.world.books[book]
        done = self.act(against, lambda: services.periods_close(actor=actor, book=kept, until=month))
        if done is not None:
            assert done == (0 if late else len(open_))
            o.closed[book] |= set() if late else open_

    @rule(book=books, by=st.sampled_from(["auditor", "auditor", "chair", "accountant"]), ahead=st.integers(0, 6))
    def reopen(self, book: int, by: str, ahead: int) -> None:
        month = self.month(ahead if ahead < 4 else len(self.o.closed[book]) - 1)
        against = ("" if by == "auditor" else "not the audit committee") or self.o.may_reopen(book, month)
        actor = self.world.auditor if by == "auditor" else self.world.actors[by]
        if self.act(against, lambda: services.period_reopen(actor=actor, book=self.world.books[book], month=month, reason="补记一张")):
            self.o.closed[book].discard(month)
            self.o.reopened[book, month] += 1

    def month(self, ahead: int) -> int:
        at = self.o.since.year * 12 + self.o.since.month - 1 + ahead
        return at // 12 * 100 + at % 12 + 1

    @rule(book=books, hand=makers, through=st.booleans())
    def year_end(self, book: int, hand: str, through: bool = False) -> None:
        year, o = self.o.since.year, self.o
        last, rows = date(year, 12, 31), closing(self.o, book, year)
        before = sum(s.kind == "closing" and s.state == "posted" and s.source.startswith("finance.year:") for s in o.living(book=book))
        source = f"finance.year:{year}" + (f"/{before + 1}" if before else "")
        self._platform(book, hand, through, last, rows, ("closing", source, "year_close"),
                       lambda actor, kept: services.year_close(actor=actor, book=kept, year=year))  # fmt: skip

    @rule(book=books, hand=makers, through=st.booleans())
    def new_chart(self, book: int, hand: str, through: bool = False) -> None:
        rows = transition(self.o, book)
        done = [s for s in self.o.living(book=book, kind="transition", state="posted") if s.source.startswith("finance.transition:")]
        undone = [s for s in done if self.o.living(reverses=s.pk, state="posted")]
        source = "finance.transition:2022" + (f"/{len(done) + 1}" if len(undone) == len(done) > 0 else "")
        source = done[-1].source if len(undone) < len(done) else source
        self._platform(book, hand, through, date(2022, 1, 1), rows, ("transition", source, "transition"),
                       lambda actor, kept: services.transition_draft(actor=actor, book=kept))  # fmt: skip

    def _platform(
        self, book: int, hand: str, through: bool, on: date, rows: Any, how: tuple[str, str, str], do: Callable[..., Any]
    ) -> None:
        """A voucher the platform drafts itself."""
        kind, source, event = how
        against = self.o.right(hand, MAKE, book) or rows.against or self.o.ready(book, on, "结转", rows.lines, kind)
        old = self.taken(book, source, event)
        against = against or ("booked otherwise" if old is not None and sorted(old.lines) != sorted(rows.lines) else "")
        made = self.act(against, lambda: do(self.world.actors[hand], self.world.books[book]))
        if made is not None and old is None:
            sheet = self.keep(made, makers=set(HANDS[hand].persons), source=source, event=event)
            assert sorted(sheet.lines) == sorted(rows.lines) and made.source == source
            self.through(sheet if through else None)
        elif made is not None:
            assert made.pk == old.pk

    # -- what must hold

    @rule(book=books, day=days)
    def reports(self, book: int, day: int) -> None:
        """LED-11: statements, trial balance, balances on any day past, recounted line by line."""
        on, o, kept = min(self.o.since + timedelta(days=max(day, 0)), self.o.today), self.o, self.world.books[book]
        first, net = date(on.year, 1, 1), self.o.net(book, None, on)
        before = o.net(book, None, first - timedelta(days=1)) if on.year != 2022 else {}
        opened = {k: before.get(k, 0) + o.net(book, first, on, "o").get(k, 0) for k in {*before, *net}}
        for sums, end in ((net, "closing"), (opened, "opening")):
            sheet = statements.balance_sheet(kept, on)
            own = [sum(fen for code, fen in sums.items() if code[0] in digits) for digits in ("1", "2", "345")]
            assert [getattr(sheet, f"{part}_{end}") for part in ("assets", "liabilities", "net")] == [own[0], -own[1], -own[2]]
            assert sheet.even
        trial = {r.account.code: (r.opening, r.closing) for r in ledger.trial_balance(kept, on)}
        assert {k: v for k, v in trial.items() if any(v)} == {k: (opened[k], net[k]) for k in net if opened[k] or net[k]}
        income = statements.income_statement(kept, on)
        for project in (False, True):
            said = {r.code: r.project if project else r.basic for r in [*income.income, *income.expense] if r.level == 1}
            assert {k: v for k, v in said.items() if v} == o.result(book, on, project=project)
        assert ledger.balance(kept, "102", on) == net.get("102", 0) and ledger.recount(kept, on) == ledger.sums(kept, None, on)

    @invariant()
    def the_tables_say_what_the_oracle_says(self) -> None:
        rows = {v.pk: v for v in Voucher.objects.filter(book__in=self.pks).select_related("period")}
        assert rows.keys() == self.o.sheets.keys()
        postings: dict[int, list[Any]] = defaultdict(list)
        for voucher, *line in (
            Posting.objects.filter(book__in=self.pks)
            .order_by("voucher", "n")
            .values_list("voucher", "account", "debit_fen", "credit_fen", "project")
        ):
            postings[voucher].append(tuple(line))
        assert postings == {s.pk: s.lines for s in self.o.sheets.values() if s.state == "posted"}  # LED-03
        assert all(sum(d for _a, d, _c, _p in some) == sum(c for _a, _d, c, _p in some) for some in postings.values())  # LED-01
        papers: dict[int, set[int]] = defaultdict(set)
        numbers = {f.pk: (n, f.sha256) for n, f in enumerate(self.world.papers)}
        for voucher, file, sha in VoucherFile.objects.filter(voucher__book__in=self.pks).values_list("voucher", "file", "sha256"):
            papers[voucher].add(numbers[file][0])
            assert numbers[file][1] == sha  # LED-12
        for pk, sheet in self.o.sheets.items():
            self._voucher(rows[pk], sheet, papers[pk])
        self._months(rows)

    def _voucher(self, row: Voucher, sheet: Sheet, papers: set[int]) -> None:
        assert (row.state, row.kind, row.on, row.words, row.source, row.event, row.total_fen, row.reverses_id, row.number or 0) == (
            sheet.state, sheet.kind, sheet.on, sheet.words, sheet.source, sheet.event, sheet.total, sheet.reverses, sheet.number)  # fmt: skip
        assert papers == sheet.papers
        people = self.world.people
        signed = [{people[pk] for pk in pair if pk} for pair in
                  ((row.maker_id,), (row.checker_id, row.checker_for), (row.poster_id, row.poster_for))]  # fmt: skip
        assert signed == [sheet.makers, sheet.checkers, sheet.posters]
        if sheet.state == "posted":
            assert all(signed) and len(set().union(*signed)) == sum(map(len, signed))  # AID-02: persons, not accounts
            sheet.figure = sheet.figure or row.digest
            assert sheet.figure == row.digest
            backs = self.o.living(reverses=sheet.pk)  # LED-05
            assert len(backs) <= 1 and all(b.lines == [(a, -d, -c, p) for a, d, c, p in sheet.lines] for b in backs)

    def _months(self, rows: dict[int, Voucher]) -> None:
        """LED-02, LED-04, LED-06."""
        for book, pk in enumerate(self.pks):
            said = {tuple(k): (d, c) for *k, d, c in Balance.objects.filter(book=pk).values_list(
                "account", "month", "stream", "project", "debit_fen", "credit_fen")}  # fmt: skip
            assert said == self.o.cells(book)
            held = {p.month: p for p in Period.objects.filter(book=pk)}
            assert {m for m, p in held.items() if p.state == "closed"} == self.o.closed[book]
            for month, period in held.items():
                chain = sorted((r for r in rows.values() if r.period_id == period.pk), key=lambda r: r.number or 0)
                assert all(self.o.sheets[r.pk].month == month for r in chain)
                assert [r.number for r in chain] == list(range(1, period.last_number + 1)) and period.last_number == self.o.last[
                    book, month
                ]
                assert [r.prev for r in chain] == ["", *(r.digest for r in chain)][: len(chain)]
                assert period.reopened == self.o.reopened[book, month]
