"""Quotations for festival goods (S217): goods that may not be given are refused, prices compared, one chosen with its reason, a list to sign."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.files import services as files
from gonghui.finance.selectors import books
from gonghui.spending import services
from gonghui.spending.enums import PlanState
from gonghui.spending.models import Goods, Plan, Quote
from gonghui.spending.selectors import quotes
from gonghui.spending.services import vouchers
from gonghui.spending.tests import make

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF"


def paper(union):
    return files.file_make(make.system, name="报价单.pdf", data=PDF, purpose="报价单", org_path=union.path)


def offer(plan, supplier, *fen):
    goods = list(Goods.objects.filter(inquiry__plan=plan))
    prices = dict(zip([g.pk for g in goods], fen, strict=True))
    return services.quote_add(actor=make.system, plan=plan, supplier=supplier, on=make.DAY, prices=prices, file=paper(plan.union))


def asked(number=3, area=make.SHANDONG, each=90000):
    """A festival plan of `each` fen a head with rice and oil listed."""
    union = make.shop(area, number=number)
    plan = make.gift(union, each)
    services.goods_add(actor=make.system, plan=plan, name="大米", quantity=number)
    services.goods_add(actor=make.system, plan=plan, name="食用油", quantity=number, spec="5 升")
    return plan


@pytest.mark.system("S217")
@pytest.mark.parametrize(
    ("area", "name", "refused"),
    [
        (make.BEIJING, "月饼礼盒", True),
        (make.BEIJING, "端午粽子", True),
        (make.SHANDONG, "月饼礼盒", False),
        (make.SHANDONG, "超市购物卡", True),
        (make.BEIJING, "水果代金券", True),
        (make.BEIJING, "大米", False),
    ],
)
def test_what_may_not_be_given_cannot_be_listed(area, name, refused):
    plan = make.gift(make.shop(area), 10000)
    if not refused:
        assert services.goods_add(actor=make.system, plan=plan, name=name, quantity=3).pk
        return
    with pytest.raises(RuleViolation) as caught:
        services.goods_add(actor=make.system, plan=plan, name=name, quantity=3)
    assert caught.value.code == "spending.goods_banned" and "依据" in caught.value.message
    assert not Goods.objects.exists()


@pytest.mark.system("S217")
def test_three_quotations_are_compared_and_one_is_chosen_with_its_reason():
    plan = asked()
    with clock.at(make.DAY):
        dear, cheap, middle = (
            offer(plan, "青松粮店", 50000, 20000),
            offer(plan, "惠民超市", 45000, 20000),
            offer(plan, "白桦商行", 48000, 19000),
        )
        inquiry = quotes.of(plan)
        offers, rows = quotes.table(inquiry)
        assert [q.pk for q in offers] == [cheap.pk, middle.pk, dear.pk]
        assert [low for _fen, low in rows[1].prices] == [False, True, False]
        with pytest.raises(RuleViolation) as caught:
            services.quote_choose(actor=make.system, plan=plan, pk=cheap.pk, reason="")
        assert caught.value.code == "spending.reason_missing"
        chosen = services.quote_choose(actor=make.system, plan=plan, pk=cheap.pk, reason="价格最低，质量相当")
    plan.refresh_from_db()
    assert (chosen.chosen_id, plan.payee, bool(chosen.slip)) == (cheap.pk, "惠民超市", True)
    assert quotes.lacking(plan) is None
    with pytest.raises(Conflict):
        services.quote_remove(actor=make.system, plan=plan, pk=dear.pk)
    with pytest.raises(RuleViolation):
        services.quote_reopen(actor=make.system, plan=plan, reason="改")
    services.quote_reopen(actor=make.system, plan=plan, reason="中标单位断货，另选一家")
    services.quote_remove(actor=make.system, plan=plan, pk=dear.pk)
    assert Quote.objects.count() == 2


@pytest.mark.system("S217")
def test_too_few_or_not_the_cheapest_say_so_on_the_slip():
    plan = asked()
    with clock.at(make.DAY):
        cheap, dear = offer(plan, "惠民超市", 45000, 20000), offer(plan, "青松粮店", 50000, 20000)
        facts = {"total_fen": dear.total_fen, "quotes": 2, "lowest": False, "reasoned": False}
        decision = quotes.decision(plan, **facts)
        assert {c.clause.key for c in decision.clauses if c.result is False} == {"enough", "cheapest"}
        services.quote_choose(actor=make.system, plan=plan, pk=dear.pk, reason="送货上门，可以退换")
    assert quotes.of(plan).chosen_id == dear.pk != cheap.pk


def test_a_quotation_needs_its_paper_every_price_and_a_list():
    plan = asked()
    goods = list(Goods.objects.all())
    given = {"actor": make.system, "plan": plan, "supplier": "青松粮店", "on": make.DAY}
    with pytest.raises(BadInput) as caught:
        services.quote_add(**given, prices={goods[0].pk: 100}, file=paper(plan.union))
    assert "食用油" in caught.value.message
    with pytest.raises(BadInput) as caught:
        services.quote_add(**given, prices={g.pk: 100 for g in goods}, file=None)
    assert caught.value.code == "spending.no_paper"
    with pytest.raises(RuleViolation):
        services.quote_add(**{**given, "plan": make.gift(plan.union, 100)}, prices={}, file=paper(plan.union))
    offer(plan, "青松粮店", 100, 100)
    with pytest.raises(Conflict):
        offer(plan, "青松粮店", 100, 100)
    with pytest.raises(RuleViolation) as caught:
        services.goods_add(actor=make.system, plan=plan, name="白糖", quantity=1)
    assert caught.value.code == "spending.priced"


def test_nobody_is_chosen_above_the_plan():
    plan = asked(each=10000)
    dear = offer(plan, "青松粮店", 9000, 1001)
    with pytest.raises(RuleViolation) as caught:
        services.quote_choose(actor=make.system, plan=plan, pk=dear.pk, reason="只有这一家肯送")
    assert caught.value.code == "spending.over_plan" and "0.03" in caught.value.message


@pytest.mark.system("S217")
def test_the_voucher_goes_to_the_chosen_supplier_for_what_he_asks():
    plan = asked()
    union = plan.union
    with clock.at(make.DAY):
        make.book(union)
        offer(plan, "惠民超市", 45000, 20000)
        with_two = vouchers._unasked(plan)
        assert [f.key for f in with_two] == ["spending.quotations"]
        services.quote_choose(actor=make.system, plan=plan, pk=Quote.objects.get().pk, reason="附近只有这一家有货")
        assert vouchers._unasked(plan) == []
        plan = make.approved(union, Plan.objects.get(pk=plan.pk))
        voucher = services.plan_pay(actor=make.chair(union), plan=plan, on=make.DAY)
    assert (voucher.total_fen, voucher.facts["payee"]) == (195000, "惠民超市")
    draft = vouchers._as_paid(plan, voucher)
    assert draft.total_fen == 195000
    assert books.book_of(union) is not None


@pytest.mark.system("S217")
def test_in_the_browser_list_quote_choose_print_and_a_stranger_sees_nothing():
    union = make.shop(make.SHANDONG, number=3)
    plan = make.gift(union, 90000)
    browser = accounts.client(accounts.officer((Role.CHAIR, union.path), name="张主席"))
    page, act = reverse("spending:quotes", args=[plan.pk]), lambda verb: reverse("spending:quotes_act", args=[plan.pk, verb])
    assert "还没有列物品" in browser.get(page).content.decode()
    bad = browser.post(act("goods"), {"name": "超市购物卡", "quantity": "3", "measure": "张"})
    assert bad.status_code == 422 and "不能作节日慰问品" in bad.content.decode()
    assert browser.post(act("goods"), {"name": "大米", "quantity": "3", "measure": "袋"}).status_code == 302
    rice = Goods.objects.get()
    for supplier, yuan in (("青松粮店", "80"), ("惠民超市", "75"), ("白桦商行", "78.50")):
        upload = SimpleUploadedFile("报价.pdf", PDF, "application/pdf")
        data = {"supplier": supplier, "on": "2026-03-01", f"price-{rice.pk}": yuan, "paper": upload}
        assert browser.post(act("quote"), data).status_code == 302, supplier
    shown = browser.get(page).content.decode()
    assert "¥225.00" in shown and "高 ¥15.00" in shown and "最低" in shown
    cheap = Quote.objects.get(supplier="惠民超市")
    assert browser.get(reverse("spending:quote_paper", args=[cheap.pk])).status_code == 302
    assert browser.post(act("choose"), {"which": cheap.pk, "reason": "低"}).status_code == 422
    assert browser.post(act("choose"), {"which": "x", "reason": "价格最低，送货"}).status_code == 409
    assert browser.post(act("choose"), {"which": cheap.pk, "reason": "价格最低，送货上门"}).status_code == 302
    assert "价格最低，送货上门" in browser.get(page).content.decode()
    assert "惠民超市" in browser.get(page + "?print=1").content.decode()
    listed = browser.get(reverse("spending:sign_off", args=[plan.pk])).content.decode()
    assert listed.count("<tr>") >= 4 and "本人签字" in listed and "大米" in listed
    stranger = accounts.client(accounts.officer((Role.CHAIR, make.shop(make.BEIJING, name="白石茶厂").path), name="李主席"))
    for name, pk in (("quotes", plan.pk), ("sign_off", plan.pk), ("quote_paper", cheap.pk)):
        assert stranger.get(reverse(f"spending:{name}", args=[pk])).status_code == 404, name


def test_condolences_have_no_list_to_sign_and_a_posted_plan_no_new_prices():
    union = make.shop(make.SHANDONG)
    sick = make.plan(union, kind="hospital", people=make.people(union)[:1])
    browser = accounts.client(accounts.officer((Role.CHAIR, union.path), name="张主席"))
    assert browser.get(reverse("spending:sign_off", args=[sick.pk])).status_code == 404
    plan = asked()
    Plan.objects.filter(pk=plan.pk).update(state=PlanState.POSTED)
    with pytest.raises(RuleViolation):
        services.goods_add(actor=make.system, plan=plan, name="面粉", quantity=1)
    with pytest.raises(NotFound):
        quotes.quote_get(actor=make.clerk(union), pk=10**9)


def test_small_purchases_need_no_quotations():
    plan = asked(each=60000)
    assert plan.total_fen == 180000
    assert quotes.lacking(plan) is None  # below the sum from which quotations are asked
