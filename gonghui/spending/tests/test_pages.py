"""Pages: a person can do it in the browser, on the desk and on the phone; only the own scope is seen."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.spending import forms, services
from gonghui.spending.enums import PlanKind, PlanState, Use
from gonghui.spending.models import LocalFigure, Override, Plan
from gonghui.spending.services.data import LineData
from gonghui.spending.tests import make

pytestmark = pytest.mark.django_db


def client(union, role=Role.CHAIR):
    return accounts.client(accounts.officer((role, union.path), name="张主席"))


def form(**more):
    base = {"title": "趣味运动会", "on": "2026-03-10", "who": "count", "count": "40", "method": "transfer", "nature": "none"}
    rows = {
        "line-TOTAL_FORMS": "2",
        "line-INITIAL_FORMS": "0",
        "line-0-use": "participation",
        "line-0-unit_fen": "160",
        "line-0-quantity": "40",
    }
    return {**base, **rows, "line-1-use": "other", **more}


def text(response):
    return response.content.decode()


@pytest.mark.system("S213")
@pytest.mark.system("S208")
def test_the_accountant_asks_for_160_and_reads_clause_and_what_would_pass():
    union = make.shop()
    browser = client(union, Role.FINANCE)
    assert "文体活动" in text(browser.get(reverse("spending:choose")))
    assert browser.get(reverse("spending:new", args=["activity"])).status_code == 200
    response = browser.post(reverse("spending:new", args=["activity"]), form(), follow=True)
    page = text(response)
    assert "不能办" in page and "职工文体活动参与奖的标准为人均不超过150元" in page and "¥150.00 以内" in page and "这样改就能办" in page
    plan = Plan.objects.get()
    assert plan.total_fen == 640000
    refused = browser.post(reverse("spending:act", args=[plan.pk, "submit"]))
    assert refused.status_code == 422 and "依据" in text(refused)
    changed = browser.post(reverse("spending:edit", args=[plan.pk]), form(**{"line-0-unit_fen": "150"}), follow=True)
    assert "可以办" in text(changed)
    browser.post(reverse("spending:act", args=[plan.pk, "submit"]))
    plan.refresh_from_db()
    assert plan.state == PlanState.SUBMITTED and plan.slips.count() == 2


def test_a_form_with_holes_is_shown_again_with_reasons():
    union = make.shop()
    browser = client(union)
    for bad in (
        {},
        form(count=""),
        form(**{"line-0-unit_fen": ""}),
        form(who="list", names="没有的人"),
        form(place_area="123"),
        form(place_area="某地"),
        form(**{"line-1-words": "二等奖"}),
        form(**{"line-1-quantity": "5"}),
    ):
        response = browser.post(reverse("spending:new", args=["activity"]), bad)
        assert response.status_code == 422, bad
        assert "趣味运动会" in text(response) or not bad  # what was typed stays
    assert not Plan.objects.exists()
    assert browser.get(reverse("spending:new", args=["nonsense"])).status_code == 404
    for name, args in (("act", [9_999_999, "submit"]), ("plan", [9_999_999])):
        assert browser.get(reverse(f"spending:{name}", args=args)).status_code in (404, 405)


@pytest.mark.parametrize("kind", [k for k, _t in PlanKind.choices])
def test_every_kind_has_an_editor_and_an_answer_on_desk_and_phone(kind):
    union = make.shop(make.SHANDONG, number=2)
    browser = client(union)
    use = {
        "activity": "souvenir",
        "festival": "gift",
        "outing": "trip",
        "meal": "meal",
        "clothing": "clothing",
        "culture": "film",
        "training": "award",
        "purchase": "other",
    }.get(kind, "care")
    data = form(
        who="all",
        festival="spring",
        form="goods",
        days="1",
        nights="0",
        deceased="member",
        care_form="cake",
        **{"line-0-use": use, "line-0-unit_fen": "50", "line-0-quantity": "2", "line-1-use": use},
    )
    response = browser.post(reverse("spending:new", args=[kind]), data, follow=True)
    assert response.status_code == 200 and "逐条规则" in text(response), text(response)[:2000]
    plan = Plan.objects.get()
    assert plan.participants.count() == 2
    assert browser.get(reverse("spending:edit", args=[plan.pk])).status_code == 200
    assert browser.get(reverse("spending:plan", args=[plan.pk]) + "?print=1").status_code == 200
    assert browser.get(reverse("spending:m-ask", args=[kind])).status_code == 200
    query = {"on": "2026-03-10", "unit_fen": "50", "people": "2", "use": use, "method": "transfer", "form": "goods", "festival": "spring"}
    answer = browser.get(reverse("spending:m-ask", args=[kind]), query)
    assert answer.status_code == 200 and "看了哪些规则" in text(answer)
    assert browser.get(reverse("spending:m-ask", args=[kind]), {"unit_fen": "x"}).status_code == 422
    assert Plan.objects.count() == 1


@pytest.mark.system("S217")
@pytest.mark.system("S209")
def test_the_planner_shows_38_percent_of_a_50_percent_cap_and_refuses_moon_cakes_in_beijing():
    union = make.shop(make.BEIJING, number=4)
    browser = client(union)
    assert browser.get(reverse("spending:planner")).status_code == 200
    query = {
        "festival": "mid_autumn",
        "on": "2026-09-20",
        "form": "goods",
        "goods": "粮油礼包",
        "unit_fen": "190",
        "people": "4",
        "income_fen": "2000",
    }
    page = text(browser.get(reverse("spending:planner"), query))
    assert "38.0%" in page and "上限 50%" in page and "可以办" in page
    cakes = text(browser.get(reverse("spending:planner"), {**query, "goods": "月饼"}, HTTP_HX_REQUEST="true"))
    assert "不能办" in cakes and "<html" not in cakes and "明令禁止" in cakes
    coupons = text(browser.get(reverse("spending:planner"), {**query, "form": "coupon"}))
    assert "不能办" in coupons and "改发实物" in coupons
    over = text(browser.get(reverse("spending:planner"), {**query, "unit_fen": "251"}))
    assert "超出" in over and "50.2%" in over
    assert browser.get(reverse("spending:planner"), {**query, "people": ""}).status_code == 422
    assert not Plan.objects.exists()


@pytest.mark.system("S216")
def test_the_meal_calculator_answers_by_place_and_date_with_the_account():
    union = make.shop(make.SHANDONG)
    browser = client(union)
    query = {"area": "371002", "on": "2026-03-10", "kind": "missed", "meal_fen": "30", "people": "10", "days": "2"}
    assert "还不知道" in text(browser.get(reverse("spending:meals"), query))
    for kind, amount in (("travel_meal", "100"), ("unit_meal", "25")):
        data = {
            "kind": kind,
            "area": "371002",
            "amount_fen": amount,
            "since": "2026-01-01",
            "source": "财行〔2026〕1 号",
            "union": union.pk,
        }
        assert browser.post(reverse("spending:figures"), data).status_code == 302
    page = text(browser.get(reverse("spending:meals"), query))
    assert "¥25.00" in page and "50102" in page and "¥600.00" in page and "超过用餐标准" in page
    assert "50102 职工活动支出—文体活动支出" in page
    assert "没有超过标准" in text(browser.get(reverse("spending:meals"), {**query, "meal_fen": "25"}))
    assert browser.get(reverse("spending:meals"), {**query, "area": "1"}).status_code == 422
    figure = LocalFigure.objects.get(kind="unit_meal")
    assert "财行〔2026〕1 号" in text(browser.get(reverse("spending:figures")))
    browser.post(reverse("spending:figure_end", args=[figure.pk]))
    figure.refresh_from_db()
    assert figure.until == max(clock.today(), figure.since)
    assert browser.post(reverse("spending:figures"), {}).status_code == 422


DRAFT = """
label: 文体活动参与奖
kind: decision
question: 参与奖是否不超过人均标准
answers: {true: 不超过人均标准，可以办, false: 超过参与奖的人均标准, unknown: 还缺事实或当地标准，不能判断}
type: fen
relevant_date: 活动日
facts:
  total_fen: {type: fen, unit: 分, label: 参与奖总额, meaning: 总额}
  people: {type: int, unit: 人, label: 参加人数, meaning: 人数}
  limit_fen: {type: fen, unit: 分, label: 当地人均标准, meaning: 标准, optional: true, fixed: true}
params: {limit_fen: 人均标准}
clauses:
  within: {label: 总额不超过人均标准乘参加人数, kind: condition}
values:
  - {clause: within, from: 2017-12-15, params: {limit_fen: 20000}, formula: total_fen <= limit_fen * people, norm_level: union_norm, severity: block, confidence: V, source: {text: 收支办法2017, article: 第八条}}
outcome: within
reviewed_on: 2026-11-21
"""


def test_what_if_compares_side_by_side_also_with_a_draft_rule_and_stores_nothing():
    union = make.shop()
    plan = make.plan(union, make.prize(16000, 40))
    browser, url = client(union), reverse("spending:what_if", args=[plan.pk])
    assert "不能办" in text(browser.get(url))
    more = text(browser.post(url, {"people": "43"}))
    assert more.count("不能办") >= 2  # the prize grows with the people: 43 prizes of 160
    assert "可以办" in text(browser.post(url, {"unit_fen": "150"}))
    assert "还不能判断" in text(browser.post(url, {"area": "3710"}))
    drafted = text(browser.post(url, {"rule": "finance.participation_prize", "text": DRAFT}))
    assert "有变化" in drafted and "可以办" in drafted
    assert browser.post(url, {"rule": "finance.participation_prize", "text": "label: 1"}).status_code == 422
    assert browser.post(url, {"on": "nonsense"}).status_code == 422
    plan.refresh_from_db()
    assert plan.total_fen == 640000 and Plan.objects.count() == 1


def test_overrides_are_granted_on_the_page_and_listed_for_the_auditor():
    union = make.shop()
    plan = make.plan(union, make.prize(16000, 40))
    clerk, chair = client(union, Role.CLERK), client(union)
    url = reverse("spending:act", args=[plan.pk, "override"])
    assert clerk.post(url, {"reason": "短"}).status_code == 422
    clerk.post(url, {"reason": "省里比赛主办方统一规定的标准"})
    row = Override.objects.get()
    decide = reverse("spending:override", args=[row.pk])
    assert chair.post(decide, {"verb": "grant"}).status_code == 422
    assert clerk.post(decide, {"verb": "grant", "opinion": "同意"}).status_code == 403
    chair.post(decide, {"verb": "grant", "opinion": "同意，附文件"})
    auditor = accounts.client(accounts.officer((Role.AUDITOR, union.parent.path)))
    page = text(auditor.get(reverse("spending:overrides")))
    assert "省里比赛主办方统一规定的标准" in page and "同意，附文件" in page and "已批准" in page
    assert "省里比赛" not in text(client(make.shop(name="别家厂", number=0)).get(reverse("spending:overrides")))


def test_the_catalogue_answers_everyday_questions_with_figure_clause_and_date():
    browser = client(make.shop())
    page = text(browser.get(reverse("spending:catalogue")))
    assert "多少钱以下可以付现金" in page and "现金管理暂行条例" in page and "八不准" in page
    found = text(browser.get(reverse("spending:catalogue") + "?q=服装", HTTP_HX_REQUEST="true"))
    assert "¥1,000.00" in found and "每三年购置一次" in found and "住院" not in found
    assert "没有找到这个问题" in text(browser.get(reverse("spending:catalogue") + "?q=飞船"))
    assert "没有录入规定" in text(client(make.shop(make.SHANDONG, 0, "二厂")).get(reverse("spending:catalogue") + "?q=派遣"))


def test_names_of_a_condolence_show_only_after_a_recorded_reason():
    union = make.shop(make.ANHUI, number=1)
    who = union.memberships.get().person
    plan = make.plan(union, LineData(Use.CARE, 100000, 1), kind=PlanKind.HOSPITAL, people=make.people(union), care="手术后在家休养")
    chair, clerk, url = client(union), client(union, Role.CLERK), reverse("spending:act", args=[plan.pk, "open"])
    page = text(chair.get(reverse("spending:plan", args=[plan.pk])))
    assert who.name not in page and "手术后" not in page and "查看并记录" in page
    assert clerk.post(url, {"reason": "核对慰问金额"}).status_code == 403
    assert chair.post(url, {"reason": ""}).status_code == 422
    opened = text(chair.post(url, {"reason": "核对慰问金额"}))
    assert who.name in opened and "手术后在家休养" in opened
    for name in ("plans", "year"):
        assert "手术后" not in text(chair.get(reverse(f"spending:{name}")))
    year = reverse("spending:year") + "?year=2026"
    make.approved(union, plan)
    assert who.name not in text(chair.get(year)) and who.name not in text(clerk.get(year))


def test_settling_and_signing_on_the_page():
    union = make.shop(make.GUIZHOU, number=2)
    plan = make.approved(union, make.gift(union, 20000, festival="labour"))
    browser = client(union)
    assert browser.post(reverse("spending:act", args=[plan.pk, "settle"]), {}).status_code == 422
    browser.post(reverse("spending:act", args=[plan.pk, "settle"]), {"on": "2026-03-12"})
    plan.refresh_from_db()
    assert plan.state == PlanState.POSTED
    one = plan.participants.first().person_id
    browser.post(reverse("spending:act", args=[plan.pk, "sign"]), {"person": [one]})
    assert plan.participants.exclude(signed_on=None).count() == 1
    assert browser.post(reverse("spending:act", args=[plan.pk, "sign"]), {}).status_code in (400, 422)


def test_the_list_filters_sorts_prints_exports_and_stays_cheap():
    union = make.shop(number=0)
    browser = client(union)
    assert "还没有支出计划" in text(browser.get(reverse("spending:plans")))
    for n in range(3):
        make.plan(union, make.prize(16000 if n else 10000, 40), title=f"活动{n}")
    url = reverse("spending:plans")
    browser.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page = text(browser.get(url))
    assert "活动1" in page and "不能办" in page
    for n in range(12):
        make.plan(union, make.prize(16000, 40), title=f"后来{n}")
    with CaptureQueriesContext(connection) as many:
        browser.get(url)
    assert len(many) <= len(few) + 1
    assert "活动0" in text(browser.get(url + "?outcome=allowed")) and "活动1" not in text(browser.get(url + "?outcome=allowed"))
    assert "没有符合条件" in text(browser.get(url + "?q=没有"))
    assert "支出计划清单" in text(browser.get(url + "?print=1")) and browser.get(url + "?sort=-total&state=refused").status_code == 200
    done = browser.post(reverse("spending:export") + "?kind=activity", {"purpose": "上报经审会核对"})
    assert done.status_code == 302


def test_the_export_holds_the_filtered_plans():
    from gonghui.spending import exports

    union = make.shop(number=0)
    make.plan(union, make.prize(10000, 40), title="趣味运动会")
    name, content = exports.plans(make.chair(union), {"plan_kind": "activity"}, None)
    assert name.endswith(".xlsx") and content[:2] == b"PK"


@pytest.mark.system("S208")
def test_the_phone_asks_in_three_taps():
    union = make.shop()
    browser = client(union)
    home = text(browser.get(reverse("spending:m-home")))
    assert "这笔钱做什么用" in home and reverse("spending:m-ask", args=["activity"]) in home
    query = {"on": "2026-03-10", "unit_fen": "160", "people": "40", "use": "participation", "method": "transfer"}
    page = text(browser.get(reverse("spending:m-ask", args=["activity"]), query))
    assert "不能办" in page and "¥150.00" in page and not Plan.objects.exists()


def test_what_belongs_to_others_looks_as_if_it_were_not_there():
    mine, other = make.shop(), make.shop(name="别家厂", number=0)
    plan = make.plan(other, make.prize(16000, 40))
    (row,) = services.override_ask(actor=make.system, plan=plan, reason="省里比赛主办方统一规定的标准")
    figure = services.figure_set(actor=make.system, union=other, kind="film", area="110105", amount_fen=1, since=make.DAY, source="x")
    browser = client(mine)
    urls = [reverse(f"spending:{n}", args=[plan.pk]) for n in ("plan", "edit", "what_if")]
    assert [browser.get(u).status_code for u in urls] == [404, 404, 404]
    posts = [("act", [plan.pk, "submit"]), ("override", [row.pk]), ("figure_end", [figure.pk])]
    assert [browser.post(reverse(f"spending:{n}", args=a), {"verb": "grant"}).status_code for n, a in posts] == [404, 404, 404]


@pytest.mark.parametrize(("typed", "code"), [("北京", "110000"), ("北京市", "110000"), ("11", "110000"), ("110105", "110105"), ("", "")])
def test_a_place_is_given_by_its_name_or_its_code(typed, code):
    assert forms.AreaField(required=False).clean(typed) == code


def test_the_answer_names_the_condition_its_level_and_its_day():
    """Rice and oil for half of the members: not the goods are wrong but that not everyone gets them, and the page says so."""
    union = make.shop("370600")
    browser = client(union)
    query = {"festival": "spring", "on": "2026-02-10", "form": "goods", "goods": "米面油", "unit_fen": "100", "people": "1"}
    page = text(browser.get(reverse("spending:planner"), query))
    assert "不符合“发给全体会员”" in page and "工会内部规定" in page and "2017-12-15 起" in page
    assert "今年还剩" in page or "上限还不知道" in page
    editor = browser.get(reverse("spending:new", args=["festival"]), query)
    assert 'value="2026-02-10"' in text(editor) and 'value="米面油"' in text(editor) and 'value="100.00"' in text(editor)  # typed once


def test_the_catalogue_speaks_no_keys():
    """What a list of a rule holds is shown by its names."""
    page = text(client(make.shop("370600")).get(reverse("spending:catalogue"), {"q": "节日"}))
    assert "春节、" in page and "new_year" not in page and "[&#x27;" not in page
