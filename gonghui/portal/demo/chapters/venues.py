"""Points of service in the demo city (服务阵地): every kind and state, checks, ratings, a library, slots, requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import transaction

from gonghui.accounts import selectors as users
from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.members.selectors import members
from gonghui.orgs.selectors import unions
from gonghui.people import selectors as people
from gonghui.portal.demo import names
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import CITY_CODE, Plan
from gonghui.treasury.selectors import projects
from gonghui.venues.selectors import common, phone, points
from gonghui.venues.selectors.gap import micro
from gonghui.venues.services import care, library, life, slots
from gonghui.venues.services import points as acts

ORDER = 62
Step = tuple[str, Callable[[], Any]]
WORK, LONG, DAY = [510, 1050], [360, 1320], [0, 1440]
REST = (
    ("便民", ["water", "rest", "charging", "microwave", "medicine"]),
    ("桥头", ["water", "rest", "charging", "wifi"]),
    ("车站", ["water", "rest", "charging", "microwave", "toilet", "bike"]),
)
WORDS = ("水是热的，座位干净。", "充电口有一个坏了。", "晚上也开着，跑单方便。", "微波炉要排队。", "管理员很热心。", "", "", "")
BOOKS = (
    ("平凡的世界", "路遥", "文学", 4), ("活着", "余华", "文学", 3), ("红楼梦", "曹雪芹", "文学", 2), ("安全生产一百问", "本地编写组", "安全", 6), ("电工手册", "本地编写组", "技能", 4),
    ("家常菜谱", "本地编写组", "生活", 3), ("亲子沟通", "本地编写组", "生活", 3), ("劳动合同常识", "本地编写组", "法律", 5), ("围棋入门", "本地编写组", "文体", 2), ("海洋的故事", "本地编写组", "科普", 2),
)  # fmt: skip


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[Step]:
    """The steps of this chapter."""
    round_ = Round(actor, plan)
    yield "服务阵地登记", transaction.atomic(round_.places)
    yield "阵地检查、评价、报修和求助", transaction.atomic(round_.care)
    yield "职工书屋和场地预约", transaction.atomic(round_.use)


class Round:
    """One steward's round through the city."""

    def __init__(self, actor: Actor, plan: Plan) -> None:
        self.actor, self.random = actor, Random(f"venues-{plan.seed}")
        self.rows: list[Any] = []
        self.people: list[int] = []
        self.today = clock.today()

    def _add(self, union: Any, kind: str, name: str, near: Any, n: int, span: list[int], facilities: list[str], **more: Any) -> Any:
        lat, lon = (near.latitude, near.longitude) if near.latitude is not None and near.longitude is not None else (None, None)
        place: dict[str, Any] = {}
        if lat is not None and lon is not None:
            place = {"latitude_e6": micro(lat + (n % 5 - 2) * 0.006), "longitude_e6": micro(lon + (n % 7 - 3) * 0.007)}
        days = 7 if span is not WORK else 5
        made = acts.venue_add(
            actor=self.actor, union=union, kind=kind, name=name, address=f"{phone.place_name(near.short_name or near.name)}{self.random.choice(names.VILLAGES)}路 {self.random.randint(1, 199)} 号",
            opened_on=date(2025, 1 + n % 9, 10), hours={str(d): span for d in range(days)}, facilities=facilities, steward=self.random.choice(("马晓燕", "于海波", "丛丽", "毕建国")),
            phone=f"0631-555{1000 + len(self.rows):04d}", **place, **more,
        )  # fmt: skip
        self.rows.append(made)
        return made

    def places(self) -> int:
        """A centre, a hall and a library of the city; stations and rest points in the towns; the chair's union."""
        seen = unions.union_visible(self.actor).filter(ended_on=None)
        root, towns = unions.union_of_code(CITY_CODE), list(seen.filter(depth=1, kind__in=phone.PLACES).order_by("path"))
        at = towns[0]
        centre = self._add(root, "centre", "市职工服务中心", at, 3, WORK, ["water", "rest", "wifi", "counsel"], area_m2=1200)
        hall = self._add(
            root,
            "activity",
            "市职工活动中心",
            at,
            4,
            LONG,
            ["ball", "fitness", "film", "chess"],
            area_m2=3600,
            project_id=self._project(root),
        )
        self.library = self._add(root, "library", "市职工书屋", at, 5, LONG, ["reading", "wifi", "air"], area_m2=260)
        self.hall, self.centre = hall, centre
        acts.offers_set(
            actor=self.actor,
            venue=centre,
            rows=[("困难职工帮扶", "带身份证和家庭收入材料，当场受理"), ("医疗互助报销", "带住院发票"), ("法律咨询", "每周三律师坐班")],
        )
        for n, town in enumerate(towns[:-1]):  # the last township has nothing: a hole on the map
            name = phone.place_name(town.short_name or town.name)
            station = self._add(town, "station", f"{name}工会服务站", town, n, WORK, ["water", "rest", "wifi"])
            acts.offers_set(
                actor=self.actor, venue=station, rows=[("入会和转会", "带身份证，十分钟"), ("困难帮扶初审", "转市职工服务中心")]
            )
            for m, (word, things) in enumerate(REST[: 1 + n % 3]):
                self._add(town, "rest", f"{name}{word}暖心驿站", town, n * 3 + m + 1, DAY if m == 1 else LONG, things)
            if n % 3 == 0:
                self._add(
                    town,
                    "nursing",
                    f"{name}母婴关爱室",
                    town,
                    n + 2,
                    WORK,
                    ["crib", "table", "curtain", "sink"],
                    privacy_note="门可反锁，有遮挡帘，室内不装摄像头",
                )
            if n % 4 == 1:
                self._add(town, "site", f"{name}供水工程项目驻地", town, n + 5, DAY, ["air", "wifi", "film"])
        self._own()
        acts.equipment_set(actor=self.actor, venue=hall, name="羽毛球架", quantity=6, broken=1, source="市总工会配发")
        acts.equipment_set(actor=self.actor, venue=hall, name="跑步机", quantity=12, source="市总工会配发")
        life.gathering_record(
            actor=self.actor, venue=hall, kind="sport", on=self.today, title="羽毛球双打练习赛", people=26, words="十三对选手"
        )
        life.gathering_record(actor=self.actor, venue=hall, kind="reading", on=self.today, title="《大国工匠》读书会", people=18)
        life.money_set(
            actor=self.actor, venue=hall, year=self.today.year, budget_fen=6_000_000, spent_fen=2_348_500, source="本级会费和上级补助"
        )
        acts.duty_set(actor=self.actor, venue=centre, on=self.today, name="于海波", phone="0631-5551000")
        acts.exception_set(actor=self.actor, venue=hall, on=self.today + timedelta(days=5), words="承办职工运动会")
        if len(self.rows) > 10:
            acts.venue_move(actor=self.actor, venue=self.rows[-4], state="paused", reason="冬季检修，月底恢复")
            acts.venue_move(actor=self.actor, venue=self.rows[-5], state="closed", reason="道路改造拆除")
        return len(self.rows)

    def _project(self, union: Any) -> int | None:
        found = projects.project_list(actor=self.actor).filter(union=union).first()
        return found.pk if found is not None else None

    def _own(self) -> None:
        """The home of the chair's union."""
        accounts = {user.username: user for user, _roles, _seed in users.demo_accounts()}
        chair = users.actor_of(accounts["chair"])
        union = unions.union_visible(self.actor).get(path=chair.scopes[0].path)
        town = unions.union_visible(self.actor).get(path=union.path[:8])
        self._add(union, "home", "职工之家", town, 6, LONG, ["fitness", "chess", "film", "reading"], area_m2=180)

    def care(self) -> int:
        """Checks through the year, ratings of the last weeks, repairs and requests in every state."""
        live = [r for r in self.rows if r.state == "open"]
        rows = members.current(self.actor).order_by("pk").values_list("person_id", flat=True)[:40]
        self.me = people.person_find(phone=names.phone(0))[0].pk
        self.people = [p for p in dict.fromkeys(rows) if p != self.me]
        for n, row in enumerate(live):
            items = common.checklist(row.kind)
            bad = set(self.random.sample(range(len(items)), n % 4))
            on = self.today - timedelta(days=5 + n * 7 % 60)
            if n % 9 == 8:
                continue  # never checked: shows in the filter
            care.check_record(
                actor=self.actor, venue=row, kind="inspection" if n % 2 else "self", on=on, good=[i for i in range(len(items)) if i not in bad],
                checker="马晓燕", words="；".join(f"{items[i][0]}没有做到，限期整改" for i in sorted(bad)),
            )  # fmt: skip
        for n in range(70):
            person, row = self.people[n % len(self.people)], live[n * 5 % len(live)]
            with clock.at(clock.now() - timedelta(days=1 + n // 4, hours=n % 5)):
                care.rate(actor=self.himself(person), venue=row, stars=self.random.choice((5, 5, 4, 4, 3, 2)), words=WORDS[n % len(WORDS)])
        self._tickets(live)
        return len(live)

    def himself(self, person: int) -> Actor:
        """A member at the phone."""
        return Actor(ref=f"person:{person}", person_id=person)

    def _tickets(self, live: list[Any]) -> None:
        stations = [r for r in live if r.kind == "station"] or [self.centre]
        asked = ("想申请困难职工帮扶", "住院互助怎么报", "拖欠工资怎么办", "会员证丢了")
        for n, title in enumerate(asked):
            row = care.ticket_open(
                actor=self.himself(self.me if n == 0 else self.people[n]), venue=stations[n % len(stations)], kind="service", title=title
            )
            if n < 3:
                row = care.ticket_take(actor=self.actor, ticket=row)
            if n < 2 and points.centres(row.venue).filter(pk=self.centre.pk).exists():
                row = care.ticket_refer(actor=self.actor, ticket=row, centre_id=self.centre.pk)
            if n == 0:
                care.ticket_close(actor=self.actor, ticket=row, answer="材料齐全，已录入困难职工档案")
        for n, title in enumerate(("热水器不出热水", "门口的灯不亮")):
            care.ticket_open(actor=self.himself(self.people[-1 - n]), venue=live[3 + n], kind="repair", title=title)

    def use(self) -> int:
        """A stocked library with loans on time, overdue and back; slots of the hall."""
        library.stock_in(
            actor=self.actor, venue=self.library, on=date(2025, 3, 5), amount_fen=1_260_000, source="市总工会经费", titles=BOOKS
        )
        copies = [c for b in self.library.books.order_by("pk") for c in b.copies.order_by("number").values_list("number", flat=True)]
        for n, person in enumerate([self.me, *self.people[:17]]):
            with clock.at(clock.now() - timedelta(days=(12, 45, 3, 70)[n % 4])):
                loan = library.lend(actor=self.actor, venue=self.library, number=copies[n], person_id=person)
            if n % 4 == 3:
                with clock.at(clock.now() - timedelta(days=50)):
                    library.give_back(actor=self.actor, loan=loan)
        with clock.at(clock.now() - timedelta(days=90)):
            old = library.lend(actor=self.actor, venue=self.library, number=copies[-1], person_id=self.me)
        with clock.at(clock.now() - timedelta(days=75)):
            library.give_back(actor=self.actor, loan=old)
        slots.slots_make(
            actor=self.actor,
            venue=self.hall,
            since=self.today + timedelta(days=1),
            until=self.today + timedelta(days=4),
            minutes=240,
            capacity=6,
        )
        rows = list(self.hall.slots.select_related("venue__union").order_by("starts_at"))
        for person in self.people[:6]:
            slots.reserve(actor=self.himself(person), slot=rows[0])
        for person in [self.me, *self.people[6:9]]:
            slots.reserve(actor=self.himself(person), slot=rows[1])
        return len(copies)
