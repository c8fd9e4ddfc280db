"""Pages: a person can do it in the browser, sees only the own scope, and lists stay cheap."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.members.models import Application, Comparison, Membership, RosterSnapshot, Transfer
from gonghui.members.services import cards, joining
from gonghui.members.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make.shop()


def chair_of(union, role=Role.CHAIR):
    return accounts.client(accounts.officer((role, union.path)))


def new_phone(number):
    """Somebody who signed in with a phone the register does not know."""
    from gonghui.accounts.services import workers

    return accounts.client(workers.worker_of_phone(number, None))


def phone_of(person):
    return accounts.client(accounts.worker(person_id=person.pk, name=person.name))


@pytest.mark.system("S040")
def test_the_list_shows_the_own_members_with_tabs_filters_and_bulk(shop):
    firm, union = shop
    mine, lame = make.person("王大力"), make.person("李小花", id_number="", id_kind="none")
    for who in (mine, lame):
        make.employed(who, firm)
        make.member(union, who=who)
    _, other = make.shop("别家厂")
    make.member(other, who=make.person("赵外人"))
    client = chair_of(union)
    text = client.get(reverse("members:list")).content.decode()
    assert "王大力" in text and "赵外人" not in text and "待补资料" in text and mine.id_mask in text
    assert "王大力" not in client.get(reverse("members:list") + "?state=incomplete").content.decode()
    assert "王大力" in client.get(reverse("members:list") + "?q=王大").content.decode()
    assert "没有符合条件" in client.get(reverse("members:list") + "?q=没有").content.decode()
    spells = list(Membership.objects.filter(union=union).values_list("pk", flat=True))
    text = client.post(reverse("members:bulk"), {"pk": spells, "verb": "remind"}).content.decode()
    assert "资料已齐全" in text and "办好 <b>1</b> 人" in text
    text = client.post(reverse("members:bulk"), {"pk": spells, "verb": "card"}).content.decode()
    assert "办好 <b>2</b> 人" in text
    text = client.post(reverse("members:bulk"), {"pk": spells, "verb": "print"}).content.decode()
    assert "<svg" in text and "中国工会会员证" in text
    foreign = Membership.objects.get(union=other).pk
    assert client.get(reverse("members:member", args=[foreign])).status_code == 404
    assert "办好 <b>0</b> 人" in client.post(reverse("members:bulk"), {"pk": [foreign], "verb": "card"}).content.decode()


@pytest.mark.parametrize("name", ["members:list", "members:joining", "members:transfers", "members:rosters"])
def test_a_list_costs_the_same_queries_with_three_and_with_thirty_rows(shop, name):
    firm, union = shop
    client = chair_of(union)

    def fill(n):
        for _ in range(n):
            who = make.person()
            make.employed(who, firm)
            make.member(union, who=who)
            make.applied(union)

    def cost():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(reverse(name)).status_code == 200
        return len(caught)

    fill(3)
    cost()
    few = cost()
    fill(15)
    assert cost() <= few + 1 and few <= 11


def test_the_member_page_reveals_a_number_only_with_a_reason_and_acts(shop):
    firm, union = shop
    who = make.person("王大力")
    job = make.employed(who, firm)
    spell = make.member(union, who=who)
    client = accounts.client(accounts.officer((Role.TOWNSHIP, union.parent.path)))
    page = reverse("members:member", args=[spell.pk])
    assert client.get(page).status_code == 200
    url = reverse("members:reveal", args=[spell.pk])
    refused = client.post(url, {"field": "phone", "reason_code": "contact", "reason": "看"})
    assert refused.status_code == 422 and "138" + "0" not in refused.content.decode()
    shown = client.post(url, {"field": "phone", "reason_code": "contact", "reason": "通知开会时间"})
    assert shown.status_code == 200 and "这次查看已记录" in shown.content.decode()
    client.post(reverse("members:card", args=[spell.pk, "issue"]))
    assert who.cards.get().state == "allocated"
    client.post(reverse("members:retain", args=[spell.pk]), {"reason": "retired"})
    assert Membership.objects.get(person=who, until=None).standing == "retained"
    now = Membership.objects.get(person=who, until=None)
    client.post(reverse("members:resume", args=[now.pk]))
    now = Membership.objects.get(person=who, until=None)
    client.post(reverse("members:employment_end", args=[now.pk, job.pk]), {"on": clock.today().isoformat()})
    assert Transfer.objects.get().cause == "employment_end"


@pytest.mark.system("S043")
def test_a_worker_joins_on_the_phone_with_four_typed_fields_and_the_chair_approves(shop):
    firm, union = shop
    phone = new_phone("13900001111")
    url = reverse("members:m-join") + f"?union={union.pk}"
    page = phone.get(url)
    assert page.status_code == 200 and page.content.decode().count('type="text"') <= 5
    form = {
        "name": "乌兰",
        "id_number": make.id_number(77, "2"),
        "employer_name": firm.name,
        "signed_name": "乌兰",
        "agree": "on",
        "union": union.pk,
        "key": "k1",
    }
    wrong = phone.post(url, {**form, "signed_name": "别人"})
    assert wrong.status_code == 422 and "签名要与姓名一致" in wrong.content.decode() and not Application.objects.exists()
    assert phone.post(url, form).status_code == 302
    assert phone.post(url, form).status_code == 302 and Application.objects.count() == 1
    row = Application.objects.get()
    assert (row.union, row.self_filled, row.employer) == (union, True, firm)
    assert "工会审核" in phone.get(reverse("members:m-application")).content.decode()
    chair = chair_of(union)
    assert "乌兰" in chair.get(reverse("members:joining")).content.decode()
    assert chair.get(reverse("members:application", args=[row.pk])).status_code == 200
    chair.post(reverse("members:decide", args=[row.pk, "approve"]))
    assert phone.get(reverse("members:m-home")).status_code == 200
    phone.post(reverse("members:m-card"), {"verb": "confirm"})
    row.refresh_from_db()
    assert row.state == "done"
    assert "入 会 申 请 表" in chair.get(reverse("members:application_print", args=[row.pk])).content.decode()


def test_a_worker_may_keep_it_from_the_employer(shop):
    firm, union = shop
    phone = new_phone("13900002222")
    form = {
        "name": "乌兰",
        "id_number": make.id_number(78, "2"),
        "employer_name": firm.name,
        "signed_name": "乌兰",
        "agree": "on",
        "private": "on",
        "key": "k2",
        "union": union.pk,
    }
    assert phone.post(reverse("members:m-join") + f"?union={union.pk}", form).status_code == 302
    row = Application.objects.get()
    assert row.private and row.union == union.parent
    chair = chair_of(union)
    assert "乌兰" not in chair.get(reverse("members:joining")).content.decode()
    assert chair.get(reverse("members:application", args=[row.pk])).status_code == 404
    assert "乌兰" in chair_of(union.parent, Role.TOWNSHIP).get(reverse("members:joining")).content.decode()


def test_a_gig_worker_without_workplace_waits_in_the_pool_of_the_area_and_is_placed():
    town = make.township()
    pool = make.build("pool", "青石镇会员库", town)
    _, target = make.shop("骑手之家", parent=town)
    phone = new_phone("13900003333")
    form = {
        "name": "江河",
        "id_number": make.id_number(79),
        "employer_name": "",
        "group": "rider",
        "signed_name": "江河",
        "agree": "on",
        "key": "k3",
        "union": town.pk,
    }
    assert phone.post(reverse("members:m-join") + f"?union={town.pk}", form).status_code == 302
    row = Application.objects.get()
    assert (row.union, row.employment_kind, row.route_slip) == (pool, "gig", "pool")
    officer = accounts.client(accounts.officer((Role.TOWNSHIP, town.path)))
    officer.post(reverse("members:decide", args=[row.pk, "approve"]))
    spell = Membership.objects.get(until=None)
    assert "江河" in officer.get(reverse("members:transfers")).content.decode()
    officer.post(reverse("members:place", args=[spell.pk]), {"words": target.name})
    assert Membership.objects.get(until=None).union == target


@pytest.mark.system("S047", "S037")
def test_thirty_phones_at_one_table(shop):
    from datetime import datetime

    from gonghui.members.services import ceremonies

    _, union = shop
    chair = make.officer(union, number=900)
    batch = joining.batch_open(actor=chair, union=union, name="集中入会")
    ceremony = ceremonies.ceremony_plan(
        actor=chair, batch=batch, title="入会仪式", place="一楼", at=datetime(2026, 3, 1, 9, tzinfo=clock.SHANGHAI)
    )
    client = chair_of(union)
    for n in range(30):
        phone = new_phone(f"1370000{n:04d}")
        url = reverse("members:m-ceremony", args=[ceremony.token])
        form = {
            "name": f"工友{n}",
            "id_number": make.id_number(100 + n),
            "employer_name": "厂",
            "signed_name": f"工友{n}",
            "agree": "on",
            "key": f"c{n}",
        }
        assert phone.post(phone.get(url)["Location"], form).status_code == 302
    assert ceremony.attendances.count() == 30
    page = client.get(reverse("members:batch", args=[batch.pk])).content.decode()
    assert "30 份申请委员会还没有决定" in page
    client.post(reverse("members:approve_many"), {"pk": list(Application.objects.values_list("pk", flat=True))})
    assert "<svg" in client.get(reverse("members:ceremony", args=[ceremony.pk])).content.decode()
    client.post(reverse("members:ceremony_close", args=[ceremony.pk]))
    assert Application.objects.filter(state="done").count() == 30
    assert make.roll(union, "members") == 30


@pytest.mark.system("S042")
def test_a_transfer_goes_from_the_phone_over_both_desks(shop):
    _, union = shop
    _, target = make.shop("白云服装厂")
    spell = make.member(union)
    phone = phone_of(spell.person)
    assert phone.get(reverse("members:m-transfer")).status_code == 200
    assert phone.post(reverse("members:m-transfer"), {"words": "没有这个工会"}).status_code == 422
    assert phone.post(reverse("members:m-transfer"), {"words": target.name}).status_code == 302
    row = Transfer.objects.get()
    out, into = chair_of(union), chair_of(target)
    assert "放行" in out.get(reverse("members:transfers") + "?state=release").content.decode()
    out.post(reverse("members:transfer_act", args=[row.pk, "release"]))
    assert spell.person.name in into.get(reverse("members:transfers")).content.decode()
    into.post(reverse("members:transfer_act", args=[row.pk, "accept"]))
    assert Membership.objects.get(person=spell.person, until=None).union == target
    assert out.post(reverse("members:transfer_act", args=[row.pk, "accept"])).status_code in (302, 404)


@pytest.mark.system("S046")
def test_five_rosters_as_of_a_day_printed_frozen_and_exported(shop):
    firm, union = shop
    who = make.person("王大力")
    make.employed(who, firm)
    make.member(union, who=who, since=date(2025, 1, 1))
    union.posts.create(person=make.person("钱主席"), title="chair", since=date(2024, 1, 1))
    union.posts.create(person=make.person("孙代表"), title="delegate", since=date(2024, 1, 1))
    client = chair_of(union)
    client.post(reverse("members:activist_add", args=[Membership.objects.get().pk]), {"skills": "调解"})
    names = {"workers": "王大力", "cadres": "钱主席", "members": "王大力", "delegates": "孙代表", "activists": "王大力"}
    for kind, name in names.items():
        url = f"?union={union.pk}&kind={kind}"
        assert name in client.get(reverse("members:rosters") + url).content.decode(), kind
        assert name in client.get(reverse("members:roster_print") + url).content.decode(), kind
    past = client.get(reverse("members:rosters") + f"?union={union.pk}&kind=members&on=2024-12-31").content.decode()
    assert "王大力" not in past
    client.post(reverse("members:snapshot_new") + f"?union={union.pk}&kind=members", {"purpose": "换届选举名册"})
    snapshot = RosterSnapshot.objects.get()
    assert "内容与校验值相符" in client.get(reverse("members:snapshot", args=[snapshot.pk])).content.decode()
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic():
        RosterSnapshot.objects.filter(pk=snapshot.pk).update(count=9)
    asked = client.post(reverse("members:roster_export") + f"?union={union.pk}&kind=members", {"purpose": "换届选举名册"})
    assert asked.status_code == 302
    from gonghui.core import jobs
    from gonghui.files.models import Export

    jobs.run_all()
    export = Export.objects.get()
    assert (export.count, export.purpose, export.state) == (1, "换届选举名册", "ready")


@pytest.mark.system("S041")
def test_a_payroll_list_is_compared_settled_and_signed_and_nobody_leaves_by_absence(shop):
    from django.core.files.uploadedfile import SimpleUploadedFile

    firm, union = shop
    stays, gone, works = make.person("王在岗"), make.person("李离开"), make.person("张未入")
    for who in (stays, works):
        make.employed(who, firm)
    for who in (stays, gone):
        make.member(union, who=who)
    number = make.id_number
    ids = {
        p.pk: n
        for n in range(1, 6000)
        for p in (stays, works)
        if p.id_mask and number(n)[-4:] == p.id_mask[-4:] and number(n)[:4] == p.id_mask[:4]
    }
    rows = (
        "姓名,身份证号\n"
        + "\n".join(f"{p.name},{number(ids[p.pk])}" for p in (stays, works))
        + f"\n新来的,{number(450)}\n王在岗,{number(ids[stays.pk])}\n号码错,370101199001010000\n"
    )
    client = chair_of(union)
    upload = SimpleUploadedFile("工资表.csv", rows.encode())
    answer = client.post(reverse("members:comparisons"), {"name": "三月工资表", "origin": "payroll", "file": upload, "union": union.pk})
    assert answer.status_code == 302
    case = Comparison.objects.get()
    found = {(d.name, d.verdict) for d in case.differences.all()}
    assert found == {
        ("王在岗", "matched"),
        ("张未入", "not_member"),
        ("新来的", "not_member"),
        ("王在岗", "duplicate"),
        ("号码错", "incomplete"),
        ("李离开", "gone"),
    }
    assert Membership.objects.filter(person=gone, until=None).exists()
    assert "已离职" in client.get(reverse("members:comparison", args=[case.pk])).content.decode()
    second = chair_of(union)
    second.post(reverse("members:comparison_sign", args=[case.pk]))
    assert Comparison.objects.get().signed_on is None
    for d in case.differences.filter(state="open"):
        client.post(reverse("members:settle", args=[d.pk]), {"state": "done", "note": "已核实"})
    client.post(reverse("members:comparison_sign", args=[case.pk]))
    assert Comparison.objects.get().signed_on is None  # who compared does not sign
    second.post(reverse("members:comparison_sign", args=[case.pk]))
    assert (Comparison.objects.get().signed_on, Comparison.objects.get().after) == (clock.today(), 2)
    assert "会员档案清理报告" in client.get(reverse("members:comparison", args=[case.pk]) + "?print=1").content.decode()


@pytest.mark.invariant("PRI-08", "PRI-07")
def test_my_data_my_consents_my_requests_and_who_looked(shop):
    from gonghui.people import services as people

    _, union = shop
    who = make.person("王大力")
    make.member(union, who=who)
    people.person_reveal(actor=make.system, person=who, field="phone", reason_code="contact", reason="通知开会时间")
    phone = phone_of(who)
    page = phone.get(reverse("members:m-data")).content.decode()
    assert "通知开会时间" in page and who.id_mask in page
    assert phone.post(reverse("members:m-consents"), {"purpose": "services", "verb": "give"}).status_code == 302
    assert who.consents.get().withdrawn_at is None
    phone.post(reverse("members:m-consents"), {"purpose": "services", "verb": "withdraw"})
    assert who.consents.get().withdrawn_at is not None
    phone.post(reverse("members:m-data"), {"field": "name", "value": "王大立"})
    request = who.data_requests.get()
    desk = chair_of(union.parent, Role.TOWNSHIP)
    assert "王大立" in desk.get(reverse("members:requests")).content.decode()
    desk.post(reverse("members:request_act", args=[request.pk]), {"agree": "1"})
    who.refresh_from_db()
    assert who.name == "王大立"
    phone.post(reverse("members:m-erase"))
    answer = who.data_requests.get(kind="erase").answer
    assert any("现有会籍" in line for line in answer) and any("第四十七条" in line or "审计记录" in line for line in answer)
    copy = phone.post(reverse("members:m-export"), {"as": "json"})
    assert copy.status_code == 200 and union.pk and "王大立" in copy.content.decode()
    assert phone.post(reverse("members:m-export"), {"as": "xlsx"}).status_code == 200


def test_leaving_on_the_phone_needs_the_tick_and_nothing_else(shop):
    _, union = shop
    spell = make.member(union)
    phone = phone_of(spell.person)
    phone.post(reverse("members:m-leave"), {})
    assert Membership.objects.get().until is None
    phone.post(reverse("members:m-leave"), {"sure": "1"})
    assert Membership.objects.get().ended == "left"
    assert "您现在没有会籍" in phone.get(reverse("members:m-home")).content.decode()


@pytest.mark.system("S044")
def test_anybody_checks_a_card_and_learns_nothing_of_the_person(client, shop):
    _, union = shop
    spell = make.member(union, who=make.person("王大力"))
    card = cards.card_issue_missing(actor=make.officer(union, number=901), membership=spell)
    page = client.get(reverse("members:card-verify"))
    assert (
        page.status_code == 200 and "public" in page["Cache-Control"] and not page.cookies and cards.public_key() in page.content.decode()
    )
    good = client.post(reverse("members:card-verify"), {"code": cards.code_of(card)})
    assert "会员证有效" in good.content.decode() and "王大力" not in good.content.decode()
    assert client.post(reverse("members:card-verify"), {"code": "GH1.1.1.1.x"}).status_code == 422


@pytest.mark.system("S045")
def test_the_service_card_is_linked_on_the_phone(shop):
    _, union = shop
    spell = make.member(union)
    phone = phone_of(spell.person)
    page = phone.post(reverse("members:m-account"), {"bank": "江州银行", "account": "6217000012345678", "agree": "on"})
    assert page.status_code == 302
    text = phone.get(reverse("members:m-account")).content.decode()
    assert "5678" in text and "6217000012345678" not in text


def test_an_exit_case_is_opened_filled_and_decided_by_two(shop):
    _, union = shop
    spell = make.member(union, since=date(2020, 1, 1))
    one, two = chair_of(union), chair_of(union)
    today = clock.today()
    where = one.post(reverse("members:exit_open", args=[spell.pk]), {"kind": "deemed_left", "on": today.isoformat()})["Location"]
    assert "还没有教育谈话记录" in one.get(where).content.decode()
    start = clock.add_months(today, -8).isoformat()
    data = {
        "dues_unpaid_from": start,
        "absent_from": start,
        "no_good_reason": "on",
        "educated_on": clock.add_months(today, -1).isoformat(),
        "unchanged_on": today.isoformat(),
    }
    assert one.post(where, data).status_code == 302
    case = spell.person.exits.get()
    one.post(reverse("members:exit_act", args=[case.pk, "decide"]))
    assert Membership.objects.get().until is None
    two.post(reverse("members:exit_act", args=[case.pk, "decide"]))
    assert Membership.objects.get().ended == "deemed_left"


@pytest.mark.system("S050")
def test_activists_with_work_hours_and_one_rating_a_year(shop):
    _, union = shop
    spell = make.member(union)
    client = chair_of(union)
    client.post(reverse("members:activist_add", args=[spell.pk]), {"skills": "文艺"})
    row = spell.person.activist_spells.get()
    client.post(
        reverse("members:activist_act", args=[row.pk, "deed"]), {"on": clock.today().isoformat(), "task": "组织演出", "minutes": "180"}
    )
    for _ in range(2):
        client.post(reverse("members:activist_act", args=[row.pk, "rate"]), {"rating": "优秀"})
    text = client.get(reverse("members:activists")).content.decode()
    assert "3 小时" in text and "优秀" in text and row.deeds.filter(rating="优秀").count() == 1


@pytest.mark.system("S049")
def test_members_are_put_into_groups_and_the_roster_shows_it(shop):
    _, union = shop
    spell = make.member(union)
    group = union.groups.create(name="第一小组", since=date(2024, 1, 1))
    client = chair_of(union)
    client.post(reverse("members:bulk"), {"pk": [spell.pk], "verb": "group", "group": group.pk})
    assert Membership.objects.get(until=None).group == group
    assert "第一小组" in client.get(reverse("members:rosters") + f"?union={union.pk}&kind=members").content.decode()


@pytest.mark.system("S051")
def test_the_timeline_is_for_those_who_serve_not_for_the_workplace(shop):
    _, union = shop
    spell = make.member(union)
    desk = chair_of(union.parent, Role.TOWNSHIP)
    desk.post(reverse("members:note", args=[spell.pk]), {"kind": "training", "on": clock.today().isoformat(), "text": "电工初级班"})
    page = reverse("members:member", args=[spell.pk])
    assert "电工初级班" in desk.get(page).content.decode()
    assert "电工初级班" not in chair_of(union).get(page).content.decode()
