"""Spending in the demo city (演示城市的支出): a year of plans, lawful ones and planted violations, all through services."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.db import transaction

from gonghui.accounts import selectors as users
from gonghui.accounts.actor import Actor
from gonghui.approvals import services as approvals
from gonghui.core import clock
from gonghui.files import services as files
from gonghui.finance import services as finance
from gonghui.orgs.selectors import unions
from gonghui.portal.demo.city import City, largest
from gonghui.portal.demo.plan import CITY_CODE, Plan
from gonghui.spending import services
from gonghui.spending.enums import PlanKind, Use
from gonghui.spending.selectors import budgets, roll
from gonghui.spending.services import LineData, PlanData
from gonghui.spending.services.data import PersonData

ORDER = 40
OTHERS = 100
RULES = (
    "cash_limit", "participation_prize", "prize_share", "event_prize", "souvenir", "festival_form", "clothing", "meal_ceiling", "eight_prohibitions", "outing",
)  # fmt: skip
"""Rules against which something is planted; `truth.json` lists the plans under `spending_<rule>`."""
LEAST_GIFT = 2000
LAWFUL = "spending_lawful_vouchers"
"""Plans, in `truth.json`, that are lawful and were posted through the guard."""
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
WORN = {"only_participants": True, "owner": "unit", "had_before": False}
SHOPS = ("江州惠民超市", "青松文体用品店", "白桦印刷社", "云杉快餐店")


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The steps in order."""
    year = Year(actor, plan, city)
    yield "当地标准", year.figures
    yield "支出计划：其他工会的一年", year.others
    yield "支出计划：主席所在工会", year.own


class Year:
    """What was planned and spent."""

    def __init__(self, actor: Actor, plan: Plan, city: City) -> None:
        self.actor, self.random = actor, Random(f"spending-{plan.seed}-{plan.scale}")
        self.firm = largest(city)
        codes = sorted(
            {e.union for e in city.employers if e.form == "单独建会" and e.workers and e.members >= 6 and e.union != self.firm.union}
        )
        self.codes = codes[: max(12, min(OTHERS, round(OTHERS * min(1.0, plan.scale * 4))))]
        self.truth: dict[str, list[str]] = {f"spending_{rule}": [] for rule in RULES}

    def figures(self) -> int:
        """What the rule base leaves to the place; invented for the demo city."""
        root = unions.union_of_code(CITY_CODE)
        rows = (("travel_meal", 10000, "江州市差旅伙食补助标准（演示数据）"), ("unit_meal", 2500, "江州市总工会机关工作餐标准（演示数据）"),
                ("birthday", 30000, "江州市基层工会经费收支实施细则（演示数据）"), ("referee_fee", 30000, "江州市基层工会经费收支实施细则（演示数据）"),
                ("participation_prize", 15000, "江州市基层工会经费收支实施细则（演示数据）"))  # fmt: skip
        with clock.at(date(2025, 1, 2)):
            for kind, fen, source in rows:
                services.figure_set(
                    actor=self.actor, union=root, kind=kind, area="379900", amount_fen=fen, since=date(2025, 1, 1), source=source
                )
        return len(rows)

    @transaction.atomic
    def others(self) -> int:
        """A lawful plan or two each, and the planted ones spread among them."""
        made = 0
        for n, code in enumerate(self.codes):
            union = unions.union_of_code(code)
            for data in self._lawful(n):
                self._record(union, data)
                made += 1
        for n, (rule, data) in enumerate(self._planted()):
            row = self._record(unions.union_of_code(self.codes[(n * 7) % len(self.codes)]), data)
            self.truth[f"spending_{rule}"].append(row.number)
            made += 1
        self._tell()
        return made

    def _tell(self) -> None:
        """Write down what was planted, and what is lawful and went through the books."""
        place = settings.DATA_DIR / "demo" / "truth.json"
        if place.exists():
            told = json.loads(place.read_text(encoding="utf-8")) | self.truth
            place.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")

    def _record(self, union: Any, data: PlanData) -> Any:
        with clock.at(data.on + timedelta(days=3)):
            return services.plan_record(actor=self.actor, union=union, data=data)

    def _day(self, month: int) -> date:
        return date(2025, month, self.random.randint(1, 28))

    def _lawful(self, n: int) -> list[PlanData]:
        """Lawful by the rules of the place on the day: at or below each line, at the line itself now and then."""
        pick, shop, people = self.random.randint, SHOPS[n % len(SHOPS)], self.random.randint(12, 60)
        kinds: list[PlanData] = [
            PlanData(PlanKind.ACTIVITY, "职工乒乓球赛", self._day(5), [LineData(Use.PRIZE, pick(100, 500) * 100, people * 2 // 3, "优胜奖")], count=people, payee=shop),
            PlanData(PlanKind.ACTIVITY, "春季健步走", self._day(4), [LineData(Use.SOUVENIR, pick(30, 100) * 100, people, "纪念毛巾")], count=people, payee=shop),
            PlanData(PlanKind.ACTIVITY, "元宵灯谜会", self._day(2), [LineData(Use.PARTICIPATION, 15000, people, "参与奖")], count=people, payee=shop),
            PlanData(PlanKind.MEAL, "排练用餐", self._day(9), [LineData(Use.MEAL, pick(20, 40) * 100, people)], count=people, payee=shop),
            PlanData(PlanKind.PURCHASE, "活动室零星用品", self._day(6), [LineData(Use.OTHER, pick(100, 1000) * 100, 1, "文具")], count=1, method="cash", payee=f"{shop}{n}"),
            PlanData(PlanKind.CLOTHING, "合唱比赛服装", self._day(8), [LineData(Use.CLOTHING, pick(300, 800) * 100, people, "演出服")], count=people, more=WORN, payee=shop),
            PlanData(PlanKind.PURCHASE, "职工书屋图书", self._day(10), [LineData(Use.OTHER, pick(1500, 6000) * 100, 1, "图书")], count=1, payee=shop),
        ]  # fmt: skip
        return [kinds[n % len(kinds)], *([kinds[(n // 3 + 4) % len(kinds)]] if n % 3 == 0 else [])]

    def _planted(self) -> Iterator[tuple[str, PlanData]]:
        """One step over the line, and a form that no place allows."""
        for fen in (100001, 268000, 1500000):
            yield (
                "cash_limit",
                PlanData(
                    PlanKind.PURCHASE,
                    "采购办公用品",
                    self._day(3),
                    [LineData(Use.OTHER, fen, 1, "用品")],
                    count=1,
                    method="cash",
                    payee=f"现金商行{fen}",
                ),
            )
        for winners, people in ((21, 30), (40, 40)):
            yield (
                "prize_share",
                PlanData(PlanKind.ACTIVITY, "职工象棋赛", self._day(5), [LineData(Use.PRIZE, 20000, winners, "优胜奖")], count=people),
            )
        for fen in (15001, 16000):
            lines = [LineData(Use.PARTICIPATION, fen, 40, "参与奖")]
            yield "participation_prize", PlanData(PlanKind.ACTIVITY, "迎春联欢", self._day(4), lines, count=40)
        for fen in (50001, 88000):
            yield "event_prize", PlanData(PlanKind.ACTIVITY, "羽毛球赛", self._day(6), [LineData(Use.PRIZE, fen, 3, "一等奖")], count=30)
        for fen in (10001, 19900):
            yield "souvenir", PlanData(PlanKind.ACTIVITY, "趣味运动会", self._day(9), [LineData(Use.SOUVENIR, fen, 20, "保温杯")], count=20)
        for form in ("shopping_card", "cash"):
            more = {"festival": "national", "form": form, "to_all": True}
            yield (
                "festival_form",
                PlanData(PlanKind.FESTIVAL, "国庆节慰问", date(2025, 9, 29), [LineData(Use.GIFT, 20000, 200)], count=9999, more=more),
            )
        for fen in (80001, 128000):
            yield (
                "clothing",
                PlanData(PlanKind.CLOTHING, "运动会服装", self._day(10), [LineData(Use.CLOTHING, fen, 12, "运动服")], count=12, more=WORN),
            )
        for fen in (4001, 9800):
            yield "meal_ceiling", PlanData(PlanKind.MEAL, "活动聚餐", self._day(11), [LineData(Use.MEAL, fen, 15)], count=15)
        for nature in ("banquet", "unrelated"):
            yield (
                "eight_prohibitions",
                PlanData(PlanKind.PURCHASE, "接待费用", self._day(7), [LineData(Use.OTHER, 90000, 1)], count=1, nature=nature),
            )
        trip = {"days": 2, "nights": 1, "in_city": True, "forbidden_spot": False}
        yield "outing", PlanData(PlanKind.OUTING, "春游两日", date(2025, 3, 15), [LineData(Use.TRIP, 30000, 20)], count=20, more=trip)

    # -- the chair's own union

    @transaction.atomic
    def own(self) -> int:
        """Plans in every state, with names, a condolence, an override."""
        union = unions.union_of_code(self.firm.union)
        clerk, chair = self._officer("kuaiji"), self._officer("chair")
        everyone = [PersonData(pk) for pk in roll.everyone(union, date(2026, 2, 1))]
        for festival, title, on, fen in (
            ("spring", "春节慰问", date(2026, 2, 9), 30000),
            ("dragon_boat", "端午节慰问", date(2026, 6, 16), 20000),
        ):
            data = PlanData(
                PlanKind.FESTIVAL, title, on, [LineData(Use.GIFT, fen, len(everyone), "米面粮油礼包")], everyone, whole_roll=True, payee=SHOPS[0],
                more={"festival": festival, "form": "goods"}, reason="按年度安排，四季度再核对上级新标准",
            )  # fmt: skip
            self._record(union, data)
        self._birthdays(union, everyone)
        some = everyone[: min(20, len(everyone))]
        run = PlanData(
            PlanKind.ACTIVITY,
            "秋季趣味运动会",
            date(2026, 10, 16),
            [LineData(Use.PRIZE, 20000, len(some) // 2, "优胜奖")],
            some,
            payee=SHOPS[1],
            budget_item="",
            reason="年度计划内活动",
        )
        self._go(clerk, chair, union, run, date(2026, 10, 8))
        meal = PlanData(
            PlanKind.MEAL,
            "排练误餐",
            date(2026, 11, 25),
            [LineData(Use.MEAL, 3500, len(some))],
            some,
            payee=SHOPS[3],
            reason="迎新春演出排练",
        )
        self._go(clerk, chair, union, meal, date(2026, 11, 16), decide=False)
        self._care(clerk, chair, union, everyone)
        self._refused(clerk, chair, union, some)
        self._booked(clerk, chair, union, everyone, some)
        self._tell()
        return int(union.spending_plans.count())

    def _officer(self, login: str) -> Actor:
        return users.actor_of(next(user for user, _roles, _seed in users.demo_accounts() if user.username == login))

    def _birthdays(self, union: Any, everyone: list[PersonData]) -> None:
        for month in range(1, 11):
            who = everyone[month * 3 : month * 3 + 3] or everyone[:1]
            data = PlanData(
                PlanKind.BIRTHDAY, f"{month} 月生日慰问", date(2026, month, 20), [LineData(Use.CARE, 20000, len(who), "生日蛋糕")], who, payee=SHOPS[0],
                more={"care_form": "cake"},
            )  # fmt: skip
            self._record(union, data)

    def _go(self, clerk: Actor, chair: Actor, union: Any, data: PlanData, on: date, *, decide: bool = True) -> Any:
        """Made and handed in by the accountant, confirmed by the chair."""
        with clock.at(on):
            plan = services.plan_make(actor=clerk, union=union, data=data)
            services.plan_submit(actor=clerk, plan=plan, reason=data.reason or "年度计划内安排")
            plan.refresh_from_db()
            if decide and plan.approval is not None:
                approvals.approval_decide(actor=chair, approval=plan.approval, decision="approve", opinion="同意")
        plan.refresh_from_db()
        return plan

    def _booked(self, clerk: Actor, chair: Actor, union: Any, everyone: list[PersonData], some: list[PersonData]) -> None:
        """Lawful plans that went through the guard into the books: a walk, a meal, the gifts of the National Day with their quotations."""
        both = self._within(union, PlanKind.ACTIVITY, date(2026, 10, 12), 2500, len(some))  # walk and meal share one line of the budget
        towel = both * 3 // 5 // 100 * 100
        walk = PlanData(
            PlanKind.ACTIVITY, "重阳登山健步走", date(2026, 10, 20), [LineData(Use.SOUVENIR, towel, len(some), "运动毛巾")], some, payee=SHOPS[1],
        )  # fmt: skip
        meal = PlanData(
            PlanKind.MEAL, "秋季运动会误餐", date(2026, 10, 16), [LineData(Use.MEAL, both - towel, len(some))], some, payee=SHOPS[3]
        )
        each = self._within(union, PlanKind.FESTIVAL, date(2026, 10, 1), 15000, len(everyone))
        gifts = PlanData(
            PlanKind.FESTIVAL, "国庆节慰问", date(2026, 10, 1), [LineData(Use.GIFT, each if each >= LEAST_GIFT else 15000, len(everyone), "米油礼包")], everyone, whole_roll=True,
            payee=SHOPS[0], more={"festival": "national", "form": "goods"},
        )  # fmt: skip
        for data, made, paid in ((walk, date(2026, 10, 12), date(2026, 10, 22)), (meal, date(2026, 10, 13), date(2026, 10, 19))):
            self._book(clerk, chair, self._go(clerk, chair, union, data, made), paid)
        plan = self._go(clerk, chair, union, gifts, date(2026, 9, 21), decide=False)
        with clock.at(date(2026, 9, 22)):
            self._quotes(clerk, plan, len(everyone), plan.total_fen // len(everyone))
            approvals.approval_decide(actor=chair, approval=plan.approval, decision="approve", opinion="同意")
        plan.refresh_from_db()
        if each >= LEAST_GIFT:  # a large union may have too little left: the plan then waits
            self._book(clerk, chair, plan, date(2026, 10, 9))

    def _within(self, union: Any, kind: str, on: date, wish_fen: int, people: int) -> int:
        """What the budget leaves for each, whole yuan, at most the wish."""
        left = budgets.budget_for(union, on, kind, "").left_fen or 0
        return min(wish_fen, left // people // 100 * 100)

    def _book(self, clerk: Actor, chair: Actor, plan: Any, on: date) -> None:
        """Voucher by the accountant, checked by the chair, posted by the cashier; the guard is asked each time."""
        cashier = self._officer("chuna")  # with the grants of today
        with clock.at(on):
            voucher = services.plan_pay(actor=clerk, plan=plan, on=on)
            voucher = finance.voucher_check(actor=chair, voucher=voucher)
            finance.voucher_post(actor=cashier, voucher=voucher)
        self.truth.setdefault(LAWFUL, []).append(plan.number)

    def _quotes(self, clerk: Actor, plan: Any, people: int, each: int) -> None:
        """Three suppliers asked for rice and oil, the cheapest chosen."""
        goods = [
            services.goods_add(actor=clerk, plan=plan, name=name, spec=spec, measure=measure, quantity=people)
            for name, spec, measure in (("大米", "10 公斤", "袋"), ("食用油", "5 升", "桶"))
        ]
        made = []
        offers = ((SHOPS[0], 45, 50), ("江州青松粮油店", 47, 51), ("白桦商贸有限公司", 46, 53))
        for n, (shop, rice, oil) in enumerate(offers):
            paper = files.file_make(clerk, name=f"报价单{n + 1}.pdf", data=PAPER, purpose="报价单", org_path=plan.union.path)
            prices = {goods[0].pk: each * rice // 100, goods[1].pk: each * oil // 100}
            made.append(services.quote_add(actor=clerk, plan=plan, supplier=shop, on=clock.today(), prices=prices, file=paper))
        services.quote_choose(actor=clerk, plan=plan, pk=made[0].pk, reason="三家里总价最低，送货到厂，可以退换")

    def _care(self, clerk: Actor, chair: Actor, union: Any, everyone: list[PersonData]) -> None:
        data = PlanData(
            PlanKind.HOSPITAL, "", date(2026, 9, 8), [LineData(Use.CARE, 80000, 1, "慰问金")], everyone[5:6] or everyone[:1], illness="阑尾炎", care="手术后住院一周",
            reason="主席和小组长一同看望",
        )  # fmt: skip
        self._go(clerk, chair, union, data, date(2026, 9, 7))

    def _refused(self, clerk: Actor, chair: Actor, union: Any, some: list[PersonData]) -> None:
        """A refused draft, one with its exception asked for, one whose exception was granted."""
        with clock.at(date(2026, 11, 12)):
            cash = PlanData(
                PlanKind.PURCHASE,
                "元旦联欢舞台租赁",
                date(2026, 12, 28),
                [LineData(Use.OTHER, 260000, 1, "舞台")],
                count=1,
                method="cash",
                payee="宏声演艺队",
            )
            services.plan_make(actor=clerk, union=union, data=cash)
            prizes = PlanData(
                PlanKind.ACTIVITY, "技能比武", date(2026, 12, 5), [LineData(Use.PRIZE, 60000, 3, "一等奖")], some, payee=SHOPS[1]
            )
            asked = services.plan_make(actor=clerk, union=union, data=prizes)
            services.override_ask(actor=clerk, plan=asked, reason="全市技能大赛统一奖励标准，附主办方通知")
            late = PlanData(PlanKind.MEAL, "夜班慰问餐", date(2026, 11, 20), [LineData(Use.MEAL, 4500, len(some))], some, payee=SHOPS[3])
            granted = services.plan_make(actor=clerk, union=union, data=late)
            for row in services.override_ask(actor=clerk, plan=granted, reason="连续抢修至凌晨，食堂已停供"):
                services.override_decide(actor=chair, override=row, grant=True, opinion="情况属实，仅此一次")
