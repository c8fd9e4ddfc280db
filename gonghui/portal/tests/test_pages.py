"""Front pages and figure pages as people of each kind see them."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from gonghui.accounts.enums import Role
from gonghui.accounts.tests import make as accounts
from gonghui.core import clock
from gonghui.figures import services as figures
from gonghui.figures.folding import Dims, MemberFact, WorkerFact
from gonghui.figures.models import Report
from gonghui.orgs.selectors import closure
from gonghui.orgs.tests import make

pytestmark = pytest.mark.django_db
END = date(2025, 12, 31)


@pytest.fixture
def city():
    root, town, other = make.root(), make.township(), make.township("白石镇工会")
    federation = make.regional(town)
    for i in range(4):
        firm = make.employer(town, listed_on=date(2020, 1, 1))
        if i < 3:
            make.cover(federation, firm)
    place = ((federation.pk, date(2020, 1, 1), None),)
    figures.apply([(None, WorkerFact(place, date(2024, 1, 1), None, Dims(sex="1"))) for _ in range(20)])
    figures.apply(
        [
            (None, MemberFact(federation.pk, "active", date(2024, 1, 1), None, Dims(sex="1", group="courier", migrant=True)))
            for _ in range(18)
        ]
    )
    figures.period_put(actor=make.system, name="2025 年", opening=date(2025, 1, 1), closing=END, current=True)
    return {"root": root, "town": town, "other": other, "federation": federation}


def browser(role, union):
    return accounts.client(accounts.officer((role, union.path)))


def test_the_front_door_leads_each_to_their_page(city, client):
    assert client.get("/").url == reverse("accounts:login")
    assert browser(Role.CITY, city["root"]).get("/").url == "/console/"
    assert accounts.client(accounts.worker()).get("/").url == "/m/"


@pytest.mark.system("S269")
def test_the_workbench_shows_rates_ranking_and_why(city):
    page = browser(Role.CITY, city["root"]).get("/console/").content.decode()
    for text in ("建会率", "75.00", "3 / 4 家", "入会率", "90.00", "青石镇工会", "2025年12月31日", "为什么", "快递员"):
        assert text in page, text


def test_a_township_and_a_union_have_their_own_workbench(city):
    page = browser(Role.TOWNSHIP, city["town"]).get("/console/").content.decode()
    assert "青石镇区域工会联合会" in page and "白石镇工会" not in page
    page = browser(Role.CHAIR, city["federation"]).get("/console/").content.decode()
    assert "本级记录" in page and "18" in page


def test_another_township_looks_like_nothing_at_all(city):
    mine = browser(Role.TOWNSHIP, city["town"])
    for url in ("/console/", "/console/figures/", "/console/figures/rates/", "/console/figures/bridge/", "/console/figures/export/"):
        assert mine.get(url + f"?org={city['other'].code}").status_code == 404
        assert mine.get(url + "?org=NOSUCH").status_code == 404


PAGES = ("home", "rates", "bridge", "trend", "definitions", "reported", "reports")


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_page_opens_for_city_and_chair(city, name):
    for role, union in ((Role.CITY, city["root"]), (Role.CHAIR, city["federation"])):
        answer = browser(role, union).get(reverse(f"figures:{name}"))
        assert answer.status_code == 200, name


def test_each_definition_has_a_page(city):
    from gonghui.figures import definitions

    mine = browser(Role.CITY, city["root"])
    for item in definitions.all_definitions().values():
        assert mine.get(reverse("figures:definition", args=[item.slug])).status_code == 200, item.key


def test_as_of_any_date_and_a_bad_date_says_what_to_write(city):
    mine = browser(Role.CITY, city["root"])
    page = mine.get("/console/figures/?as_of=2019-12-31").content.decode()
    assert "2019年12月31日" in page and "75.00%" not in page
    answer = mine.get("/console/figures/?as_of=yesterday")
    assert answer.status_code == 422 and "请写成 2025-12-31" in answer.content.decode()


@pytest.mark.system("S269", "S270")
def test_a_report_goes_from_draft_to_release_in_the_browser(city):
    mine = browser(Role.CITY, city["root"])
    period = figures.period_put(actor=make.system, name="2025 年", opening=date(2025, 1, 1), closing=END, current=True)
    mine.post(reverse("figures:report_prepare"), {"period": period.pk})
    report = Report.objects.get()
    for step in ("report_check", "report_release"):
        assert mine.post(reverse(f"figures:{step}", args=[report.pk])).status_code == 302
    report.refresh_from_db()
    assert report.state == "released"
    assert "已发布" in mine.get(reverse("figures:report", args=[report.pk])).content.decode()
    assert mine.get(reverse("figures:report", args=[report.pk]) + "?print=1").status_code == 200
    assert mine.get(reverse("figures:report_export", args=[report.pk])).content[:2] == b"PK"
    assert browser(Role.TOWNSHIP, city["town"]).get(reverse("figures:report", args=[report.pk])).status_code == 404


def test_the_export_carries_a_definition_sheet(city):
    import io

    import openpyxl

    content = browser(Role.CITY, city["root"]).get(reverse("figures:export")).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert "口径说明" in book.sheetnames
    said = {row[0].value: row[1].value for row in book["口径说明"].iter_rows()}
    assert "已建会非公有制单位 ÷ 在册非公有制单位" in said["建会率"]


def test_a_claim_is_entered_and_the_gap_shown(city):
    mine = browser(Role.CITY, city["root"])
    answer = mine.post(reverse("figures:reported_new"), {"key": "rate.joining", "on": "2025-12-31", "claimed": "98%", "source": "总结"})
    assert answer.status_code == 302
    page = mine.get(reverse("figures:reported")).content.decode()
    assert "还差 2 名会员，才到 98%。" in page
    assert "上报 98%，实有 90.00%" in mine.get("/console/").content.decode()
    refused = mine.post(
        reverse("figures:reported_new"),
        {"key": "rate.formation", "on": "2025-12-31", "claimed": "99%", "source": "总结", "denominator": "34"},
    )
    assert refused.status_code == 422 and "33 个是 97.06%" in refused.content.decode()
    page = mine.get(reverse("figures:reported") + "?rates=20.66%25 53.77%25&most=400").content.decode()
    assert "305（分子 63、164）" in page


def test_search_finds_only_what_lies_in_scope(city):
    far = make.employer(city["other"], "隔壁机械厂")
    page = browser(Role.CITY, city["root"]).get("/console/search/?q=隔壁机械").content.decode()
    assert far.name in page
    page = browser(Role.TOWNSHIP, city["town"]).get("/console/search/?q=隔壁机械").content.decode()
    assert far.name not in page.replace('value="隔壁机械"', "") and "没找到" in page


def test_harvesting_by_search_is_stopped(city, monkeypatch):
    from gonghui.portal.web import pages

    monkeypatch.setattr(pages, "SEARCHES", 2)
    mine = browser(Role.CITY, city["root"])
    assert [mine.get("/console/search/?q=青石").status_code for _ in range(3)] == [200, 200, 429]


def test_a_worker_without_membership_is_shown_how_to_join(city):
    page = accounts.client(accounts.worker(person_id=987654)).get("/m/").content.decode()
    assert "您还没有加入工会" in page


def test_the_workbench_asks_little_of_the_database(city, django_assert_max_num_queries):
    mine = browser(Role.CITY, city["root"])
    mine.get("/console/")
    with django_assert_max_num_queries(45):
        mine.get("/console/")
    figures_page = reverse("figures:home")
    mine.get(figures_page)
    with django_assert_max_num_queries(30):  # sixteen of them by the sources, one for each kind of dated record
        mine.get(figures_page)


def test_the_three_administrators_have_a_plain_page(city):
    page = browser(Role.SECADMIN, city["root"]).get("/console/").content.decode()
    assert "可办的事" in page and "建会率" not in page
    assert closure.node("root").pk == city["root"].pk and clock.today()
