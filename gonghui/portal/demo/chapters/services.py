"""Member services of the demo city (普惠服务): health checks of two years, a match of twelve teams, sign-up that is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.members.selectors import members
from gonghui.orgs.selectors import unions
from gonghui.people import selectors as people
from gonghui.portal.demo import names
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import CITY_CODE, Plan
from gonghui.services.selectors import activities as reads
from gonghui.services.selectors import health as health_reads
from gonghui.services.selectors import teams as team_reads
from gonghui.services.services import activities, events, feedback, health, practice, teams

ORDER = 64
Step = tuple[str, Callable[[], Any]]
TEAMS = ("港务队", "茶业队", "机械队", "公交队", "医院队", "教育队", "电力队", "供水队", "纺织队", "食品队", "建工队", "快递队")
ITEMS = "血压、血常规、肝肾功能、心电图、胸片、腹部超声"
WOMEN = "妇科常规、宫颈筛查、乳腺超声"
RESULT = "血压 118/76，血常规正常，腹部超声未见异常。建议每年复查一次。"


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[Step]:
    """The steps of this chapter."""
    centre = Centre(actor)
    yield "普惠服务：职工体检", transaction.atomic(centre.checks)
    yield "普惠服务：文体赛事", transaction.atomic(centre.matches)
    yield "普惠服务：业余队伍、器材包", transaction.atomic(centre.teams)
    yield "普惠服务：重大活动保障、满意度", transaction.atomic(centre.events)


class Centre:
    """The service centre of the city federation."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def checks(self) -> None:
        """Last year's check is over; this year's are open, some people have been; lectures and handbooks."""
        self.root = unions.union_of_code(CITY_CODE)
        self.me = people.person_find(phone=names.phone(0))[0].pk
        today = clock.today()
        found = members.current(self.actor).order_by("pk").values_list("person_id", flat=True)[:40]
        workers = [self.me, *[p for p in found if p != self.me]][:24]
        self._year(date(today.year - 1, 6, 10), workers[:12], closed=True)
        lately = today - timedelta(days=12)
        self._year(max(lately, date(today.year, 1, 2)), workers[12:], closed=False)
        with clock.at(today - timedelta(days=2)):
            women = self._plan(today.year, "women", f"{today.year} 年女职工专项检查", WOMEN)
            for n, hour in ((9, 8), (9, 14), (16, 8)):
                self._session(women, today + timedelta(days=n), hour, 60)
            health.plan_open(actor=self.actor, plan=women)
        for kind, title, speaker, heads, copies in (
            ("lecture", "更年期保健和心理调适", "市妇幼保健院 孟医生", 86, 0), ("handbook", "女职工劳动保护与保健手册", "", 0, 160),
        ):  # fmt: skip
            health.care_record(
                actor=self.actor, union=self.root, kind=kind, title=title, on=today - timedelta(days=30), place="市工人文化宫", speaker=speaker,
                people=heads, copies=copies,
            )  # fmt: skip

    def _plan(self, year: int, kind: str, title: str, items: str) -> Any:
        return health.plan_make(
            actor=self.actor, union=self.root, year=year, kind=kind, title=title, items=items, contact="0631-5550000",
            advice="空腹，带身份证。前一天晚上八点后不吃东西。",
        )  # fmt: skip

    def _session(self, plan: Any, day: date, hour: int, capacity: int) -> Any:
        day = min(day, date(plan.year, 12, 31))
        starts = datetime(day.year, day.month, day.day, hour, 0, tzinfo=clock.SHANGHAI)
        return health.session_add(
            actor=self.actor, plan=plan, hospital="市妇幼保健院" if plan.kind == "women" else "市立第二医院", address="海滨中路 18 号", starts_at=starts,
            capacity=capacity,
        )  # fmt: skip

    def _year(self, day: date, workers: list[int], *, closed: bool) -> None:
        """One general check: people book, most come, some results lie sealed."""
        with clock.at(day - timedelta(days=8)):
            plan = self._plan(day.year, "general", f"{day.year} 年职工体检", ITEMS)
            session = self._session(plan, day, 8, 40)
            plan = health.plan_open(actor=self.actor, plan=plan)
            visits = [health.visit_book(actor=Actor(ref=f"person:{p}", person_id=p), session=session.pk) for p in workers]
        with clock.at(datetime(day.year, day.month, day.day, 16, 0, tzinfo=clock.SHANGHAI)):
            for i, visit in enumerate(visits if closed else visits[:-3]):
                visit = health.visit_attend(actor=self.actor, visit=visit, came=i % 5 != 4)
                if i % 5 < 2:
                    health.result_put(actor=self.actor, visit=visit, text=RESULT)
        if closed:
            with clock.at(day + timedelta(days=20)):
                health.plan_close(actor=self.actor, plan=plan)
        else:
            self._session(plan, clock.today() + timedelta(days=12), 8, 80)

    def matches(self) -> None:
        """Twelve teams and thirty-six bouts; sign-up that is open; pictures with half of the marks."""
        today = clock.today()
        start = today - timedelta(days=40)
        ball = self._match("职工篮球赛", "basketball", start, "pools", ["men"], "team", through=3, venue="市体育馆")
        with clock.at(start - timedelta(days=12)):
            for name in TEAMS:
                activities.entry_add(actor=self.actor, activity=ball, division="men", name=name, people=10)
        with clock.at(start - timedelta(days=5)):
            ball = activities.activity_draw(actor=self.actor, activity=ball, seed=f"{start - timedelta(days=5)}")
            activities.prizes_for_all(actor=self.actor, activity=ball, unit_fen=8000, words="运动毛巾和水杯")
        with clock.at(start + timedelta(days=10)):
            self._play(ball)
            activities.activity_finish(actor=self.actor, activity=ball)
        self._match(
            "职工乒乓球赛", "table_tennis", today + timedelta(days=20), "knockout", ["men", "women"], "single", venue="市工人文化宫"
        )
        show = self._match("职工书画摄影展", "pictures", today - timedelta(days=3), "scored", ["open"], "single", venue="市图书馆")
        with clock.at(today - timedelta(days=10)):
            for title in ("晨港", "夜班归来", "一炉铁水", "茶山雨后", "我的师傅", "春运"):
                activities.entry_add(actor=self.actor, activity=show, division="open", name=title)
            show = activities.activity_draw(actor=self.actor, activity=show, seed="展位抽签")
        for i, entry in enumerate(reads.entries(show, "open")[:4]):
            activities.entry_mark(actor=self.actor, entry=entry, score=Decimal("88.50") + i)

    def teams(self) -> None:
        """Three teams with players, goods at two far-off sites, one set taken back."""
        found = members.current(self.actor).order_by("pk").values_list("person_id", flat=True)[:18]
        players = [self.me, *[p for p in found if p != self.me]]
        for i, (name, kind, words) in enumerate(
            (
                ("职工合唱团", "song", "每周三 19:00，文化宫二楼排练厅"), ("职工篮球队", "basketball", "每周六 15:00，市体育馆"),
                ("职工书画社", "pictures", "每月第一个周日 9:00，市图书馆"),
            )
        ):  # fmt: skip
            with clock.at(date(2025, 3 + i, 6)):
                team = teams.team_make(actor=self.actor, union=self.root, name=name, kind=kind, since=clock.today(), practice=words)
                for person in players[i * 6 + (i > 0) : i * 6 + 6]:
                    teams.team_join(actor=Actor(ref=f"person:{person}", person_id=person), team=team)
        for site, goods, quantity in (
            ("三号风场项目驻地", "乒乓球台、羽毛球、象棋", 9),
            ("外海养殖平台", "跳绳、哑铃、扑克", 12),
            ("东山采石场", "篮球、拔河绳", 4),
        ):
            with clock.at(date(2026, 4, 20)):
                kit = teams.kit_issue(
                    actor=self.actor,
                    union=self.root,
                    site=site,
                    goods=goods,
                    quantity=quantity,
                    issued_on=clock.today(),
                    received_by="驻地工会小组长",
                )
        with clock.at(date(2026, 9, 1)):
            teams.kit_return(actor=self.actor, kit=kit)

    def events(self) -> None:
        """A marathon that is over, a festival that runs with the demo worker on duty today; practice and satisfaction."""
        found = members.current(self.actor).order_by("pk").values_list("person_id", flat=True)[:12]
        crew = [self.me, *[p for p in found if p != self.me]]
        now, today = clock.now(), clock.today()
        with clock.at(today - timedelta(days=45)):
            past = self._event("海滨马拉松服务保障", "体育场至海滨大道", today - timedelta(days=30), today - timedelta(days=30))
            start = datetime.combine(today - timedelta(days=30), time(5), clock.SHANGHAI)
            self._rota(past, start, crew[1:7])
            past = events.plan_start(actor=self.actor, plan=past)
        with clock.at(start + timedelta(hours=1)):
            for duty in past.duties.order_by("pk").select_related("plan__union", "shift")[:5]:
                if duty.shift.starts_at <= clock.now():
                    events.check_in(actor=Actor(ref=f"person:{duty.person_id}", person_id=duty.person_id), duty=duty)
            events.care_add(actor=self.actor, plan=past, on=clock.today(), words="给值守的工友送热粥、姜茶", people_count=18)
            issue = events.issue_add(
                actor=self.actor, plan=past, words="三号补给站纸杯不够", who="后勤组 郭勇", due_at=clock.now() + timedelta(hours=1)
            )
            events.issue_solve(actor=self.actor, issue=issue, answer="从二号站调来 500 个")
        with clock.at(start + timedelta(hours=14)):
            events.plan_finish(actor=self.actor, plan=past, summary="服务 1,260 名选手，值守 6 人次，没有安全事件。下次纸杯多备两成。")
        live = self._event("职工文化节服务保障", "市工人文化宫广场", today, today + timedelta(days=2))
        self._rota(live, now.replace(second=0, microsecond=0) + timedelta(minutes=15), crew)
        radio = events.supply_add(actor=self.actor, plan=live, name="对讲机", unit="台", stock=12)
        events.supply_add(actor=self.actor, plan=live, name="矿泉水", unit="箱", stock=60, consumable=True)
        events.supply_move(actor=self.actor, supply=radio, way="out", quantity=5, receiver="引导组 郭勇")
        live = events.plan_start(actor=self.actor, plan=live)
        events.issue_add(actor=self.actor, plan=live, words="南入口指示牌缺一块", who="宣传组 丁岚", due_at=now + timedelta(hours=3))
        for row in team_reads.teams(actor=self.actor)[:3]:
            for days in (-14, -7, 3, 10):
                at = datetime.combine(today + timedelta(days=days), time(19), clock.SHANGHAI)
                made = practice.practice_set(actor=self.actor, team=row, starts_at=at, place="市工人文化宫", words="常规训练")
                if days < 0:
                    came = [m.person_id for m in team_reads.members_of(row)][: 4 + days // 7]
                    practice.came(actor=self.actor, practice=made, persons=came)
        for n, visit in enumerate(health_reads.attendance(actor=self.actor, state="attended").filter(plan__year=today.year)[:8]):
            if visit.session.starts_at > now - timedelta(days=30):
                me = Actor(ref=f"person:{visit.person_id}", person_id=visit.person_id)
                feedback.rate_visit(actor=me, visit=visit, stars=5 - n % 3, words=("排队久了些", "护士很耐心", "")[n % 3])

    def _event(self, title: str, place: str, since: date, until: date) -> Any:
        values = {
            "title": title,
            "place": place,
            "since": since,
            "until": until,
            "lead": "孟主任",
            "phone": "0631-5550000",
            "words": "引导、补给、医疗、应急",
        }
        return events.plan_make(actor=self.actor, union=self.root, values=values)

    def _rota(self, plan: Any, start: datetime, crew: list[int]) -> None:
        """Two posts in two shifts of four hours; the last shift is one short."""
        posts = [
            events.post_add(actor=self.actor, plan=plan, name=name, need=2, place=place)
            for name, place in (("引导", "南入口"), ("补给", "中心广场"))
        ]
        people = iter(crew)
        for n in range(2):
            first = start + timedelta(hours=4 * n)
            if first.date() > plan.until:
                return
            shift = events.shift_add(
                actor=self.actor, plan=plan, name=f"第 {n + 1} 班", starts_at=first, ends_at=first + timedelta(hours=4)
            )
            for post in posts:
                for _n in range(2 - n):
                    events.duty_set(actor=self.actor, post=post, shift=shift, person_id=next(people))

    def _match(self, title: str, kind: str, start: date, format: str, divisions: list[str], mode: str, **more: Any) -> Any:
        with clock.at(start - timedelta(days=30)):
            row = activities.activity_make(
                actor=self.actor, union=self.root,
                values={
                    "title": f"{start.year} 年{title}", "kind": kind, "since": start, "until": start + timedelta(days=9), "mode": mode,
                    "sign_up_until": start - timedelta(days=6), "divisions": divisions, "format": format, **more,
                },
            )  # fmt: skip
            return activities.activity_open(actor=self.actor, activity=row)

    def _play(self, row: Any) -> None:
        """Every bout as soon as both sides are known; the score follows from the lots."""
        while open_ := [b for b in reads.bouts(row, "men") if b.played_at is None and b.home_id and b.away_id]:
            for bout in open_:
                lots = (bout.home.lot or 0, bout.away.lot or 0) if bout.home and bout.away else (0, 1)
                first = 58 + (lots[1] * 7 + lots[0]) % 21
                second = 50 + (lots[0] * 5 + lots[1]) % 23
                activities.bout_result(actor=self.actor, bout=bout, home=first, away=second if second != first else second + 1)
