"""Psychological care of the demo city (心理关爱): two counsellors, sessions under aliases, a flag, a handover, lectures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from gonghui.accounts import selectors as accounts
from gonghui.accounts import services as users
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.core import clock
from gonghui.counsel.selectors import sessions as reads
from gonghui.counsel.services import booking, desk, risks, sessions
from gonghui.members.selectors import members
from gonghui.orgs.selectors import unions
from gonghui.people import selectors as people
from gonghui.portal.demo import names
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import CITY_CODE, Plan

ORDER = 66
Step = tuple[str, Callable[[], Any]]
ALIASES = "小舟 远山 听雨 阿禾 北辰 微光 青石 向晚 拾光 南风 云开 半夏 知秋 晚晴 星河 松间 浅岸 初夏 海盐 长夜".split()
WORDS = ("最近总睡不着，想找人说说。", "和班组长闹了矛盾，心里堵。", "孩子中考，家里气氛很紧。", "夜班多，白天也静不下来。", "")
HELD = 44
TOPICS = ("mood", "relation", "family", "work", "change")
RECORD = "来访者谈到近况，情绪平稳。练习了呼吸放松，约定两周后再谈。"


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[Step]:
    """The steps of this chapter."""
    care = Care(actor)
    yield "心理关爱：咨询师和讲座", transaction.atomic(care.open)
    yield "心理关爱：匿名咨询", transaction.atomic(care.talks)


class Care:
    """The counselling room of the city federation."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def open(self) -> None:
        """Two counsellors, one without an office yet; lectures past and to come."""
        self.root = unions.union_of_code(CITY_CODE)
        self.me = people.person_find(phone=names.phone(0))[0]
        found = members.current(self.actor).order_by("pk").select_related("person")[:60]
        self.people = [m.person for m in found if m.person_id != self.me.pk]
        user, _password = users.officer_create(actor=self.actor, username="xinli2", name="陆敏", title="心理咨询师")
        users.grant_give(
            actor=self.actor, user=user, role=Role.COUNSELLOR, org_path=self.root.path, org_name=self.root.name, reason="聘任心理咨询师"
        )
        self.rooms = [self._room("xinli", "沈宁", "国家二级心理咨询师", "职工服务中心三楼 306，走东侧电梯")]
        self._room("xinli2", "陆敏", "社会工作师、心理治疗师", "职工服务中心三楼 308，走东侧电梯")
        today = clock.today()
        for days, kind, title, place, capacity in (
            (-60, "lecture", "倒班职工的睡眠", "市工人文化宫报告厅", 200), (-20, "relax", "午间减压体验", "职工服务中心二楼", 30),
            (6, "lecture", "和孩子好好说话", "市工人文化宫报告厅", 200), (13, "group", "情绪管理小组", "职工服务中心三楼", 12),
        ):  # fmt: skip
            starts = datetime.combine(today + timedelta(days=days), time(14), clock.SHANGHAI)
            with clock.at(min(starts - timedelta(days=10), clock.now())):
                values = {"kind": kind, "title": title, "place": place, "speaker": "沈宁", "starts_at": starts, "capacity": capacity}
                event = desk.gathering_make(actor=self.actor, union=self.root, values=values)
                for person in self.people[: 8 if capacity > 100 else 3]:
                    desk.seat_take(actor=_at(person), gathering=event)
            if days < 0:
                with clock.at(starts + timedelta(hours=3)):
                    event.refresh_from_db()
                    desk.gathering_done(actor=self.actor, row=event, came=event.taken + (120 if capacity > 100 else 2))

    def _room(self, login: str, name: str, certificate: str, place: str) -> tuple[Any, Actor]:
        user = accounts.user_of_name(login)
        assert user is not None
        values = {
            "name": name, "certificate": certificate, "certificate_no": f"XL{user.pk:06d}", "topics": list(TOPICS), "place": place,
            "online_words": "到时间看本页留言里的会议号", "intro": "十二年职工心理服务经验，擅长睡眠、家庭和职场关系。",
        }  # fmt: skip
        row = desk.counsellor_add(actor=self.actor, union=self.root, username=login, values=values)
        who = accounts.actor_of(user)  # with the role granted today, which the past below does not know
        with clock.at(clock.today() - timedelta(days=80)):
            for day in range(5):
                sessions.hour_add(actor=who, weekday=day, begins=time(9), ends=time(12), mode="onsite")
            sessions.hour_add(actor=who, weekday=2, begins=time(19), ends=time(21), mode="online")
            sessions.slots_open(actor=who, until=clock.today() + timedelta(days=92))
        sessions.slots_open(actor=who, until=clock.today() + timedelta(days=21))
        return row, who

    def talks(self) -> None:
        """Sessions of the past weeks with records and opinions, some ahead, one flag waiting, the demo worker's own."""
        row, who = self.rooms[0]
        slots = list(row.slots.filter(starts_at__lt=clock.now()).order_by("starts_at"))
        past = slots[:: max(1, len(slots) // HELD)][:HELD]
        for n, slot in enumerate(past):
            person = self.people[n % len(self.people)]
            with clock.at(slot.starts_at - timedelta(days=4)):
                made = booking.book(
                    actor=_at(person),
                    slot=slot.pk,
                    alias=ALIASES[n % len(ALIASES)],
                    topic=TOPICS[0 if n % 2 else 3 if n % 3 else 2 if n % 4 else 1],
                    phone_number=f"154{n:08d}",
                    words=WORDS[n % 5],
                )
            with clock.at(slot.starts_at + timedelta(hours=1)):
                self._after(n, who, made, _at(person))
        ahead = list(reads.free(row)[:9])
        for n, slot in enumerate(ahead[:3]):
            booking.book(
                actor=_at(self.people[n]), slot=slot.pk, alias=ALIASES[n], topic=TOPICS[n], phone_number=f"154{n:08d}", words=WORDS[n]
            )
        mine = booking.book(
            actor=_at(self.me),
            slot=ahead[4].pk,
            alias="海边的人",
            topic="mood",
            phone_number=names.phone(0),
            words="倒班以后睡不好，想聊聊。",
        )
        booking.letter_send(actor=who, row=mine, text="收到。来之前可以记三天睡眠时间，我们一起看。")

    def _after(self, n: int, who: Actor, made: Any, person: Actor) -> None:
        """What follows a session: most are recorded and rated, one was missed, one raised a flag that was consented to."""
        if n == 7:
            sessions.mark(actor=who, row=made, to="missed")
            return
        if n != HELD - 2:  # one is left to be put down
            sessions.record_write(actor=who, row=made, text=RECORD)
            made.refresh_from_db()
            if n % 3:
                booking.rate(actor=person, row=made, stars=5 - (n % 4 == 1), words="愿意听，有办法" if n == 4 else "")
        if n == 10:
            risk = risks.risk_raise(actor=who, row=made, level="serious", why="说连续多日不吃不睡，家里没有人照看")
            risk = risks.consent(actor=person, risk=risk)
            risks.step_add(actor=who, risk=risk, text="已电话联系本人，家属当晚到场，第二天陪同就医。")
            risks.risk_close(actor=who, risk=risk)
        if n == HELD - 1:
            risks.risk_raise(actor=who, row=made, level="danger", why="说到具体的轻生计划和时间")


def _at(person: Any) -> Actor:
    """The person at the own phone."""
    return Actor(ref=f"person:{person.pk}", name=person.name, person_id=person.pk)
