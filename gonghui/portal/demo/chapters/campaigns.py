"""Drives in the demo city (集中行动): one finished with its accounts, one that runs, one being prepared; the three dashboards.

All of it after the closing date, so that the counted year stays what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import transaction

from gonghui.accounts import selectors as users
from gonghui.accounts.actor import Actor
from gonghui.campaigns.selectors import scope
from gonghui.campaigns.services import campaigns, logs, registers, sites, teams
from gonghui.core import clock
from gonghui.members.enums import ConsentPurpose
from gonghui.members.services import ceremonies, consents, joining
from gonghui.orgs import services as orgs
from gonghui.orgs.selectors import employers, unions
from gonghui.people import services as people
from gonghui.portal.demo import names
from gonghui.portal.demo.city import City
from gonghui.portal.demo.plan import CITY_CODE, Plan

ORDER = 46
PHONES = 15_370_000_000
SECTIONS = {"construction": "E", "ecommerce": "F", "logistics": "G", "coop": "A", "home": "O"}
Step = tuple[str, Callable[[], Any]]


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[Step]:
    """The steps of this chapter."""
    drives = Drives(actor, plan)
    yield "重点行业、两新组织、园区", transaction.atomic(drives.boards)
    yield "已结束的货车司机入会行动", transaction.atomic(drives.finished)
    yield "进行中的农民工入会行动", transaction.atomic(drives.running)


class Drives:
    """The organisation department and its teams."""

    def __init__(self, actor: Actor, plan: Plan) -> None:
        self.actor, self.random, self.people = actor, Random(f"drives-{plan.seed}"), 0
        self.root = unions.union_of_code(CITY_CODE)
        towns = unions.children(actor=actor, union=self.root).filter(kind__in=("township", "township_federation")).order_by("code")
        self.towns = list(towns[:4])

    # -- dashboards

    def boards(self) -> int:
        """Sectors and types on employers, contracts of some, grades of the zones."""
        a, made = self.actor, 0
        firms = employers.employer_visible(a).filter(written_off_on=None, sector="non_public").select_related("union").order_by("code")
        for code, section in SECTIONS.items():
            mine = firms.filter(industry__startswith=section)
            for firm in [*mine.filter(organised=True)[:7], *mine.filter(organised=False)[:2]]:
                registers.sector_set(actor=a, employer=firm, sector=code)
                made += 1
        types = list(scope.category_list(on=clock.today(), basis=("two_new_type",)))
        for n, firm in enumerate([*firms.filter(organised=True)[:14], *firms.filter(organised=False)[:2]]):
            orgs.employer_edit(actor=a, employer=firm, two_new=True)
            firm.refresh_from_db()
            if n % 5 < 4:
                signed: dict[str, Any] = (
                    {"contract_no": f"集合同〔2026〕{n + 1} 号", "contract_until": date(2028, 12, 31)} if n % 3 and firm.organised else {}
                )
                registers.two_new_set(actor=a, employer=firm, category=types[n % len(types)], **signed)
        zones = list(unions.union_visible(a).filter(kind="zone", ended_on=None).order_by("path")[:3])
        if not zones:
            zones = [self.park()]
        for n, zone in enumerate(zones):
            grades = ((3, 2, 2), (1, 1, 1), (2, 3, 3))[n]
            registers.zone_rate(
                actor=a, union=zone, varied=grades[0], complex_=grades[1], unstable=grades[2], note="走访入驻单位，查用工台账和争议记录"
            )
        for town in self.towns[:2]:
            orgs.union_edit(actor=a, union=town, on=clock.today(), party_org=f"中共江州市{town.name[:3]}委员会")
        return made

    def park(self) -> Any:
        """A zone with tenants, where the scale leaves the city none: one has its union, the others not yet."""
        with clock.at(date(2026, 2, 10)):
            zone = orgs.union_build(actor=self.actor, parent=self.root, kind="zone", name="江州物流园区总工会", founded_on=clock.today())
            for n, trade in enumerate(("仓储", "冷链", "快运", "包装")):
                firm = orgs.employer_register(
                    actor=self.actor, union=zone, name=f"江州物流园{trade}有限公司", opened_on=date(2026, 1, 12 + n), headcount=26 + 7 * n, industry="G59",
                    address=f"江州市物流大道 {n + 1} 号", origin="新登记单位", source="登记信息",
                )  # fmt: skip
                if n == 0:
                    orgs.union_build(
                        actor=self.actor,
                        parent=zone,
                        kind="enterprise",
                        name=f"{firm.name}工会委员会",
                        employer=firm,
                        founded_on=clock.today(),
                    )
        return zone

    # -- people

    def applicant(self, union: Any, batch: Any = None, **which: Any) -> Any:
        """Somebody at the own phone applies and signs."""
        self.people += 1
        name = names.person_name(self.random, self.random.random() < 0.3)
        who = people.person_register(
            actor=self.actor, name=name, id_kind="none", phone=f"{PHONES + self.people}", source="集中行动", sex="1" if self.people % 3 else "2", **which
        )  # fmt: skip
        me = Actor(ref=f"worker:{who.pk}", name=who.name, person_id=who.pk)
        consents.consent_give(actor=me, person=who, purpose=ConsentPurpose.MEMBERSHIP)
        row = joining.application_submit(actor=me, person=who, union=union, batch=batch, signed=joining.Signed(who.name))
        return me, row

    def admitted(self, union: Any, *, card: bool, batch: Any = None, **which: Any) -> Any:
        _me, row = self.applicant(union, batch, **which)
        row = joining.application_approve(actor=self.actor, application=row)
        return joining.gate_three(actor=self.actor, application=row, how="desk") if card else row

    def plan(self, name: str, goal: str, since: date, until: date, group: tuple[str, str], **more: Any) -> Any:
        chosen = scope.category_list(on=clock.today()).filter(basis=group[0], code=group[1])
        row = campaigns.campaign_plan(
            actor=self.actor, union=self.root, name=name, goal=goal, since=since, until=until, categories=chosen, **more
        )
        for duty, who, title in (
            ("head", "梁建平", "市总工会主席"), ("deputy", "顾春燕", "市总工会副主席"), ("member", "邵立新", "人社局副局长"), ("office", "裴晓", "市总组织部")
        ):  # fmt: skip
            campaigns.leader_add(actor=self.actor, campaign=row, duty=duty, name=who, title=title)
        return row

    def team(self, row: Any, n: int, town: Any, target: int = 8) -> Any:
        names_ = ("常志远", "潘玉兰", "樊大勇", "路小云")
        made = teams.team_add(actor=self.actor, campaign=row, name=f"第{'一二三四'[n]}小队", leader_name=names_[n])
        teams.assign(actor=self.actor, team=made, union=town)
        teams.target_set(actor=self.actor, campaign=row, measure="members", value=target, team=made)
        return made

    # -- the finished one

    def finished(self) -> int:
        """Spring 2026: truckers, a park with one QR, accounts settled by name, a summary."""
        a, start, end = self.actor, date(2026, 4, 1), date(2026, 6, 30)
        with clock.at(date(2026, 3, 25)):
            row = self.plan(
                "货车司机入会集中行动", "物流园区货车司机应入尽入，服务先到", start, end, ("group", "trucker"), document_no="江工发〔2026〕7 号",
                party_org="中共江州市委两新工委", kickoff_on=date(2026, 4, 8), kickoff_place="江州物流园区司机之家", pilot=self.towns[0].name[:3],
            )  # fmt: skip
            for kind, name, task in (
                ("department", "市交通运输局", "提供货运企业名单"), ("department", "市公安局交警支队", "在检查点发放入会码"), ("association", "市货运行业协会", "动员会员单位")
            ):  # fmt: skip
                campaigns.partner_add(actor=a, campaign=row, kind=kind, name=name, task=task)
            crew = [self.team(row, n, town) for n, town in enumerate(self.towns[:2])]
            for step, day, words, party in (
                ("deploy", date(2026, 4, 3), "下发行动方案", "写入两新党建年度计划"), ("check", date(2026, 5, 20), "查各队进度", "查流动党员货车司机组织覆盖"),
                ("assess", date(2026, 7, 3), "责任结账", "列入党建考核"), ("calendar", date(2026, 4, 8), "启动仪式", ""),
            ):  # fmt: skip
                campaigns.plan_add(actor=a, campaign=row, step=step, due_on=day, words=words, party_words=party)
            charges = [
                logs.charge_add(actor=a, team=crew[0], name="常志远", task="发展货车司机会员", due_on=end, measure="members", target=8),
                logs.charge_add(actor=a, team=crew[1], name="潘玉兰", task="发展货车司机会员", due_on=end, measure="members", target=8),
                logs.charge_add(actor=a, team=crew[1], name="赵铁军", task="司机之家挂牌", due_on=end),
            ]
            campaigns.campaign_start(actor=a, campaign=row)
        row.refresh_from_db()
        self._spring(row, crew)
        with clock.at(date(2026, 7, 3)):
            for item in row.plan.all():
                campaigns.plan_done(actor=a, item=item, on=max(item.due_on, start))
                if item.party_words:
                    campaigns.plan_done(actor=a, item=item, on=max(item.due_on, start), side="party")
            for charge in charges:
                logs.charge_settle(actor=a, charge=charge, result="done", reason="差额转入下半年行动")
            row = campaigns.campaign_settle(actor=a, campaign=row)
            counts = row.frozen["totals"]
            registers.rate_declare(
                actor=a, campaign=row, name="领证率", numerator=counts["members"], numerator_words="已领证的货车司机", denominator=counts["applied"],
                denominator_words="递交申请的货车司机", claimed=f"{100 * counts['members'] / counts['applied']:.1f}%", as_of=end,
            )  # fmt: skip
        with clock.at(date(2026, 7, 8)):
            campaigns.campaign_close(
                actor=a,
                campaign=row,
                summary="司机之家先服务后入会，园区一张桌子一个码最有效。\n没有固定单位的司机仍有顾虑，下半年继续上路宣讲。",
            )
        return self.people

    def _spring(self, row: Any, crew: list[Any]) -> None:
        a = self.actor
        with clock.at(datetime.combine(date(2026, 4, 8), time(9, 0), clock.SHANGHAI)):
            for unit, n in (
                ("市总工会", 12),
                ("各乡镇（街道）工会", 56),
                ("交通、公安、人社部门", 18),
                ("货运企业和协会", 62),
                ("货车司机", 38),
            ):
                campaigns.attendee_add(actor=a, campaign=row, unit=unit, people=n)
            site = sites.site_open(
                actor=a, campaign=row, kind="park", union=self._home(self.towns[0]), title="物流园区货车司机扫码入会", place="物流园区司机之家", at=clock.now()
            )  # fmt: skip
            assert site.ceremony is not None
            rows = []
            for _ in range(10):
                me, application = self.applicant(site.batch.union, site.batch, group="trucker")
                ceremonies.ceremony_check_in(actor=me, token=site.ceremony.token)
                sites.driver_note(
                    actor=me, application=application, plate=f"鲁K{70100 + self.people}", home_place="江州市", platform="货运平台"
                )
                rows.append(application)
            for application in rows[:9]:
                joining.application_approve(actor=a, application=application)
            ceremonies.ceremony_close(actor=a, ceremony=site.ceremony, note="现场领证", oath_by="陈师傅")
        for n, day in enumerate((date(2026, 4, 22), date(2026, 5, 6), date(2026, 5, 19), date(2026, 6, 2), date(2026, 6, 16))):
            with clock.at(day):
                self.admitted(self._home(self.towns[n % 2]), card=True, group="trucker")
                logs.inspection_add(
                    actor=a, team=crew[n % 2], on=day, found=("园区白天司机少", "宣传单不够", "证件照难收")[n % 3],
                    remedy="改为晚间摆桌" if n == 0 else "", due_on=day + timedelta(days=7) if n == 0 else None,
                )  # fmt: skip
                logs.service_add(
                    actor=a, campaign=row, team=crew[n % 2], kind=("checkup", "legal", "aid")[n % 3], on=day,
                    words=("司机免费体检", "运费纠纷咨询", "困难司机慰问")[n % 3], people=30 - n, before_joining=20 - n,
                )  # fmt: skip
                line, channel, title = (
                    ("network", "微信", "司机之家的一天"), ("press", "报纸", "货车司机王师傅入会记"), ("meeting", "现场会", "物流园区现场会"),
                    ("network", "市政府网", "货车司机入会指南"), ("meeting", "宣讲会", "停车场宣讲"),
                )[n]  # fmt: skip
                logs.publicity_add(
                    actor=a, campaign=row, team=crew[n % 2], line=line, channel=channel, title=title, published_on=day, reach=(2400, 8000, 90, 5200, 60)[n],
                    link="" if line == "meeting" else f"https://gh.example.cn/2026/{n + 1}",
                )  # fmt: skip
        with clock.at(date(2026, 4, 28)):
            logs.inspection_done(actor=a, inspection=crew[0].inspections.get(on=date(2026, 4, 22)), outcome="每周三晚间摆桌")

    def _home(self, town: Any) -> Any:
        """A union of the town that takes people without a fixed employer."""
        rows = unions.union_visible(self.actor).filter(path__startswith=town.path, kind__in=("industry", "regional"), ended_on=None)
        return rows.order_by("path").first() or town

    # -- the running one

    def running(self) -> int:
        """Autumn: migrant workers, a team for each of the first towns, people at every gate, one step overdue."""
        a, today = self.actor, clock.today()
        start = today - timedelta(days=27)
        organiser = next((u for u, _roles, _seed in users.demo_accounts() if u.username == "organiser"), None)
        with clock.at(start - timedelta(days=5)):
            row = self.plan(
                "农民工入会集中行动", "建筑、物流、家政等行业的农民工愿入尽入", start, today + timedelta(days=33), ("migrant", ""),
                document_no="江工发〔2026〕21 号", party_org="中共江州市委组织部", kickoff_on=start, kickoff_place="市工人文化宫",
            )  # fmt: skip
            crew = [self.team(row, n, town, 6 + n) for n, town in enumerate(self.towns)]
            teams.target_set(actor=a, campaign=row, measure="employers", value=6)
            campaigns.partner_add(actor=a, campaign=row, kind="department", name="市人力资源和社会保障局", task="提供用工备案名单")
            campaigns.partner_add(actor=a, campaign=row, kind="association", name="市家政服务业协会", task="动员会员单位")
            teams.target_set(actor=a, campaign=row, measure="members", value=10, union=self.towns[0])
            for step, day, words, party in (
                ("deploy", start, "召开动员会", "写入党建工作要点"), ("check", today - timedelta(days=2), "中期检查", "中期检查党组织覆盖"),
                ("assess", today + timedelta(days=33), "责任结账", "列入基层党建考核"), ("calendar", today + timedelta(days=4), "工地现场入会", ""),
            ):  # fmt: skip
                campaigns.plan_add(actor=a, campaign=row, step=step, due_on=day, words=words, party_words=party)
            campaigns.campaign_start(actor=a, campaign=row)
        row.refresh_from_db()
        self._autumn(row, crew, start, today)
        if organiser is not None:
            teams.team_edit(actor=a, team=crew[0], leader_name=organiser.name, leader_id=organiser.pk)
        with clock.at(today - timedelta(days=3)):
            self.plan(
                "五大重点行业建会行动",
                "重点行业单位建会全覆盖",
                today + timedelta(days=40),
                today + timedelta(days=130),
                ("sector", "logistics"),
            )
        return self.people

    def _autumn(self, row: Any, crew: list[Any], start: date, today: date) -> None:
        a = self.actor
        with clock.at(start):
            for unit, n in (("市总工会", 15), ("各小队", 40), ("用人单位", 76), ("农民工代表", 52)):
                campaigns.attendee_add(actor=a, campaign=row, unit=unit, people=n)
            campaigns.plan_done(actor=a, item=row.plan.get(step="deploy"), on=start)
            campaigns.plan_done(actor=a, item=row.plan.get(step="deploy"), on=start, side="party")
            logs.publicity_add(
                actor=a, campaign=row, line="meeting", channel="动员会", title="农民工入会动员会", published_on=start, reach=183
            )
        for n, town in enumerate(self.towns):
            home = self._home(town)
            for i in range(4 - n % 2):
                with clock.at(start + timedelta(days=3 + 5 * i + n)):
                    self.admitted(home, card=i != 3, migrant=True)
            with clock.at(today - timedelta(days=12 - 3 * n)):
                self.applicant(home, migrant=True)
            logs.charge_add(
                actor=a, team=crew[n], name=crew[n].leader_name, task="发展农民工会员", due_on=row.until, measure="members", target=6 + n
            )
        with clock.at(today - timedelta(days=20)):
            firm = orgs.employer_register(
                actor=a, union=self.towns[0], name="江州市长风劳务有限公司", opened_on=today - timedelta(days=60), headcount=42, migrant_headcount=36,
                industry="E50", address="江州市建设路 8 号", origin="新登记单位", source="登记信息", area=self.towns[0].area,
            )  # fmt: skip
            home = self._home(self.towns[0])
            if home.kind == "regional":
                orgs.coverage_add(actor=a, union=home, employer=firm, form="regional", since=clock.today())
        with clock.at(today - timedelta(days=7)):
            logs.inspection_add(
                actor=a,
                team=crew[-1],
                on=clock.today(),
                found="申请书有代填",
                remedy="退回，由本人填写签名",
                due_on=today - timedelta(days=1),
            )
            logs.service_add(
                actor=a, campaign=row, team=crew[0], kind="legal", on=clock.today(), words="工地欠薪咨询", people=26, before_joining=17
            )
        logs.publicity_add(
            actor=a, campaign=row, team=crew[0], line="press", channel="报纸", title="架子工老周入会", planned_on=today + timedelta(days=3)
        )
        at = datetime.combine(today, time(9, 0), clock.SHANGHAI)
        site = sites.site_open(
            actor=a, campaign=row, kind="field", union=self._home(self.towns[0]), title="建设路工地集中入会", place="建设路工地食堂", at=at
        )
        assert site.ceremony is not None
        for _ in range(3):
            me, _row = self.applicant(site.batch.union, site.batch, migrant=True)
            ceremonies.ceremony_check_in(actor=me, token=site.ceremony.token)
