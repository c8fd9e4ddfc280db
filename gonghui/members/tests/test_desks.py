"""Groups, activists, seasons, service cards, members not heard of, differences that settle themselves, ceremonies with photos."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock, jobs
from gonghui.core.errors import NotFound, NotPermitted, RuleViolation, TooMany
from gonghui.core.models import AuditEntry
from gonghui.members import jobs as timed
from gonghui.members.models import Application, Comparison, Employment, Membership, ServiceCard
from gonghui.members.rules.compare import Listed
from gonghui.members.selectors import members as reads
from gonghui.members.selectors import seasons, timeline
from gonghui.members.services import ceremonies, consents, groups, joining, rosters, service_cards, settling, spells, standing, transfers
from gonghui.members.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make.shop()


def desk_of(union, role=Role.CHAIR):
    return accounts.client(accounts.officer((role, union.path)))


def phone_of(person):
    return accounts.client(accounts.worker(person_id=person.pk, name=person.name))


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.mark.system("S049")
def test_a_group_has_an_elected_leader_of_its_own_a_filing_members_that_move_and_a_list_to_print(shop):
    _, union = shop
    one, two = (union.groups.create(name=n, since=date(2024, 1, 1)) for n in ("第一小组", "第二小组"))
    ann, ben = make.member(union, who=make.person("王大力"), group=one), make.member(union, who=make.person("李小花"))
    client = desk_of(union)
    text = client.get(reverse("members:groups")).content.decode()
    assert "第一小组" in text and "还有 <b>1</b> 名会员没有编组" in text and "没有备案" in text
    page = reverse("members:union_group", args=[one.pk])
    assert "王大力" in client.get(page).content.decode()
    client.post(reverse("members:bulk"), {"pk": [ben.pk], "verb": "group", "group": one.pk})
    client.post(page, {"leader": ann.person_id, "filed_on": "2024-02-01"})
    one.refresh_from_db()
    assert (one.leader, one.filed_on) == (ann.person, date(2024, 2, 1)) and AuditEntry.objects.filter(
        verb="orgs.group.updated"
    ).count() == 1
    assert "王大力" in (sheet := client.get(page + "?print=1").content.decode()) and "李小花" in sheet and "2024年2月1日" in sheet
    with pytest.raises(RuleViolation, match="从本小组的会员里选举"):
        groups.group_filed(actor=make.officer(union), group=two, leader_id=ann.person_id, filed_on=None)
    assert client.post(page, {"leader": ann.person_id, "filed_on": "2099-01-01"}).status_code == 422
    _, other = make.shop("别家厂")
    assert desk_of(other).get(page).status_code == 404
    with pytest.raises((NotPermitted, NotFound)):
        groups.group_filed(actor=make.officer(other), group=one, leader_id=None, filed_on=None)


@pytest.mark.system("S050")
def test_the_pool_of_activists_by_year_skill_and_rating_goes_out_as_a_table(shop):
    from gonghui.files.models import Export

    _, union = shop
    boss = make.officer(union)
    for name, skill, minutes, rating in (("王大力", "调解", 150, "优秀"), ("李小花", "文艺", 30, "合格"), ("张新来", "篮球", 0, "")):
        row = rosters.activist_add(actor=boss, union=union, person=make.member(union, who=make.person(name)).person, skills=skill)
        if minutes:
            rosters.activist_deed(actor=boss, activist=row, on=clock.today(), task="组织活动", minutes=minutes)
        if rating:
            rosters.activist_rate(actor=boss, activist=row, year=clock.today().year, rating=rating)
    client, url = desk_of(union), reverse("members:activists")
    best = client.get(url, {"rating": "优秀"}).content.decode()
    assert "王大力" in best and "李小花" not in best
    assert "李小花" in client.get(url, {"q": "文艺"}).content.decode()
    assert "张新来" in (open_ := client.get(url, {"rating": "未考评"}).content.decode()) and "王大力" not in open_
    last = client.get(url, {"year": clock.today().year - 1}).content.decode()
    assert "未考评" in last and "3 小时" not in last
    star = row.__class__.objects.get(person__name="王大力")
    page = reverse("members:activist", args=[star.pk])
    assert "组织活动" in (text := client.get(page).content.decode()) and "优秀" in text
    client.post(reverse("members:activist_act", args=[star.pk, "rate"]), {"rating": "合格", "year": str(clock.today().year - 1)})
    assert star.deeds.get(rating_year=clock.today().year - 1).rating == "合格"
    assert client.post(reverse("members:activists_export"), {"purpose": "评选表彰"}).status_code == 302
    jobs.run_all()
    assert (Export.objects.get().count, Export.objects.get().state) == (3, "ready")
    _, other = make.shop("别家厂")
    assert desk_of(other).get(page).status_code == 404


@pytest.mark.system("S051")
def test_the_timeline_tells_everything_on_record_and_no_private_spell(shop):
    firm, union = shop
    who = make.person("王大力")
    job = make.employed(who, firm)
    private = make.member(union.parent, who=who, since=date(2024, 1, 1), private=True)
    spells.end_spell(actor=make.system, spell=private, on=date(2024, 6, 1), ended="left")
    application = make.applied(union, who=who, employer=firm)
    joining.application_approve(actor=make.officer(union), application=application)
    spell = Membership.objects.get(person=who, until=None)
    _, host = make.shop("白云服装厂")
    spells.secondment_set(actor=make.officer(union), employment=job, host=host.employer, since=clock.today())
    boss = make.officer(union)
    star = rosters.activist_add(actor=boss, union=union, person=who, skills="调解")
    rosters.activist_deed(actor=boss, activist=star, on=clock.today(), task="劝和一起纠纷", minutes=60)
    rosters.note_add(
        actor=make.officer(union.parent, Role.TOWNSHIP), person=who, union=union, kind="training", on=clock.today(), text="电工初级班"
    )
    transfers.transfer_open(actor=make.worker(who), membership=spell, target=host)
    union.posts.create(person=who, title="delegate", since=date(2025, 1, 1))
    page = reverse("members:member", args=[spell.pk])
    chair, town = desk_of(union).get(page).content.decode(), desk_of(union.parent, Role.TOWNSHIP).get(page).content.decode()
    for words in ("到青石茶厂工作", "申请入会", "会员证编号", "发起转会", "劝和一起纠纷", "借调到白云服装厂", "代表"):
        assert words in chair and words in town, words
    assert "电工初级班" in town and "电工初级班" not in chair
    secret = f"{union.parent.name} · 本人退会"
    assert secret in town and secret not in chair
    assert "劝和一起纠纷" not in desk_of(union).get(page + "?line=card").content.decode()
    everything = timeline.timeline(
        actor=make.officer(union), person=who, spells=list(Membership.objects.filter(person=who)), jobs=[], notes=False
    )
    assert everything == sorted(everything, key=lambda r: r["at"], reverse=True)


@pytest.mark.system("S048")
def test_seasons_show_the_window_what_was_done_and_the_gap_by_form_of_employment(shop):
    firm, union = shop
    picker, regular, loose = make.person("采茶工"), make.person("正式工"), make.person("未入会")
    job = make.employed(picker, firm, kind="seasonal")
    make.employed(regular, firm)
    make.employed(loose, firm, kind="seasonal")
    spell = make.member(union, who=picker)
    make.member(union, who=regular)
    client = desk_of(union)
    found = {g.kind: (g.workers, g.members, g.missing) for g in seasons.gaps(make.officer(union), union)}
    assert found == {"regular": (1, 1, 0), "seasonal": (2, 1, 1)}
    with clock.at(date(2026, 11, 5)):
        data = {"kind": "seasonal", "season_from": "04-01", "season_to": "10-31", "reason": "与单位核对", "verb": "correct"}
        client.post(reverse("members:employment_correct", args=[spell.pk, job.pk]), {**data, "season_from": "13-01"})
        assert Employment.objects.get(pk=job.pk).season_from == ""
        client.post(reverse("members:employment_correct", args=[spell.pk, job.pk]), data)
        text = client.get(reverse("members:seasonal")).content.decode()
        assert "04-01 到 10-31" in text and "季节工还有 1 人没有入会" in text
        client.post(reverse("members:seasonal_run"))
        assert Membership.objects.get(person=picker, until=None).standing == "suspended"
        text = client.get(reverse("members:seasonal")).content.decode()
        assert "季节性暂停" in text and "2027-04-01 恢复" in text
        _, other = make.shop("别家厂")
        assert "采茶工" not in desk_of(other).get(reverse("members:seasonal")).content.decode()


def test_a_private_member_is_a_gap_to_the_workplace(shop):
    firm, union = shop
    who = make.person()
    make.employed(who, firm)
    before = seasons.gaps(make.officer(union), union)
    make.member(union.parent, who=who, private=True)
    assert seasons.gaps(make.officer(union), union) == before


@pytest.mark.system("S045")
def test_a_service_card_is_checked_before_payment_and_a_return_is_put_right_by_another(shop):
    _, union = shop
    who = make.member(union, who=make.person("王大力")).person
    consents.consent_give(actor=make.worker(who), person=who, purpose="account")
    card = service_cards.service_card_link(actor=make.worker(who), person=who, bank="江州银行", account="6217000012345678")
    one, two = desk_of(union), desk_of(union)
    page, act = reverse("members:service_cards"), lambda verb: reverse("members:service_card_act", args=[card.pk, verb])
    assert "5678" in (text := one.get(page).content.decode()) and "6217000012345678" not in text
    one.post(act("check"))
    assert ServiceCard.objects.get().checked_on == clock.today() and AuditEntry.objects.filter(verb="members.service_card.checked").exists()
    one.post(act("returned"), {"on": clock.today().isoformat(), "amount": "500.00", "reference": "P-17", "fault": "户名不符"})
    back = card.returns.get()
    assert (back.amount_fen, back.fault, back.handled_on, ServiceCard.objects.get().state) == (50_000, "户名不符", None, "returned")
    assert "退汇待核" in one.get(page + "?state=returned").content.decode() and "500.00" in one.get(page).content.decode()
    with pytest.raises(RuleViolation, match="退汇待核"):
        service_cards.service_card_check(actor=make.system, person_id=who.pk)
    one.post(act("restore"), {"outcome": "银行已核户名"})
    assert ServiceCard.objects.get().state == "returned"  # who registered the return does not lift it
    two.post(act("restore"), {"outcome": "银行已核户名"})
    back.refresh_from_db()
    assert (ServiceCard.objects.get().state, back.handled_on, back.outcome) == ("active", clock.today(), "银行已核户名")
    _, other = make.shop("别家厂")
    assert desk_of(other).post(act("close")).status_code == 404 and ServiceCard.objects.get().until is None
    with pytest.raises((NotFound, NotPermitted)):
        service_cards.service_card_returned(actor=make.officer(other), card=card, fault="户名不符", amount_fen=1)


@pytest.mark.system("S040")
def test_members_not_heard_of_are_asked_and_answer_and_nobody_is_put_out(shop):
    _, union = shop
    old, new = (
        make.member(union, who=make.person("久无音讯"), since=date(2020, 1, 1)),
        make.member(union, who=make.person("刚刚入会"), since=clock.today()),
    )
    client, url = desk_of(union), reverse("members:stale")
    text = client.get(url).content.decode()
    assert "久无音讯" in text and "刚刚入会" not in text
    data = {"pk": [old.pk, new.pk], "union": union.pk}
    assert "办好 <b>1</b> 人" in client.post(reverse("members:stale_act"), {**data, "verb": "remind"}).content.decode()
    assert "今天已经提醒过" in client.post(reverse("members:stale_act"), {**data, "verb": "remind"}).content.decode()
    phone = phone_of(old.person)
    assert "我还在" in phone.get(reverse("members:m-home")).content.decode()
    phone.post(reverse("members:m-confirm"))
    assert Membership.objects.get(pk=old.pk).confirmed_on == clock.today() and "久无音讯" not in client.get(url).content.decode()
    third = make.member(union, who=make.person("第三个"), since=date(2020, 1, 1))
    client.post(reverse("members:stale_act"), {"all": "1", "union": union.pk, "verb": "confirm"})
    assert Membership.objects.get(pk=third.pk).confirmed_on == clock.today() and Membership.objects.filter(until=None).count() == 3
    _, other = make.shop("别家厂")
    with pytest.raises((NotFound, NotPermitted)):
        standing.membership_confirm(actor=make.officer(other), membership=old)
    assert reads.is_stale(Membership.objects.get(pk=old.pk)) is False


@pytest.mark.system("S041")
def test_differences_lead_to_the_act_and_settle_themselves_when_it_is_done(shop):
    firm, union = shop
    late, gone, lame, stays = make.person("张未入"), make.person("李离开"), make.person("王缺号"), make.person("钱还在")
    make.people.person_correct(actor=make.system, person=lame, reason="测试缺手机", phone="")
    make.employed(late, firm)
    for who in (gone, lame, stays):
        make.member(union, who=who)
    rows = [
        Listed(2, "张未入", bytes(late.id_index)),
        Listed(3, "王缺号", bytes(lame.id_index)),
        Listed(4, "新来的", None, id_mask="1507**********0017"),
    ]
    case = rosters.comparison_run(actor=make.officer(union), union=union, name="三月", origin="file", listed=rows)
    client, page = desk_of(union), reverse("members:comparison", args=[case.pk])
    text = client.get(page).content.decode()
    for words in ("办理入会", "转会、离职或退会登记", "补资料、更正"):
        assert words in text, words
    assert settling.comparison_refresh(actor=make.officer(union), comparison=case) == 0  # nothing was done yet
    make.member(union, who=late)
    make.people.person_correct(actor=make.system, person=lame, reason="本人补登", phone="13812340000")
    transfers.transfer_open(actor=make.officer(union), membership=Membership.objects.get(person=gone, until=None), target=None)
    client.post(reverse("members:comparison_refresh", args=[case.pk]))
    left = {d.name: d.handled_note for d in case.differences.exclude(state="open")}
    assert set(left) == {"张未入", "李离开", "王缺号"} and "已发起转会" in left["李离开"] and "加入" in left["张未入"]
    assert set(case.differences.filter(state="open").values_list("name", flat=True)) == {"新来的", "钱还在"}
    spells.end_spell(actor=make.system, spell=Membership.objects.get(person=stays, until=None), on=clock.today(), ended="left")
    assert timed.comparisons() == {"settled": 1} and timed.comparisons() == {"settled": 0}
    Comparison.objects.update(signed_on=clock.today())
    assert settling.comparison_refresh(actor=make.officer(union), comparison=Comparison.objects.get()) == 0


def test_a_member_who_went_private_stays_an_open_question_to_the_workplace(shop):
    _, union = shop
    who = make.person("李离开")
    spell = make.member(union, who=who)
    case = rosters.comparison_run(actor=make.officer(union), union=union, name="三月", origin="file", listed=[Listed(2, "别人", None)])
    spells.change_spell(actor=make.system, spell=spell, on=clock.today(), ended="transferred", union=union.parent, private=True)
    assert settling.fact_of(case.differences.get(verdict="gone")) == ""


@pytest.mark.system("S047")
def test_a_ceremony_keeps_photos_marks_who_came_without_phone_prints_its_list_and_closes_gate_three(shop):
    from datetime import datetime

    _, union = shop
    chair = make.officer(union, number=990)
    batch = joining.batch_open(actor=chair, union=union, name="集中入会仪式")
    come, away = [make.applied(union, who=make.person(n), batch=batch) for n in ("到场人", "缺席人")]
    for row in (come, away):
        joining.application_approve(actor=chair, application=row)
    ceremony = ceremonies.ceremony_plan(
        actor=chair, batch=batch, title="入会仪式", place="一楼", at=datetime(2026, 3, 1, 9, tzinfo=clock.SHANGHAI)
    )
    client, page = desk_of(union), reverse("members:ceremony", args=[ceremony.pk])
    act = lambda verb: reverse("members:ceremony_act", args=[ceremony.pk, verb])  # noqa: E731
    client.post(act("present"), {"application": come.pk})
    client.post(act("photo"), {"file": SimpleUploadedFile("宣誓.png", PNG), "caption": "集体宣誓"})
    client.post(act("photo"), {"file": SimpleUploadedFile("名单.csv", b"a,b\n1,2\n"), "caption": "不是照片"})
    assert [p.caption for p in ceremony.photos.all()] == ["集体宣誓"] and "集体宣誓" in client.get(page).content.decode()
    foreign = make.applied(make.shop("别家厂")[1])
    assert client.post(act("present"), {"application": foreign.pk}).status_code == 404
    client.post(reverse("members:ceremony_close", args=[ceremony.pk]), {"note": "庄重", "oath_by": "钱主席"})
    assert [Application.objects.get(pk=r.pk).state for r in (come, away)] == ["done", "approved"]
    sheet = client.get(page + "?print=1").content.decode()
    assert "钱主席" in sheet and "到场人" in sheet and come.person.cards.get().number in sheet and "名单 2 人，到场 1 人" in sheet
    client.post(act("present"), {"application": away.pk})
    assert ceremony.attendances.count() == 1  # closed is closed


@pytest.mark.system("S043")
def test_a_dispatched_worker_names_the_agency_and_joins_there_first(shop):
    from gonghui.accounts.services import workers

    firm, _union = shop
    agency, home = make.shop("江州劳务派遣公司", parent=make.township("派遣镇"))
    phone = accounts.client(workers.worker_of_phone("13900005555", None))
    form = {
        "name": "江河", "id_number": make.id_number(640), "employer_name": firm.name, "agency_name": agency.name, "signed_name": "江河", "agree": "on", "key": "k"
    }  # fmt: skip
    page = phone.get(reverse("members:m-join")).content.decode()
    assert "劳务派遣公司" in page and page.count('type="text"') <= 5
    assert phone.post(reverse("members:m-join"), form).status_code == 302
    row = Application.objects.get()
    assert (row.union, row.employment_kind, row.agency, row.employer) == (home, "dispatched", agency, firm)
    joining.application_approve(actor=make.officer(home), application=row)
    assert Employment.objects.get().agency == agency


def test_a_secondment_leaves_the_membership_at_home(shop):
    firm, union = shop
    job = make.employed(make.person(), firm, since=date(2025, 1, 1))
    spell = make.member(union, who=job.person)
    _, other = make.shop("白云服装厂")
    client, url = desk_of(union), reverse("members:employment_correct", args=[spell.pk, job.pk])
    client.post(url, {"verb": "second", "host": "没有这家", "host_since": "2025-06-01"})
    client.post(url, {"verb": "second", "host": "白云服装厂", "host_since": "2024-06-01"})
    assert Employment.objects.get(pk=job.pk).host is None
    client.post(url, {"verb": "second", "host": "白云服装厂", "host_since": "2025-06-01"})
    assert Employment.objects.get(pk=job.pk).host == other.employer and Membership.objects.get(person=job.person, until=None).union == union
    client.post(url, {"verb": "second", "host": ""})
    assert Employment.objects.get(pk=job.pk).host is None
    with pytest.raises((NotFound, NotPermitted)):
        spells.secondment_set(actor=make.officer(other), employment=job, host=None)


@pytest.mark.parametrize(("name", "method", "most"), [("members:list", "get", 60), ("members:activists_export", "post", 30)])
def test_searches_and_exports_of_one_account_are_limited(shop, name, method, most, monkeypatch):
    from gonghui.accounts import throttle

    seen = []
    monkeypatch.setattr(
        throttle,
        "hit",
        lambda bucket, key, limit, window: (
            seen.append((bucket, key, limit)) or (_ for _ in ()).throw(TooMany("accounts.too_many", "等。", retry_after=9))
        ),
    )
    _, union = shop
    answer = getattr(desk_of(union), method)(reverse(name) + "?q=王", {"purpose": "核对会费名单"} if method == "post" else {"q": "王"})
    assert answer.status_code == 429 and [s[2] for s in seen] == [most]


@pytest.mark.parametrize("name", ["members:groups", "members:activists", "members:stale", "members:seasonal", "members:service_cards"])
def test_a_desk_costs_the_same_queries_with_three_and_with_thirty_rows(shop, name):
    firm, union = shop
    client, boss = desk_of(union), make.officer(union)

    def fill(n):
        for _ in range(n):
            who = make.person()
            make.employed(who, firm, since=date(2020, 1, 1), kind="seasonal", season=("01-01", "12-31"))
            make.member(union, who=who, since=date(2020, 1, 1))
            rosters.activist_add(actor=boss, union=union, person=who)
            consents.consent_give(actor=make.worker(who), person=who, purpose="account")
            service_cards.service_card_link(actor=make.worker(who), person=who, bank="江州银行", account=f"62170000{who.pk:08d}")
            union.groups.create(name=f"小组{who.pk}", since=date(2024, 1, 1))

    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse(name)).status_code == 200
        return len(caught)

    fill(3)
    cost()
    few = cost()
    fill(15)
    assert cost() <= few + 1
