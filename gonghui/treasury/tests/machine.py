"""A machine over payments, batches and the bank's answers, on the vouchers and plans of `grounds`."""

from __future__ import annotations

from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from gonghui.approvals import services as approvals
from gonghui.treasury.models import BatchLine, Payment, PaymentBatch
from gonghui.treasury.selectors import budgets as reads
from gonghui.treasury.services import batches, payments, projects
from gonghui.treasury.tests import make
from gonghui.treasury.tests.grounds import Grounds
from gonghui.treasury.tests.lives import (
    BUDGET,
    CHECK,
    DEAD,
    DONE,
    EDIT,
    PAY,
    PEOPLE,
    SENT,
    WORDS,
    Batch,
    Paper,
    Pay,
    amounts,
    anyone,
    clerks,
    plans,
    unions,
    which,
)

PAYERS = st.sampled_from(["cashier", "cashier", "everything", "helper", "mover", "above"])


class Money(Grounds):
    """Asked for, approved, put together, sent, answered."""

    # -- payments

    @rule(n=which, fen=amounts, by=clerks, union=unions, plan=plans, method=st.sampled_from(["transfer", "transfer", "cheque"]),
          whole=st.booleans())  # fmt: skip
    def request(self, n: int, fen: int, by: str, union: int, plan: str, method: str, whole: bool) -> None:
        paper = self.pick(self.papers, n, "checked", "posted") if not plan else None
        if paper is not None or plan:
            source = f"{plan}-{union}" if plan else ""
            whole_fen = paper.fen if paper else self.holds.get(source, (0, fen, ""))[1]
            self.requests(paper, source, paper.union if paper else union, whole_fen if whole else fen, by, method)

    def requests(
        self, paper: Paper | None, source: str, union: int, fen: int, by: str = "accountant", method: str = "transfer"
    ) -> Pay | None:
        actor, name = self.who(union, by)
        against = self.right(name, EDIT) or self.ground(union, paper, source, fen)
        row = self.voucher_row(paper) if paper else None
        made = self.act(against, lambda: payments.payment_request(
            actor=actor, union=self.world.unions[union], payee="甲店", amount_fen=fen, words="用品", method=method, voucher=row, source=source,
            account=make.CARD))  # fmt: skip
        if made is None:
            return None
        self.pays.append(Pay(made.pk, union, fen, name, paper, source, method))
        return self.pays[-1]

    @rule(n=which, by=clerks, fen=amounts, payee=st.sampled_from(["甲店", "乙店"]), same=st.booleans())
    def edit(self, n: int, by: str, fen: int, payee: str, same: bool) -> None:
        if (pay := self.pick(self.pays, n, "draft", "pending", "approved")) is not None:
            actor, name = self.who(pay.union, by)
            fen = pay.fen if same else fen
            against = self.right(name, EDIT) or pay.not_in("draft", "pending", "approved")
            against = against or self.ground(pay.union, pay.paper, pay.source, fen, pay)
            if self.act(against, lambda: payments.payment_edit(actor=actor, payment=self.row(pay), amount_fen=fen, payee=payee)):
                if (pay.fen, pay.payee) != (fen, payee):  # who changes it has made it, and what was approved is so no more
                    pay.maker, pay.state, pay.approved = name, "draft", None
                pay.fen, pay.payee = fen, payee

    @rule(n=which, by=clerks)
    def submit(self, n: int, by: str) -> None:
        if (pay := self.pick(self.pays, n, "draft")) is not None:
            self.submits(pay, by)

    def submits(self, pay: Pay, by: str) -> None:
        actor, name = self.who(pay.union, by)
        against = self.right(name, EDIT) or pay.not_in("draft")
        if self.act(against, lambda: payments.payment_submit(actor=actor, payment=self.row(pay))):
            pay.state, pay.sender, pay.deciders = "pending", name, set()

    @rule(n=which, by=anyone, verdict=st.sampled_from(["approve", "approve", "approve", "return", "refuse"]))
    def decide(self, n: int, by: str, verdict: str) -> None:
        if (pay := self.pick(self.pays, n, "pending")) is not None and pay.sender:
            self.decides(pay, by, verdict)

    def decides(self, pay: Pay, by: str, verdict: str = "approve") -> None:
        actor, name = self.who(pay.union, by)
        mine = {"helper", "chair"} if name == "helper" else {name}
        head = name in {"helper", "above"} or "chair" in PEOPLE[name]
        against = pay.not_in("pending") or ("" if head else "not his to decide")
        against = against or ("his own" if self.human(*mine) & self.human(pay.sender) else "")
        if verdict == "approve":
            checkers = self.human(*mine, pay.paper.checker if pay.paper else "")
            against = against or ("not of this union" if name == "above" else "") or ("the maker" if checkers & self.makers(pay) else "")
        paper = self.row(pay).approval
        done = self.act(against, lambda: approvals.approval_decide(actor=actor, approval=paper, decision=verdict, opinion="改"))
        if done is not None:
            pay.state = {"approve": "approved", "return": "draft", "refuse": "cancelled"}[verdict]
            pay.deciders, pay.approved = mine, (pay.fen, pay.payee) if verdict == "approve" else None

    @rule(n=which, by=clerks)
    def withdraw(self, n: int, by: str) -> None:
        pay = self.pick(self.pays, n, "pending")
        if pay is not None and pay.sender and pay.state != "draft":
            actor, name = self.who(pay.union, by)
            against = pay.not_in("pending") or ("" if self.human(name) == self.human(pay.sender) else "not who sent it")
            if self.act(against, lambda: approvals.approval_withdraw(actor=actor, approval=self.row(pay).approval)):
                pay.state = "draft"

    @rule(n=which, by=clerks)
    def cancel(self, n: int, by: str) -> None:
        if (pay := self.pick(self.pays, n, "approved")) is not None:
            actor, name = self.who(pay.union, by)
            against = self.right(name, EDIT) or pay.not_in("draft", "approved")
            if self.act(against, lambda: payments.payment_cancel(actor=actor, payment=self.row(pay), reason="不买了")):
                pay.state = "cancelled"

    @rule(n=which, by=PAYERS)
    def by_hand(self, n: int, by: str) -> None:
        if (pay := self.pick([p for p in self.pays if p.method == "cheque" or not n % 5], n, "approved")) is not None:
            actor, name = self.who(pay.union, by)
            against = self.right(name, PAY) or ("by batch" if pay.method == "transfer" else "") or pay.not_in("approved") or self.valid(pay)
            against = against or self.meet(self.makers(pay), self.checkers(pay), self.human(name))
            if self.act(against, lambda: payments.payment_pay(actor=actor, payment=self.row(pay), reference="票 1")):
                pay.state, pay.payer, pay.left = "paid", name, pay.left + 1

    def meet(self, *duties: set[str]) -> str:
        return "one human in two duties" if len(set().union(*duties)) < sum(map(len, duties)) else ""

    @rule(n=which, by=clerks)
    def again(self, n: int, by: str) -> None:
        if (pay := self.pick(self.pays, n, "failed")) is not None:
            actor, name = self.who(pay.union, by)
            against = self.right(name, EDIT) or pay.not_in("failed") or ("asked for again" if pay.again else "")
            against = against or self.ground(pay.union, pay.paper, pay.source, pay.fen)
            made = self.act(against, lambda: payments.payment_again(actor=actor, payment=self.row(pay)))
            if made is not None:
                pay.again = True
                self.pays.append(Pay(made.pk, pay.union, pay.fen, name, pay.paper, pay.source, pay.method, payee=pay.payee))

    # -- batches and the bank

    @rule(union=unions, ns=st.lists(which, min_size=1, max_size=3), by=clerks)
    def batch(self, union: int, ns: list[int], by: str) -> None:
        mine = [p for p in self.pays if p.union == union]
        self.batch_of(union, [p for n in ns if (p := self.pick(mine, n, "approved")) is not None], by)

    def batch_of(self, union: int, some: list[Pay], by: str = "accountant") -> Batch | None:
        pays = sorted({id(p): p for p in some}.values(), key=lambda p: p.pk)
        actor, name = self.who(union, by)
        faults = [p.not_in("approved") or ("by hand" if p.method != "transfer" else "") or self.valid(p) for p in pays]
        against = self.right(name, EDIT) or "".join(faults) or ("" if pays else "none")
        rows = [self.row(p) for p in pays]
        made = self.act(against, lambda: batches.batch_make(
            actor=actor, union=self.world.unions[union], account=self.world.accounts[union], payments_=rows))  # fmt: skip
        if made is None:
            return None
        self.batches.append(Batch(made.pk, union, name, pays))
        for pay in pays:
            pay.state = "batched"
        return self.batches[-1]

    def batch_row(self, batch: Batch) -> PaymentBatch:
        return PaymentBatch.objects.select_related("union__parent", "account").get(pk=batch.pk)

    @rule(n=which, by=anyone)
    def approve_batch(self, n: int, by: str) -> None:
        if (batch := self.pick(self.batches, n, "draft")) is not None:
            self.approves(batch, by)

    def approves(self, batch: Batch, by: str) -> None:
        actor, name = self.who(batch.union, by)
        against = self.right(name, CHECK) or batch.not_in("draft") or "".join(self.valid(p) for p in batch.pays)
        made = self.human(batch.maker).union(*(self.makers(p) for p in batch.pays))
        against = against or self.meet(made, self.human(name))
        if self.act(against, lambda: batches.batch_approve(actor=actor, batch=self.batch_row(batch))):
            batch.state, batch.checker = "approved", name

    @rule(n=which, by=clerks)
    def drop_batch(self, n: int, by: str) -> None:
        if (batch := self.pick(self.batches, n, "draft", "approved")) is not None:
            actor, name = self.who(batch.union, by)
            against = self.right(name, EDIT) or batch.not_in("draft", "approved")
            if self.act(against, lambda: batches.batch_drop(actor=actor, batch=self.batch_row(batch))):
                batch.state = "dropped"
                for pay in batch.pays:
                    pay.state = "approved"

    @rule(n=which, by=PAYERS)
    def send(self, n: int, by: str) -> None:
        if (batch := self.pick(self.batches, n, "approved")) is not None:
            self.sends(batch, by)

    def sends(self, batch: Batch, by: str) -> None:
        actor, name = self.who(batch.union, by)
        against = self.right(name, PAY) or batch.not_in("approved") or "".join(self.valid(p) for p in batch.pays)
        for pay in batch.pays:
            made, checked = self.makers(pay) | self.human(batch.maker), self.checkers(pay) | self.human(batch.checker)
            against = against or self.meet(made, checked, self.human(name))
        if self.act(against, lambda: batches.batch_pay(actor=actor, batch=self.batch_row(batch))):
            batch.state, batch.payer = "sent", name
            for pay in batch.pays:
                pay.state, pay.payer, pay.left = "sent", name, pay.left + 1

    @rule(n=which, by=clerks, said=st.lists(st.sampled_from(["", "paid", "paid", "failed", "unknown"]), min_size=3, max_size=3))
    def answer(self, n: int, by: str, said: list[str]) -> None:
        if (batch := self.pick(self.batches, n, "sent", "settled")) is not None:
            self.answers(batch, by, said)

    def answers(self, batch: Batch, by: str, said: list[str]) -> None:
        actor, name = self.who(batch.union, by)
        numbers = dict(BatchLine.objects.filter(batch=batch.pk).values_list("payment", "transfer_no"))
        told = [(p, word) for p, word in zip(batch.pays, said, strict=False) if word]
        content = "\n".join(f"{numbers[p.pk]},{WORDS[word]}" for p, word in told).encode()
        against = self.right(name, EDIT) or batch.not_in("sent", "settled") or ("read already" if content in batch.read else "")
        if self.act(against, lambda: batches.answer_take(actor=actor, batch=self.batch_row(batch), content=content, name="a.csv")):
            batch.read.add(content)
            for pay, word in told:
                pay.state = pay.state if pay.state in DONE else word  # what is settled stays
            self.settled(batch)

    def settled(self, batch: Batch) -> None:
        batch.state = "settled" if batch.state == "sent" and all(p.state in DONE for p in batch.pays) else batch.state

    @rule(n=which)
    def silence(self, n: int) -> None:
        """No answer came in time."""
        if (batch := self.pick(self.batches, n, "sent")) is not None:
            for line in BatchLine.objects.filter(batch=batch.pk):
                pay = next(p for p in batch.pays if p.pk == line.payment_id)
                asked = batch.state in {"sent", "settled"} and pay.state == "sent"
                assert batches.mark_silent(actor=make.system, line=line) is asked
                pay.state = "unknown" if asked else pay.state

    @rule(n=which, by=anyone, outcome=st.sampled_from(["paid", "failed"]))
    def settle(self, n: int, by: str, outcome: str) -> None:
        batch = self.pick(self.batches, n, "sent")
        if batch is not None and batch.state in {"sent", "settled"}:
            pay = self.pick(batch.pays, n, "unknown", "sent")
            actor, name = self.who(pay.union, by)
            line = BatchLine.objects.select_related("batch__union__parent").get(batch=batch.pk, payment=pay.pk)
            against = self.right(name, CHECK) or pay.not_in("sent", "unknown") or self.meet(self.human(name), self.human(batch.payer))
            if self.act(against, lambda: batches.line_settle(actor=actor, line=line, outcome=outcome, reference="函 1", reason="银行回函")):
                pay.state = outcome
                self.settled(batch)

    @rule(union=unions)
    def changes_account(self, union: int) -> None:
        """The same human leaves one account and gets another, with other roles."""
        if not self.moved[union]:
            old, new = (self.world.users[union][name] for name in ("mover", "moved"))
            type(old).objects.filter(pk=old.pk).update(is_active=False, person_id=None)
            type(old).objects.filter(pk=new.pk).update(person_id=self.world.person(union))
            self.moved[union] = True

    @initialize(phases=st.lists(st.tuples(unions, st.integers(1, 120_000), st.integers(1, 8)), min_size=5, max_size=5))
    def begin(self, phases: list[tuple[int, int, int]]) -> None:
        """Life has gone on for a while."""
        for union, fen, phase in phases:
            self.ordinary(union, fen, phase)

    @rule(union=unions, fen=amounts, phase=st.integers(1, 8))
    def ordinary(self, union: int, fen: int, phase: int) -> None:
        """As on an ordinary day: booked, asked for, approved, put together, sent, answered; it stops somewhere."""
        paper = self.vouchers(union, fen, further=1 + phase % 3)
        pay = self.requests(paper, "", union, fen) if paper is not None and paper.state != "draft" else None
        if pay is None:
            return
        self.submits(pay, "accountant")
        self.decides(pay, "chair" if phase % 2 else "helper")
        batch = self.batch_of(union, [pay]) if phase > 2 else None
        if batch is not None and phase > 3:
            self.approves(batch, "everything")
            self.sends(batch, "cashier")
        if batch is not None and phase > 4:
            self.answers(batch, "accountant", [{5: "unknown", 6: "failed"}.get(phase, "paid")])

    # -- what must hold

    @invariant()
    def the_tables_say_what_the_oracle_says(self) -> None:
        rows = {p.pk: p for p in Payment.objects.exclude(pk__in=self.world.first)}
        assert rows.keys() == {p.pk for p in self.pays}
        lines: dict[int, list[BatchLine]] = {}
        for line in BatchLine.objects.all():
            lines.setdefault(line.payment_id, []).append(line)
        for pay in self.pays:
            self._pay(rows[pay.pk], pay, lines.get(pay.pk, []))
        self._batches()
        for union, of in enumerate(self.world.unions):
            spent = self.spent(union)
            assert union == 1 or spent <= BUDGET  # LED-10
            assert reads.item_left(of, 2025, "50404").left == BUDGET - spent - self.held(union)
            found = projects.money_of(self.world.projects[union])
            assert (found["arrived"], found["spent"]) == tuple(self.funds[union]) and found["left"] >= 0  # LED-09

    def _pay(self, row: Payment, pay: Pay, lines: list[BatchLine]) -> None:
        users = self.world.users[pay.union]
        assert (row.state, row.amount_fen, row.payee, row.maker_id) == (pay.state, pay.fen, pay.payee, users[pay.maker].pk)
        assert row.payer_id == (users[pay.payer].pk if pay.payer else None)
        sent = [x for x in lines if x.state != "waiting"]
        assert pay.left == len(sent) + (row.state == "paid" and pay.method == "cheque") <= 1  # AID-04
        assert [x.state for x in sent] == [pay.state] * len(sent) and sum(x.live for x in lines) <= 1
        if pay.left:
            assert pay.approved == (row.amount_fen, row.payee)  # AID-03
            assert not self.meet(self.makers(pay), self.checkers(pay), self.human(pay.payer))  # AID-02
        if pay.paper is not None and pay.state not in DEAD:  # AID-01
            assert pay.paper.state in {"checked", "posted"}
            assert self.taken([p for p in self.pays if p.paper is pay.paper], None) <= pay.paper.fen

    def _batches(self) -> None:
        rows = {b.pk: b for b in PaymentBatch.objects.annotate(fen=Sum("lines__payment__amount_fen"))}
        assert {pk: b.state for pk, b in rows.items()} == {b.pk: b.state for b in self.batches}
        for batch in self.batches:
            row = rows[batch.pk]
            assert (row.count, row.total_fen) == (len(batch.pays), sum(p.fen for p in batch.pays)) or batch.state == "dropped"
            if batch.state in {"sent", "settled"}:  # AID-03, AID-07
                by = [[p.fen for p in batch.pays if p.state in states] for states in ({"paid"}, {"failed"}, SENT)]
                assert row.digest == row.paid_digest and sum(map(len, by)) == row.count and sum(map(sum, by)) == row.total_fen == row.fen
                assert (batch.state == "settled") == (not by[2])
