"""Services that members book in the demo city (服务预约): a round that is over, items open now and soon, a draw with its proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import Max, Min

from gonghui.accounts.actor import Actor
from gonghui.booking.enums import Shift
from gonghui.booking.selectors import desk
from gonghui.booking.selectors.standing import standing, standings
from gonghui.booking.services import (
    checkin,
    demand,
    draws,
    feedback,
    giving,
    granting,
    items,
    passes,
    profiles,
    publishing,
    quizzes,
    tickets,
    upkeep,
)
from gonghui.core import clock
from gonghui.members.selectors import members
from gonghui.orgs.selectors import unions
from gonghui.people import selectors as people
from gonghui.portal.demo import names
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import CITY_CODE, Plan

ORDER = 60
Step = tuple[str, Callable[[], Any]]
WISHES = 150
REASON = "两项价值相近、同期举办，各约一项，让更多工友有份。"
WORDS = ("票好取，离厂近。", "晚上场很方便，下了班去。", "座位有点靠前。", "希望多放几次。", "带老人去的，很高兴。", "", "", "")
QUESTIONS = (
    ("工会会员证上的公章是谁盖的？", ("所在工会", "用人单位", "派出所"), 0),
    ("职工可以找谁办理入会？", ("所在单位工会或当地工会", "只能找单位领导", "只能找劳动局"), 0),
    ("加入工会是不是自愿？", ("自愿", "必须", "看单位规定"), 0),
    ("工会服务热线是哪个号码？", ("12351", "12345678", "114"), 0),
    ("换了单位，会籍怎么办？", ("办转会，会籍随人走", "自动作废", "要重新入会"), 0),
    ("约了服务不能去，应当怎么办？", ("提前取消，让给工友", "放着不管", "转卖给别人"), 0),
    ("对限约有异议，可以怎么办？", ("在手机上申诉", "只能等", "重新注册"), 0),
    ("抽签结果怎么核对？", ("拿公布的名单和种子自己算", "没有办法", "打电话问"), 0),
)


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[Step]:
    """The steps of this chapter."""
    hall = Hall(actor, plan)
    yield "预约：上一期观影券", transaction.atomic(hall.last_round)
    yield "预约：正在办理的项目", transaction.atomic(hall.open_items)
    yield "预约：抽签和核对", transaction.atomic(hall.draws)


class Hall:
    """The service centre of the city federation."""

    def __init__(self, actor: Actor, plan: Plan) -> None:
        self.actor, self.random = actor, Random(f"booking-{plan.seed}")
        self.now = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)
        self.root: Any = None
        self.people: list[int] = []
        self.last: Any = None

    # -- helpers

    def _begin(self) -> None:
        """Members from all over the city, the demo's worker among them."""
        self.root = unions.union_of_code(CITY_CODE)
        rows = members.current(self.actor).order_by()
        ends = rows.aggregate(low=Min("pk"), high=Max("pk"))
        stride = max(1, (ends["high"] - ends["low"]) // (WISHES * 2))
        wanted = [ends["low"] + i * stride for i in range(WISHES * 2)]
        found = list(rows.filter(pk__in=wanted).order_by("pk").values_list("person_id", flat=True))
        self.me = people.person_find(phone=names.phone(0))[0]
        self.people = [p for p in dict.fromkeys(found) if p != self.me.pk][:WISHES]
        self.random.shuffle(self.people)

    def himself(self, person: int) -> Actor:
        return Actor(ref=f"person:{person}", person_id=person)

    def item(self, name: str, opens: datetime, closes: datetime, since: date, until: date, **more: Any) -> Any:
        values: dict[str, Any] = {
            "summary": "凭手机上的二维码到现场使用。名额有限，来不了请提前取消，让给工友。", "place": "市工人文化宫", "contact": "市总职工服务中心",
            "phone": "0631-5550000", "category": "culture", "value_fen": 4500, "cost_fen": 3000, "cancel_hours": 24,
            "fair": {"caps": {"item": 1}, "never_served_first": True, "no_show_months": 3, "unused_months": 3}, **more,
        }  # fmt: skip
        return items.item_create(
            actor=self.actor, union=self.root, name=name, opens_at=opens, closes_at=closes, since=since, until=until, **values
        )

    def session(self, item: Any, kind: str, day: date, capacity: int, shares: dict[str, int] | None = None, **more: Any) -> Any:
        hour, word = {"noon": ((12, 0), "中午 12:00–13:30"), "evening": ((19, 30), "晚上 19:30–21:00")}.get(
            kind, ((9, 0), "上午 9:00–10:30")
        )
        starts = datetime(day.year, day.month, day.day, *hour, tzinfo=clock.SHANGHAI)
        return items.session_add(
            actor=self.actor, item=item, label=word, kind=kind, starts_at=starts, ends_at=starts + timedelta(minutes=90), capacity=capacity,
            shares=shares, **more,
        )  # fmt: skip

    def book(self, session: Any, persons: Sequence[int], *, wait: bool = False) -> list[Any]:
        """Everybody asks at this moment, in this order; who got nothing is remembered as unmet demand."""
        found = standings(persons, session)
        asks = [
            granting.ask_of(found[p], session, key=f"demo-{session.pk}-{p}", source="taken", ref=f"person:{p}", wait=wait) for p in persons
        ]
        answers = giving.settle(asks)
        unmet = [(p, a.code) for p, a in zip(persons, answers, strict=True) if not a.ok and a.code == "booking.full"]
        demand.write([(passes.content_of(found[p], session, f"person:{p}"), code, clock.now()) for p, code in unmet])
        return answers

    def sessions(self, item: Any) -> list[Any]:
        found = desk.item_get(actor=self.actor, pk=item.pk)
        return [desk.session_get(actor=self.actor, pk=s.pk) for s in found.sessions.all()]

    # -- steps

    def last_round(self) -> int:
        """Two sessions in October: more wanted than could be served, a few did not come, people say how it was."""
        self._begin()
        with clock.at(datetime(2026, 10, 8, 9, 0, tzinfo=clock.SHANGHAI)):
            for i, person in enumerate(self.people[:18]):
                profiles.profile_set(actor=self.himself(person), shift=Shift.NIGHT if i % 3 == 0 else Shift.DAY)
            opens, closes = (datetime(2026, 10, day, 12, 0, tzinfo=clock.SHANGHAI) for day in (9, 14))
            item = self.item("冬日暖心观影券", opens, closes, date(2026, 10, 17), date(2026, 10, 31), round_no=5, place="市影剧院售票厅")
            self.session(item, "noon", date(2026, 10, 17), 55)
            self.session(item, "evening", date(2026, 10, 17), 40)
            item = publishing.item_publish(actor=self.actor, item=item)
        noon, evening = self.sessions(item)
        with clock.at(datetime(2026, 10, 9, 12, 0, 30, tzinfo=clock.SHANGHAI)):
            self.book(noon, [self.me.pk, *self.people[:74]])
            self.book(evening, self.people[74:WISHES])
        came = self._door(noon, datetime(2026, 10, 17, 12, 10, tzinfo=clock.SHANGHAI)) + self._door(
            evening, datetime(2026, 10, 17, 19, 40, tzinfo=clock.SHANGHAI)
        )
        with clock.at(datetime(2026, 10, 19, 8, 0, tzinfo=clock.SHANGHAI)):
            upkeep.no_shows()
            self._voices(item)
            self.last = publishing.item_finish(actor=self.actor, item=item)
        return came

    def _door(self, session: Any, at: datetime) -> int:
        """Nine of ten come; the demo's worker does."""
        rows = list(desk.bookings(self.actor, session.item).filter(session=session, state="ticketed").order_by("pk"))
        lines = [
            checkin.Scan(tickets.code_of(b), f"{b.pk}", at + timedelta(seconds=8 * i))
            for i, b in enumerate(rows)
            if i % 10 != 7 or b.person_id == self.me.pk
        ]
        with clock.at(at + timedelta(minutes=40)):
            checkin.merge(actor=self.actor, session=session, device="scan-demo", scans=lines)
        return len(lines)

    def _voices(self, item: Any) -> None:
        rows = list(desk.bookings(self.actor, item).filter(state="used").exclude(person=self.me.pk).order_by("pk"))
        for i, b in enumerate(rows[::5]):
            feedback.rate(actor=self.himself(b.person_id), booking=b, stars=(5, 5, 4, 5, 3, 4)[i % 6], words=WORDS[i % len(WORDS)])
        missed = desk.bookings(self.actor, item).filter(state="noshow").order_by("pk").first()
        if missed is not None:
            feedback.appeal_file(
                actor=self.himself(missed.person_id), booking=missed, text="那天临时加班到晚上八点，车间主任可以证明，没来得及取消。"
            )

    def open_items(self) -> int:
        """Open now: film and badminton exclude each other; a paid one; a full one with a waiting list; one soon; a draft."""
        today = self.now.date()
        with clock.at(self.now - timedelta(days=3)):
            group = items.group_save(actor=self.actor, union=self.root, name="十一月文体", reason=REASON, since=today - timedelta(days=10))
            film = items.item_repeat(actor=self.actor, item=self.last, opens_at=self.now - timedelta(days=2))
            days = (today + timedelta(days=6) - min(s.starts_at for s in film.sessions.all()).astimezone(clock.SHANGHAI).date()).days
            self._move(film, days, today)
            items.item_group(actor=self.actor, item=film, group=group)
            ball = self.item(
                "羽毛球馆 2 小时券", self.now - timedelta(days=2), self.now + timedelta(days=5), today + timedelta(days=6), today + timedelta(days=20),
                category="sport", place="市全民健身中心", value_fen=4000, cost_fen=2500,
            )  # fmt: skip
            lamb = self.item(
                "冬季养生讲座", self.now - timedelta(days=2), self.now + timedelta(days=4), today + timedelta(days=5), today + timedelta(days=5),
                category="health", place="市职工之家二楼", value_fen=2000, cost_fen=800,
            )  # fmt: skip
            swim = self.item(
                "温水泳池单次票", self.now - timedelta(days=2), self.now + timedelta(days=5), today + timedelta(days=6), today + timedelta(days=60),
                category="sport", place="市游泳馆", value_fen=12000, cost_fen=9000, price_fen=1000, pay_minutes=180, valid_days=60, transferable=True,
            )  # fmt: skip
            soon = self.item(
                "新春写春联送福字", self.now + timedelta(days=1), self.now + timedelta(days=8), today + timedelta(days=12), today + timedelta(days=12),
                place="市工人文化宫一楼大厅", value_fen=1500, cost_fen=600,
            )  # fmt: skip
            for item, day, sizes, shares in (
                (ball, 7, (30, 24), {"night_shift": 4}), (lamb, 5, (20, 16), None), (swim, 8, (40, 30), None), (soon, 12, (60, 40), {"first_time": 12}),
            ):  # fmt: skip
                self.session(item, "noon", today + timedelta(days=day), sizes[0])
                self.session(item, "evening", today + timedelta(days=day), sizes[1], shares)
            items.item_group(actor=self.actor, item=ball, group=group)
            for item in (film, ball, lamb, swim, soon):
                publishing.item_publish(actor=self.actor, item=item)
        with clock.at(self.now - timedelta(days=2) + timedelta(minutes=1)):
            for item, first, last in ((film, 0, 44), (ball, 60, 84), (lamb, 40, 66), (swim, 90, 108)):
                noon, evening = self.sessions(item)
                middle = (first + last) // 2 + (8 if item is lamb else 0)
                self.book(noon, self.people[first:middle], wait=item is lamb)
                self.book(evening, self.people[middle:last])
                if item is lamb:
                    self.book(evening, [self.me.pk])
        draft = items.item_repeat(actor=self.actor, item=self.last, opens_at=self.now + timedelta(days=20))
        items.item_edit(actor=self.actor, item=draft, round_no=7)
        return 6

    def _move(self, item: Any, days: int, today: date) -> None:
        """The copied sessions to the coming week, booking open until the day before."""
        for s in list(item.sessions.order_by("pk")):
            starts = s.starts_at + timedelta(days=days)
            label, kind, capacity = s.label, s.kind, s.capacity
            items.session_remove(actor=self.actor, session=s)
            items.session_add(
                actor=self.actor, item=item, label=label, kind=kind, capacity=capacity, starts_at=starts, ends_at=starts + timedelta(minutes=90),
                opens_at=self.now - timedelta(days=2), closes_at=self.now + timedelta(days=5), shares={"first_time": capacity // 5},
                release_at=self.now + timedelta(days=3),
            )  # fmt: skip
        items.item_edit(actor=self.actor, item=item, since=today + timedelta(days=6), until=today + timedelta(days=20))

    def draws(self) -> int:
        """One draw revealed, with its proof; one that takes names now, after a quiz."""
        today = self.now.date()
        done = self._draw("秋季职工疗休养", self.now - timedelta(days=16), self.now - timedelta(days=9), today + timedelta(days=4), 12)
        with clock.at(self.now - timedelta(days=14)):
            for session in self.sessions(done):
                draws.draw_commit(actor=self.actor, session=session, seed=f"{self.random.getrandbits(256):064x}")
                crowd = self.people[:26] if session.kind == "noon" else self.people[45:56]
                for person in [self.me.pk, *crowd] if session.kind == "noon" else crowd:
                    draws.draw_enter(actor=self.himself(person), session=session)
        for session in self.sessions(done):
            draw = session.draws.get()
            with clock.at(self.now - timedelta(days=8, hours=23)):
                draw = draws.draw_close(actor=self.actor, draw=draw)
            with clock.at(self.now - timedelta(days=8, hours=20)):
                draws.draw_reveal(actor=self.actor, draw=draw)
        current = self._draw(
            "贺岁电影抽签票",
            self.now - timedelta(days=2), self.now + timedelta(days=3), today + timedelta(days=10), 50,
            quiz={"ask": 6, "pass": 4, "tries": 6, "per_day": True}, pay_minutes=180, price_fen=990, valid_days=60, place="市影剧院", category="culture",
        )  # fmt: skip
        with clock.at(self.now - timedelta(days=2) + timedelta(hours=1)):
            for session in self.sessions(current):
                draws.draw_commit(actor=self.actor, session=session, seed=f"{self.random.getrandbits(256):064x}")
            for person in self.people[100:108]:
                self._quiz(current, person)
        return 2

    def _draw(self, name: str, opens: datetime, closes: datetime, day: date, size: int, **more: Any) -> Any:
        with clock.at(opens - timedelta(hours=1)):
            item = self.item(
                name, opens, closes, day, day + timedelta(days=30), mode="draw", category=more.pop("category", "travel"), value_fen=180000,
                cost_fen=120000, **more,
            )  # fmt: skip
            self.session(item, "noon", day, size, {"first_time": size // 3})
            self.session(item, "evening", day, size // 2)
            for text, options, answer in QUESTIONS if item.quiz else ():
                items.question_add(actor=self.actor, item=item, text=text, options=list(options), answer=answer)
            return publishing.item_publish(actor=self.actor, item=item)

    def _quiz(self, item: Any, person: int) -> None:
        """Most pass; whoever does puts the name down for the evening."""
        me = self.himself(person)
        attempt = quizzes.quiz_start(actor=me, item=item)
        answers: list[int | None] = [0 if self.random.random() < 0.85 else 1 for _q in attempt.asked]
        if quizzes.quiz_answer(actor=me, attempt=attempt, answers=answers).passed:
            evening = self.sessions(item)[1]
            if standing(person, evening).facts.member:
                draws.draw_enter(actor=me, session=evening)
