"""Every page of income for those who may, and nothing for those who may not."""

from __future__ import annotations

import pytest
from django.urls import reverse

from gonghui.income.models import Declaration, DuesList, Payment, Receipt
from tests.conftest import world

__all__ = ["world"]

pytestmark = pytest.mark.django_db


PAGES = [
    ("income:home", None), ("income:levy", None), ("income:payers", None), ("income:payer_new", None), ("income:receipts", None), ("income:demands", None),
    ("income:refunds", None), ("income:dues", None), ("income:bases", None), ("income:staff", None), ("income:recons", None), ("income:declaration", "Declaration"),
    ("income:correct", "Declaration"), ("income:payer", "Payer"), ("income:declare", "Payer"), ("income:refund_new", "Payer"), ("income:receipt", "Receipt"),
    ("income:demand", "Demand"), ("income:letter", "Demand"), ("income:petition", "Demand"), ("income:refund", "Refund"), ("income:dues_list", "DuesList"),
    ("income:dues_print", "DuesList"), ("income:staff_check", "StaffCheck"), ("income:staff_print", "StaffCheck"), ("income:recon", "Reconciliation"),
    ("income:recon_print", "Reconciliation"),
]  # fmt: skip


def test_the_pages_open_and_refuse_bad_fields(world):
    """GET answers 200 for the township's desk; a POST without fields answers 422 and keeps everything."""
    from django.apps import apps

    client = world.client("township_a")
    before = (Receipt.objects.count(), Payment.objects.count(), Declaration.objects.count())
    for name, model in PAGES:
        pk = [apps.get_model("income", model).objects.order_by("pk").first().pk] if model else []
        answer = client.get(reverse(name, args=pk))
        assert answer.status_code == 200, name
        text = answer.content.decode()
        assert "526,800" not in text
        assert "5,268.00" not in text, name  # wages stay sealed
    owed = Declaration.objects.filter(state="declared").first()
    listing = DuesList.objects.first()
    for name, pk in [
        ("take", owed.pk), ("declare", owed.payer_id), ("payer_end", owed.payer_id), ("dues_upload", listing.pk), ("dues_cash", listing.items.first().pk),
        ("payment_claim", Payment.objects.first().pk), ("payment_return", Payment.objects.first().pk), ("recon_settle", 0),
    ]:  # fmt: skip
        key = pk or apps.get_model("income", "Reconciliation").objects.first().pk
        assert client.post(reverse(f"income:{name}", args=[key]), {}).status_code == 422, name
    assert (Receipt.objects.count(), Payment.objects.count(), Declaration.objects.count()) == before


def test_a_member_sees_the_own_dues_and_nothing_else(world):
    text = world.client("member_a").get(reverse("income:m-dues")).content.decode()
    assert "每月会费" in text
    assert "¥26.30" in text
    other = world.client("member_b").get(reverse("income:m-dues")).content.decode()
    assert world.a.union.name not in other


def test_trying_out_says_the_amount_with_its_clause_and_keeps_nothing(world):
    """先算一算: the amount, the arithmetic and the clause of each item, the fields kept; nothing is declared."""
    client = world.client("township_a")
    owed = Declaration.objects.filter(state="declared").first()
    before = list(Declaration.objects.values_list("pk", "state", "levy_fen"))
    given = {"since": "2025-12-01", "workers": "9", "time_wage": "50000", "travel": "800", "intern": "300", "try": "1"}
    answer = client.post(reverse("income:declare", args=[owed.payer_id]), given)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "应缴 ¥1,000.00 ＝ 计入的工资总额 ¥50,000.00 × 2.00%" in text
    assert "第十一条（1990-01-01 起）" in text and "实习人员的报酬由当地口径定" in text
    assert 'value="50000"' in text
    assert list(Declaration.objects.values_list("pk", "state", "levy_fen")) == before
    assert client.post(reverse("income:declare", args=[owed.payer_id]), {"try": "1"}).status_code == 422


def test_the_overview_tells_what_is_overdue_of_every_year_and_each_union_below(world):
    """What was due last year and is still owed does not vanish with the new year; whoever sees the money sees which union owes it."""
    client = world.client("township_a")
    owed = Declaration.objects.filter(union__path__startswith=world.a.union.path, state="declared").first()
    before = client.get(reverse("income:home")).context
    old = {"due_on": "2020-02-15", "since": "2020-01-01", "base_fen": 40_000_000, "levy_fen": 800_000, "paid_fen": 0}
    Declaration.objects.filter(pk=owed.pk).update(**old)
    answer = client.get(reverse("income:home"))
    assert answer.context["late"] >= 800_000 > sum(x.late_fen for x in answer.context["page"])
    assert answer.context["year"] == before["year"]
    assert "现在逾期未缴" in answer.content.decode()
    assert [x.union.pk for x in answer.context["page"] if x.union.path == owed.union.path]


def test_a_refund_without_a_text_in_force_names_the_one_that_lapsed(world):
    """Cannot tell says why: the last text for the place with its dates."""
    payer = Declaration.objects.filter(union__path__startswith=world.a.union.path).first().payer
    text = world.client("township_a").get(reverse("income:refund_new", args=[payer.pk])).content.decode()
    assert "至 2024-12-31）" in text and "已经到期" in text
