"""Vouchers, plans and projects of two unions, for the machine of `machine`; its own dictionaries foretell each act.

Union 0 lies where spending above the budget stops, union 1 where it is only told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.core.errors import Refusal
from gonghui.finance import services as finance
from gonghui.finance.models import Posting, Voucher
from gonghui.finance.rules import Line
from gonghui.treasury import services, verify
from gonghui.treasury.models import BatchAnswer, BatchLine, FundingSource, Payment, PaymentBatch, Reservation
from gonghui.treasury.services import projects
from gonghui.treasury.tests import make
from gonghui.treasury.tests.lives import (
    BUDGET,
    DAY,
    DEAD,
    EDIT,
    NOW,
    PEOPLE,
    PROMISED,
    RIGHTS,
    Batch,
    Paper,
    Pay,
    World,
    amounts,
    plans,
    unions,
    which,
)

KEPT = (Payment, PaymentBatch, BatchLine, BatchAnswer, Voucher, Posting, Reservation, FundingSource)
heads = st.sampled_from(["chair", "chair", "everything"])


class Grounds(RuleBasedStateMachine):
    """Every act is foretold: it goes through, or it is refused and leaves everything as it was. Here vouchers, plans, projects."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.clock = clock.at(NOW)
        self.clock.__enter__()
        self.papers: list[Paper] = []
        self.pays: list[Pay] = []
        self.batches: list[Batch] = []
        self.holds: dict[str, tuple[int, int, str]] = {}
        """Plan: union, fen, state."""
        self.moved = [False, False]
        self.funds = [[0, 0], [0, 0]]
        """Arrived, spent."""

    def teardown(self) -> None:
        try:
            assert [f for _id, _title, look in verify.CHECKS for f in look()] == []
        finally:
            self.leave()

    def leave(self) -> None:
        self.clock.__exit__(None, None, None)
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # -- helpers

    def act(self, against: str, do: Callable[[], Any]) -> Any:
        before = self.photo() if against else None
        try:
            done = do()
        except Refusal as refusal:
            assert against, f"refused without a reason: {refusal.code} {refusal.message}"
            assert self.photo() == before, f"{refusal.code} left something behind"
            return None
        assert not against, f"went through although: {against}"
        return done

    def photo(self) -> list[Any]:
        return [list(m._base_manager.order_by("pk").values_list()) for m in KEPT]

    def who(self, union: int, name: str) -> tuple[Any, str]:
        """The actor as he signs in today, and the name of his account."""
        name = "moved" if name == "mover" and self.moved[union] else name
        return accounts.actor(self.world.users[union][name]), name

    def right(self, name: str, what: str) -> str:
        """The union above may enter for one below; it may not check or pay."""
        held = what == EDIT if name == "above" else any(what in RIGHTS[r] for r in PEOPLE[name])
        return "" if held else f"{name} may not {what}"

    def human(self, *names: str) -> set[str]:
        return {"mover" if n == "moved" else n for n in names if n}

    def pick(self, rows: list[Any], n: int, *states: str) -> Any:
        fit = [r for r in rows if r.state in states] if n % 6 else []
        return (fit or rows)[n % len(fit or rows)] if rows else None

    def voucher_row(self, paper: Paper) -> Voucher:
        return Voucher.objects.select_related("book__union", "book__agent").get(pk=paper.pk)

    def row(self, pay: Pay) -> Payment:
        return Payment.objects.select_related("union__parent", "approval").get(pk=pay.pk)

    # -- the oracle

    def taken(self, pays: list[Pay], without: Pay | None) -> int:
        return sum(p.fen for p in pays if p.state not in DEAD and p is not without)

    def ground(self, union: int, paper: Paper | None, source: str, fen: int, without: Pay | None = None) -> str:
        """AID-01: on a checked voucher or a plan that holds its budget, and what is planned is paid once."""
        source = paper.source if paper else source
        held = self.holds.get(source)
        hold = held[1] if held and held[2] != "released" else 0
        if paper is not None and (paper.state not in {"checked", "posted"} or paper.undone):
            return f"the voucher is {paper.state}"
        most = paper.fen if paper else hold
        own = [p for p in self.pays if p.paper is paper and (paper or p.source == source)]
        if fen <= 0 or self.taken(own, without) + fen > most:
            return "above the ground"
        papers = [p for p in self.papers if source and p.source == source and p.state in {"checked", "posted"} and not p.undone]
        both = [p for p in self.pays if source and (p.paper in papers if p.paper else p.source == source)]
        return "above the plan" if source and self.taken(both, without) + fen > max(hold, sum(p.fen for p in papers)) else ""

    def spent(self, union: int) -> int:
        """Posted, and checked: what a checked reversal will give back does not count before it is posted."""
        return sum(p.fen for p in self.papers if p.union == union and (p.state == "posted" or (p.state == "checked" and p.fen > 0)))

    def held(self, union: int, without: str = "") -> int:
        return sum(fen for plan, (u, fen, state) in self.holds.items() if u == union and state == "open" and plan != without)

    def over(self, union: int, fen: int, source: str) -> bool:
        return fen > max(0, BUDGET - self.spent(union) - self.held(union, source))

    def makers(self, pay: Pay) -> set[str]:
        return self.human(pay.maker, pay.sender, pay.paper.maker if pay.paper else "")

    def checkers(self, pay: Pay) -> set[str]:
        return self.human(*pay.deciders, pay.paper.checker if pay.paper else "")

    def valid(self, pay: Pay) -> str:
        changed = pay.approved != (pay.fen, pay.payee)
        return "not approved as it is" if changed else self.ground(pay.union, pay.paper, pay.source, pay.fen, pay)

    # -- vouchers and plans

    @rule(union=unions, fen=amounts, source=plans, by=st.sampled_from(["accountant", "everything"]), further=st.integers(0, 3))
    def voucher(self, union: int, fen: int, source: str, by: str, further: int) -> None:
        self.vouchers(union, fen, source, by, further)

    def vouchers(self, union: int, fen: int, source: str = "", by: str = "accountant", further: int = 1) -> Paper | None:
        """A voucher, mostly checked, now and then posted at once."""
        source = f"{source}-{union}" if source else ""
        if source and any(p.source == source and p.state != "dropped" for p in self.papers):
            return None
        made = finance.entry(actor=self.who(union, by)[0], book=make.book(self.world.unions[union]), event="hardship", on=DAY, amount=fen,
                             words="救助", source=source, facts={"participants": 1})  # fmt: skip
        self.papers.append(Paper(made.pk, union, fen, by, source))
        if further:
            self.checks(self.papers[-1], "chair")
        if further == 3:
            self.posts(self.papers[-1], "cashier")
        return self.papers[-1]

    @rule(n=which, by=heads)
    def check(self, n: int, by: str) -> None:
        if (paper := self.pick(self.papers, n, "draft")) is not None:
            self.checks(paper, by)

    def checks(self, paper: Paper, by: str) -> None:
        over = paper.fen > 0 and self.over(paper.union, paper.fen, paper.source)
        against = (
            paper.not_in("draft") or ("the maker" if paper.maker == by else "") or ("above the budget" if over and paper.union == 0 else "")
        )
        done = self.act(against, lambda: finance.voucher_check(actor=self.who(paper.union, by)[0], voucher=self.voucher_row(paper)))
        if done is not None:
            paper.state, paper.checker = "checked", by
            assert any(f["severity"] == "warn" for f in self.voucher_row(paper).findings) is over  # LED-10: told where it does not stop

    @rule(n=which, by=heads)
    def give_back(self, n: int, by: str) -> None:
        if (paper := self.pick(self.papers, n, "checked")) is not None:
            against = paper.not_in("draft", "checked") or ("the maker" if paper.maker == by else "")
            stands = any(p.paper is paper and p.state not in DEAD for p in self.pays)
            against = against or ("payments stand on it" if stands and paper.state == "checked" else "")
            actor = self.who(paper.union, by)[0]
            if self.act(against, lambda: finance.voucher_return(actor=actor, voucher=self.voucher_row(paper), note="金额不对")):
                paper.state, paper.checker = "draft", ""

    @rule(n=which, fen=amounts)
    def redo(self, n: int, fen: int) -> None:
        if (paper := self.pick(self.papers, n, "draft")) is not None:
            actor, rows = self.who(paper.union, "accountant")[0], [Line("50404", fen), Line("102", credit=fen)]
            against = paper.not_in("draft") or ("a reversal" if paper.reverses else "")
            if self.act(against, lambda: finance.voucher_edit(
                actor=actor, voucher=self.voucher_row(paper), on=DAY, words="改过", lines=rows, event="hardship")):  # fmt: skip
                paper.fen, paper.maker = fen, "accountant"

    @rule(n=which)
    def drop(self, n: int) -> None:
        if (paper := self.pick(self.papers, n, "draft")) is not None:
            actor = self.who(paper.union, "accountant")[0]
            if self.act(paper.not_in("draft"), lambda: finance.voucher_drop(actor=actor, voucher=self.voucher_row(paper))):
                paper.state, paper.reverses = "dropped", None

    @rule(n=which, by=st.sampled_from(["cashier", "everything"]))
    def post(self, n: int, by: str) -> None:
        if (paper := self.pick(self.papers, n, "checked")) is not None:
            self.posts(paper, by)

    def posts(self, paper: Paper, by: str) -> None:
        against = paper.not_in("checked") or ("who made or checked it" if by in {paper.maker, paper.checker} else "")
        if self.act(against, lambda: finance.voucher_post(actor=self.who(paper.union, by)[0], voucher=self.voucher_row(paper))):
            paper.state = "posted"
            plan = paper.reverses.source if paper.reverses else paper.source
            if plan in self.holds:
                union, fen, state = self.holds[plan]
                self.holds[plan] = (union, fen, {("open", False): "used", ("used", True): "open"}.get((state, bool(paper.reverses)), state))
            if paper.reverses:
                paper.reverses.undone = True

    @rule(n=which, further=st.integers(0, 3))
    def reverse(self, n: int, further: int) -> None:
        if (paper := self.pick(self.papers, n, "posted")) is not None:
            against = paper.not_in("posted") or ("a reversal" if paper.reverses else "")
            against = against or ("reversed already" if any(p.reverses is paper for p in self.papers) else "")
            actor = self.who(paper.union, "accountant")[0]
            made = self.act(against, lambda: finance.voucher_reverse(actor=actor, voucher=self.voucher_row(paper), reason="退款"))
            if made is not None:
                self.papers.append(back := Paper(made.pk, paper.union, -paper.fen, "accountant", reverses=paper))
                if further:
                    self.checks(back, "chair")
                if further > 1:
                    self.posts(back, "cashier")

    @rule(union=unions, plan=plans.filter(bool), fen=amounts)
    def hold(self, union: int, plan: str, fen: int) -> None:
        source = f"{plan}-{union}"
        booked = any(p.source == source and p.state == "posted" and not p.undone for p in self.papers)
        used = booked or self.holds.get(source, (0, 0, ""))[2] == "used"
        against = "it is booked" if used else "above the budget" if union == 0 and self.over(union, fen, source) else ""
        actor, of = self.who(union, "accountant")[0], self.world.unions[union]
        if self.act(against, lambda: services.reserve(actor=actor, union=of, item="50404", amount=fen, source=source)):
            self.holds[source] = (union, fen, "open")

    @rule(union=unions, plan=plans.filter(bool))
    def release(self, union: int, plan: str) -> None:
        source = f"{plan}-{union}"
        _u, fen, state = self.holds.get(source, (0, 0, ""))
        done = services.release(actor=self.who(union, "accountant")[0], source=source)
        assert (done is not None) == (state == "open")
        if state == "open":
            self.holds[source] = (union, fen, "released")

    # -- a project

    @rule(union=unions, fen=amounts.map(lambda n: n // 10))
    def arrives(self, union: int, fen: int) -> None:
        source = FundingSource.objects.select_related("project__union").get(pk=self.world.funds[union].pk)
        against = "nothing" if fen <= 0 else "more than promised" if self.funds[union][0] + fen > PROMISED else ""
        actor = self.who(union, "accountant")[0]
        if self.act(against, lambda: projects.source_arrived(actor=actor, source=source, amount_fen=fen, on=NOW)):
            self.funds[union][0] += fen

    @rule(union=unions, quantity=st.integers(0, 3), fen=amounts.map(lambda n: n // 20))
    def buys(self, union: int, quantity: int, fen: int) -> None:
        arrived, spent = self.funds[union]
        against = "nothing" if quantity * fen <= 0 else "more than arrived" if quantity * fen > arrived - spent else ""
        actor = self.who(union, "accountant")[0]
        if self.act(against, lambda: projects.purchase_add(
            actor=actor, project=self.world.projects[union], name="书架", kind="furniture", quantity=quantity, price_fen=fen, bought_on=NOW)):  # fmt: skip
            self.funds[union][1] += quantity * fen
