"""Every page of income for those who may, and nothing for those who may not."""

from __future__ import annotations

import pytest
from django.urls import reverse

from gonghui.income.models import Declaration, DuesList, Payment, Receipt
from tests import world as worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return worlds.build()


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
