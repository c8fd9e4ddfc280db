"""Joining ceremonies (入会仪式, S047): one table with a QR, many phones; closing it passes the third gate for those present."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.members.enums import ApplicationState, Perm
from gonghui.members.models import Application, Attendance, Batch, Ceremony, CeremonyPhoto
from gonghui.members.services import joining

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def ceremony_plan(*, actor: Actor, batch: Batch, title: str, place: str, at: datetime) -> Ceremony:
    """Plan a ceremony for a batch (安排入会仪式)."""
    actor.require(Perm.BATCH_EDIT, batch.union)
    if not title.strip() or not place.strip():
        raise BadInput("members.ceremony", "请填写仪式名称和地点。")
    row = Ceremony.objects.create(batch=batch, title=title.strip()[:60], place=place.strip()[:120], at=at, token=secrets.token_urlsafe(12))
    audit.record(actor, "members.ceremony.planned", row, org_path=batch.union.path, at=at)
    return row


@transaction.atomic
def ceremony_check_in(*, actor: Actor, token: str) -> Attendance:
    """An applicant scans the code on the table (签到). Twice counts once. Raises: NotFound; Conflict members.ceremony_closed; RuleViolation."""
    ceremony = Ceremony.objects.filter(token=token).select_related("batch__union").first()
    if ceremony is None or actor.person_id is None:
        raise NotFound()
    if ceremony.closed_at is not None:
        raise Conflict("members.ceremony_closed", "仪式已经结束。请到工会领取会员证并确认。")
    found = Application.objects.filter(person_id=actor.person_id, batch=ceremony.batch).exclude(state__in=["withdrawn", "refused"])
    application = found.order_by("-pk").first()
    if application is None:
        raise RuleViolation("members.not_in_batch", f"您不在“{ceremony.batch.name}”的名单里。请先在这个页面提交入会申请。")
    row, fresh = Attendance.objects.get_or_create(ceremony=ceremony, application=application, defaults={"at": clock.now()})
    if fresh:
        audit.record(actor, "members.ceremony.checked_in", row, org_path=ceremony.batch.union.path)
    return row


@transaction.atomic
def ceremony_present(*, actor: Actor, ceremony: Ceremony, application: Application) -> Attendance:
    """An officer marks somebody present who has no phone at hand (登记到场). Raises: NotPermitted; Conflict; RuleViolation members.not_in_batch."""
    actor.require(Perm.BATCH_EDIT, ceremony.batch.union)
    held = Ceremony.objects.select_for_update(of=("self",)).get(pk=ceremony.pk)
    if held.closed_at is not None:
        raise Conflict("members.ceremony_closed", "仪式已经结束，不能再登记到场。")
    if application.batch_id != ceremony.batch_id or application.state in (ApplicationState.WITHDRAWN, ApplicationState.REFUSED):
        raise RuleViolation("members.not_in_batch", f"他不在“{ceremony.batch.name}”的名单里。请先办入会申请。")
    row, fresh = Attendance.objects.get_or_create(ceremony=ceremony, application=application, defaults={"at": clock.now()})
    if fresh:
        audit.record(actor, "members.ceremony.marked_present", row, org_path=ceremony.batch.union.path)
    return row


@transaction.atomic
def ceremony_photo(*, actor: Actor, ceremony: Ceremony, file: Any, caption: str = "") -> CeremonyPhoto:
    """Keep a photo of the ceremony (存仪式照片)."""
    actor.require(Perm.BATCH_EDIT, ceremony.batch.union)
    if not str(file.kind).startswith("image/"):
        raise BadInput("members.photo_kind", "这里只收照片（jpg、png）。名册和批文请传到批次的三有材料。")
    row = CeremonyPhoto.objects.create(ceremony=ceremony, file=file, caption=caption.strip()[:80], actor=actor.ref, added_at=clock.now())
    audit.record(actor, "members.ceremony.photo", row, org_path=ceremony.batch.union.path, file=file.pk)
    return row


@transaction.atomic
def ceremony_close(*, actor: Actor, ceremony: Ceremony, note: str = "", oath_by: str = "") -> dict[str, Any]:
    """End the ceremony (仪式结束): for those present whose application is approved, the card counts as handed over and received.

    Returns: done and skipped, with the reason for each skipped one.
    """
    actor.require(Perm.BATCH_EDIT, ceremony.batch.union)
    actor.require(Perm.CARD_ISSUE, ceremony.batch.union)
    if not Ceremony.objects.filter(pk=ceremony.pk, closed_at=None).update(
        closed_at=clock.now(), note=note.strip()[:300], oath_by=oath_by.strip()[:60]
    ):
        raise Conflict("members.ceremony_closed", "仪式已经结束过了。")
    done, skipped = 0, []
    for row in ceremony.attendances.select_related("application__union", "application__person").order_by("pk"):
        application = row.application
        if application.state == ApplicationState.APPROVED:
            joining.gate_three(actor=actor, application=application, how="仪式发放")
            done += 1
        elif application.state != ApplicationState.DONE:
            skipped.append({"name": application.person.name, "why": f"申请还是“{application.get_state_display()}”"})
    ceremony.refresh_from_db()
    audit.record(actor, "members.ceremony.closed", ceremony, org_path=ceremony.batch.union.path, done=done, skipped=len(skipped))
    return {"done": done, "skipped": skipped}
