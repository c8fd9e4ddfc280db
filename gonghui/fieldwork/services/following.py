"""What field work does when the register changes (随登记变动): employers are merged, unions move."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from gonghui.fieldwork.models import Clash, Device, Doc, FollowUp, HelpRequest, OnSiteJoin, Visit


def employer_merged(absorbed: int, survivor: int, on: date) -> None:
    """Visits, papers and care go along; what phones still hold follows when it arrives (归并随迁)."""
    for model in (Doc, Visit, HelpRequest, Clash, OnSiteJoin):
        model._default_manager.filter(employer_id=absorbed).update(employer_id=survivor)
    if FollowUp.objects.filter(employer_id=survivor, until=None).exists():
        FollowUp.objects.filter(employer_id=absorbed, until=None).update(until=on, end_reason="单位已归并")
    FollowUp.objects.filter(employer_id=absorbed).update(employer_id=survivor)


def path_moved(old: str, new: str) -> None:
    """Columns that hold a path follow (路径随迁)."""
    for model in (Device, Clash):
        rows = model._default_manager.filter(org_path__startswith=old)
        rows.update(org_path=Concat(Value(new), Substr(F("org_path"), len(old) + 1)))
