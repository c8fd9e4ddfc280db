"""The books of the demo city (账务一年): the chair's union with everything, some 50 small unions kept by the city's joint office, practice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from gonghui.accounts import selectors as users
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.services import grants, officers
from gonghui.core import clock
from gonghui.finance import services
from gonghui.finance.enums import VoucherKind
from gonghui.finance.rules import Line, lines_for
from gonghui.finance.services import Bring
from gonghui.finance.services.practice import practice_answer
from gonghui.orgs.selectors import unions
from gonghui.orgs.services import posts
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import CITY_CODE, Plan

ORDER = 20
Step = tuple[str, Callable[[], Any]]
SINCE, LAST = date(2025, 1, 1), date(2026, 10, 31)
SMALL = 50
"""Small unions at full scale."""
BANKS = ("江州农村商业银行营业部", "江州市城市银行白桦支行", "江州惠民银行")
CALENDAR = (
    (1, "warmth", "春节前走访慰问困难职工", 60), (3, "contest", "女职工技能比武", 40), (4, "sports", "春季健步走活动场地和器材", 30),
    (5, "training", "工会干部业务培训", 25), (6, "festival", "端午节慰问会员", 70), (7, "protection", "夏季送清凉防暑用品", 35),
    (9, "festival", "中秋国庆慰问会员", 90), (10, "film", "组织会员观影", 20), (11, "meeting", "会员代表大会会务", 15), (12, "bookroom", "职工书屋添置图书", 18),
)  # fmt: skip
"""(month, event, words, ten-thousandths of a month's wages)."""


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[Step]:
    """The steps of this chapter."""
    books = Books(actor, plan)
    yield "建账和期初余额", books.open
    yield "小工会一年的账", books.small
    yield "主席所在工会的账", books.rich
    yield "待办凭证、练习账套", books.open_ends


class Books:
    """Who keeps which books."""

    def __init__(self, actor: Actor, plan: Plan) -> None:
        self.actor, self.random = actor, Random(f"books-{plan.seed}")
        self.count = max(6, round(SMALL * min(plan.scale, 1.0)))
        self.hands: dict[str, Actor] = {}
        self.kept: list[Any] = []
        self.own: Any = None
        self.city: Any = None

    def open(self) -> None:
        """Books of the chair's union and of small unions; the city's joint office keeps the latter."""
        accounts = {user.username: user for user, _roles, _seed in users.demo_accounts()}
        root = unions.union_of_code(CITY_CODE)
        for login, name, role, title in (
            ("hesuan", "施文静", Role.FINANCE, "联合核算会计"),
            ("hesuanchu", "罗洁", Role.CASHIER, "联合核算出纳"),
        ):
            user, _password = officers.officer_create(actor=self.actor, username=login, name=name, title=title)
            grants.grant_give(actor=self.actor, user=user, role=role, org_path=root.path, org_name=root.name, reason="演示账号")
            accounts[login] = user
        self.hands = {
            name: users.actor_of(accounts[name]) for name in ("kuaiji", "chair", "chuna", "hesuan", "caiwu", "hesuanchu", "auditor")
        }
        chair = next(s.path for s in self.hands["chair"].scopes)
        seen = unions.union_visible(self.actor).filter(ended_on=None)
        with clock.at(SINCE):
            self.own = services.book_open(actor=self.actor, union=seen.get(path=chair), since=SINCE)
            self.city = services.book_open(actor=self.actor, union=root, since=SINCE)
            small = seen.filter(kind="enterprise", founded_on__lt=SINCE).exclude(path=chair).order_by("path")
            held = [u for u in [self.own.union, *small[: self.count : 2]] if u.certificates.filter(cancelled_on=None).exists()]
            self.kept = [services.book_open(actor=self.actor, union=u, since=SINCE, agent=root) for u in small[: self.count]]

        for n, union in enumerate(held):
            posts.account_set(
                actor=self.actor, union=union, bank=BANKS[n % len(BANKS)], number=f"6214{7_300_000_000 + n * 7919:015d}", since=SINCE
            )

    def small(self) -> None:
        """Levy, payments up and spending of every quarter; closed month by month, a few late; the city's own book beside them."""
        self._bring(self.city, list(_city()), "hesuan", "caiwu", "hesuanchu")
        for n, book in enumerate(self.kept):
            base = self.random.randrange(80, 600) * 100_000  # fen of wages a month
            until = date(2026, 5, 31) if n % 29 == 28 else LAST
            self._bring(book, [*_opening(base), *_year(base, until, self.random, every=3)], "hesuan", "caiwu", "hesuanchu")
            if n < 2:
                self._transfer(book)
            month = 202509 if n % 11 == 10 else min(until.year * 100 + until.month, 202609)
            with clock.at(date(2026, 11, 5)):
                services.periods_close(actor=self.hands["caiwu"], book=book, until=month)

    def _transfer(self, book: Any) -> None:
        """The year-end transfer of a small union, so that its final account can be drawn up."""
        with clock.at(date(2026, 11, 3)):
            made = services.year_close(actor=self.hands["hesuan"], book=book, year=2025)
            made = services.voucher_check(actor=self.hands["caiwu"], voucher=made)
            services.voucher_post(actor=self.hands["hesuanchu"], voucher=made)

    def _bring(self, book: Any, items: list[Bring], maker: str, checker: str, poster: str) -> list[Any]:
        with clock.at(date(2026, 11, 2)):
            return services.vouchers_bring(
                actor=self.actor,
                book=book,
                items=items,
                maker=self.hands[maker],
                checker=self.hands[checker],
                poster=self.hands[poster],
                guarded=False,
            )

    def rich(self) -> None:
        """The chair's union: the same year, fuller; a reversal, the year-end transfer, closed months."""
        items = [*_opening(96_000_000), *_year(96_000_000, LAST, self.random), *_more()]
        made = self._bring(self.own, items, "kuaiji", "chair", "chuna")
        wrong = next(v for v in made if v.words == "秋季趣味运动会奖品")
        with clock.at(date(2025, 12, 3)):
            self._finish(services.voucher_reverse(actor=self.hands["kuaiji"], voucher=wrong, reason="奖品数量点错，重开发票"))
            again = self._entry("prize", date(2025, 12, 3), 276_000, "秋季趣味运动会奖品（更正）", participants=60, winners=38)
            self._finish(again, quiet=True)
        with clock.at(date(2026, 1, 6)):
            self._finish(services.year_close(actor=self.hands["kuaiji"], book=self.own, year=2025))
        with clock.at(date(2026, 10, 12)):
            services.periods_close(actor=self.hands["kuaiji"], book=self.own, until=202609)

    def _entry(self, event: str, on: date, amount: int, words: str, **facts: Any) -> Any:
        return services.entry(actor=self.hands["kuaiji"], book=self.own, event=event, on=on, amount=amount, words=words, facts=facts)

    def _finish(self, row: Any, *, quiet: bool = False) -> Any:
        """Checked by the chair, posted by the cashier; what a guard refuses stays a draft."""
        from gonghui.core.errors import RuleViolation

        try:
            services.voucher_check(actor=self.hands["chair"], voucher=row)
        except RuleViolation:
            if not quiet:
                raise
            return row
        return services.voucher_post(actor=self.hands["chuna"], voucher=row)

    def open_ends(self) -> None:
        """What waits today: drafts, one returned, one checked; and somebody practising."""
        today = clock.today()
        day = today - timedelta(days=3) if today.day > 3 else today
        self._entry("hospital", day, 50_000, "看望住院会员周师傅", participants=1)
        back = self._entry("office", day, 3_200, "购买办公用品", detail="江州文具店")
        services.voucher_return(actor=self.hands["chair"], voucher=back, note="发票没有附上，请补齐后再送审。")
        self._entry("publicity", day, 86_000, "安全生产月宣传展板")
        bank = services.voucher_draft(
            actor=self.hands["kuaiji"], book=self.own, on=day, words="从银行提取备用金", event="cash_drawn",
            lines=lines_for("cash_drawn", on=day, level=self.own.level, amount=60_000),
        )  # fmt: skip
        services.voucher_check(actor=self.hands["chair"], voucher=bank)
        practice_answer(actor=self.hands["kuaiji"], key="hospital", answer={"event": "warmth", "amount": 50_000, "participants": 1})
        practice_answer(actor=self.hands["kuaiji"], key="hospital", answer={"event": "hospital", "amount": 50_000, "participants": 1})
        practice_answer(actor=self.hands["kuaiji"], key="dues", answer={"event": "dues_received", "amount": 126_000})


def _city() -> Iterator[Bring]:
    """The city federation: its share of the levy comes in each quarter, subsidies go down."""
    yield from _opening(400_000_000)
    for year, month in ((y, m) for y in (2025, 2026) for m in (3, 6, 9)):
        yield _item(
            "levy_received", date(year, month, 25), 86_000_000 + month * 10_000, "收到下级上解经费", level="county", part=34_400_000
        )
        yield _item("levy_to_upper", date(year, month, 28), 34_400_000, "向省总工会解缴经费", level="county")
        yield _item("to_lower", date(year, month + 1, 12), 21_500_000, "拨付乡镇工会补助", level="county")
        yield _item("training", date(year, month + 1, 20), 3_860_000, "全市基层工会主席培训", level="county")


def _opening(base: int) -> list[Bring]:
    """Balances brought forward."""
    cash, bank, goods = 50_000, base // 20, base // 60
    lines = [
        Line("101", cash, words="期初余额"), Line("102", bank, words="期初余额"), Line("162", goods, words="期初余额"),
        Line("30104", credit=goods, words="期初余额"), Line("322", credit=cash + bank, words="期初余额"),
    ]  # fmt: skip
    return [Bring(SINCE, "期初余额", lines, kind=VoucherKind.OPENING)]


def _year(base: int, until: date, chance: Random, *, every: int = 1) -> Iterator[Bring]:
    """Levy each month (or each quarter) with the part for the level above, paid on each quarter; dues; the calendar of a union."""
    for year in (2025, 2026):
        for month in range(1, 13):
            day = date(year, month, 15)
            if day > until:
                return
            levy = base // 50 * every
            if month % every == 0:
                words = f"收到 {month} 月拨缴经费" if every == 1 else f"收到 {month // 3} 季度拨缴经费"
                yield _item("levy_received", day, levy, words, part=levy * 2 // 5)
            if month % 3 == 0:
                yield _item("levy_to_upper", day + timedelta(days=4), levy * 2 // 5 * 3 // every, "解缴本季度应上解经费")
                yield _item("dues_received", day + timedelta(days=6), base // 400, "收到本季度会费")
            for at, event, words, share in CALENDAR:
                if at == month:
                    yield _item(
                        event, day + timedelta(days=chance.randrange(1, 12)), base * share // 10_000 + chance.randrange(500) * 10, words
                    )


def _item(event: str, on: date, amount: int, words: str, *, level: str = "basic", **facts: Any) -> Bring:
    return Bring(on, words, lines_for(event, on=on, level=level, amount=amount, facts=facts, words=words), event=event, facts=facts)


def _more() -> Iterator[Bring]:
    """What only a larger union has."""
    yield _item("special_received", date(2025, 3, 20), 2_000_000, "收到职工之家建设补助", project="职工之家建设")
    yield _item("home", date(2025, 5, 22), 860_000, "职工之家添置棋牌桌椅", project="职工之家建设")
    yield _item("asset", date(2025, 6, 11), 460_000, "购买职工之家电脑一台", project="职工之家建设", quantity=1)
    yield _item("admin_subsidy", date(2025, 4, 8), 1_000_000, "收到行政补助", project="职工文体活动")
    yield _item("hardship", date(2025, 8, 19), 300_000, "困难职工帮扶", participants=3)
    yield _item("other_income", date(2025, 6, 21), 4_316, "收到二季度银行利息")
    yield _item("other_income", date(2025, 12, 21), 5_027, "收到四季度银行利息")
    yield _item("prize", date(2025, 10, 25), 276_600, "秋季趣味运动会奖品", participants=60, winners=38)
    for month, name in ((2, "一车间会员"), (5, "二车间会员"), (7, "包装组会员"), (11, "仓储组会员")):
        yield _item("hospital", date(2025, month, 18), 50_000, f"看望住院{name}", participants=1, detail=name)
    for month in (3, 6, 9, 12):
        yield _item("birthday", date(2025, month, 24), 186_000, f"{month} 月前会员生日慰问", participants=31)
    yield _item("allowance", date(2025, 12, 26), 240_000, "兼职工会干部补贴", participants=4)
    for month in range(1, 13):
        yield _item("depreciation", date(2025, month, 28), 18_640, f"{month} 月计提折旧")
