"""Benefits in the demo city (普惠与疗休养): merchants, offers and codes in every state, the waived fee, two years of recuperation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import transaction

from gonghui.accounts import selectors as users
from gonghui.accounts.actor import Actor
from gonghui.benefits.selectors import stays as stay_reads
from gonghui.benefits.services import applying, claims, fees, offers, settling, stays
from gonghui.core import clock
from gonghui.members.selectors import members
from gonghui.orgs.selectors import unions
from gonghui.people import selectors as people
from gonghui.portal.demo import names
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import CITY_CODE, Plan

ORDER = 66
Step = tuple[str, Callable[[], Any]]
YUAN = 100
SHOPS = (
    ("江州通信市中心营业厅", "telecom", 18), ("惠民超市", "retail", 300), ("海味人家", "catering", 220), ("江州影城", "culture", 150), ("康乐健身馆", "health", 260),
    ("滨海旅行社", "travel", 90),
)  # fmt: skip
PLACES = ("海滨职工疗养院", "南山温泉疗养院", "湖畔职工之家")


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[Step]:
    """The steps of this chapter."""
    desk = Desk(actor, plan)
    yield "普惠商家、项目和券码", transaction.atomic(desk.offers)
    yield "免医事服务费", transaction.atomic(desk.fees)
    yield "疗休养", transaction.atomic(desk.stays)


class Desk:
    """The service desk of the city federation."""

    def __init__(self, actor: Actor, plan: Plan) -> None:
        self.actor, self.random = actor, Random(f"benefits-{plan.seed}")

    def himself(self, person: int) -> Actor:
        """A member at the phone."""
        return Actor(ref=f"person:{person}", person_id=person)

    def _people(self) -> None:
        """The demo worker, members of the demo chair's union, and some from the whole city."""
        self.today, self.root = clock.today(), unions.union_of_code(CITY_CODE)
        self.noon = datetime.combine(self.today - timedelta(days=1), time(11, 20), clock.SHANGHAI)
        self.me = people.person_find(phone=names.phone(0))[0].pk
        accounts = {user.username: user for user, _roles, _seed in users.demo_accounts()}
        self.chair = users.actor_of(accounts["chair"])
        rows = members.current(self.actor).filter(standing="active").order_by("pk")
        own = list(rows.filter(union__path__startswith=self.chair.scopes[0].path).values_list("person_id", flat=True)[:14])
        far = list(rows.values_list("person_id", flat=True)[:60])
        self.own = [p for p in own if p != self.me]
        self.crowd = [p for p in dict.fromkeys([*self.own, *far]) if p != self.me][:60]

    # -- offers

    def _shop(self, name: str, kind: str, days: int, n: int) -> Any:
        return offers.merchant_add(
            actor=self.actor, union=self.root, name=name, kind=kind, contract_no=f"江工惠〔2025〕{n + 1} 号", since=date(2025, 2, 1), until=self.today + timedelta(days=days),
            address=f"江州市建设路 {18 + 7 * n} 号", contact=self.random.choice(("王店长", "李经理", "周经理")), phone=f"0631-558{2000 + n:04d}",
        )  # fmt: skip

    def _offer(
        self,
        shop: Any,
        title: str,
        before: int,
        days: int,
        list_yuan: int,
        price_yuan: int,
        quota: int,
        *,
        state: str = "open",
        **more: Any,
    ) -> Any:
        """An offer that opened `before` days ago and stays open `days` from now."""
        since = self.noon - timedelta(days=before)
        until = datetime.combine(self.today + timedelta(days=days), time(18), clock.SHANGHAI)
        values: dict[str, Any] = {
            "kind": "price", "words": "到店出示券码，每次用一张，不找零。", "per_member": 1, "code_days": 30, "subsidy_fen": 0, "member_days": 0, "first_hours": 0, "group_least": 0, **more,
        }  # fmt: skip
        with clock.at(since):
            row = offers.offer_add(
                actor=self.actor,
                merchant=shop,
                title=title,
                list_fen=list_yuan * YUAN,
                price_fen=price_yuan * YUAN,
                quota=quota,
                since=since,
                until=until,
                **values,
            )
            return offers.offer_move(actor=self.actor, offer=row, to="open") if state != "draft" else row

    def _use(self, offer: Any, persons: list[int], ago: int, *, used: int = 2) -> list[Any]:
        """Persons take a code one after the other; of three, `used` go to the shop two days later."""
        made = []
        for n, person in enumerate(persons):
            with clock.at(self.noon - timedelta(days=ago, hours=n)):
                made.append(claims.claim_take(actor=self.himself(person), offer=offer))
            if n % 3 < used:
                with clock.at(self.noon - timedelta(days=max(0, ago - 2), minutes=7 * n)):
                    claims.code_use(merchant=offer.merchant, text=made[-1].code)
        return made

    def offers(self) -> int:
        """Open, nearly gone, group, voucher, draft and closed ones; codes used, lapsed, given up."""
        self._people()
        self.shops = [self._shop(name, kind, days, n) for n, (name, kind, days) in enumerate(SHOPS)]
        phone, market, meal, film, gym, travel = self.shops
        plan = self._offer(phone, "会员畅享话费套餐", 60, 15, 128, 88, 500, words="到营业厅办理，合约期 12 个月，随时可退。")
        self._use(plan, self.crowd[:24], 55)
        bag = self._offer(market, "米面油爱心套餐", 40, 20, 168, 118, 12, first_hours=24)
        self._use(bag, self.crowd[24:34], 30)
        table = self._offer(meal, "双人工作餐", 35, 30, 98, 69, 200, per_member=2)
        self._use(table, [*self.crowd[:6], self.me], 20, used=1)
        ticket = self._offer(
            film, "周末电影票", 25, 40, 60, 20, 300, kind="voucher", subsidy_fen=20 * YUAN, words="工会消费券，周五至周日任选一场。"
        )
        self._use(ticket, self.crowd[6:16], 12)
        trip = self._offer(
            travel, "海岛一日游团购", 6, 10, 260, 180, 60, kind="group", group_least=8, words="凑够 8 人成团，出发日另行通知。"
        )
        for person in self.crowd[16:21]:
            claims.claim_take(actor=self.himself(person), offer=trip)
        done = self._offer(gym, "健身月卡团购", 30, 5, 300, 150, 40, kind="group", group_least=4)
        self._use(done, self.crowd[21:24], 20, used=0)
        claims.claim_take(actor=self.himself(self.crowd[24]), offer=done)
        old = self._offer(market, "夏季送清凉大礼包", 100, 1, 50, 30, 30, code_days=15)
        self._use(old, self.crowd[34:40], 95, used=2)
        offers.offer_move(actor=self.actor, offer=old, to="closed")
        self._offer(film, "春节观影套票", 0, 80, 120, 60, 100, state="draft")
        self._mine(plan, ticket)
        claims.lapse(actor=self.actor)
        offers.merchant_move(actor=self.actor, merchant=gym, to="suspended", reason="门店装修，月底恢复")
        try:  # a code that is not the shop's: the log keeps that it was refused
            claims.code_use(merchant=market, text="ABCD EFGH JKMN")
        except Exception as refusal:
            claims.code_failed(merchant=market, text="ABCD EFGH JKMN", refusal=refusal)  # type: ignore[arg-type]  # NotFound is a Refusal
        return len(self.shops)

    def _mine(self, plan: Any, ticket: Any) -> None:
        """The demo worker: one used, one given up, one to show at the till."""
        with clock.at(self.noon - timedelta(days=9)):
            row = claims.claim_take(actor=self.himself(self.me), offer=plan)
            claims.code_use(merchant=plan.merchant, text=row.code)
        gone = claims.claim_take(actor=self.himself(self.me), offer=ticket)
        claims.claim_cancel(actor=self.himself(self.me), claim=gone)
        claims.claim_take(actor=self.himself(self.me), offer=ticket)

    # -- the waived fee

    def fees(self) -> int:
        """This year's scheme with two hospitals: months paid, made and still to settle."""
        first = date(self.today.year, 1, 5)
        with clock.at(first):
            scheme = fees.scheme_add(
                actor=self.actor, union=self.root, year=self.today.year, name=f"{self.today.year} 年职工免医事服务费", document_no=f"江工发〔{self.today.year}〕3 号", times=4,
                budget_fen=20_000 * YUAN, rates={"ordinary": 30 * YUAN, "deputy": 50 * YUAN, "chief": 70 * YUAN},
            )  # fmt: skip
            clinics = [
                fees.hospital_put(
                    actor=self.actor,
                    union=self.root,
                    name=name,
                    address=place,
                    phone=phone,
                    agreement_no=f"江工医〔{self.today.year}〕{n} 号",
                    since=first,
                    until=date(self.today.year + 1, 12, 31),
                )
                for n, (name, place, phone) in enumerate(
                    (("江州市人民医院", "海滨路 2 号", "0631-5551111"), ("江州市中医院", "建设路 66 号", "0631-5552222")), 1
                )
            ]
            fees.scheme_move(actor=self.actor, scheme=scheme, to="open")
        months = list(range(max(1, self.today.month - 4), self.today.month + 1))
        for n, person in enumerate([self.me, *self.crowd[:26]]):
            for turn in range(1 + n % 2):
                month = months[(n + turn) % len(months)]
                day = date(self.today.year, month, min(3 + n % 20, self.today.day if month == self.today.month else 28))
                with clock.at(datetime.combine(day, time(9, n % 60), clock.SHANGHAI)):
                    grant = fees.grant_take(actor=self.himself(person), scheme=scheme)
                    fees.use_record(
                        hospital=clinics[(n + turn) % 2], text=grant.code, level=("ordinary", "ordinary", "deputy", "chief")[n % 4]
                    )
        for n, month in enumerate(m for m in months[:-2]):
            self._settle(scheme, clinics[n % 2], month, paid=n == 0)
        return len(months)

    def _settle(self, scheme: Any, clinic: Any, month: int, *, paid: bool) -> None:
        day = date(self.today.year, month, 1)
        if not scheme.grants.filter(uses__hospital=clinic, uses__on__month=month, uses__settlement=None).exists():
            return
        with clock.at(day + timedelta(days=40)):
            bill = settling.settlement_make(actor=self.actor, scheme=scheme, hospital=clinic, month=day)
            if paid:
                settling.settlement_pay(actor=self.actor, settlement=bill, paid_on=clock.today(), voucher="记-27")

    # -- recuperation

    def _programme(
        self, name: str, kind: str, year: int, places: int, until: datetime, *, ceiling: int = 3_000, cost: int = 2_800, **more: Any
    ) -> Any:
        return stays.programme_add(
            actor=self.actor, union=self.root, year=year, name=name, kind=kind, document_no=f"江工办〔{year}〕{5 + places % 7} 号", places=places, days=5, out_province=False,
            ceiling_fen=ceiling * YUAN, cost_fen=cost * YUAN, apply_until=until, tie_break=more.pop("tie_break", "seed"), words=more.pop("words", "往返统一乘车，食宿由疗养院安排。"),
        )  # fmt: skip

    def _apply(self, row: Any, persons: list[int], *, good: bool = True) -> list[Any]:
        made = []
        for n, person in enumerate(persons):
            with clock.at(clock.now() + timedelta(minutes=3 * n)):
                a = applying.apply(actor=self.himself(person), programme=row)
                made.append(applying.decide(actor=self.actor, application=a, good=True) if good else a)
        return made

    def _past(self) -> None:
        """Stays before the platform, and honours."""
        for n, person in enumerate(self.crowd[:12:2]):
            spell = members.mine(person)
            assert spell is not None
            day = date(2012 + n, 6, 3 + n)
            stays.past_add(
                actor=self.actor, person_id=person, union=spell.union, on=day, place=PLACES[n % 3], source=f"{day.year} 年疗休养名单"
            )
        for n, person in enumerate([self.me, *self.crowd[3:6]]):
            spell = members.mine(person)
            assert spell is not None
            row = stays.honour_add(
                actor=self.actor, person_id=person, union=spell.union, honour=("江州市劳动模范", "江州市五一劳动奖章", "山东省劳动模范", "江州市工人先锋")[n],
                level="province" if n == 2 else "city", awarded_on=date(2019 + n, 4, 28), document_no=f"江政发〔{2019 + n}〕4 号",
            )  # fmt: skip
            if n == 3:
                stays.honour_revoke(actor=self.actor, honour=row, on=self.today)

    def stays(self) -> int:
        """Last year's is over; this year's are posted, open and planned."""
        self._past()
        self._over(self.today.year - 1)
        self._posted()
        evening = datetime.combine(self.today + timedelta(days=12), time(18), clock.SHANGHAI)
        free = list(self.crowd[40:48])
        with clock.at(self.noon - timedelta(days=3)):
            heroes = self._programme("劳模疗休养", "model", self.today.year, 10, evening, ceiling=4_000, cost=3_600)
            stays.share_split(actor=self.actor, programme=heroes)
            stays.programme_open(actor=self.actor, programme=heroes)
            worker = self._programme("冬季职工疗休养", "worker", self.today.year, 40, evening, tie_break="date")
            stays.share_split(actor=self.actor, programme=worker)
            worker = stays.programme_open(actor=self.actor, programme=worker)
            self._apply(worker, [p for p in free if self._fits(worker, p)][:5], good=False)
        self._programme("明年春季疗休养", "frontline", self.today.year + 1, 60, evening + timedelta(days=90))
        return 5

    def _fits(self, row: Any, person: int) -> bool:
        slip = stay_reads.eligible(row, person)
        return not slip.blocks and stay_reads.my_application(person, row) is None

    def _over(self, year: int) -> None:
        """Last year's: two batches came back, one person stayed at home, one gave the place up."""
        with clock.at(date(year, 5, 6)):
            row = self._programme(f"{year} 年职工疗休养", "worker", year, 20, datetime(year, 5, 20, 18, tzinfo=clock.SHANGHAI))
            stays.share_split(actor=self.actor, programme=row)
            row = stays.programme_open(actor=self.actor, programme=row)
            for number, day in ((1, date(year, 6, 16)), (2, date(year, 9, 8))):
                stays.batch_set(
                    actor=self.actor,
                    programme=row,
                    number=number,
                    since=day,
                    until=day + timedelta(days=4),
                    place=PLACES[number],
                    capacity=10,
                    leader="丛丽",
                    phone="0631-5551003",
                )
            self._apply(row, [p for p in self.crowd[12:30] if self._fits(row, p)])
        with clock.at(date(year, 5, 22)):
            row = applying.programme_post(actor=self.actor, programme=row)
        with clock.at(date(year, 6, 3)):
            row = applying.programme_confirm(actor=self.actor, programme=row)
            listed = list(stay_reads.application_list(actor=self.actor, programme=row, state="listed"))
            if len(listed) > 3:
                applying.withdraw(actor=self.himself(listed[1].person_id), application=listed[1])
        with clock.at(date(year, 9, 20)):
            for n, a in enumerate(stay_reads.application_list(actor=self.actor, programme=row, state="listed")):
                if a.batch is not None:
                    applying.attend(actor=self.actor, application=a, came=n != 2)
            for batch in row.batches.all():
                heads = stay_reads.application_list(actor=self.actor, programme=row, state="attended").filter(batch=batch).count()
                if heads:
                    stays.batch_spent(
                        actor=self.actor, batch=stay_reads.batch_get(actor=self.actor, pk=batch.pk), spent_fen=heads * 2_760 * YUAN
                    )
            if not stay_reads.application_list(actor=self.actor, programme=row, state="listed").exists():
                stays.programme_close(actor=self.actor, programme=row)

    def _posted(self) -> None:
        """This year's first list hangs out: the demo worker stands on it, some wait."""
        start = self.noon - timedelta(days=20)
        with clock.at(start):
            row = self._programme("秋季一线职工疗休养", "frontline", self.today.year, 16, start + timedelta(days=17))
            mine = members.mine(self.me)
            homes = [mine.union if mine is not None else self.root, unions.union_visible(self.actor).get(path=self.chair.scopes[0].path)]
            for home, places in zip(dict.fromkeys(homes), (4, 4), strict=False):
                stays.share_set(actor=self.actor, programme=row, union=home, places=places)
            stays.share_set(actor=self.actor, programme=row, union=self.root, places=6)
            row = stays.programme_open(actor=self.actor, programme=row)
            day = self.today + timedelta(days=15)
            stays.batch_set(
                actor=self.actor,
                programme=row,
                number=1,
                since=day,
                until=day + timedelta(days=4),
                place=PLACES[0],
                capacity=16,
                leader="于海波",
                phone="0631-5551000",
            )
            self._apply(row, [p for p in [self.me, *self.own[:7], *self.crowd[30:40]] if self._fits(row, p)])
        with clock.at(self.noon - timedelta(days=2)):
            applying.programme_post(actor=self.actor, programme=row)
