"""What happens to cases when the register changes under them (随登记变动), and what of them waits for me (待办).

Handlers run in the transaction of the change; a case never blocks the register, it follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from gonghui.accounts.actor import Actor
from gonghui.approvals.kinds import Item, Source
from gonghui.organising.enums import CaseKind, CaseState, Perm
from gonghui.organising.models import Case
from gonghui.organising.selectors import cases as reads
from gonghui.organising.services import common, opening
from gonghui.orgs.enums import EmployerStatus
from gonghui.orgs.selectors import unions

if TYPE_CHECKING:
    from collections.abc import Iterable

SYSTEM = Actor.system("organising")
BEFORE_UNION = (CaseState.APPLICATION, CaseState.PENDING, CaseState.GROUP, CaseState.RECRUITING, CaseState.MEETING, CaseState.RESULT)
MINE = (
    CaseState.APPLICATION,
    CaseState.GROUP,
    CaseState.RECRUITING,
    CaseState.MEETING,
    CaseState.EXECUTE,
    CaseState.FILING,
    CaseState.SETUP,
)


def employers_changed(pairs: Iterable[tuple[Any, Any]]) -> None:
    """An employer that is written off takes its building case with it (单位已不存在); a merged one is followed below."""
    gone = [new for old, new in pairs if new is not None and new.written_off_on is not None and (old is None or old.written_off_on is None)]
    ids = [f.pk for f in gone if f.written_off_reason != EmployerStatus.MERGED]
    for case in _building(ids):
        opening.stop(SYSTEM, common.locked(case), CaseState.GONE, "用人单位已核减")


def _building(ids: list[int]) -> list[Case]:
    if not ids:
        return []
    return list(Case.objects.filter(employer_id__in=ids, kind=CaseKind.BUILD, state__in=[str(s) for s in BEFORE_UNION]))


def employer_merged(absorbed_id: int, survivor_id: int, day: date) -> None:
    """The case goes on for the employer that remains, unless that one has a case of its own."""
    for case in _building([absorbed_id]):
        taken = Case.objects.filter(employer_id=survivor_id, kind=CaseKind.BUILD).exclude(state__in=reads.ENDED_WORDS).exists()
        if taken:
            opening.stop(SYSTEM, common.locked(case), CaseState.GONE, "用人单位已归并，承接单位另有事项在办")
        else:
            Case.objects.filter(pk=case.pk).update(employer_id=survivor_id)
            case.applicants.filter(employer_id=absorbed_id).update(employer_id=survivor_id)


def union_ended(union_id: int, successor_id: int | None, day: date) -> None:
    """Cases below a union that ended go on below who took over."""
    ended = unions.union_get(actor=SYSTEM, pk=union_id)
    heir = successor_id or ended.parent_id
    rows = Case.objects.exclude(state__in=reads.ENDED_WORDS)
    for column in ("org_id", "parent_id", "approver_id"):
        rows.filter(**{column: union_id}).exclude(union_id=union_id).update(**{column: heir})
    rows.filter(second_id=union_id).update(second_id=None)


def inbox(actor: Actor) -> Iterator[Source]:
    """Cases that wait for the officer's hand: own step, due or not (待办)."""
    if not actor.is_officer or not actor.may(Perm.CASE_EDIT):
        return
    rows = reads.case_list(actor=actor, state="open").filter(actor.within(Perm.CASE_EDIT, "org"), state__in=[str(s) for s in MINE])
    mine = rows if actor.home and len(actor.home) > 8 else rows.filter(maker=actor.ref)
    yield Source(mine, _item, 50)


def _item(case: Any) -> Item:
    return Item(
        key=f"case:{case.pk}",
        kind="organising.case",
        label=case.get_kind_display(),
        title=f"{case.name}：{case.get_state_display()}",
        url=reverse("organising:case", args=[case.pk]),
        org=case.org.name,
        due=case.due,
        since=case.created_at,
    )
