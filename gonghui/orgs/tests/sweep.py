"""What the register adds to the sweep over all addresses (扫描部件)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from gonghui.core import clock
from gonghui.files import services as files
from gonghui.orgs import services
from gonghui.orgs.tests import make

ARGS = {
    **{f"orgs:{name}.pk": "orgs.Agreement" for name in ("agreement", "agreement_file", "agreement_end")},
    **{f"orgs:{name}.pk": "=@federation" for name in ("federation", "covered_export", "agreement_new", "congress_new")},
    "orgs:congress_minutes.pk": "orgs.ClusterCongress",
    "orgs:work_unit_end.pk": "orgs.WorkUnit",
    "orgs:workshop_build.pk": "orgs.WorkUnit",
}


def furnish(world: Any, tree: Any) -> None:
    """An agreement and a congress session with their papers, in the federation of the tree; a workshop; two shops of one owner."""
    place, tree.rows["federation"] = tree.key.upper(), tree.federation.pk
    today = clock.today()
    services.agreement_record(
        actor=make.system, union=tree.federation, kind="wage", number=f"{place}-1", counterpart=f"{place}商会", signed_on=today - timedelta(days=300),
        valid_until=today + timedelta(days=65), file=_paper(tree, "协议.csv"),
    )  # fmt: skip
    services.cluster_congress_record(
        actor=make.system, union=tree.federation, name=f"{place}第一次会议", on=date(2025, 3, 1), delegates=30, present=25, result="通过工资协议",
        minutes=_paper(tree, "记录.csv"),
    )  # fmt: skip
    services.work_unit_set(actor=make.system, union=tree.union, name="一车间", headcount=40, on=today)
    for name in ("布行", "灯具店"):
        make.employer(tree.town, f"{place}{name}", phone=f"1538888{ord(place):04d}", address=f"{place}镇南街 {ord(place)} 号", headcount=3)
    services.duplicates_scan(actor=make.system, org=tree.town)


def _paper(tree: Any, name: str) -> Any:
    return files.file_make(make.system, name=name, data=f"{tree.key}文本".encode(), purpose="test", org_path=tree.federation.path)
