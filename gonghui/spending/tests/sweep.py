"""What spending adds to the sweep (扫描部件)."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.files import services as files
from gonghui.spending import services
from gonghui.spending.enums import PlanKind, Use
from gonghui.spending.services.data import LineData, PersonData, PlanData

ARGS = {
    "spending:plan.pk": "spending.Plan",
    "spending:edit.pk": "spending.Plan",
    "spending:what_if.pk": "spending.Plan",
    "spending:act.pk": "spending.Plan",
    "spending:act.verb": "=submit",
    "spending:quotes.pk": "spending.Plan",
    "spending:quotes_act.pk": "spending.Plan",
    "spending:quotes_act.verb": "=choose",
    "spending:sign_off.pk": "spending.Plan",
    "spending:quote_paper.pk": "spending.Quote",
    "spending:override.pk": "spending.Override",
    "spending:figure_end.pk": "spending.LocalFigure",
    "spending:new.kind": "=activity",
    "spending:m-ask.kind": "=activity",
}
DAY = date(2026, 3, 10)


def furnish(world: Any, tree: Any) -> None:
    """A lawful plan with names, one that is refused with its override asked for, and a local figure."""
    from gonghui.accounts.actor import Actor

    system = Actor.system("test")
    people = [PersonData(m.person_id) for m in tree.members[:4]]
    services.plan_make(
        actor=system, union=tree.union,
        data=PlanData(PlanKind.BIRTHDAY, f"{tree.key}会员生日", DAY, [LineData(Use.CARE, 20000, 4)], people, more={"care_form": "cake"}),
    )  # fmt: skip
    gift = services.plan_make(
        actor=system, union=tree.union,
        data=PlanData(PlanKind.FESTIVAL, "春节慰问", DAY, [LineData(Use.GIFT, 20000, 4, "粮油")], people, more={"festival": "spring", "form": "goods"}),
    )  # fmt: skip
    rice = services.goods_add(actor=system, plan=gift, name="大米", quantity=4)
    paper = files.file_make(system, name="报价单.pdf", data=b"%PDF-1.4\n%%EOF", purpose="报价单", org_path=tree.union.path)
    services.quote_add(actor=system, plan=gift, supplier="青松粮店", on=DAY, prices={rice.pk: 15000}, file=paper)
    services.figure_set(
        actor=system, union=tree.union, kind="birthday", area="371002", amount_fen=30000, since=date(2026, 1, 1), source="本级规定"
    )
    bad = services.plan_make(
        actor=system,
        union=tree.union,
        data=PlanData(PlanKind.PURCHASE, "采购", DAY, [LineData(Use.OTHER, 500000, 1)], count=1, method="cash", payee="商店"),
    )
    tree.rows["spending_override"] = services.override_ask(actor=system, plan=bad, reason="供货方只收现金，已核实情况")[0]


UNREACHED = {"spending:quote_paper"}
"""A paper lies in the file store, which the small world's rolled-back rows do not fill; gonghui/spending/tests/test_quotes.py opens one."""
