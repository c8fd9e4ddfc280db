"""Building unions in the demo city (建会): cases at every step, some of them history, stages, demonstration points.

What is built stands on employers that opened after the closing date, so the counted year stays what it is; the history of 2025 ended
without a union.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import transaction

from gonghui.accounts import selectors as users
from gonghui.accounts.actor import Actor
from gonghui.approvals import selectors as approvals
from gonghui.approvals import services as approving
from gonghui.core import clock
from gonghui.organising import services
from gonghui.organising.selectors import planning, splits
from gonghui.organising.services import Vote, papers
from gonghui.organising.services import stages as stage_services
from gonghui.orgs import services as orgs
from gonghui.orgs.selectors import employers, unions
from gonghui.people import services as people
from gonghui.portal.demo import names
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import CITY_CODE, Plan

ORDER = 40
TOWN = f"{CITY_CODE}-01"
STEPS = (
    "application",
    "pending",
    "returned",
    "group",
    "recruiting",
    "meeting",
    "counted",
    "result",
    "filing",
    "setup",
    "done",
    "withdrawn",
    "refused",
)
DAYS = {"submit": 3, "decide": 9, "group": 4, "recruit": 12, "meet": 10, "report": 3, "approve": 9, "file": 8, "close": 6}
PHONES = 15_360_000_000


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The steps in order, with their titles."""
    chapter = Chapter(actor, city)
    yield "建会事项各环节", at_once(chapter.cases)
    yield "建会往年记录", at_once(chapter.history)
    yield "一键加入、阶段评定、示范点", at_once(chapter.points)


def at_once(step: Callable[[], int]) -> Callable[[], int]:
    """One transaction for a step: hundreds of small acts would each wait for the disk."""

    def run() -> int:
        with transaction.atomic():
            return step()

    return run


class Chapter:
    """Officers of the first town and the city walk cases as far as each should be."""

    def __init__(self, actor: Actor, city: City) -> None:
        self.actor, self.city, self.random = actor, city, Random("organising")
        self.people = 0
        self.shops: list[Any] = []

    def officer(self, login: str) -> Actor:
        return users.actor_of(next(user for user, _roles, _seed in users.demo_accounts() if user.username == login))

    def firms(self) -> list[Any]:
        """Family shops that opened along one street of the town after the closing date: today's blank spots."""
        if not self.shops:
            town = unions.union_of_code(TOWN)
            for n, trade in enumerate(TRADES):
                opened = date(2026, 2, 3) + timedelta(days=4 * n)
                with self.at(opened + timedelta(days=3)):
                    shop = orgs.employer_register(
                        actor=self.actor, union=town, name=f"清泉{trade}", opened_on=opened, address=f"江州市{town.name[:3]}清泉街 {2 * n + 1} 号",
                        industry="F52", headcount=SIZES[n % len(SIZES)], women_headcount=2, origin="新登记单位", source="登记信息",
                        latitude=(town.latitude or 37.0) + n % 5 * 0.004, longitude=(town.longitude or 120.0) + n // 5 * 0.006, area=town.area,
                        two_new=trade == TWO_NEW,
                    )  # fmt: skip
                self.shops.append(shop)
        return self.shops

    def person(self, tag: str) -> Any:
        self.people += 1
        return people.person_register(
            actor=self.actor, name=names.person_name(self.random, self.random.random() < 0.4), id_kind="none", phone=f"{PHONES + self.people}", source=tag,
            sex="1" if self.people % 2 else "2",
        )  # fmt: skip

    # -- cases

    def cases(self) -> int:
        """One case at every step, on different shops; as many as the city has blank spots for."""
        self.organiser, self.town, self.head = self.officer("organiser"), self.officer("township"), self.officer("city")
        self.clerk = self.officer("zuzhi")
        firms = self.firms()
        made = 0
        for wanted, firm in zip(STEPS, firms, strict=False):
            self.walk(firm, wanted, self.start(firm, wanted, made))
            made += 1
        return made

    def start(self, firm: Any, wanted: str, nth: int) -> date:
        """What ended is history; what runs reached its step some days ago, every third one too long ago."""
        if wanted in {"done", "withdrawn", "refused"}:
            return firm.listed_on + timedelta(days=20)  # type: ignore[no-any-return]  # a date
        ahead = {"application": 0, "pending": 3, "returned": 8, "group": 12, "recruiting": 16, "meeting": 28, "counted": 38, "result": 41}
        took = ahead.get(wanted, sum(DAYS.values()) - (6 if wanted == "setup" else 14))
        begun: date = max(clock.today() - timedelta(days=took + (40 if nth % 3 == 0 else 4)), firm.listed_on + timedelta(days=3))
        return begun

    def at(self, day: date) -> Any:
        return clock.at(min(day, clock.today()))

    def walk(self, firm: Any, wanted: str, start: date) -> None:
        """From the application on, one step after another, until the case is where it should be."""
        day = start
        with self.at(day):
            leader = self.person("筹备组")
            case = services.case_open(actor=self.organiser, employer=firm, form="own", source="走访", reason="职工有建会意愿")
            services.leader_set(actor=self.organiser, case=case, name=leader.name, phone=f"{PHONES + self.people}")
            services.prep_add(actor=self.organiser, case=case, name=self.person("筹备组").name, side="职工")
        if wanted == "application":
            return None
        acts: list[tuple[str, str, Callable[[Any], Any]]] = [
            ("submit", "pending", lambda c: services.case_submit(actor=self.organiser, case=c)),
            ("decide", "group", self.approve),
            ("group", "recruiting", lambda c: services.group_form(actor=self.organiser, case=c)),
            ("recruit", "meeting", self.recruit),
            ("meet", "counted", self.meet),
            ("report", "result", lambda c: services.result_submit(actor=self.organiser, case=c)),
            ("approve", "filing", self.approve),
            ("file", "setup", self.file),
            ("close", "done", self.close),
        ]
        if wanted in {"returned", "refused", "withdrawn"}:
            return self.stop(case, wanted, day)
        for name, reached, act in acts:
            day += timedelta(days=DAYS[name])
            with self.at(day):
                act(case)
            case.refresh_from_db()
            if reached == wanted:
                if wanted == "recruiting":
                    with self.at(day):
                        self.join(case, 3)
                return None
        return None

    def stop(self, case: Any, how: str, day: date) -> None:
        """Handed in, then returned, refused or taken back."""
        with self.at(day + timedelta(days=3)):
            services.case_submit(actor=self.organiser, case=case)
        case.refresh_from_db()
        with self.at(day + timedelta(days=8)):
            if how == "withdrawn":
                services.case_withdraw(actor=self.organiser, case=case, reason="单位要搬到外镇，由新址所在地办理")
            else:
                words = "请补写参加筹备组的职工代表" if how == "returned" else "单位正在办理注销，不再建会"
                self.decide(case, self.town, "return" if how == "returned" else "refuse", words)

    def waiting(self, case: Any) -> Any:
        rows = approvals.approval_list(actor=self.actor, state="pending").filter(subject_id=str(case.pk), kind__startswith="organising.")
        return rows.first()

    def decide(self, case: Any, actor: Actor, decision: str = "approve", opinion: str = "") -> None:
        approving.approval_decide(actor=actor, approval=self.waiting(case), decision=decision, opinion=opinion)

    def approve(self, case: Any) -> None:
        """The township looks, the city agrees; where the township may approve, it does."""
        for officer in (self.town, self.head):
            if self.waiting(case) is not None:
                self.decide(case, officer)

    def join(self, case: Any, count: int) -> None:
        for _ in range(count):
            who = self.person("建会入会")
            me = Actor(ref=f"worker:{who.pk}", name=who.name, person_id=who.pk)
            services.applicant_sign(actor=me, case=case, person=who, signed_name=who.name)

    def recruit(self, case: Any) -> None:
        self.join(case, 7)
        services.recruiting_done(actor=self.organiser, case=case)

    def meet(self, case: Any) -> None:
        """Everybody came; chair and one each on the other bodies; the methods printed beforehand."""
        for kind in ("method_committee", "method_audit", "method_women", "notice"):
            papers.paper_issue(actor=self.organiser, case=case, kind=f"organising.{kind}")
        ids = list(case.applicants.filter(left_at=None, signed_at__isnull=False).order_by("pk").values_list("person_id", flat=True))
        n = len(ids)
        votes = [
            Vote(ids[0], n, title="chair"), Vote(ids[1], n - 1, title="vice"), Vote(ids[2], n), Vote(ids[3], 1, elected=False),
            Vote(ids[4], n, body="audit", title="chair"), Vote(ids[5], n, body="women", title="chair"),
        ]  # fmt: skip
        services.meeting_record(
            actor=self.organiser, case=case, held_on=clock.today(), entitled=n, present=n, seats=3, candidates=4, years=3, votes=votes,
            place="单位会议室", posted_on=clock.today() - timedelta(days=9),
        )  # fmt: skip

    def file(self, case: Any) -> None:
        number = names.credit_code(870_000_000 + case.pk, "81")
        services.filing_done(actor=self.head, case=case, number=number, credit_code=number)

    def close(self, case: Any) -> None:
        services.setup_done(
            actor=self.organiser,
            case=case,
            seal_on=clock.today(),
            plate_on=clock.today(),
            bank="江州农商银行",
            account=f"62220086{case.pk:010d}",
        )

    # -- history

    def history(self) -> int:
        """Cases of 2025 that ended without a union: refused, taken back, and one dissolution that was not agreed."""
        town = unions.union_of_code(TOWN)
        covered = employers.employer_list(actor=self.actor, union=town, state="").filter(
            own_unions=None, organised=True, listed_on__lte=date(2025, 1, 1), spots=None
        )  # fmt: skip
        count = 0
        for i, firm in enumerate(covered.order_by("pk")[:4]):
            day = date(2025, 3, 3) + timedelta(days=50 * i)
            self.walk(firm, ("refused", "withdrawn", "returned", "refused")[i], day)
            count += 1
        own = (
            unions.union_visible(self.actor)
            .filter(parent=town, kind="enterprise", ended_on=None, founded_on__lt=date(2025, 1, 1))
            .order_by("pk")
            .last()
        )
        if own is not None:
            with self.at(date(2025, 9, 8)):
                case = services.change_open(
                    actor=self.organiser, union=own, kind="dissolve", reason="企业计划与外地公司合并", congress_on=date(2025, 9, 1)
                )
                services.case_submit(actor=self.organiser, case=case)
            with self.at(date(2025, 9, 15)):
                case.refresh_from_db()
                self.decide(case, self.town, "refuse", "单位没有终止，会员没有去处，不同意撤销")
            with self.at(date(2026, 6, 3)):
                services.change_open(
                    actor=self.organiser,
                    union=own,
                    kind="handover",
                    reason="主辅分离后没有主管单位",
                    target=unions.union_of_code(f"{CITY_CODE}-02"),
                )
            count += 2
        return count + self.changes(town)

    def changes(self, town: Any) -> int:
        """A union to be rebuilt after its unit changed its form, and a federation to be split by a written plan, both just proposed."""
        count, rows = 0, unions.union_visible(self.actor).filter(parent=town, ended_on=None, founded_on__lt=date(2025, 1, 1)).order_by("pk")
        with self.at(date(2026, 9, 7)):
            own = rows.filter(kind="enterprise").exclude(pk=getattr(rows.filter(kind="enterprise").last(), "pk", 0)).last()
            if own is not None:
                services.change_open(
                    actor=self.organiser, union=own, kind="rebuild", reason="企业改制为有限责任公司", congress_on=date(2026, 9, 1)
                )
                count += 1
            wide = rows.filter(kind="regional").first()
            below = list(splits.owned(wide).employers.values())[:3] if wide is not None else []
            if wide is not None and len(below) == 3:
                head = town.name.removesuffix("工会委员会").removesuffix("总工会").removesuffix("工会")
                text = f"{head}东片区域工会联合会\n{head}西片区域工会联合会：{'、'.join(e.code for e in below)}"
                services.change_open(
                    actor=self.organiser, union=wide, kind="split", reason="覆盖单位太多，按片分开", parts=splits.read(wide, text)
                )
                count += 1
        return count

    # -- joining, stages, points

    def points(self) -> int:
        """A shop joins in one tap, unions are assessed, two demonstration points with followers."""
        town = unions.union_of_code(TOWN)
        small = next((f for f in self.firms()[len(STEPS) :] if (f.headcount or 0) < 20 and planning.near(f)), None)
        if small is not None:
            with self.at(max(small.listed_on, date(2026, 9, 1))):
                services.coverage_join(actor=self.organiser, employer=small, union=planning.near(small)[0])
        rows = list(unions.union_visible(self.actor).filter(parent=town, kind="enterprise", ended_on=None).order_by("pk")[:4])
        with self.at(date(2026, 7, 1)):
            for i, union in enumerate(rows):
                stage_services.stage_review(actor=self.town, union=union, activities=i)
        done = (
            unions.union_visible(self.actor)
            .filter(parent=town, accounts__until=None, accounts__isnull=False, founded_on__gte=date(2026, 1, 1))
            .first()
        )
        if done is not None:
            for _ in range(2):
                stage_services.stage_review(actor=self.town, union=done, activities=3)
        with self.at(date(2026, 4, 20)):
            made = [
                stage_services.point_name(
                    actor=self.head, union=union, theme=theme, experience=text, document_no=f"江工发〔2026〕{21 + n}号"
                )
                for n, (union, theme, text) in enumerate(zip(rows, ("building", "home"), TEXTS, strict=False))
            ]
        for n, point in enumerate(made):
            with self.at(date(2026, 5, 6)):
                for union in rows[n + 1 : n + 3]:
                    stage_services.follower_add(actor=self.town, point=point, union=union)
                if small is not None and n == 0:
                    stage_services.follower_add(actor=self.town, point=point, employer=small)
            with self.at(date(2026, 6, 17)):
                stage_services.point_visit(
                    actor=self.head, point=point, kind="meeting" if n == 0 else "visit", on=clock.today(), people=46 - 20 * n,
                    note="看活动室和台账，听主席讲怎样上门、怎样留人", followers=list(point.followers.all()[:2]),
                )  # fmt: skip
            with self.at(date(2026, 8, 12)):
                for follower in point.followers.filter(union__isnull=False)[:1]:
                    stage_services.follower_settle(actor=self.town, follower=follower, state="adopted", note="照着建立了职工之家")
        return len(made)


TRADES = "五金店 副食店 米粮店 书店 裁缝铺 理发店 面馆 修车行 药材行 灯具店 布艺店 茶馆 家电行 花店 豆腐坊 眼镜店".split()
TWO_NEW = "家电行"
"""Sells mostly over the net: a two-new organisation whose five-clear card waits to be filled in."""
SIZES = (4, 7, 11, 5, 32, 9, 6, 28)
TEXTS = (
    "先进门服务再谈建会：给职工办体检、给店主讲清会费返还，请示由指导员代写，一次上门办完三样材料。",
    "每月一次活动、每季一次座谈，活动室和店面共用，骨干轮流值班，账目上墙。",
)
