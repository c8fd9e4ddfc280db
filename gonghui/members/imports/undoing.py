"""Undoing a roster (撤销花名册导入): by reversal, and only while nothing later rests on it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Q

from gonghui.core import mask
from gonghui.core.errors import RuleViolation
from gonghui.members.enums import TransferState
from gonghui.members.imports import writing
from gonghui.members.models import Employment, Membership, Transfer
from gonghui.members.services import folding
from gonghui.people import hooks

CHUNK = 2000
OWN = {("members.membership", "person_id"), ("members.employment", "person_id")}


def undo(kept: dict[str, Any]) -> None:
    """Take away what the batch made and put back what it changed. Raises RuleViolation imports.undo_blocked."""
    people = apps.get_model("people", "Person")
    persons, jobs, spells = _within(kept.get("persons")), _within(kept.get("jobs")), _within(kept.get("spells"))
    _refuse_if_used(people, kept, jobs, spells)
    touched = set(Employment.objects.filter(jobs).values_list("person_id", flat=True)) | set(
        Membership.objects.filter(spells).values_list("person_id", flat=True)
    )
    touched |= {pk for pk, _old in kept.get("attributes", [])}
    touched |= set(Employment.objects.filter(pk__in=[pk for pk, *_ in kept.get("job_changes", [])]).values_list("person_id", flat=True))
    ids = sorted(touched)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        with folding.refolded(part):
            Membership.objects.filter(spells, person_id__in=part).delete()
            Employment.objects.filter(jobs, person_id__in=part).delete()
            writing._set_attributes((pk, old) for pk, old in kept.get("attributes", []) if pk in set(part))
            writing._many("UPDATE members_employment SET kind = {0}, post = {0} WHERE id = {0}", _jobs_of(kept, part))
    writing._many("UPDATE members_membership SET card_no = {0} WHERE id = {0}", [("", pk) for pk in kept.get("cards", [])])
    Transfer.objects.filter(pk__in=kept.get("transfers", []), state=TransferState.REQUESTED).delete()
    people._default_manager.filter(persons).delete()


def _jobs_of(kept: dict[str, Any], part: list[int]) -> list[tuple[Any, ...]]:
    changed = {pk: (kind, post) for pk, kind, post in kept.get("job_changes", [])}
    mine = Employment.objects.filter(pk__in=list(changed), person_id__in=part).values_list("pk", flat=True)
    return [(*changed[pk], pk) for pk in mine]


def _within(spans: list[list[int]] | None) -> Q:
    found = Q(pk__in=[])
    for first, last in spans or []:
        found |= Q(pk__range=(first, last))
    return found


def _refuse_if_used(people: Any, kept: dict[str, Any], jobs: Q, spells: Q) -> None:
    """Later spells, transfers, posts, corrections… name them and stop."""
    moved = Membership.objects.filter(spells).exclude(until=None).select_related("person")[:5]
    left = Employment.objects.filter(jobs).exclude(until=None).select_related("person")[:5]
    found = [f"{mask.name(s.person.name)}的会籍后来已变动" for s in moved] + [
        f"{mask.name(j.person.name)}的劳动关系后来已结束" for j in left
    ]
    for label, column in hooks.references():
        model = apps.get_model(label)
        rows = model._default_manager.filter(_spans(column, kept.get("persons")))
        if (label, column) in OWN:
            rows = rows.exclude(spells if label.endswith("membership") else jobs)
        for row in rows[:3]:
            name = people._default_manager.filter(pk=getattr(row, column)).values_list("name", flat=True).first()
            found.append(f"{mask.name(name or '')}有了{model._meta.verbose_name}记录")
    asked = Transfer.objects.filter(pk__in=kept.get("transfers", [])).exclude(state=TransferState.REQUESTED).select_related("person")
    found += [f"{mask.name(t.person.name)}的转会已在办理" for t in asked[:3]]
    merged = people._default_manager.filter(_spans("pk", kept.get("persons"))).exclude(merged_into=None)
    found += [f"{mask.name(p.name)}已与别的记录合并" for p in merged[:3]]
    if found:
        raise RuleViolation("imports.undo_blocked", f"不能撤销：{'；'.join(found[:5])}。请先逐一更正这些后来的变动。", found=found[:20])


def _spans(column: str, spans: list[list[int]] | None) -> Q:
    found = Q(pk__in=[])
    for first, last in spans or []:
        found |= Q(**{f"{column}__gte": first, f"{column}__lte": last})
    return found
