"""Audit and publication of the demo city (经审与公开): tasks in every state, statements with questions, a class passed on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from gonghui.accounts import selectors as users
from gonghui.accounts.actor import Actor
from gonghui.core import clock
from gonghui.files import services as files
from gonghui.finance import services as finance
from gonghui.finance.rules import Line
from gonghui.finance.selectors import books
from gonghui.finance.services import Bring
from gonghui.members.selectors import members
from gonghui.orgs.selectors import unions
from gonghui.oversight.enums import Perm
from gonghui.oversight.services import audits, findings, publicity, training
from gonghui.people import selectors as people
from gonghui.portal.demo import names
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import CITY_CODE, Plan

ORDER = 46
MOST = 24
PROBLEMS = (
    ("voucher", "支出凭证没有附件", "看望会员的支出没有附签收单。", "finance.three_systems", "补齐签收单，以后当场签字。", 4),
    ("cash", "超过限额付现金", "一笔支出超过现金限额，没有转账。", "finance.cash_limit", "今后一律转账，写出情况说明。", 3),
    (
        "publicity",
        "财务收支没有按期公布",
        "上半年的收支没有向会员公布。",
        "finance.publication_half_year",
        "补公布，并列入每半年的固定工作。",
        3,
    ),
    ("budget", "没有预算先支出", "活动支出没有列入年度预算。", "finance.no_budget", "按程序调整预算，以后先预算后支出。", 6),
)
ASKED = (
    ("会费一共收了多少，用在哪里了？", "会费全部用在会员活动和慰问上，明细在支出表里。", "", False),
    ("会员生日为什么只有蛋糕券？", "生日慰问可以发实物蛋糕券，标准按当地规定执行。", "finance.birthday", True),
    ("能不能把慰问品折成现金发？", "慰问品不能发现金，也不能发购物卡。", "finance.festival_form", True),
    ("付款为什么不能给现金？", "超过限额的一律转账，钱去了哪里都查得到。", "finance.cash_limit", True),
    ("年底前还有哪些活动？", "", "", False),
)


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The steps in order."""
    desk = Desk(actor)
    yield "半年财务公布和会员提问", desk.publish
    yield "审计计划、抽样、问题、整改", desk.audit
    yield "财务经审培训沟通会", desk.train


class Desk:
    """Who does what."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.hands: dict[str, Actor] = {}
        self.own: Any = None
        self.root: Any = None
        self.kept: list[Any] = []
        self.home: Any = None

    def meet(self) -> None:
        """The people, the chair's union, the unions with books."""
        found = {user.username: user for user, _roles, _seed in users.demo_accounts()}
        self.hands = {n: users.actor_of(found[n]) for n in ("kuaiji", "chair", "auditor", "township", "caiwu", "city")}
        self.hands |= {n: users.actor_of(who) for n in ("hesuan", "hesuanchu") if (who := users.user_of_name(n)) is not None}
        self.root = unions.union_of_code(CITY_CODE)
        seen = unions.union_visible(self.actor).filter(ended_on=None)
        self.own = seen.get(path=self.hands["chair"].scopes[0].path)
        held = books.books(self.actor).exclude(union__in=[self.own, self.root])
        self.kept = [b.union for b in held[:MOST]]
        self.home = self._home()

    def _home(self) -> Any:
        """The union of the worker who signs in to the demo; the joint office keeps its books from 2026 on."""
        spell = members.mine(people.person_find(phone=names.phone(0))[0].pk)
        if spell is None or spell.union == self.own:
            return self.own
        book = books.book_of(spell.union)
        if book is None:
            with clock.at(date(2026, 1, 5)):
                book = finance.book_open(actor=self.actor, union=spell.union, since=date(2026, 1, 1), agent=self.root)
            with clock.at(date(2026, 7, 2)):
                finance.vouchers_bring(
                    actor=self.actor, book=book, items=list(_half()), maker=self.hands["hesuan"], checker=self.hands["caiwu"],
                    poster=self.hands["hesuanchu"], guarded=False,
                )  # fmt: skip
        return spell.union

    # -- statements

    def publish(self) -> int:
        """Three half-years of the chair's union with questions; of the others the last one, some drafts, some late."""
        self.meet()
        chair, clerk = self.hands["chair"], self.hands["kuaiji"]
        words = "主要用于送温暖、职工趣味运动会、节日慰问和会员生病看望。"
        row: Any = None
        for day, year, half in ((date(2025, 7, 18), 2025, 1), (date(2026, 1, 20), 2025, 2), (date(2026, 7, 16), 2026, 1)):
            with clock.at(day):
                row = publicity.statement_make(actor=clerk, union=self.own, year=year, half=half, words=words)
                row = publicity.statement_publish(actor=chair, statement=row)
        askers = list(members.current(self.actor, self.own).order_by("pk").values_list("person_id", flat=True)[:40])
        for n, (question, answer, rule, public) in enumerate(ASKED):
            who = askers[n * 7 % len(askers)]
            with clock.at(date(2026, 7, 20 + n)):
                asked = publicity.question_ask(actor=Actor(ref="worker:demo", person_id=who), statement=row, words=question)
                if answer:
                    publicity.question_answer(actor=chair, question=asked, answer=answer, rule=rule, public=public)
        if self.home != self.own and self.home not in self.kept:
            with clock.at(date(2026, 7, 14)):
                made = publicity.statement_make(
                    actor=self.hands["hesuan"], union=self.home, year=2026, half=1, words="职工活动和看望会员。"
                )
                boss = self.hands["township"] if self.hands["township"].may(Perm.STATEMENT_PUBLISH, self.home) else chair
                publicity.statement_publish(actor=boss, statement=made)
        head = replace(self.actor, ref="system:chair", name="工会主席")
        for n, union in enumerate(self.kept):
            with clock.at(date(2026, 7, 20)):
                if n % 6 == 5:
                    continue  # not published: the late ones
                made = publicity.statement_make(actor=self.hands["caiwu"], union=union, year=2026, half=1)
                if n % 6 != 4:
                    publicity.statement_publish(actor=head, statement=made)
        return len(self.kept) + 3

    # -- audit

    def audit(self) -> int:
        """A finished year; this year begun, reported, mended, late, planned."""
        who = self.hands["auditor"]
        first = self._plan(who, 2025, [(self.own, date(2025, 1, 1), date(2025, 6, 30), date(2025, 8, 12))])[0]
        span = (date(2026, 1, 1), date(2026, 6, 30))
        visits = [(u, *span, date(2026, 8 + n % 3, 5 + n)) for n, u in enumerate(self.kept[:8])]
        later = [(u, date(2026, 1, 1), date(2026, 6, 30), date(2026, 12, 2 + n)) for n, u in enumerate(self.kept[8:11])]
        tasks = self._plan(who, 2026, [(self.own, *span, date(2026, 11, 10)), *visits, *later])
        self._whole(first, date(2025, 8, 12), (0, 1), mend=True)
        with clock.at(date(2026, 11, 10)):
            begun = audits.task_begin(actor=who, task=tasks[0], seed="20261110 江州市总工会第 3 次摇号")
            for n in begun.samples.order_by("n").values_list("n", flat=True)[:3]:
                audits.sample_look(actor=who, task=begun, n=n, fine=n != 2, note="" if n != 2 else "没有附签收单")
        for n, task in enumerate(tasks[1 : 1 + len(visits) - 1]):
            self._whole(task, task.visit_on, (n % 4,) if n % 3 else (n % 4, (n + 1) % 4), mend=n % 3 == 1)
        return len(tasks) + 1

    def _plan(self, who: Actor, year: int, rows: list[tuple[Any, date, date, date]]) -> list[Any]:
        with clock.at(date(year, 1, 22)):
            plan = audits.plan_make(actor=who, union=self.root, year=year, words="支出管理、财务公开、例外办理")
            tasks = [
                audits.task_add(actor=who, plan=plan, union=u, since=since, until=until, visit_on=on, kind="visit")
                for u, since, until, on in rows
            ]
        for task in tasks:
            audits.team_add(actor=who, task=task, user_id=who.user_id or 0, lead=True)
        with clock.at(date(year, 2, 9)):
            audits.plan_issue(actor=who, plan=plan)
        for task in tasks:
            task.refresh_from_db()
        return tasks

    def _whole(self, task: Any, day: date, kinds: tuple[int, ...], *, mend: bool) -> None:
        """From the draw to the report; mended and accepted, or waiting."""
        who, union = self.hands["auditor"], task.union
        with clock.at(day):
            task = audits.task_begin(actor=who, task=task, seed=f"{day:%Y%m%d}-{task.pk}")
            for n in task.samples.values_list("n", flat=True):
                audits.sample_look(actor=who, task=task, n=n, fine=True)
            chosen = [PROBLEMS[k] for k in kinds]
            findings.scores_set(actor=who, task=task, values={p[0]: (p[5], p[1]) for p in chosen})
            made = [
                findings.finding_add(actor=who, task=task, title=title, words=words, rule=rule, advice=advice, item=item)
                for item, title, words, rule, advice, _off in chosen
            ]
            findings.task_report(actor=who, task=task, opinion="账目基本清楚，收支真实；手续和公开还要规范。")
        mender = self.hands["chair"] if union == self.own else replace(self.actor, ref="system:chair", name="工会主席")
        for n, row in enumerate(made):
            if not mend and n % 2 == 0:
                continue
            with clock.at(clock.add_months(day, 1)):
                paper = files.file_make(
                    mender,
                    name=f"整改证明-{row.pk}.csv",
                    data="事项,经办\n补签清单,已补齐\n".encode(),
                    purpose="整改证明",
                    org_path=union.path,
                    restricted=True,
                )
                findings.rectify(actor=mender, finding=row, words="已按要求补齐，并在工会委员会上讲了制度。", files=[paper])
                if mend:
                    findings.follow_up(actor=who, finding=row, accepted=True, opinion="材料齐全，整改到位。")

    # -- training

    def train(self) -> int:
        """The class of 24 October, passed on by one township."""
        head, town = self.hands["city"], self.hands["township"]
        below = list(unions.children(actor=self.actor, union=self.root).filter(kind__startswith="township")[:12])
        if not below:
            below = list(unions.children(actor=self.actor, union=self.root)[:12])
        with clock.at(date(2026, 10, 10)):
            klass = training.class_make(
                actor=head,
                union=self.root,
                title="2026 年财务经审培训沟通会",
                on=date(2026, 10, 24),
                place="市职工服务中心三楼",
                unions=below,
            )
        with clock.at(date(2026, 10, 24)):
            training.class_hold(actor=head, klass=klass, people={u.pk: 0 if n % 7 == 6 else 2 + n % 3 for n, u in enumerate(below)})
        mine = next((u for u in below if u.path == town.scopes[0].path), None)
        if mine is None:
            return 1
        with clock.at(date(2026, 11, 6)):
            guests = list(unions.children(actor=town, union=mine).exclude(kind__in=["pool", "organiser"])[:15])
            if not guests:
                return 1
            child = training.class_make(
                actor=town,
                union=mine,
                title="传达全市财务经审培训沟通会",
                on=date(2026, 11, 6),
                place="镇会议室",
                unions=guests,
                parent=klass,
            )
            training.class_hold(actor=town, klass=child, people={u.pk: 1 + n % 2 for n, u in enumerate(guests)})
        return 2


def _half() -> Iterator[Bring]:
    """Half a year of a small federation: money brought forward, dues, activities, visits to the sick."""
    yield Bring(date(2026, 1, 1), "期初余额", [Line("102", 3_860_000), Line("322", credit=3_860_000)], kind="opening")
    for month in range(1, 7):
        dues = 42_000 + month * 1_500
        yield Bring(date(2026, month, 18), f"{month} 月会费", [Line("102", dues), Line("401", credit=dues)])
    for on, words, account, fen in (
        (date(2026, 2, 10), "春节前慰问会员", "50105", 286_000),
        (date(2026, 3, 6), "女职工健康讲座", "50101", 60_000),
        (date(2026, 4, 22), "职工健步走", "50102", 148_000),
        (date(2026, 5, 30), "看望住院会员", "50105", 50_000),
    ):
        yield Bring(on, words, [Line(account, fen), Line("102", credit=fen)])
