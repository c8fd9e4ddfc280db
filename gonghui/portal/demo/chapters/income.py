"""The year of money coming in (演示：经费收缴): contributions and dues of 2025, arrears followed up, a refund, a reconciliation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Any

from gonghui.accounts import selectors as accounts
from gonghui.accounts.actor import Actor
from gonghui.approvals import services as approvals
from gonghui.approvals.enums import Decision
from gonghui.core import clock
from gonghui.figures import services as figures
from gonghui.income.rules.periods import Period
from gonghui.income.selectors import dues as dues_reads
from gonghui.income.selectors import levy
from gonghui.income.selectors import staff as staff_reads
from gonghui.income.services import declarations, demands, dues, payers, receipts, recon, refunds, staff
from gonghui.members.selectors import members
from gonghui.orgs.selectors import closure, employers, unions
from gonghui.people import selectors as people
from gonghui.portal.demo import names
from gonghui.portal.demo.city import City, largest
from gonghui.portal.demo.plan import CITY_CODE, Plan

ORDER = 30
OTHERS = 90
FULL = 20
"""So many of them with every quarter, the rest with the second half of the year."""
TREASURY = 6
TINY = 3
"""Small payers that may get their uploaded part back."""
WAGE_PER_WORKER = 520_000
"""Invented monthly wage of a worker, fen."""


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The steps in order, with their titles."""
    year = Year(actor, plan, city)
    yield "拨缴经费：主席所在工会逐月", year.own_levy
    yield "会费：收缴单、到账、认领", year.own_dues
    yield "拨缴经费：其余单位按季代收", year.others
    yield "催缴、支付令、返还", year.follow_up
    yield "非在编人员经费", year.staff
    yield "三方核对", year.reconcile
    yield "会费：职工所在工会", year.worker_dues


class Year:
    """2025 in the city's money."""

    def __init__(self, actor: Actor, plan: Plan, city: City) -> None:
        self.actor, self.city, self.random = actor, city, Random(f"income-{plan.seed}")  # invented data
        self.firm = largest(city)
        self.union = unions.union_of_code(self.firm.union)
        self.root = unions.union_of_code(CITY_CODE)
        self.own: Any = None
        self.other_payers: list[Any] = []
        self.tiny_payers: list[Any] = []

    def officer(self, login: str) -> Actor:
        """A demo officer as signed in."""
        user = accounts.user_of_name(login)
        assert user is not None  # made by the furnishing
        return accounts.actor_of(user)

    # -- the chair's union in full -----------------------------------------------------------------------------------

    def own_levy(self) -> int:
        """Twelve months, all paid but the last two; the parts for the levels above are sent up each quarter."""
        clerk = self.officer("kuaiji")
        firm = employers.employer_list(actor=self.actor, q=self.firm.code).get(code=self.firm.code)
        with clock.at(date(2025, 1, 10)):
            self.own = payers.payer_open(actor=clerk, employer=firm, union=self.union, since=date(2025, 1, 1))
        workers = max(self.firm.workers, 1)
        for month in range(1, 13):
            since = date(2025, month, 1)
            base = workers * (WAGE_PER_WORKER + self.random.randrange(-20_000, 20_000))
            amounts = {
                "time_wage": base * 7 // 10,
                "bonus": base // 10,
                "allowance": base // 10,
                "overtime": base // 20,
                "travel": base // 50,
            }
            with clock.at(clock.add_months(since, 1).replace(day=8)):
                row = declarations.declaration_make(actor=clerk, payer=self.own, since=since, amounts=amounts, workers=workers)
                if month < 11:
                    receipts.receipt_take(
                        actor=clerk,
                        declaration=row,
                        amount_fen=row.levy_fen,
                        on=clock.today(),
                        reference=f"JZ2025{month:02d}01",
                        book=False,
                    )
                if month % 3 == 0 and month < 11:
                    left = levy.to_send(self.union)
                    receipts.remit(
                        actor=clerk, union=self.union, amount_fen=left, on=clock.today(), reference=f"SJ2025{month:02d}", book=False
                    )
        return 12

    def own_dues(self) -> int:
        """Quarterly lists; payroll money quarter by quarter, a few in arrears, two payments nobody can place in the last month."""
        clerk, made = self.officer("kuaiji"), 0
        with clock.at(date(2025, 1, 5)):
            held = [m.person_id for m in dues_reads.register(self.union, date(2025, 1, 5))]
            today = [m.person_id for m in dues_reads.register(self.union, date(2025, 12, 31)) if m.person_id not in set(held)]
        wages = {p: 300_000 + self.random.randrange(0, 500) * 1_000 for p in held}
        with clock.at(date(2025, 1, 5)):
            if wages:
                dues.bases_set(actor=clerk, union=self.union, since=date(2025, 1, 1), wages=wages)
        with clock.at(date(2025, 12, 31)):
            if today[3:]:
                more = {p: 300_000 + self.random.randrange(0, 500) * 1_000 for p in today[3:]}
                dues.bases_set(actor=clerk, union=self.union, since=date(2025, 12, 31), wages=more)
        for month in (3, 6, 9, 12):
            period = Period(date(2025, month - 2, 1), 3)
            if not dues_reads.register(self.union, period.last):
                continue  # a tiny city: nobody was a member yet
            with clock.at(period.last):
                listing = dues.list_make(actor=clerk, union=self.union, period=period)
                made += self._pay(clerk, listing, month)
        return made

    def _pay(self, clerk: Actor, listing: Any, month: int) -> int:
        rows = [
            dues.Arrived(i.due_fen, i.person_id, "id", i.person.name)
            for n, i in enumerate(listing.items.select_related("person").order_by("person_id"))
            if i.due_fen and (n % 41 or month < 9)
        ]
        if month == 12:
            rows += [dues.Arrived(1_850, None, "unknown", "祁连山", "9901**********0017"), dues.Arrived(2_100, None, "several", "张伟")]
        if rows:
            dues.payments_post(actor=clerk, listing=listing, on=clock.today(), rows=rows)
            dues.dues_receipt(actor=clerk, listing=listing, book=False)
        if month < 9:
            dues.list_close(actor=clerk, listing=listing)
        return len(rows)

    # -- the others in summary ---------------------------------------------------------------------------------------

    def others(self) -> int:
        """Some ninety employers, declared by the tax bureau's quarterly list; most have paid."""
        rows, taken = [], 0
        alone = [e for e in self.city.employers if e.form == "单独建会" and e.workers and e.code != self.firm.code]
        tiny = sorted(alone, key=lambda e: (e.workers, e.code))[:TINY]
        single = [e for e in alone if e not in tiny][:OTHERS]
        public = [e for e in self.city.employers if e.sector == "机关企事业" and e.form][:TREASURY]
        codes = {e.code: e for e in [*single, *public]}
        found = employers.employer_list(actor=self.actor).filter(code__in=codes).select_related("union")
        with clock.at(date(2024, 1, 5)):
            for firm in found.order_by("code"):
                public_unit = codes[firm.code].sector == "机关企事业"
                rows.append((firm, firm.union, "treasury" if public_unit else "tax", "institution" if public_unit else "private"))
            payers.payers_open(actor=self.actor, union=self.root, rows=rows, since=date(2024, 10, 1))
        self.other_payers = list(levy.payers(self.actor, self.root).filter(employer__code__in=codes).order_by("pk"))
        sizes = {p.pk: max(codes[p.employer.code].workers, 4) for p in self.other_payers}
        for quarter in range(-1, 4):
            since = clock.add_months(date(2025, 1, 1), quarter * 3)
            bases = {
                p.pk: (sizes[p.pk], sizes[p.pk] * 3 * (400_000 + (p.pk * 7919 + quarter) % 90_000))
                for n, p in enumerate(self.other_payers)
                if (p.pk % 29 or quarter < 2) and (n < FULL or quarter > 1)
            }
            with clock.at(clock.add_months(since, 3).replace(day=14)):
                made = declarations.declarations_take(actor=self.actor, union=self.root, since=since, months=3, rows=bases)
                paid = [d for d in made if d.payer_id % 17 or quarter < 1]
                rows_paid = [(d, d.levy_fen if d.payer_id % 23 or quarter < 2 else d.levy_fen // 2, clock.today()) for d in paid]
                receipts.receipts_take(actor=self.actor, union=self.root, rows=rows_paid)
            taken += len(made)
        taken += self._tiny(tiny)
        with clock.at(date(2026, 1, 20)):
            payers.periods_open(actor=self.actor, union=self.root)
        return taken

    def _tiny(self, firms: list[Any]) -> int:
        """Three small payers over two years of quarters, all paid."""
        codes = {e.code: max(e.workers, 4) for e in firms}
        found = employers.employer_list(actor=self.actor).filter(code__in=codes).select_related("union").order_by("code")
        with clock.at(date(2024, 1, 5)):
            payers.payers_open(
                actor=self.actor, union=self.root, rows=[(f, f.union, "tax", "private") for f in found], since=date(2024, 1, 1)
            )
        self.tiny_payers = list(levy.payers(self.actor, self.root).filter(employer__code__in=codes).order_by("pk"))
        taken = 0
        for quarter in range(8):
            since = clock.add_months(date(2024, 1, 1), quarter * 3)
            bases = {p.pk: (n := codes[p.employer.code], n * 3 * 400_000) for p in self.tiny_payers}
            with clock.at(clock.add_months(since, 3).replace(day=14)):
                made = declarations.declarations_take(actor=self.actor, union=self.root, since=since, months=3, rows=bases)
                receipts.receipts_take(actor=self.actor, union=self.root, rows=[(d, d.levy_fen, clock.today()) for d in made])
            taken += len(made)
        return taken

    def follow_up(self) -> int:
        """Demand letters in several stages, one before the court; a small payer's refund approved and paid."""
        late = list(dict.fromkeys(d.payer for d in levy.arrears(self.actor, self.root, date(2025, 11, 1)) if d.payer_id != self.own.pk))[:6]
        made = []
        with clock.at(date(2025, 11, 10)):
            made = [demands.demand_issue(actor=self.actor, payer=p) for p in late]
        with clock.at(date(2025, 12, 20)):
            for n, demand in enumerate(made[:3]):
                if n:
                    demands.demand_dispute(
                        actor=self.actor, demand=demand, disputed_fen=max(demand.claimed_fen // 4, 1), words="认为派遣人员的报酬不应计入"
                    )
                if n < 2:
                    demands.order_apply(actor=self.actor, demand=demand, court="江州市人民法院", reason="期满后多次上门仍不缴纳")
            if made:
                demands.demand_move(
                    actor=self.actor, demand=made[0], to="ordered", order_no="（2025）江民督 12 号", order_on=date(2025, 12, 19)
                )
        return len(made) + self._refund()

    def _refund(self) -> int:
        """Small payers of 2024, as the paper of 2022 allowed until the end of that year: one approved, one waiting, one refused."""
        head, done = self.officer("caiwu"), 0
        since = date(2024, 1, 1)
        with clock.at(date(2024, 12, 30)):
            for payer in self.tiny_payers:
                if not refunds.small_slip(payer, since, clock.today()).outcome:
                    continue
                row = refunds.refund_propose(actor=self.actor, payer=payer, kind="small", since=since, to_union=payer.union)
                if done != 1 and row.approval is not None:
                    word = Decision.REFUSE if done else Decision.APPROVE
                    approvals.approval_decide(
                        actor=head, approval=row.approval, decision=word, opinion="收据不全，补齐后再报" if done else ""
                    )
                done += 1
        return done

    def staff(self) -> int:
        """The yearly reminder in September, one unit in each state."""
        with clock.at(date(2025, 9, 1)):
            made = staff.staff_remind_all(actor=self.actor)
        checks = list(self.root_checks())
        unit, treasury = Actor.system("demo.unit"), Actor.system("demo.treasury")
        for n, check in enumerate(checks):
            with clock.at(date(2025, 9, 18)):
                if n >= 1:
                    staff.unit_confirm(actor=unit, check=check, count=8 + n, wage_fen=(8 + n) * 4_200_000)
                if n >= 2:
                    staff.finance_confirm(actor=treasury, check=check, count=8 + n - (n == 2), office="市财政局预算科")
            if n >= 4:
                check.refresh_from_db()
                with clock.at(date(2026, 3, 2)):
                    part = check.expected_fen if n >= 5 else check.expected_fen // 2
                    staff.staff_arrive(actor=treasury, check=check, amount_fen=part, on=date(2026, 3, 2), reference=f"CZ2026-{n:03d}")
        return made

    def root_checks(self) -> Any:
        """The checks of the year, in order."""
        return staff_reads.checks(self.actor, self.root, year=2026).order_by("pk")

    def worker_dues(self) -> int:
        """Two quarters in the union of the worker who signs in to the demo: what 我的会费 shows."""
        spell = members.mine(people.person_find(phone=names.phone(0))[0].pk)
        if spell is None:
            return 0
        with clock.at(date(2026, 1, 5)):
            held = [m.person_id for m in dues_reads.register(spell.union, clock.today())]
            wages = {p: 300_000 + self.random.randrange(0, 300) * 1_000 for p in held}
            dues.bases_set(actor=self.actor, union=spell.union, since=date(2026, 1, 1), wages=wages)
        made = 0
        for month in (6, 9):
            period = Period(date(2026, month - 2, 1), 3)
            with clock.at(period.last):
                listing = dues.list_make(actor=self.actor, union=spell.union, period=period)
                made += self._pay(self.actor, listing, month)
        return made

    def reconcile(self) -> int:
        """The last two quarters of the chair's union: register, money and the number that was reported; some differences explained."""
        clerk = self.officer("kuaiji")
        counted = len([m for m in dues_reads.register(self.union, date(2025, 12, 15)) if m.standing in ("active", "in_transit")])
        figures.reported_put(
            actor=self.actor,
            union=closure.node(self.firm.union),
            key="members",
            on=date(2025, 12, 15),
            claimed=str(counted + 6),
            source="2025 年工会统计年报",
        )
        with clock.at(date(2026, 1, 10)):
            for month in (7, 10):
                row = recon.recon_make(actor=clerk, union=self.union, period=Period(date(2025, month, 1), 3))
            lines = list(row.lines.order_by("pk").values_list("pk", flat=True))
            recon.lines_settle(actor=clerk, recon=row, lines=lines[: len(lines) // 2], reason="已核对工资表，次月补扣")
        return len(lines)
