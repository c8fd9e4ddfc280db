"""Differences settle themselves when the register changed (差异自动核销, S041): joined, left, moved, merged, completed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from gonghui.accounts.actor import subtree
from gonghui.core import audit, clock
from gonghui.members.enums import COUNTED, LIVE_TRANSFERS, DiffClass, DiffState, Perm
from gonghui.members.models import Comparison, Difference, Membership, Transfer
from gonghui.members.selectors import members as reads

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def comparison_refresh(*, actor: Actor, comparison: Comparison) -> int:
    """Look at the open differences again (按登记重新核对) and close those an act has settled. Returns: how many.

    Nobody is settled by absence: each needs a fact of the register, which is written beside it.
    """
    actor.require(Perm.ROSTER_IMPORT, comparison.union)
    if comparison.signed_on is not None:
        return 0
    done = 0
    rows = (
        comparison.differences.filter(state=DiffState.OPEN).exclude(verdict=DiffClass.MATCHED).select_related("person", "comparison__union")
    )
    for row in rows.order_by("pk"):
        if why := fact_of(row):
            values = {
                "state": DiffState.DONE,
                "handled_by": actor.ref,
                "handled_on": clock.today(),
                "handled_note": f"登记已变动：{why}"[:160],
            }
            done += Difference.objects.filter(pk=row.pk, state=DiffState.OPEN).update(**values)
    if done:
        audit.record(actor, "members.comparison.refreshed", comparison, org_path=comparison.union.path, settled=done)
    return done


def fact_of(row: Difference) -> str:
    """What in the register settles this difference today, or "" (核销依据)."""
    look = {DiffClass.NOT_MEMBER: _joined, DiffClass.GONE: _left, DiffClass.DUPLICATE: _merged, DiffClass.INCOMPLETE: _complete}
    return look[DiffClass(row.verdict)](row) if row.verdict in look else ""


def _here(row: Difference) -> Q:
    return subtree(row.comparison.union.path, "union__path") & Q(until=None, standing__in=COUNTED, private=False)


def _joined(row: Difference) -> str:
    if row.person_id is None and not row.id_mask:
        return ""
    who = Q(person_id=row.person_id) if row.person_id else Q(person__name=row.name, person__id_mask=row.id_mask)
    found = list(Membership.objects.filter(_here(row), who).select_related("union")[:2])
    return f"{found[0].since} 加入{found[0].union.name}" if len(found) == 1 else ""


def _left(row: Difference) -> str:
    if row.person_id is None:
        return ""
    now = Membership.objects.filter(person_id=row.person_id, until=None).first()
    if now is None:
        last = Membership.objects.filter(person_id=row.person_id, until__isnull=False).order_by("-until", "-pk").first()
        return f"{last.until} {last.get_ended_display()}" if last else ""
    if moving := Transfer.objects.filter(person_id=row.person_id, state__in=LIVE_TRANSFERS).first():
        return f"{moving.opened_on} 已发起转会"
    if now.private:
        return ""  # where a private member went is nobody's business here
    return (
        "" if Membership.objects.filter(_here(row), pk=now.pk).exists() else f"{now.since} 会籍{now.get_standing_display()}，不在本工会名下"
    )


def _merged(row: Difference) -> str:
    return "两条登记已合并" if row.person is not None and row.person.merged_into_id else ""


def _complete(row: Difference) -> str:
    if row.person is None or "姓名" in row.why:
        return "姓名已更正一致" if row.person is not None and row.person.name == row.name else ""
    return "" if reads.faults_of(row.person) else "资料已补全"
