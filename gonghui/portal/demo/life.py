"""Daily business of the demo city (演示城市的日常业务): every page has something to show. All of it through services, and all
of it after the closing date, so that the counted year stays what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from gonghui.accounts import selectors as users
from gonghui.accounts import services as accounts
from gonghui.accounts.actor import Actor
from gonghui.approvals import services as approvals
from gonghui.core import clock
from gonghui.members.enums import ConsentPurpose, ExitKind
from gonghui.members.selectors import members
from gonghui.members.services import cards, consents, exits, joining, transfers
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.orgs import services as orgs
from gonghui.orgs.enums import PostTitle, Side, SpotState
from gonghui.orgs.selectors import closure, employers, spots, terms, unions
from gonghui.people import codes
from gonghui.people import selectors as people
from gonghui.people import services as person_services
from gonghui.portal import services as portal
from gonghui.portal.demo import names
from gonghui.portal.demo.city import City, EmployerRow, largest
from gonghui.portal.demo.plan import CITY_CODE, CLOSING, Plan

TOWN, OTHER_TOWN = f"{CITY_CODE}-01", f"{CITY_CODE}-02"
Step = tuple[str, Callable[[], Any]]


def steps(actor: Actor, plan: Plan, city: City) -> Iterator[Step]:
    """The steps in order, with their titles."""
    life = Life(actor, city)
    yield "装入国家标准代码", partial(codes.load_shipped, actor=actor)
    yield "职工账号、会员证", life.worker
    yield "工会变更、届次、小组、证书", life.unions
    yield "走访、信息卡、空白点", life.visits
    yield "入会办理的三关", life.joining
    yield "会籍转接和退会", life.moves
    yield "送审、公布、消息", life.papers
    yield "查找疑似重复", life.detect


class Life:
    """What happened in the city since the closing date."""

    def __init__(self, actor: Actor, city: City) -> None:
        self.actor, self.city = actor, city
        self.firm = largest(city)
        self.other = max(
            (e for e in city.employers if e.form == "单独建会" and e.workers and e.code != self.firm.code),
            key=lambda e: (e.workers, e.code),
        )

    # -- helpers

    def employer(self, code: str) -> Any:
        return employers.employer_list(actor=self.actor, q=code).get(code=code)

    def officer(self, login: str) -> Actor:
        """A demo officer as signed in."""
        return users.actor_of(next(user for user, _roles, _seed in users.demo_accounts() if user.username == login))

    def himself(self, person: Any) -> Actor:
        """A worker with an own account: made at the first sign-in."""
        phone = person_services.person_reveal(actor=self.actor, person=person, field="phone", reason_code="member", reason="演示账号登录")
        return users.actor_of(accounts.worker_of_phone(phone, person.pk))

    def outsiders(self, firm: EmployerRow, n: int) -> list[Any]:
        """Workers of a firm who are no members."""
        rows = (
            self.employer(firm.code)
            .employments.filter(until=None, person__memberships=None, person__merged_into=None)
            .select_related("person")
        )
        return [job.person for job in rows.order_by("pk")[:n]]

    # -- steps

    def worker(self) -> None:
        """The worker of the account list: consents, card received."""
        with clock.at(date(2026, 3, 5)):
            person = people.person_find(phone=names.phone(0))[0]
            me = self.himself(person)
            for purpose in (ConsentPurpose.MEMBERSHIP, ConsentPurpose.SERVICES):
                consents.consent_give(actor=me, person=person, purpose=purpose)
            card = cards.card_issue_missing(actor=self.actor, membership=person.memberships.get(until=None))
            cards.card_confirm(actor=me, card=card)
        spell = person.memberships.select_related("union").get(until=None)
        for other in members.current(self.actor, spell.union).exclude(person=person).order_by("pk")[:12]:
            cards.card_issue_missing(actor=self.actor, membership=other)
        notices.notice_send(
            self.actor,
            kind=NoticeKind.RESULT,
            title="会员证已领取",
            body="电子会员证可以在手机上出示。",
            link="/m/members/",
            persons=[person.pk],
        )

    def unions(self) -> None:
        """Second leadership of a group, a rename, a move, groups, posts, certificates."""
        a = self.actor
        root, firm, other = (unions.union_of_code(c) for c in (CITY_CODE, self.firm.union, self.other.union))
        with clock.at(date(2026, 3, 20)):
            group = orgs.union_build(
                actor=a,
                parent=root,
                kind="group",
                name="江州市恒达集团工会委员会",
                founded_on=date(2026, 3, 18),
                document_no="江工发〔2026〕7号",
            )
            orgs.lead_add(actor=a, lower=other, upper=group, since=date(2026, 3, 18), shares_data=True, decision_no="江工发〔2026〕8号")
        with clock.at(date(2026, 4, 10)):
            orgs.union_rename(
                actor=a,
                union=other,
                name=other.name.replace("工会委员会", "（集团）工会委员会"),
                on=date(2026, 4, 8),
                document_no="江工发〔2026〕11号",
            )
        moved = min(
            (e for e in self.city.employers if e.form == "单独建会" and e.township == TOWN and e.workers and e.code != self.firm.code),
            key=lambda e: (e.workers, e.code),
            default=self.other,
        )
        with clock.at(date(2026, 5, 12)):
            town = unions.union_of_code(OTHER_TOWN)
            orgs.union_move(
                actor=a,
                union=unions.union_of_code(moved.union),
                new_parent=town,
                on=date(2026, 5, 10),
                document_no="江工发〔2026〕15号",
                note="厂址迁入",
            )
        with clock.at(date(2026, 2, 6)):
            crew = [m.person_id for m in members.current(a, firm).order_by("pk")[:8]]
            for i, name in enumerate(("一车间小组", "二车间小组", "后勤小组")):
                orgs.group_add(actor=a, union=firm, name=name, since=date(2026, 2, 1), leader_id=crew[i], filed_on=date(2026, 2, 3))
            last, chair = terms.latest(firm), terms.chair(firm)
            orgs.term_open(
                actor=a, union=firm, number=last.number + 1 if last else 1, since=date(2026, 2, 5), years=3, approval_no="江工组〔2026〕3号"
            )
            elected = [
                (PostTitle.CHAIR, chair.person_id if chair else crew[6]),
                (PostTitle.VICE, crew[3]),
                (PostTitle.MEMBER, crew[4]),
                (PostTitle.MEMBER, crew[5]),
            ]
            for title, person in elected:
                orgs.post_add(actor=a, union=firm, person_id=person, title=title, since=date(2026, 2, 5))
            bare = (
                unions.union_search(actor=a, words="工会委员会")
                .filter(kind="enterprise", certificates=None, ended_on=None)
                .order_by("path")[:3]
            )
            for i, union in enumerate(bare):
                number = names.credit_code(880_000_000 + i, "81")
                orgs.certificate_add(
                    actor=a, union=union, number=number, issued_on=date(2026, 2, 2), valid_until=date(2031, 2, 1), credit_code=number
                )

    def visits(self) -> None:
        """Field values beside desk values, cards half filled, spots with an organiser and dates."""
        a, today = self.actor, clock.today()
        organiser = self.officer("organiser")
        in_town = [e for e in self.city.employers if e.township == TOWN and e.workers and e.code.startswith("QY")]
        for i, row in enumerate(in_town[:8]):
            firm = self.employer(row.code)
            with clock.at(today - timedelta(days=20 + i)):
                orgs.value_record(
                    actor=a,
                    employer=firm,
                    side=Side.FIELD,
                    values={"headcount": row.workers + 1 + i % 3, "operator_name": row.operator},
                    origin="实地走访",
                    adopt=False,
                )
                if i < 6:
                    blocks = {"address": row.address, "operation": "正常生产", "headcount": f"{row.workers} 人", "hardship": "1 人"}
                    orgs.card_record(actor=a, employer=firm, card="six", values=dict(list(blocks.items())[: 2 + i % 3]))
        found = list(spots.spot_list(actor=a, union=unions.union_of_code(TOWN))[:6])
        words = [
            (SpotState.CONTACT, "再谈一次建会"),
            (SpotState.AGREED, "帮助起草请示"),
            (SpotState.NOT_YET, "下季度回访"),
            (SpotState.CONTACT, "约负责人面谈"),
        ]
        for i, spot in enumerate(found):
            orgs.spot_assign(actor=a, spots=[spot], organiser_id=int(organiser.user_id or 0), next_visit=today + timedelta(days=i))
            if i < len(words):
                state, step = words[i]
                with clock.at(today - timedelta(days=9)):
                    due = today + timedelta(days=i - 2)  # one overdue, one today, the rest to come
                    orgs.spot_record(
                        actor=organiser,
                        spot=spot,
                        state=state,
                        next_visit=due,
                        next_step=step,
                        planned_form="regional",
                        reason="owner" if state == SpotState.NOT_YET else "",
                    )

    def joining(self) -> None:
        """Applications in every state of the three gates, in a campaign batch."""
        people_ = self.outsiders(self.firm, 9)
        firm, union, today = self.employer(self.firm.code), unions.union_of_code(self.firm.union), clock.today()
        with clock.at(today - timedelta(days=12)):
            batch = joining.batch_open(actor=self.actor, union=union, name="集中入会行动")
            rows = []
            for person in people_:
                me = self.himself(person)
                consents.consent_give(actor=me, person=person, purpose=ConsentPurpose.MEMBERSHIP)
                rows.append(
                    joining.application_submit(
                        actor=me, person=person, union=union, step="own", employer=firm, signed=joining.Signed(person.name), batch=batch
                    )
                )
        with clock.at(today - timedelta(days=5)):
            for i, row in enumerate(rows):
                self._gate(i, row)

    def _gate(self, i: int, row: Any) -> None:
        """Three wait, one is returned, one withdrawn, one refused, two wait for the card, one is done."""
        if i == 3:
            joining.application_return(actor=self.actor, application=row, reason="请补上现在的单位名称。")
        elif i == 4:
            joining.application_withdraw(actor=self.himself(row.person), application=row)
        elif i == 5:
            joining.application_refuse(actor=self.actor, application=row, reason="已在本市其他工会提出申请，请先撤回那一份。")
        elif i >= 6:
            approved = joining.application_approve(actor=self.actor, application=row, approval_no="江工组〔2026〕31号")
            if i == 8:
                joining.gate_three(actor=self.actor, application=approved, how="签收登记")

    def moves(self) -> None:
        """Transfers out and in that wait, and a member who asks to leave."""
        here, there = unions.union_of_code(self.firm.union), unions.union_of_code(self.other.union)
        ours = list(members.current(self.actor, here).order_by("pk")[20:24])
        theirs = list(members.current(self.actor, there).order_by("pk")[20:23])
        with clock.at(clock.today() - timedelta(days=8)):
            transfers.transfer_open(actor=self.himself(ours[0].person), membership=ours[0], target=there)
            transfers.transfer_open(actor=self.actor, membership=ours[1], target=there)
            transfers.transfer_open(actor=self.actor, membership=ours[2], target=None)
            transfers.transfer_open(actor=self.actor, membership=theirs[0], target=here)
            transfers.transfer_open(actor=self.himself(theirs[1].person), membership=theirs[1], target=here)
            exits.exit_open(
                actor=self.actor, membership=ours[3], kind=ExitKind.DEEMED, on=clock.today(), reason="满六个月没有交纳会费，核实中"
            )

    def papers(self) -> None:
        """Texts under approval in the inbox of township and city, one out, cases in the library, messages to everybody."""
        root, town = closure.node(CITY_CODE), closure.node(TOWN)
        city, organisation, township = (self.officer(login) for login in ("city", "zuzhi", "township"))
        for author, union, title, body in (
            (organisation, root, "关于做好新就业形态劳动者集中入会的通知", "请各乡镇（街道）工会月底前报送入会进度。"),
            (organisation, town, "白桦镇职工服务站周末开放安排", "周六、周日上午开放，凭会员证办理。"),
        ):
            draft = portal.publication_write(actor=author, union=union, title=title, body=body)
            portal.publication_submit(actor=author, publication=draft, union=union)
        out = portal.publication_write(
            actor=township, union=town, title="会员互助保障报名开始", body="到本单位工会报名，报名表可在手机上填写。", channel="worker"
        )
        handed = portal.publication_submit(actor=township, publication=out, union=town)
        assert handed.approval is not None
        approvals.approval_decide(actor=city, approval=handed.approval, decision="approve", opinion="同意发布。")
        portal.experience_add(
            actor=city,
            union=root,
            title="“拼车式”联合建会",
            summary="把一条街的小店联成一个工会，职工数从 3 人到 60 人。",
            tags=["联合建会", "小微企业"],
            point=town,
        )
        logins = {user.username: user.pk for user, _roles, _seed in users.demo_accounts()}
        send = partial(notices.notice_send, self.actor)
        send(
            kind=NoticeKind.REMINDER,
            title="本月有空白点要走访",
            body="按走访日期排好了，请到空白点页查看。",
            link="/console/orgs/spots/",
            users=[logins["organiser"], logins["township"]],
        )
        send(
            kind=NoticeKind.TASK, title="有入会申请等待审核", link="/console/members/joining/", users=[logins["chair"], logins["township"]]
        )
        send(
            kind=NoticeKind.WARNING,
            title=f"上报入会率与实有不符（{CLOSING.year} 年度）",
            link="/console/figures/reported/",
            users=[logins["city"], logins["zuzhi"]],
        )

    def detect(self) -> None:
        """The detectors' proposals, as the nightly run would leave them."""
        orgs.duplicates_scan(actor=self.actor, org=unions.union_of_code(CITY_CODE))
        person_services.twins_scan(actor=self.actor)
