"""先发展、后巩固、再提高 (S010): stages assessed from the records, and demonstration points (S009)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict
from gonghui.organising.enums import FollowState, Gathering, Perm, Theme
from gonghui.organising.models import Follower, Point, PointVisit, StageReview
from gonghui.organising.selectors import stages as reads
from gonghui.organising.services.common import not_future, signed, violate
from gonghui.orgs import services as orgs
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gonghui.accounts.actor import Actor

MOST_PEOPLE = 100_000


@transaction.atomic
def stage_review(*, actor: Actor, union: Any, activities: int | None = None) -> StageReview:
    """Assess a union's stage from its records and move it one step (评定阶段).

    Args: activities of the last six months where no activity records exist yet. The slip stays with the review.
    """
    actor.require(Perm.STAGE_EDIT, union)
    union.refresh_from_db(fields=["stage", "ended_on"])
    if union.ended_on is not None:
        violate("union_ended", f"{union.name}已经终止。")
    today = clock.today()
    found = reads.assess(union, today, activities)
    after = found.stage
    if after != union.stage:
        orgs.union_stage(actor=signed(actor), union=union, stage=after, on=today, note="按记录评定")
    slip = policy.store(actor, found.slip, subject=f"union:{union.pk}", org_path=union.path) if found.slip is not None else ""
    row = StageReview.objects.create(
        union=union, on=today, before=union.stage, after=after, met=found.met, missing=found.missing, slip=slip, actor=actor.ref[:40]
    )
    audit.record(actor, "organising.stage.reviewed", row, org_path=union.path, before=union.stage, after=after)
    return row


@transaction.atomic
def point_name(*, actor: Actor, union: Any, theme: str, experience: str, document_no: str = "", on: date | None = None) -> Point:
    """Name a demonstration point (命名示范点)."""
    actor.require(Perm.POINT_EDIT, union)
    day = on or clock.today()
    not_future(day, "命名日期")
    if union.ended_on is not None:
        violate("union_ended", f"{union.name}已经终止。")
    if len(experience.strip()) < 10:
        violate("experience", "请写明经验做法，至少 10 个字，跟学单位要照着做。")
    try:
        with transaction.atomic():
            row = Point.objects.create(
                union=union,
                theme=Theme(theme),
                experience=experience.strip()[:2000],
                named_on=day,
                document_no=document_no[:60],
                actor=actor.ref[:40],
            )
    except IntegrityError:
        raise Conflict("organising.point_once", f"{union.name}已是这个主题的示范点。") from None
    audit.record(actor, "organising.point.named", row, org_path=union.path, theme=theme)
    return row


@transaction.atomic
def follower_add(*, actor: Actor, point: Point, union: Any = None, employer: Any = None) -> Follower:
    """Ask somebody to learn from the point (安排跟学)."""
    actor.require(Perm.STAGE_EDIT, union if union is not None else employer.union)
    if point.ended_on is not None:
        violate("point_ended", "这个示范点已经撤销。")
    if union is not None and union.pk == point.union_id:
        violate("self_follow", "不能跟学自己。")
    try:
        with transaction.atomic():
            row = Follower.objects.create(point=point, union=union, employer=employer, since=clock.today())
    except IntegrityError:
        raise Conflict("organising.follower_once", "已经安排过跟学。") from None
    audit.record(actor, "organising.follower.added", row, org_path=point.union.path)
    return row


@transaction.atomic
def follower_settle(*, actor: Actor, follower: Follower, state: str, note: str = "") -> Follower:
    """What became of it (登记跟学结果). An employer that has a union since counts as done by the register itself."""
    org = follower.union if follower.union is not None else (follower.employer.union if follower.employer is not None else None)
    actor.require(Perm.STAGE_EDIT, org)
    new = FollowState(state)
    if new == FollowState.DROPPED and len(note.strip()) < 4:
        violate("reason", "没有照做的，请写明原因。")
    today = clock.today()
    values: dict[str, Any] = {"state": new, "note": note[:200]}
    if new == FollowState.VISITED or follower.visited_on is None:
        values["visited_on"] = follower.visited_on or today
    if new in {FollowState.ADOPTED, FollowState.DROPPED}:
        values["settled_on"] = today
    Follower.objects.filter(pk=follower.pk).update(**values)
    follower.refresh_from_db()
    audit.record(actor, "organising.follower.settled", follower, org_path=follower.point.union.path, state=state)
    return follower


@transaction.atomic
def point_visit(
    *, actor: Actor, point: Point, kind: str, on: date, people: int, note: str, followers: Sequence[Follower] = ()
) -> PointVisit:
    """A visit or an on-site meeting at the point was held (登记观摩、现场会); the followers who came have visited.

    Raises: NotPermitted; RuleViolation organising.future, .people, .note, .point_ended; Conflict organising.point_visit_once.
    """
    actor.require(Perm.STAGE_EDIT, point.union)
    not_future(on, "观摩日期")
    if point.ended_on is not None or on < point.named_on:
        violate("point_ended", f"示范点从 {point.named_on} 起命名，观摩日期要在命名之后、撤销之前。")
    if not 0 < people < MOST_PEOPLE or len(note.strip()) < 4:
        violate("point_visit", "请写清来了多少人，看了什么、讲了什么。")
    try:
        with transaction.atomic():
            row = PointVisit.objects.create(
                point=point, kind=Gathering(kind), on=on, people=people, note=note.strip()[:300], actor=actor.ref[:40]
            )
    except IntegrityError:
        raise Conflict("organising.point_visit_once", f"{on} 的观摩已经登记过。") from None
    came = [f.pk for f in followers if f.point_id == point.pk]
    Follower.objects.filter(pk__in=came, state=FollowState.ASSIGNED).update(state=FollowState.VISITED, visited_on=on)
    audit.record(actor, "organising.point.visited", point, org_path=point.union.path, on=on, people=people, followers=came)
    return row


@transaction.atomic
def point_end(*, actor: Actor, point: Point, reason: str) -> Point:
    """The point is no longer one (撤销示范点)."""
    actor.require(Perm.POINT_EDIT, point.union)
    if len(reason.strip()) < 4:
        violate("reason", "请写明撤销的理由。")
    if not Point.objects.filter(pk=point.pk, ended_on=None).update(ended_on=clock.today(), end_reason=reason[:120]):
        raise Conflict("organising.point_ended", "这个示范点已经撤销。")
    audit.record(actor, "organising.point.ended", point, org_path=point.union.path, reason=reason)
    return point


__all__ = ["follower_add", "follower_settle", "point_end", "point_name", "point_visit", "stage_review"]
