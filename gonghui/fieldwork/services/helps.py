"""Help from the officer (求助): asked on the spot, answered at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from gonghui.accounts import selectors as accounts
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict
from gonghui.fieldwork.enums import HelpState, Perm
from gonghui.fieldwork.models import HelpRequest
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def help_ask(*, actor: Actor, employer: Any, words: str, made: datetime | None = None) -> HelpRequest:
    """An organiser asks the officer of the place (求助). Raises: NotPermitted; BadInput."""
    actor.require(Perm.VISIT_EDIT, employer.union)
    if not words.strip():
        raise BadInput("fieldwork.help_words", "请写明要帮什么忙。")
    row = HelpRequest.objects.create(employer=employer, user_id=actor.user_id or 0, words=words.strip()[:300], asked_at=made or clock.now())
    users = [u for u in accounts.users_holding(Perm.HELP_ANSWER, employer.union.path) if u != actor.user_id]
    notices.notice_send(
        actor, kind=NoticeKind.TASK, title=f"求助：{employer.name}", body=row.words, link=reverse("fieldwork:helps"), users=users
    )
    audit.record(actor, "fieldwork.help.asked", row, org_path=employer.union.path)
    return row


@transaction.atomic
def help_answer(*, actor: Actor, request: HelpRequest, answer: str) -> HelpRequest:
    """The officer answers (答复求助). Raises: NotPermitted; BadInput; Conflict."""
    org = request.employer.union
    actor.require(Perm.HELP_ANSWER, org)
    if not answer.strip():
        raise BadInput("fieldwork.help_answer", "请写答复。")
    changes = {"state": HelpState.ANSWERED, "answer": answer.strip()[:300], "answered_at": clock.now(), "answered_by": actor.ref[:40]}
    if not HelpRequest.objects.filter(pk=request.pk, state=HelpState.OPEN).update(**changes):
        raise Conflict("fieldwork.help_answered", "这件求助已经答复过了。")
    request.refresh_from_db()
    notices.notice_send(
        actor, kind=NoticeKind.RESULT, title=f"求助已答复：{request.employer.name}", body=request.answer, link=reverse("fieldwork:today"),
        users=[request.user_id],
    )  # fmt: skip
    audit.record(actor, "fieldwork.help.answered", request, org_path=org.path)
    return request
