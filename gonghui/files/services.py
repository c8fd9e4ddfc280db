"""Writes of files (附件与导出)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.core import signing
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse

from gonghui.core import audit, clock, jobs
from gonghui.core.errors import BadInput, NotFound, RuleViolation, TooMany
from gonghui.files import content, kinds, rules, store
from gonghui.files.enums import ExportState, Perm
from gonghui.files.models import Export, File

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

SALT = "gonghui.files.link"
JOB = "files.export"


class Upload(Protocol):
    """What Django gives for an uploaded file."""

    name: str | None
    size: int | None

    def read(self, num_bytes: int | None = None) -> bytes: ...


@transaction.atomic
def file_store(actor: Actor, *, upload: Upload, purpose: str, org_path: str = "", restricted: bool = False) -> File:
    """Check and keep an upload (上传附件). Who may upload for the org is checked by the caller, who knows the case.

    Args: purpose: short word of the business app; restricted: opens only by links the business app gives out.
    Raises: BadInput files.…; TooMany files.quota; Unavailable files.store_full.
    """
    if upload.size is not None and upload.size > rules.MOST_BYTES:
        raise BadInput("files.too_large", f"文件有 {upload.size / 1048576:.1f} MB，超过 20 MB。请压缩或分成几份。")
    name = content.clean_name(upload.name or "未命名")
    kind, data = content.check(name, upload.read(rules.MOST_BYTES + 1))
    _quota(actor, len(data))
    return _keep(actor, name, kind, data, purpose, org_path=org_path, restricted=restricted)


def _quota(actor: Actor, size: int) -> None:
    used = File.objects.filter(owner=actor.ref, removed_at=None).exclude(purpose="export").aggregate(n=Sum("size"))["n"] or 0
    if not actor.is_system and used + size > rules.QUOTA_BYTES:
        raise TooMany(
            "files.quota", f"您上传的文件已有 {used / 1048576:.0f} MB，超过 500 MB。请删去不用的，或联系系统管理员。", retry_after=3600
        )


@transaction.atomic
def file_make(
    actor: Actor, *, name: str, data: bytes, purpose: str, org_path: str = "", restricted: bool = False, expires_at: datetime | None = None
) -> File:
    """Keep a file the platform made itself (生成文件): a document, an export."""
    kind = content.extension(name)
    if kind not in rules.KINDS:
        raise BadInput("files.kind", f"不生成 .{kind[:10]} 文件。")
    return _keep(actor, content.clean_name(name), kind, data, purpose, org_path=org_path, restricted=restricted, expires_at=expires_at)


def _keep(
    actor: Actor, name: str, kind: str, data: bytes, purpose: str, *, org_path: str, restricted: bool, expires_at: datetime | None = None
) -> File:
    digest, place = store.put(data)
    file = File.objects.create(
        token=secrets.token_urlsafe(24)[:32],
        name=name,
        kind=rules.KINDS[kind],
        size=len(data),
        sha256=digest,
        place=place,
        purpose=purpose[:40],
        restricted=restricted,
        org_path=org_path,
        owner=actor.ref,
        uploaded_at=clock.now(),
        expires_at=expires_at,
    )
    audit.record(actor, "files.file.stored", file, org_path=org_path, purpose=purpose, size=len(data), sha256=digest)
    return file


@transaction.atomic
def file_remove(actor: Actor, *, file: File) -> None:
    """Take a file away (删除附件): its own uploader or a system job; the bytes go after a day. Raises NotFound."""
    if not actor.is_system and file.owner != actor.ref:
        raise NotFound()
    if File.objects.filter(pk=file.pk, removed_at=None).update(removed_at=clock.now()):
        audit.record(actor, "files.file.removed", file, org_path=file.org_path)


def file_link(actor: Actor, file: File, *, granted: bool = False) -> str:
    """A short-lived address of the file for this actor (下载链接), good for ten minutes.

    Args: granted: the caller has checked that the actor may see the thing the file belongs to; without it the view
    checks owner or organisation scope.
    """
    mark = signing.dumps({"t": file.token, "a": actor.ref, "g": granted}, salt=SALT, compress=False)
    return reverse("files:open", args=[mark])


def file_opened(actor: Actor, mark: str) -> File:
    """The file behind a link, or 404: link too old, another's, taken away, or outside the actor's scope."""
    try:
        said: dict[str, Any] = signing.loads(mark, salt=SALT, max_age=rules.LINK_LIFE)
    except signing.BadSignature:
        raise NotFound("core.not_found", "链接已过期或不完整。请回到原来的页面重新点开。") from None
    file = File.objects.filter(token=said["t"], removed_at=None).first()
    if file is None or said["a"] != actor.ref or (file.expires_at is not None and file.expires_at <= clock.now()):
        raise NotFound()
    in_scope = not file.restricted and bool(file.org_path) and actor.may(Perm.FILE_VIEW, file.org_path)
    if not (said["g"] or file.owner == actor.ref or in_scope):
        raise NotFound()
    audit.record(actor, "files.file.opened", file, org_path=file.org_path)
    return file


def sweep() -> dict[str, int]:
    """Expired exports go, then the bytes of what was removed a day ago and is used by no other row (清理附件)."""
    now = clock.now()
    expired = File.objects.filter(expires_at__lte=now, removed_at=None).update(removed_at=now)
    Export.objects.filter(state=ExportState.READY, file__removed_at__isnull=False).update(state=ExportState.EXPIRED)
    gone = 0
    for place in File.objects.filter(removed_at__lte=now - rules.GRACE).exclude(place="").values_list("place", flat=True).distinct():
        if not File.objects.filter(place=place, removed_at=None).exists():
            gone += store.remove(place)
            File.objects.filter(place=place).update(place="")
    parts = store.orphans((now - rules.GRACE).timestamp())
    for part in parts:
        part.unlink(missing_ok=True)
    return {"expired": expired, "removed": gone, "parts": len(parts)}


@transaction.atomic
def export_start(actor: Actor, kind: str, purpose: str, count: int, *, org_path: str = "", **args: Any) -> Export:
    """Ask for an export (导出): purpose always, approval above 500 persons, made by a job (R33).

    Args: kind: registered with `kinds.register`; count: persons in it, 0 when it names nobody; args: filters and ids only.
    Raises: NotPermitted; BadInput files.export_purpose; RuleViolation files.export_needs_approval.
    """
    how = kinds.get(kind)
    actor.require(how.perm, org_path or None)
    purpose = purpose.strip()
    if how.personal and len(purpose) < 4:
        raise BadInput("files.export_purpose", "名单里有个人信息，请写明用途（至少 4 个字），例如“核对三季度会费”。")
    if actor.user_id is None:
        raise NotFound()
    row = Export.objects.create(
        kind=kind,
        title=how.title,
        args=args,
        purpose=purpose[:200],
        count=count,
        org_path=org_path,
        user_id=actor.user_id,
        actor=actor.ref,
        created_at=clock.now(),
    )
    if how.personal and count > rules.APPROVAL_ABOVE:
        if kinds.approval is None:
            raise RuleViolation(
                "files.export_needs_approval",
                f"名单有 {count} 人，超过 {rules.APPROVAL_ABOVE} 人要先经批准，而审批还没有接通。请缩小范围分次导出。",
            )
        Export.objects.filter(pk=row.pk).update(state=ExportState.WAITING)
        kinds.approval(actor, row)
    else:
        _queue(actor, row)
    audit.record(actor, "files.export.asked", row, org_path=org_path, export=kind, purpose=purpose, count=count)
    row.refresh_from_db()
    return row


def _queue(actor: Actor, row: Export) -> None:
    job = jobs.enqueue(actor, JOB, f"导出{row.title}", org_path=row.org_path, total=row.count, once=str(row.pk), export=row.pk)
    Export.objects.filter(pk=row.pk).update(state=ExportState.QUEUED, job=job)


@transaction.atomic
def export_decide(actor: Actor, *, export_id: int, approved: bool, note: str = "") -> Export:
    """The approval's answer (审批结果), called by whoever registered the approval hook. The asker may withdraw, not approve.

    Raises: NotFound; RuleViolation files.export_self.
    """
    row = Export.objects.select_for_update().filter(pk=export_id, state=ExportState.WAITING).first()
    if row is None:
        raise NotFound()
    if approved and actor.ref == row.actor:
        raise RuleViolation("files.export_self", "导出不能由申请人自己批准。请由上级或另一位负责人审批。")
    Export.objects.filter(pk=row.pk).update(
        state=ExportState.QUEUED if approved else ExportState.REFUSED, approver=actor.ref, note=note[:200]
    )
    if approved:
        _queue(actor, row)
    audit.record(actor, "files.export.approved" if approved else "files.export.refused", row, org_path=row.org_path, note=note)
    row.refresh_from_db()
    return row
