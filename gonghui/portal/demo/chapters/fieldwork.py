"""A year on the road in the demo city (上门服务一年): organisers, portfolios, visits with outcomes, conflicts, phones, help."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from gonghui.accounts import selectors as users
from gonghui.accounts.actor import Actor
from gonghui.accounts.enums import Role
from gonghui.accounts.services import grants, officers
from gonghui.core import clock
from gonghui.fieldwork.selectors import desk
from gonghui.fieldwork.services import acts, devices, follow_ups, helps, visits
from gonghui.orgs import services as orgs
from gonghui.orgs.enums import Perm as OrgPerm
from gonghui.orgs.selectors import employers, spots, unions
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import CITY_CODE, Plan

ORDER = 40
TOWN = f"{CITY_CODE}-01"
Step = tuple[str, Callable[[], Any]]
ARGUMENTS = ("no_cost", "service", "dispute", "keep", "neighbour", "law", "party")
VISITORS = ("alone", "officer", "peer", "association", "village")
WORTH = {"neighbour": 3, "service": 2, "no_cost": 2, "keep": 1, "dispute": 1, "party": 1, "law": 0}
"""How an invented owner takes each argument, so that the page has a pattern to find."""


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[Step]:
    """The steps of this chapter."""
    road = Road(actor, plan)
    yield "工建指导员、包片", road.organisers
    yield "一年的走访", transaction.atomic(road.year)
    yield "走访单、求助、冲突、外勤手机", transaction.atomic(road.open_ends)


class Road:
    """Three organisers of one town and what they did."""

    def __init__(self, actor: Actor, plan: Plan) -> None:
        self.actor, self.random = actor, Random(f"road-{plan.seed}")
        self.who: list[Actor] = []
        self.phones: list[devices.Issued] = []
        self.seq: dict[int, int] = {}

    def organisers(self) -> None:
        """The demo organiser and two colleagues; an area, and one industry of another, for each."""
        a, town, root = self.actor, unions.union_of_code(TOWN), unions.union_of_code(CITY_CODE)
        known = [user for user, _roles, _seed in users.demo_accounts() if user.username == "organiser"]
        for login, name in (("organiser2", "潘玉兰"), ("organiser3", "常志远")):
            user, _password = officers.officer_create(actor=a, username=login, name=name, title="工建指导员")
            grants.grant_give(actor=a, user=user, role=Role.ORGANISER, org_path=root.path, org_name=root.name, reason="演示账号")
            known.append(user)
        areas = [town, *unions.children(actor=a, union=town).filter(kind="regional")[:2]]
        for user, area in zip(known, areas, strict=False):
            self.who.append(users.actor_of(user))
            with clock.at(date(2025, 1, 6)):
                follow_ups.portfolio_set(actor=a, user_id=user.pk, union=area)
        for me, name in zip(self.who, ("红米手机", "华为手机", "备用机"), strict=False):
            with clock.at(date(2025, 1, 8)):
                self.phones.append(devices.device_register(actor=me, name=name))

    def year(self) -> int:
        """Visits through 2025 and after to employers that came under a union meanwhile, and to those that did not."""
        firms = self._firms()
        for i, (firm, formed) in enumerate(firms):
            who = self._of(firm, i)
            last = formed or clock.today() - timedelta(days=3 + i % 25)
            count = 1 + (i % 3 == 0)
            if formed:  # and somebody looked in lately: the follow-up goes on
                back = clock.today() - timedelta(days=4 + i % 33)
                self._send(
                    who,
                    back,
                    [
                        self._act(
                            who,
                            back,
                            "visit",
                            firm,
                            key=self._key(firm, 900 + i),
                            purpose="assist",
                            state="done",
                            visited_on=back.isoformat(),
                            outcome="handled",
                            visitor=VISITORS[i % 2],
                            checklist=["workers", "card"],
                            maturity="stage",
                            needs=["medical"] if i % 3 else ["training"],
                            note="工会已经运转，职工想参加互助保障",
                            next_visit=(back + timedelta(days=30)).isoformat(),
                        )
                    ],
                )
            if formed is None and i % 2:  # and once in the year before, when nothing came of it
                self._visit(who, firm, date(2025, 3, 3) + timedelta(days=9 * i), won=False, number=600 + i)
            for n in range(count):
                day = max(date(2025, 1, 10), last - timedelta(days=9 + 30 * (count - 1 - n) + i % 20))
                self._visit(who, firm, day, won=formed is not None and n == count - 1, number=i * 3 + n)
        return len(firms)

    def _firms(self) -> list[tuple[Any, date | None]]:
        """Employers of the city first covered in the year, then some of the town that are covered long since or not at all."""
        town, begin = unions.union_of_code(TOWN), date(2025, 2, 1)
        new = employers.employer_visible(self.actor).filter(
            written_off_on=None, headcount__gt=0, listed_on__gte=begin, coverages__main=True, coverages__since__gte=begin
        )
        young: list[tuple[Any, date | None]] = [(e, e.listed_on) for e in new.select_related("union").order_by("code")[:24]]
        near = employers.employer_visible(self.actor).filter(union__path__startswith=town.path, written_off_on=None, headcount__gt=0)
        known = {e.pk for e, _day in young}
        rows = [e for e in near.select_related("union").order_by("code")[:400] if e.pk not in known]
        others: list[tuple[Any, date | None]] = [(e, None) for e in rows[:: max(1, len(rows) // 20)][:20]]
        return [*young, *others]

    def _of(self, firm: Any, i: int) -> int:
        return i % len(self.who) if firm.union.path.startswith(self.who[0].home) else 1 + i % 2

    def _visit(self, who: int, firm: Any, day: date, *, won: bool, number: int) -> None:
        said = sorted(self.random.sample(ARGUMENTS, 2))
        score = sum(WORTH[s] for s in said) + self.random.randrange(3)
        outcome = (
            "agreed"
            if won
            else "interested"
            if score > 4
            else "refused"
            if score < 2 or number % 5 == 0
            else ("absent", "undecided")[number % 2]
        )
        fields: dict[str, Any] = {
            "purpose": ("build", "build", "build", "join", "assist", "bargain")[number % 6], "state": "done", "visited_on": day.isoformat(),
            "outcome": outcome, "arguments": said if outcome != "absent" else [], "visitor": "peer" if won and number % 2 else VISITORS[number % 5],
            "proposed_form": ("joint3", "regional", "joint5", "industry")[number % 4], "checklist": ["leaflet", "headcount"],
            "note": ("负责人说再和合伙人商量", "职工想学技能", "谈得不错，愿意来开会", "店里忙，约了下次")[number % 4],
            "next_visit": (day + timedelta(days=14)).isoformat(),
        }  # fmt: skip
        if outcome == "refused":
            fields["refusal"] = ("family", "cost", "trouble", "few", "others")[number % 5]
        if number % 4 == 0:
            fields["needs"] = ["training", "medical"] if number % 8 else ["children"]
        if number % 11 == 0:
            fields["warnings"] = ["contract"]
        sent = [self._act(who, day, "visit", firm, key=self._key(firm, number), **fields)]
        if number % 3 != 2:
            blocks: dict[str, Any] = {
                "address": firm.address or "沿街",
                "operation": "正常营业",
                "headcount": f"{firm.headcount} 人",
                "migrants": "多数是农民工",
                "hardship": "没有",
                "mood": "稳定",
            }
            sent.append(self._act(who, day, "card", firm, key="six", **dict(list(blocks.items())[: 6 if number % 2 else 4])))
        self._send(who, day, sent)

    def _key(self, firm: Any, number: int) -> str:
        return hashlib.sha256(f"visit-{firm.pk}-{number}".encode()).hexdigest()[:32]

    def _act(self, who: int, day: date, kind: str, firm: Any, *, key: str = "", base: int = 10**6, **fields: Any) -> dict[str, Any]:
        self.seq[who] = n = self.seq.get(who, 0) + 1
        made = datetime(day.year, day.month, day.day, 10, n % 60, tzinfo=clock.SHANGHAI)
        uid = hashlib.sha256(f"act-{who}-{n}".encode()).hexdigest()[:32]
        return {
            "uid": uid,
            "seq": n,
            "kind": kind,
            "employer": firm.pk,
            "key": key,
            "base": base,
            "made": made.isoformat(),
            "fields": fields,
        }

    def _send(self, who: int, day: date, sent: list[dict[str, Any]]) -> None:
        with clock.at(datetime(day.year, day.month, day.day, 18, tzinfo=clock.SHANGHAI)):
            told = acts.receive_all(actor=self.who[who], device=self.phones[who].device, acts=sent)
            if any(t["state"] == "refused" for t in told):
                raise AssertionError(told)

    def open_ends(self) -> None:
        """What waits today: orders, requests for help, conflicts, a lost phone; employers around the town with coordinates."""
        a, today, town = self.actor, clock.today(), unions.union_of_code(TOWN)
        found = [s.employer for s in spots.spot_list(actor=a, union=town)[:12]]
        others = list(employers.employer_visible(a, OrgPerm.EMPLOYER_VIEW).filter(union=town, written_off_on=None).order_by("code")[:6])
        firms = found + [e for e in others if e not in found]
        firms += [e for e, _day in self._firms() if e not in firms and e.union.path.startswith(town.path)][: max(0, 8 - len(firms))]
        me = self.who[0]
        for i, firm in enumerate(firms):
            where = (town.latitude or 37.0) + (i % 4) * 0.004, (town.longitude or 120.0) + (i // 4) * 0.005
            orgs.employer_edit(actor=a, employer=firm, latitude=round(where[0], 5), longitude=round(where[1], 5))
            follow_ups.follow_up_assign(actor=a, employer=firm, user_id=int(me.user_id or 0))
        boss = users.actor_of(next(user for user, _roles, _seed in users.demo_accounts() if user.username == "township"))
        for i, firm in enumerate(firms[:4]):
            with clock.at(today - timedelta(days=3)):
                visits.visit_order(
                    actor=boss,
                    employer=firm,
                    user_id=int(me.user_id or 0),
                    purpose=("build", "join", "bargain", "assist")[i],
                    planned_on=today - timedelta(days=1 - i),
                )
        self._helps(boss, firms)
        self._clashes(boss, firms, today)
        lost = devices.device_register(actor=self.who[0], name="旧手机")
        devices.device_revoke(actor=boss, device=lost.device, why="下乡时丢在车上")
        devices.seen(self.phones[0].device)

    def _helps(self, boss: Actor, firms: list[Any]) -> None:
        asked = [helps.help_ask(actor=self.who[0], employer=firm, words=words) for firm, words in zip(
            firms, ("负责人要见镇里的领导，请一起去一次", "职工反映没签合同，请维权的同志来看看"), strict=False)]  # fmt: skip
        if asked:
            helps.help_answer(actor=boss, request=asked[0], answer="周四上午一起去，已和他约好。")

    def _clashes(self, boss: Actor, firms: list[Any], today: date) -> None:
        """Edit against edit on a card, and a report against a withdrawn order."""
        if len(firms) < 6:
            return
        yesterday = today - timedelta(days=1)
        first, second = firms[4], firms[5]
        self._send(
            0, yesterday, [self._act(0, yesterday, "card", first, key="six", base=0, operation="生意淡，老板想转行", headcount="3 人")]
        )
        self._send(1, yesterday, [self._act(1, yesterday, "card", first, key="six", base=0, operation="正常营业", mood="盼着涨工资")])
        with clock.at(today - timedelta(days=2)):
            order = visits.visit_order(
                actor=boss, employer=second, user_id=int(self.who[0].user_id or 0), purpose="build", planned_on=yesterday
            )
            base = desk.visit_get(actor=boss, pk=order.pk).doc.version
            visits.visit_edit(actor=boss, visit=order, base=base, fields={"state": "cancelled"})
        done = {"visited_on": yesterday.isoformat(), "outcome": "interested", "note": "去过了，愿意参加座谈会"}
        self._send(0, yesterday, [self._act(0, yesterday, "visit", second, key=order.doc.key, base=base, **done)])
