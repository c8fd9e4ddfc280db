"""Budgets and money of the demo city (预算与资金): budgets of some 80 unions, payments in every state, a statement, assets, projects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from gonghui.accounts import selectors as users
from gonghui.accounts.actor import Actor
from gonghui.approvals import services as approvals
from gonghui.core import clock
from gonghui.core.errors import Refusal
from gonghui.finance import services as finance
from gonghui.finance.selectors import books, ledger
from gonghui.members.selectors import members
from gonghui.orgs import services as orgs
from gonghui.orgs.selectors import unions
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import CITY_CODE, Plan
from gonghui.treasury import services
from gonghui.treasury.rules.items import Row
from gonghui.treasury.selectors import bank as bank_reads
from gonghui.treasury.selectors import budgets as budget_reads
from gonghui.treasury.services import assets, bank, batches, budgets, finals, payments, projects

ORDER = 24
Step = tuple[str, Callable[[], Any]]
MOST = 80
PAPER = (date(2025, 12, 18), date(2025, 12, 24), date(2026, 1, 9))
CARDS = "62170033200012345"


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[Step]:
    """The steps of this chapter."""
    money = Money(actor, plan)
    yield "各级工会的年度预算", money.budgets
    yield "主席所在工会的预算审批和调整", money.chain
    yield "付款、付款批、银行回执", money.pay
    yield "银行对账单核对", money.bank
    yield "资产、服装、盘点、折旧", money.things
    yield "资金项目", money.projects
    yield "年度决算", money.finals


class Money:
    """Who does what."""

    def __init__(self, actor: Actor, plan: Plan) -> None:
        self.actor, self.random = actor, Random(f"treasury-{plan.seed}")
        self.hands: dict[str, Actor] = {}
        self.own: Any = None
        self.book: Any = None
        self.account: Any = None

    def meet(self) -> None:
        """The people and the book of the chair's union."""
        accounts = {user.username: user for user, _roles, _seed in users.demo_accounts()}
        self.hands = {n: users.actor_of(accounts[n]) for n in ("kuaiji", "chair", "chuna", "auditor", "township", "caiwu", "city")}
        seen = unions.union_visible(self.actor).filter(ended_on=None)
        self.own = seen.get(path=self.hands["chair"].scopes[0].path)
        self.book = books.book_of(self.own)

    # -- budgets

    def budgets(self) -> int:
        """Budgets of 2026 as entered from paper; of 2025 for the chair's union and thirty more."""
        self.meet()
        seen = unions.union_visible(self.actor).filter(ended_on=None)
        kept = [b.union for b in books.books(self.actor).exclude(union=self.own)]
        more = list(
            seen.filter(kind="enterprise", founded_on__lt=date(2025, 1, 1))
            .exclude(pk__in=[u.pk for u in [*kept, self.own]])
            .order_by("path")[: MOST - len(kept)]
        )
        spent = budget_reads.moved([u.pk for u in [*kept, self.own]], 2025)
        count = 0
        for n, union in enumerate([*kept, *more]):
            rows = self._rows(spent.get(union.pk, {}), union, tight=n % 17 == 3)
            if n % 23 != 22:  # some have a book and no budget: exceptions of the consolidated page
                count += self._paper(union, 2026, rows, reported=n % 5 != 4)
            if n < 30:
                count += self._paper(union, 2025, rows, reported=True)
        return count + self._paper(self.own, 2025, self._rows(spent.get(self.own.pk, {}), self.own), reported=True)

    def _rows(self, spent: dict[tuple[str, str, str], int], union: Any, *, tight: bool = False) -> list[Row]:
        sums: dict[tuple[str, str], int] = {}
        for (account, event, _project), fen in spent.items():
            if account not in {"162", "163"} and fen > 0:
                key = (account, event if event in {"festival", "film", "hospital"} else "")
                sums[key] = sums.get(key, 0) + fen
        if not sums:
            base = self.random.randrange(20, 90) * 100_000
            sums = {
                ("402", ""): base,
                ("50105", "festival"): base * 3 // 10,
                ("50102", ""): base // 5,
                ("50405", ""): base // 5,
                ("50501", ""): base // 10,
            }
        if union.kind in {"city", "county"}:
            sums = {("402", ""): 120_000_000, ("502", ""): 30_000_000, ("50404", ""): 20_000_000, ("508", ""): 50_000_000}
        share = 70 if tight else 115
        return [
            Row("", account, fen * share // 100 // 10_000 * 10_000 + 10_000, activity) for (account, activity), fen in sorted(sums.items())
        ]

    def _paper(self, union: Any, year: int, rows: list[Row], *, reported: bool) -> int:
        examined, approved, told = (d.replace(year=d.year - 2026 + year) for d in PAPER)
        with clock.at(date(year, 1, 15)):
            budgets.budget_register(
                actor=self.actor, union=union, year=year, rows=rows, examined_on=examined, approved_on=approved, reported_on=told if reported else None,
                document_no=f"工会委员会会议纪要〔{approved.year}〕{approved.month} 号", carried_fen=max(0, self._hole(rows)),
            )  # fmt: skip
        return 1

    def _hole(self, rows: list[Row]) -> int:
        income = sum(r.amount_fen for r in rows if r.account.startswith("4"))
        return sum(r.amount_fen for r in rows) - 2 * income

    def chain(self) -> None:
        """Through the whole procedure: 2026 approved, reported, received; an adjustment waits for the audit committee; a plan holds money."""
        kuaiji, chair = self.hands["kuaiji"], self.hands["chair"]
        with clock.at(date(2026, 1, 12)):
            row: Any = budgets.budget_prepare(actor=kuaiji, union=self.own, year=2026, reason="按上年决算和会员人数编制")
            rows = [Row(x.side, x.account, x.amount_fen, x.activity, x.name, x.last_fen, x.basis) for x in row.lines.all()]
            row = budgets.budget_save(
                actor=kuaiji, budget=row, rows=rows, carried_fen=max(0, self._hole(rows)), control="stop", reason="按上年决算和会员人数编制"
            )
            row = budgets.budget_submit(actor=kuaiji, budget=row)
        for day, who in ((date(2026, 1, 14), self.hands["auditor"]), (date(2026, 1, 16), chair)):
            with clock.at(day):
                row.approval.refresh_from_db()
                approvals.approval_decide(actor=who, approval=row.approval, decision="approve", opinion="同意")
        row.refresh_from_db()
        with clock.at(date(2026, 1, 20)):
            row = budgets.budget_report(actor=kuaiji, budget=row, document_no="工字〔2026〕2 号")
        with clock.at(date(2026, 7, 6)):
            new = budgets.budget_adjust(actor=kuaiji, budget=row, reason="下半年增加职工书屋和夏季送清凉")
            rows = [
                Row(
                    x.side,
                    x.account,
                    x.amount_fen * 11 // 10 if x.account.startswith("5") else x.amount_fen,
                    x.activity,
                    x.name,
                    x.last_fen,
                    x.basis,
                )
                for x in new.lines.all()
            ]
            new = budgets.budget_save(
                actor=kuaiji, budget=new, rows=rows, carried_fen=max(0, self._hole(rows)), control="stop", reason=new.reason
            )
            budgets.budget_submit(actor=kuaiji, budget=new)
        item = next((x for x in row.lines.all() if x.account.startswith("501") and x.amount_fen), None)
        if item is not None:
            self._quiet(lambda: services.reserve(
                actor=kuaiji, union=self.own, item=f"{item.account}/{item.activity}" if item.activity else item.account, amount=50_000,
                source="treasury.demo:winter", words_="冬季趣味运动会", on=clock.today(),
            ))  # fmt: skip

    def _quiet(self, act: Callable[[], Any]) -> Any:
        """A demo year may leave too little of an item; then this piece is left out."""
        try:
            return act()
        except Refusal:
            return None

    # -- payments

    def pay(self) -> None:
        """Payments in every state: settled, sent back and asked anew, unknown, waiting; cash within the limit."""
        self._account()
        today = clock.today()
        paid = self._payments(today - timedelta(days=9), ("宣传栏制作", 86_000), ("图书一批", 124_000), ("棋牌用品", 39_800))
        if len(paid) > 1:
            self._batch(today - timedelta(days=8), paid, ["成功"] * (len(paid) - 1) + ["失败"])
            paid[-1].refresh_from_db()
            payments.payment_again(actor=self.hands["kuaiji"], payment=paid[-1], account=CARDS + "88")
        unknown = self._payments(today - timedelta(days=5), ("展板印刷", 52_000), ("书架两组", 68_600))
        if unknown:
            self._batch(today - timedelta(days=4), unknown, ["成功"] * (len(unknown) - 1) + ["处理中"])
        waiting = self._payments(today - timedelta(days=2), ("安全知识手册", 43_000), ("阅览桌椅", 71_500))
        if waiting:
            made = batches.batch_make(actor=self.hands["kuaiji"], union=self.own, account=self.account, payments_=waiting)
            batches.batch_approve(actor=self.hands["chair"], batch=made)
        self._payments(today - timedelta(days=1), ("会议室横幅", 12_000))
        self._payments(today - timedelta(days=1), ("活动用水", 18_000), method="cash")
        self._payments(today - timedelta(days=1), ("墙报材料", 26_500), decided=False)

    def _account(self) -> None:
        found = bank_reads.account_list(actor=self.actor).filter(union=self.own, since__lte=date(2025, 1, 1)).first()
        if found is None:
            with clock.at(date(2025, 1, 2)):
                if not self.own.certificates.filter(cancelled_on=None).exists():
                    orgs.certificate_add(
                        actor=self.actor,
                        union=self.own,
                        number="工法证第 0001 号",
                        issued_on=date(2024, 3, 1),
                        valid_until=date(2029, 2, 28),
                    )
                orgs.account_set(
                    actor=self.actor, union=self.own, bank="江州农村商业银行", number="9550880012345678", since=date(2025, 1, 1)
                )
            found = bank_reads.account_list(actor=self.actor).get(union=self.own)
        self.account = found
        for role, name in (("legal", "李秀兰"), ("finance", "何敏"), ("maker", "吕洁"), ("checker", "李秀兰")):
            bank.signatory_set(actor=self.actor, account=found, role=role, name=name, since=date(2025, 1, 2))

    def _payments(self, on: date, *wanted: tuple[str, int], method: str = "transfer", decided: bool = True) -> list[Any]:
        made = []
        with clock.at(on):
            for n, (words, fen) in enumerate(wanted):
                row = self._quiet(lambda n=n, words=words, fen=fen: self._one(words, fen, method, n, decided))  # type: ignore[misc]  # bound now
                if row is not None:
                    made.append(row)
        return made

    def _one(self, words: str, fen: int, method: str, n: int, decided: bool) -> Any:
        kuaiji, chair = self.hands["kuaiji"], self.hands["chair"]
        facts = {"cash": True} if method == "cash" else {}
        voucher = finance.entry(
            actor=kuaiji,
            book=self.book,
            event="home",
            on=clock.today(),
            amount=fen,
            words=words,
            facts=facts,
        )
        voucher = finance.voucher_check(actor=chair, voucher=voucher)
        row: Any = payments.payment_request(
            actor=kuaiji, union=self.own, payee=f"江州{words[:2]}经营部", amount_fen=fen, words=words, method=method, kind="purchase", voucher=voucher,
            account="" if method == "cash" else f"{CARDS}{len(words)}{n}", payee_bank="江州农村商业银行",
        )  # fmt: skip
        row = payments.payment_submit(actor=kuaiji, payment=row)
        if decided:
            approvals.approval_decide(actor=chair, approval=row.approval, decision="approve")
            row.refresh_from_db()
        return row

    def _batch(self, on: date, rows: list[Any], outcomes: list[str]) -> None:
        with clock.at(on):
            made = batches.batch_make(actor=self.hands["kuaiji"], union=self.own, account=self.account, payments_=rows)
            made = batches.batch_approve(actor=self.hands["chair"], batch=made)
            made = batches.batch_pay(actor=self.hands["chuna"], batch=made)
        with clock.at(on + timedelta(days=1)):
            lines = ["转账编号,结果,银行流水号,原因"]
            for line, word in zip(made.lines.order_by("transfer_no"), outcomes, strict=True):
                lines.append(f"{line.transfer_no},{word},JZ{on:%y%m%d}{line.pk:06d},{'户名与账号不符' if word == '失败' else ''}")
            batches.answer_take(actor=self.hands["kuaiji"], batch=made, content="\n".join(lines).encode(), name=f"{made.number}回执.csv")

    # -- the bank

    def bank(self) -> int:
        """Two years of the bank: what the books know a day or two later, less a few, and three lines they do not know."""
        sides = sorted(bank_reads.book_lines(self.account).values(), key=lambda s: (s.on, s.key))
        balance = ledger.balance(self.book, "102", date(2025, 1, 1)) - sum(s.fen for s in sides if s.on <= date(2025, 1, 1))
        said: list[tuple[date, int, str, str]] = []
        for n, side in enumerate(sides[:-3] if len(sides) > 6 else sides):
            day = min(side.on + timedelta(days=n % 3), clock.today())
            said.append((day, side.fen, "江州市总工会" if "经费" in side.words else f"往来单位{n % 7 + 1}", side.words))
        said += [(date(2026, 9, 21), 4_812, "江州农村商业银行", "三季度存款利息"), (date(2026, 10, 8), -1_500, "江州农村商业银行", "对公账户管理费"),
                 (date(2026, 10, 30), -38_000, "江州蓝天印务", "印刷费，凭证未到")]  # fmt: skip
        lines = []
        for n, (day, fen, payee, words) in enumerate(sorted(said, key=lambda s: s[0])):
            balance += fen
            lines.append(bank.Said(day, fen, f"LS{n:06d}", balance, payee, "", words))
        bank.statement_write(actor=self.hands["kuaiji"], account=self.account, lines=lines)
        pairs = bank.match_auto(actor=self.hands["kuaiji"], account=self.account)
        row = bank.reconciliation_make(actor=self.hands["kuaiji"], account=self.account, on=date(2026, 10, 31))
        if row.balanced:
            bank.reconciliation_check(actor=self.hands["chair"], row=row)
        return pairs

    # -- assets and projects

    def things(self) -> None:
        """A computer, furniture, clothing of ten members, one piece back; a closed stocktake with a missing piece, an open one; a month's depreciation."""
        kuaiji = self.hands["kuaiji"]
        people = list(members.current(self.actor, self.own).order_by("pk").values_list("person_id", flat=True)[:10])
        with clock.at(date(2025, 6, 16)):
            (computer,) = assets.asset_add(
                actor=kuaiji,
                union=self.own,
                name="台式计算机",
                kind="computer",
                cost_fen=460_000,
                bought_on=date(2025, 6, 11),
                years=6,
                model="一体机",
                place="职工之家",
            )
            assets.asset_issue(actor=kuaiji, asset=computer, person_id=people[0], on=date(2025, 6, 16))
            chairs = assets.asset_add(
                actor=kuaiji,
                union=self.own,
                name="会议桌",
                kind="furniture",
                cost_fen=180_000,
                bought_on=date(2025, 5, 22),
                years=15,
                quantity=4,
                place="职工之家",
            )
            assets.asset_add(
                actor=kuaiji,
                union=self.own,
                name="捐赠图书柜",
                kind="furniture",
                cost_fen=0,
                bought_on=date(2025, 6, 1),
                years=15,
                donated=True,
                place="职工书屋",
            )
        with clock.at(date(2025, 9, 28)):
            worn = assets.clothing_buy(
                actor=kuaiji,
                union=self.own,
                person_ids=people,
                name="运动会队服",
                price_fen=32_000,
                bought_on=date(2025, 9, 28),
                source="treasury.demo:clothing",
            )
        with clock.at(date(2026, 3, 12)):
            assets.asset_return(actor=kuaiji, asset=worn[-1], on=date(2026, 3, 12), note="离职交回")
        with clock.at(date(2025, 12, 22)):
            count = assets.stocktake_open(actor=kuaiji, union=self.own, on=date(2025, 12, 22))
            found = {x.pk: ("missing" if x.asset_id == chairs[-1].pk else "present", "") for x in count.lines.all()}
            assets.stocktake_record(actor=kuaiji, stocktake=count, found=found)
            assets.stocktake_close(actor=kuaiji, stocktake=count, note="会议桌一张未见，查找中，其余账实相符。")
        assets.stocktake_open(actor=kuaiji, union=self.own, on=clock.today())
        with clock.at(date(2026, 11, 3)):
            self._quiet(lambda: assets.depreciation_run(actor=kuaiji, union=self.own, month=date(2026, 10, 1)))

    def finals(self) -> int:
        """Of 2025: the chair's union examined, approved and reported to the union above; of two small ones as drawn up."""
        kuaiji, made = self.hands["kuaiji"], 0
        with clock.at(date(2026, 11, 6)):
            for book in books.books(self.actor).exclude(union=self.own).order_by("pk")[:6]:
                made += self._quiet(lambda book=book: finals.final_prepare(actor=self.actor, union=book.union, year=2025)) is not None  # type: ignore[misc]  # bound now
        with clock.at(date(2026, 11, 9)):
            row = finals.final_prepare(actor=kuaiji, union=self.own, year=2025)
            words = dict.fromkeys(
                row.lines.filter(must=True).values_list("pk", flat=True), "年初按上年水平编列，年内活动增减，已经委员会研究"
            )
            row = finals.final_explain(actor=kuaiji, final=row, words=words, notes="收支总体平衡，结余转入下年使用。")
            row = finals.final_submit(actor=kuaiji, final=row)
            paper: Any = row.approval
            approvals.approval_decide(
                actor=self.hands["auditor"], approval=paper, decision="approve", opinion="账实相符，差异说明清楚，同意"
            )
            paper.refresh_from_db()
            approvals.approval_decide(actor=self.hands["chair"], approval=paper, decision="approve", opinion="同意")
            row.refresh_from_db()
            finals.final_report(actor=kuaiji, final=row, document_no="工会〔2026〕6 号")
        return made + 1

    def projects(self) -> None:
        """One accepted, one being built, one planned."""
        town, root = unions.union_of_code(f"{CITY_CODE}-01"), unions.union_of_code(CITY_CODE)
        a, day = self.actor, date(2025, 8, 4)
        with clock.at(date(2025, 12, 12)):
            done = projects.project_open(
                actor=a,
                union=town,
                name="镇职工服务中心建设",
                kind="venue",
                begun_on=day,
                due_on=date(2025, 12, 31),
                place="镇文化站二楼",
                document_no="江工发〔2025〕31 号",
            )
            for level, giver, fen in (
                ("county", "江州市财政局", 20_000_000),
                ("township", "镇人民政府", 10_000_000),
                ("upper", "江州市总工会", 10_000_000),
            ):
                source = projects.source_add(actor=a, project=done, level=level, giver=giver, promised_fen=fen)
                projects.source_arrived(actor=a, source=source, amount_fen=fen, on=date(2025, 9, 10))
            for name, kind, n, fen, years in (
                ("健身器材", "special", 6, 480_000, 8),
                ("阅览桌椅", "furniture", 20, 65_000, 15),
                ("投影机", "general", 1, 520_000, 6),
            ):
                bought = projects.purchase_add(
                    actor=a,
                    project=done,
                    name=name,
                    kind=kind,
                    quantity=n,
                    price_fen=fen,
                    bought_on=date(2025, 10, 20),
                    supplier="江州文体设备公司",
                    years=years,
                )
                projects.purchase_accept(actor=a, purchase=bought, on=date(2025, 11, 5))
            projects.project_accept(
                actor=a, project=done, acceptors="孙建国、高远", conclusion="设备齐全，使用正常，同意验收。", on=date(2025, 12, 12)
            )
        with clock.at(date(2026, 9, 1)):
            half = projects.project_open(
                actor=a,
                union=self.own,
                name="职工书屋提升",
                kind="books",
                begun_on=date(2026, 5, 6),
                due_on=date(2026, 12, 20),
                place="厂区三号楼",
            )
            source = projects.source_add(actor=a, project=half, level="upper", giver="江州市总工会", promised_fen=3_000_000)
            projects.source_arrived(actor=a, source=source, amount_fen=1_500_000, on=date(2026, 6, 10))
            projects.source_add(actor=a, project=half, level="employer", giver="本单位行政", promised_fen=2_000_000)
            projects.purchase_add(
                actor=a,
                project=half,
                name="图书",
                kind="books",
                quantity=200,
                price_fen=4_500,
                bought_on=date(2026, 8, 12),
                supplier="江州书店",
            )
            projects.project_open(
                actor=a,
                union=root,
                name="户外劳动者驿站",
                kind="venue",
                begun_on=date(2026, 8, 20),
                due_on=date(2027, 6, 30),
                place="江州市区",
            )
