"""After approval of a change (批准后办理): merge, split, hand over, dissolve through the register; members are never lost. Source: S025, S026, TUL-13-1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import clock
from gonghui.members.enums import EndReason
from gonghui.members.services import spells
from gonghui.organising.enums import CaseKind, CaseState, Perm
from gonghui.organising.models import Case
from gonghui.organising.selectors import splits
from gonghui.organising.services.common import at_step, locked, move, signed, the, violate
from gonghui.orgs import services as orgs
from gonghui.orgs.services import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gonghui.accounts.actor import Actor


CHUNK, MOST_NAMED = 900, 50


@transaction.atomic
def change_execute(*, actor: Actor, case: Case) -> Case:
    """Do what was approved (办理已批准的变更). What stands in the way is named by the register, and nothing has moved then.

    Raises: NotPermitted; RuleViolation orgs.dissolve_blocked, organising.not_confirmed …
    """
    case = locked(case)
    at_step(case, CaseState.EXECUTE)
    actor.require(Perm.CASE_REVIEW, case.union)
    before = persons_of(case)
    {
        CaseKind.MERGE: _merge,
        CaseKind.SPLIT: _split,
        CaseKind.HANDOVER: _hand_over,
        CaseKind.DISSOLVE: _dissolve,
    }[CaseKind(case.kind)](actor, case)
    nobody_lost(before)
    case.org.refresh_from_db()
    return move(actor, case, CaseState.DONE, document_no=case.result_no)


def persons_of(case: Case) -> set[int]:
    """Who is a member in the union and below, for the comparison afterwards."""
    from gonghui.members.selectors import members

    rows = members.current(signed_system(), case.union)
    return set(rows.values_list("person_id", flat=True))


def signed_system() -> Actor:
    from gonghui.accounts.actor import Actor as Person

    return Person.system("organising")


def nobody_lost(before: set[int]) -> None:
    """Every member from before has a running membership afterwards, or the whole change is undone."""
    from gonghui.members.selectors import members

    kept: set[int] = set()
    ordered = sorted(before)
    for start in range(0, len(ordered), CHUNK):
        rows = members.current(signed_system()).filter(person_id__in=ordered[start : start + CHUNK])
        kept.update(rows.values_list("person_id", flat=True))
    if lost := sorted(before - kept):
        violate("members_lost", f"有 {len(lost)} 名会员会因此失去会籍，没有办理。请先办理会员转接。", persons=lost[:MOST_NAMED])


def _merge(actor: Actor, case: Case) -> None:
    orgs.union_merge(
        actor=signed(actor), union=the(case.union), into=the(case.target), on=clock.today(), document_no=case.result_no, reason=case.reason
    )


def _split(actor: Actor, case: Case) -> None:
    """As the plan says, completed by what the register learned since; members go with their unit, the rest stay with the first."""
    union = the(case.union)
    extra, plan = splits.details_of(union), splits.complete(union, case.parts)
    parts = [Part(p["name"], p.get("kind", union.kind), p["employers"], p["children"], dict(extra)) for p in plan]
    made = orgs.union_split(actor=signed(actor), union=union, parts=parts, on=clock.today(), document_no=case.result_no, reason=case.reason)
    for part, new in zip(parts[1:], made[1:], strict=True):
        _members_follow(signed(actor), made[0], new, part.employers)


def _members_follow(hand: Actor, first: Any, new: Any, employers: Sequence[int]) -> None:
    """The register gave all members to the first new union; those who work at a unit of another go on to it (会籍不断)."""
    from gonghui.members.selectors import members

    rows = members.current(signed_system()).filter(
        union=first, person__employments__until=None, person__employments__employer__in=employers
    )
    for spell in rows.distinct().order_by("pk"):
        spells.change_spell(actor=hand, spell=spell, on=max(clock.today(), spell.since), ended=EndReason.UNION_ENDED, union=new)


def _hand_over(actor: Actor, case: Case) -> None:
    """Both sides confirm and tick the list on the register's page; then the union moves."""
    matter = hand_over_matter(actor, case)
    left = [item for item, held in matter.checklist.items() if not held.get("done")]
    if left or set(matter.confirmations) != {"from", "to"}:
        rest = "、".join([*left, *[w for s, w in (("from", "移交方确认"), ("to", "接收方确认")) if s not in matter.confirmations]])
        violate("not_confirmed", f"移交还缺：{rest}。请在“组织事项”里办完再来。", matter=matter.pk)
    orgs.hand_over_finish(actor=signed(actor), matter=matter, on=clock.today(), document_no=case.result_no)


def hand_over_matter(actor: Actor, case: Case) -> Any:
    """The register's follow-up of the hand-over, opened with the approval."""
    return orgs.hand_over_open(
        actor=signed(actor),
        union=the(case.union),
        to=the(case.target),
        on=clock.today(),
        note=f"建会事项 {case.number}",
        document_no=case.result_no,
    )


def _dissolve(actor: Actor, case: Case) -> None:
    orgs.union_dissolve(
        actor=signed(actor), union=the(case.union), on=clock.today(), document_no=case.result_no, reason=case.reason,
        congress_adopted=case.congress_on is not None, higher_approved=True,
    )  # fmt: skip


__all__ = ["change_execute", "hand_over_matter", "nobody_lost", "persons_of"]
