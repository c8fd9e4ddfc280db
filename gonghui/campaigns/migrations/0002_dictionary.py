"""The dictionaries a city begins with (行动对象字典的初始条目). They are rows: each may be ended or replaced later."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import migrations

SINCE = date(2010, 1, 1)
ROWS: dict[str, tuple[tuple[str, str], ...]] = {
    "group": (
        ("trucker", "货车司机"), ("courier", "快递员"), ("rider", "网约送餐员"), ("nurse_aide", "护工护理员"), ("housekeeper", "家政服务员"),
        ("shop_clerk", "商场信息员"), ("estate_agent", "房产中介员"), ("guard", "保安员"),
    ),
    "migrant": (("", "农民工"),),
    "sector": (("construction", "建筑业"), ("ecommerce", "电子商务"), ("logistics", "物流业"), ("coop", "农民专业合作社"), ("home", "家政服务业")),
    "zone": (("", "开发区、工业园区"),),
    "two_new": (("", "两新组织"),),
    "two_new_type": (
        ("private", "私营企业"), ("foreign", "外资和港澳台资企业"), ("household", "个体工商户"), ("society", "社会团体"),
        ("nonprofit", "民办非企业单位"), ("foundation", "基金会"), ("agency", "社会中介组织"),
    ),
    "herder": (("", "牧民"),),
}  # fmt: skip


def forwards(apps: Any, schema_editor: Any) -> None:
    category = apps.get_model("campaigns", "Category")
    if category.objects.exists():
        return
    category.objects.bulk_create(
        category(basis=basis, code=code, label=label, since=SINCE, order=n) for basis, rows in ROWS.items() for n, (code, label) in enumerate(rows)
    )


def backwards(apps: Any, schema_editor: Any) -> None:
    apps.get_model("campaigns", "Category").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_campaigns")]
    operations = [migrations.RunPython(forwards, backwards)]
