"""Pages of members, officers, merchants and hospitals (普惠与疗休养的页面)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.benefits.models import Claim, FeeScheme, FeeUse, Hospital, Merchant, Offer, Programme, Settlement, StayApplication
from gonghui.benefits.selectors import common
from gonghui.benefits.services import fees, offers
from gonghui.benefits.tests import make
from gonghui.core import clock
from gonghui.members.tests import make as members

pytestmark = pytest.mark.django_db


def phone(person: Any) -> Client:
    """A worker's browser."""
    return accounts.client(accounts.worker(person_id=person.pk))


def desk(union: Any, role: Role = Role.TOWNSHIP) -> Client:
    """An officer's browser."""
    return accounts.client(
        accounts.officer((role, union.path), username=f"ben-{role}-{union.pk}", name="马晓燕", totp=True), stepped_up=True
    )


def at(name: str, *args: Any) -> str:
    return reverse(f"benefits:{name}", args=args)


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.system("S173")
def test_an_officer_signs_a_merchant_opens_an_offer_and_a_member_uses_it() -> None:
    town = members.township()
    union = members.shop("青石茶厂", town)[1]
    who, browser, today = members.member(union, who=members.person("欧阳用券")).person, desk(town), clock.today()
    assert "还没有合作商家" in text(browser.get(at("merchants")))
    shop = {
        "name": "惠民超市",
        "kind": "retail",
        "contract_no": "A-1",
        "since": today,
        "until": today + timedelta(days=90),
        "address": "一路 1 号",
        "contact": "店长",
        "phone": "1",
    }
    assert browser.post(at("merchant-new"), {**shop, "until": today - timedelta(days=1)}).status_code == 422
    assert browser.post(at("merchant-new"), shop).status_code == 302
    again = browser.post(at("merchant-new"), shop)
    assert again.status_code == 422 and "已经登记过" in text(again)
    row = Merchant.objects.get()
    form = {
        "title": "米面油套餐", "kind": "price", "list_fen": "100", "price_fen": "80.50", "quota": 2, "per_member": 1, "since": f"{clock.now() - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "until": f"{clock.now() + timedelta(days=9):%Y-%m-%dT%H:%M}", "code_days": 10, "member_days": 0, "first_hours": 0, "words": "到店",
    }  # fmt: skip
    over = browser.post(at("offer-new", row.pk), {**form, "until": f"{clock.now() + timedelta(days=200):%Y-%m-%dT%H:%M}"})
    assert over.status_code == 422 and "协议期内" in text(over)
    assert browser.post(at("offer-new", row.pk), form).status_code == 302
    offer = Offer.objects.get()
    assert (offer.list_fen, offer.price_fen, offer.state) == (10_000, 8_050, "draft")
    mine = phone(who)
    assert mine.get(at("m-offer", offer.pk)).status_code == 404  # a draft is nobody's yet
    assert browser.post(at("offer-act", offer.pk, "open")).status_code == 302
    assert "米面油套餐" in text(mine.get(at("m-home"), {"q": "米面"})) and "领取" in text(mine.get(at("m-offer", offer.pk)))
    assert mine.post(at("m-claim", offer.pk)).status_code == 302
    claim = Claim.objects.get()
    page = text(mine.get(at("m-code", claim.pk)))
    assert "<svg" in page and claim.code[:4] in page
    assert "每人限领" in text(mine.get(at("m-offer", offer.pk)))  # why not, with its conditions
    assert phone(members.person()).get(at("m-code", claim.pk)).status_code == 404

    till = Client()
    address = at("counter", common.token_of(row))
    assert "核销页" in text(till.get(at("code", claim.code)))  # not at a counter: nothing about the code
    found = text(till.get(address, {"code": claim.code}))
    assert "可以核销" in found and "80.50" in found and who.name not in found and union.name not in found
    assert till.get(at("code", claim.code)).status_code == 302  # the counter's phone is remembered
    used = till.post(address, {"act": "use", "code": claim.code}, follow=True)
    assert "核销好了" in text(used) and who.name not in text(used)
    twice = till.post(address, {"act": "use", "code": claim.code})
    assert twice.status_code == 422 and "已使用" in text(twice)
    assert till.post(address, {"act": "undo", "claim": claim.pk}).status_code == 302
    claim.refresh_from_db()
    assert claim.state == "issued"
    till.post(address, {"act": "use", "code": claim.code})
    for name, args, query in (("offer", (offer.pk,), {}), ("merchant", (row.pk,), {}), ("offers", (), {"kind": "price"}), ("offers", (), {"print": "1"}), ("usage", (), {}), ("merchant-poster", (row.pk,), {}), ("offer-edit", (offer.pk,), {}), ("merchant-edit", (row.pk,), {})):  # fmt: skip
        answer = browser.get(at(name, *args), query)
        assert answer.status_code == 200 and who.name not in text(answer), name
    for name in ("offers", "usage"):
        assert browser.get(at(name), {"xlsx": "1"})["Content-Type"].startswith("application/vnd")
    assert browser.post(at("code-undo", claim.pk), {"reason": "退货"}).status_code == 302
    offers.merchant_link(actor=make.system, merchant=row)
    assert till.get(address).status_code == 404  # the old address is void
    assert "没有符合条件" in text(browser.get(at("offers"), {"q": "查无此项"}))


@pytest.mark.system("S173")
def test_wrong_codes_at_one_counter_run_into_a_limit_and_honest_ones_do_not() -> None:
    union = members.shop()[1]
    shop = make.merchant(union)
    address, till = at("counter", common.token_of(shop)), Client()
    answers = [till.get(address, {"code": f"ABCDEFGH{n:04d}".replace("0", "X").replace("1", "Y")}).status_code for n in range(31)]
    assert answers[:30] == [200] * 30 and answers[30] == 429
    assert Client().get(at("counter", "WzEsMV0:forged")).status_code == 404


@pytest.mark.system("S174")
def test_a_scheme_from_its_document_to_the_paid_month_without_a_name_in_sight() -> None:
    town = members.township()
    union = members.shop("青石茶厂", town)[1]
    who = members.member(union, who=members.person("欧阳看病")).person
    browser, chair = desk(town, Role.CITY), desk(union, Role.CHAIR)
    form = {"year": clock.today().year, "name": "免医事服务费", "document_no": "江工发〔2026〕3 号", "times": 2, "budget_fen": "5000"}
    assert browser.post(at("scheme-new"), form).status_code == 422  # no amount in the program: the document must give one
    assert browser.post(at("scheme-new"), {**form, "fee_ordinary": "30"}).status_code == 302
    scheme = FeeScheme.objects.get()
    assert browser.post(at("scheme-act", scheme.pk, "open")).status_code == 302
    today = clock.today()
    clinic = {
        "name": "市人民医院",
        "agreement_no": "医-1",
        "since": today - timedelta(days=200),
        "until": today + timedelta(days=200),
        "address": "海滨路",
        "phone": "1",
    }
    assert browser.post(at("hospital-new"), clinic).status_code == 302
    mine = phone(who)
    assert "领就医凭证" in text(mine.get(at("m-fees")))
    assert mine.post(at("m-fee-take", scheme.pk)).status_code == 302
    grant, hospital = scheme.grants.get(), Hospital.objects.get()
    assert "<svg" in text(mine.get(at("m-fees")))
    window, address = Client(), at("hospital-desk", common.token_of(hospital))
    assert "还剩" not in text(window.get(address, {"code": "ABCDEFGHJKMN"}))
    found = text(window.get(address, {"code": grant.code}))
    assert "还剩" in found and who.name not in found and union.name not in found
    assert window.post(address, {"act": "use", "code": grant.code, "level": "expert"}).status_code == 422
    assert window.post(address, {"act": "use", "code": grant.code, "level": "ordinary"}).status_code == 302
    use = FeeUse.objects.get()
    assert window.post(address, {"act": "undo", "use": use.pk}).status_code == 302
    earlier = (today.replace(day=1) - timedelta(days=3)).replace(year=today.year) if today.month > 1 else today
    with clock.at(earlier):
        fees.use_record(hospital=hospital, text=grant.code, level="ordinary")
    page = text(browser.get(at("scheme", scheme.pk)))
    assert who.name not in page and union.name not in page and grant.code not in page and grant.code[-4:] in page
    if earlier < today.replace(day=1):
        data = {"hospital": hospital.pk, "month": f"{earlier:%Y-%m}"}
        assert browser.post(at("scheme-act", scheme.pk, "settle"), data).status_code == 302
        bill = Settlement.objects.get()
        assert who.name not in text(browser.get(at("settlement", bill.pk))) and "叁拾元整" in text(
            browser.get(at("settlement", bill.pk), {"print": "1"})
        )
        sheet = browser.get(at("settlement-file", bill.pk), follow=True)
        assert sheet.status_code == 200
        for verb, more in (
            ("pay", {}),
            ("pay", {"paid_on": today, "voucher": "记-1"}),
            ("unpay", {"reason": "写错"}),
            ("void", {"reason": "重算"}),
        ):
            assert browser.post(at("settlement-act", bill.pk, verb), more).status_code == 302
        bill.refresh_from_db()
        assert bill.state == "void"
    last = FeeUse.objects.order_by("-pk")[0]
    assert browser.post(at("use-reverse", last.pk), {"reason": "重复登记"}).status_code == 302
    for name, args, query in (("schemes", (), {}), ("hospitals", (), {"q": "人民"}), ("hospital-poster", (hospital.pk,), {}), ("scheme", (scheme.pk,), {"month": "2026-01", "q": "ABCD"}), ("scheme-edit", (scheme.pk,), {}), ("hospital-edit", (hospital.pk,), {})):  # fmt: skip
        assert browser.get(at(name, *args), query).status_code == 200, name
    # the chair: counts, and nothing else
    for name, args in (("schemes", ()), ("scheme", (scheme.pk,)), ("hospitals", ()), ("offers", ())):
        assert chair.get(at(name, *args)).status_code == 403, name
    shown = text(chair.get(at("counts")))
    assert who.name not in shown and "市人民医院" not in shown


@pytest.mark.system("S174", "S173")
def test_the_chairs_counts_hide_small_ones() -> None:
    town = members.township()
    union = members.shop("青石茶厂", town)[1]
    scheme, clinic = make.scheme(town), make.hospital(town)
    people = [members.member(union).person for _ in range(11)]
    chair = desk(union, Role.CHAIR)
    for n, who in enumerate(people[:5]):
        fees.use_record(hospital=clinic, text=fees.grant_take(actor=members.worker(who), scheme=scheme).code, level="ordinary")
        page = text(chair.get(at("counts")))
        assert ("5 人" in page.split("<tbody>")[1]) is (n == 4) and ("不显示" in page.split("<tbody>")[1]) is (n < 4)
    assert chair.get(at("counts"), {"print": "1"}).status_code == 200


@pytest.mark.system("S185")
def test_a_programme_from_plan_to_posted_list_on_the_pages() -> None:
    town = members.township()
    union = members.shop("青石茶厂", town)[1]
    first, second = (members.member(union, who=members.person(n)) for n in ("欧阳先去", "欧阳后去"))
    browser, chair, mine = desk(town), desk(union, Role.CHAIR), phone(first.person)
    until = clock.now() + timedelta(days=5)
    form = {
        "year": clock.today().year, "name": "职工疗休养", "kind": "worker", "document_no": "江工办〔2026〕5 号", "places": 1, "days": 5, "ceiling_fen": "3000", "cost_fen": "3000.01",
        "apply_until": f"{until:%Y-%m-%dT%H:%M}", "tie_break": "seed",
    }  # fmt: skip
    over = browser.post(at("programme-new"), form)
    assert over.status_code == 422 and "上限 3,000.00 元" in text(over)
    assert browser.post(at("programme-new"), {**form, "cost_fen": "2800"}).status_code == 302
    row = Programme.objects.get()
    assert chair.get(at("programme", row.pk)).status_code == 404  # no places yet, and a draft
    for verb in ("split", "open"):
        assert browser.post(at("programme-act", row.pk, verb)).status_code == 302
    day = clock.today() + timedelta(days=30)
    assert (
        browser.post(
            at("batch-set", row.pk), {"number": 1, "since": day, "until": day + timedelta(days=4), "place": "海滨", "capacity": 5}
        ).status_code
        == 302
    )
    assert "种子指纹" in text(mine.get(at("m-stay", row.pk)))
    assert mine.post(at("m-stay-apply", row.pk), {}).status_code == 302
    assert chair.post(at("propose", row.pk), {"person": "查无此人"}).status_code == 422
    assert chair.post(at("propose", row.pk), {"person": "欧阳后去"}).status_code == 302
    assert chair.post(at("past"), {"person": "欧阳后去", "on": "2015-06-01", "place": "南山", "source": "名单"}).status_code == 302
    for a in StayApplication.objects.all():
        assert chair.post(at("application-act", a.pk, "approve")).status_code == 403
        assert browser.post(at("application-act", a.pk, "approve")).status_code == 302
    Programme.objects.update(apply_until=clock.now() - timedelta(minutes=1))
    assert browser.post(at("programme-act", row.pk, "post")).status_code == 302
    row.refresh_from_db()
    assert row.state == "posted"
    sheet = text(browser.get(at("posted", row.pk)))
    assert "欧阳先去" in sheet and "候补" in sheet and first.person.id_mask not in sheet and "138" not in sheet.split("<table")[1]
    assert "没有去过疗休养" in text(mine.get(at("m-stay", row.pk))) and "欧阳后去" in text(mine.get(at("m-stay-list", row.pk)))
    assert mine.post(at("m-stay-leave", StayApplication.objects.get(person=first.person).pk)).status_code == 302
    assert StayApplication.objects.get(person=second.person).state == "listed"
    page = text(browser.get(at("programme", row.pk), {"state": "listed"}))
    assert "欧阳后去" in page and "欧阳先去" not in page.split("<tbody>")[-1]
    one = StayApplication.objects.get(person=second.person)
    for name, args in (
        ("programmes", ()),
        ("statistics", ()),
        ("past", ()),
        ("honours", ()),
        ("application", (one.pk,)),
        ("programme-edit", (row.pk,)),
    ):
        assert browser.get(at(name, *args)).status_code == 200, name
    assert browser.get(at("statistics"), {"xlsx": "1"})["Content-Type"].startswith("application/vnd")
    assert browser.get(at("statistics"), {"print": "1"}).status_code == 200
    assert browser.post(at("stays-export", row.pk), {"purpose": "公示存档"}).status_code == 302
    assert browser.post(at("share-set", row.pk), {"union": union.pk, "places": "x"}).status_code == 302
    assert mine.get(at("m-stays")).status_code == 200 and mine.get(at("m-mine")).status_code == 200
