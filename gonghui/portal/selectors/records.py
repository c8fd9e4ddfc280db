"""What the apps above the identity vault know of a person, in words (人的资料摘要)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gonghui.members.selectors import members

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def employers_of(actor: Actor, ids: list[int]) -> dict[int, str]:
    """Where each person works."""
    return {pk: f"{job.employer.name}，{job.since} 起" for pk, job in members.current_jobs(ids).items()}


def unions_of(actor: Actor, ids: list[int]) -> dict[int, str]:
    """Each person's membership, as far as the actor may see it."""
    rows = members.current(actor).filter(person_id__in=ids).select_related("union")
    return {m.person_id: f"{m.union.name}，{m.get_standing_display()}，{m.joined_on} 入会" for m in rows}
