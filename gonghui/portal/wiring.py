"""Siblings of the platform meet here (平台各应用的接线): approvals know no messages and files know no approvals; the portal stands above both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from gonghui.accounts.actor import Actor
from gonghui.approvals import kinds
from gonghui.approvals import services as approvals
from gonghui.core.audit import canonical
from gonghui.files import kinds as export_kinds
from gonghui.files import selectors as files
from gonghui.files import services as exports
from gonghui.files.enums import Perm
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind

if TYPE_CHECKING:
    from collections.abc import Callable

EXPORT = "files.export"


def connect() -> None:
    """Reminders become messages; exports of more than 500 persons go through approval (R33)."""
    approvals.register_reminder(_remind)
    export_kinds.register_approval(_ask)
    kinds.register(
        EXPORT,
        kinds.Handler(
            label="名单导出",
            url=lambda subject: reverse("files:export", args=[int(subject)]),
            levels=lambda subject: [kinds.Level("导出审批", files.export_row(pk=int(subject)).org_path, perm=Perm.EXPORT_APPROVE)],
            digest=_digest,
            on_approved=_answer(approved=True),
            on_refused=_answer(approved=False),
            on_returned=_answer(approved=False),
            on_withdrawn=_answer(approved=False),
        ),
    )


def _remind(approval: Any, users: list[int]) -> None:
    notices.notice_send(
        Actor.system("reminder"),
        kind=NoticeKind.REMINDER,
        title=f"催办：{approval.title}",
        body=f"{approval.org_name or '经办人'}请您尽快审批。",
        link=reverse("approvals:detail", args=[approval.pk]),
        users=users,
    )


def _ask(actor: Actor, export: Any) -> None:
    approvals.approval_submit(
        actor=actor,
        kind=EXPORT,
        subject_id=export.pk,
        title=f"导出{export.title} {export.count} 人，用途：{export.purpose}",
        org_path=export.org_path,
        note=export.purpose,
    )


def _digest(subject: str) -> str:
    row = files.export_row(pk=int(subject))
    return canonical([row.kind, row.args, row.purpose, row.count, row.org_path])


def _answer(*, approved: bool) -> Callable[[Actor, Any], None]:
    def answer(actor: Actor, approval: Any) -> None:
        row = exports.export_decide(actor, export_id=int(approval.subject_id), approved=approved)
        if row.actor != actor.ref:
            notices.notice_send(
                Actor.system("export"),
                kind=NoticeKind.RESULT,
                title=f"导出{row.title}{'已批准，做好后可下载' if approved else '没有批准'}",
                link=reverse("files:export", args=[row.pk]),
                users=[row.user_id],
            )

    return answer
