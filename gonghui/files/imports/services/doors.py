"""Who may work on a batch, and in which state (办理条件)."""

from __future__ import annotations

from gonghui.accounts.actor import Actor
from gonghui.core.errors import Conflict
from gonghui.files.imports import protocol
from gonghui.files.imports.enums import BatchState
from gonghui.files.imports.models import ImportBatch
from gonghui.files.imports.protocol import Handler


def allowed(actor: Actor, batch: ImportBatch) -> Handler:
    handler = protocol.handler(batch.kind)
    handler.require(actor, batch.org_path)
    return handler


def still_open(batch: ImportBatch) -> None:
    if batch.state not in (BatchState.CHECKED, BatchState.MAPPED):
        raise Conflict("imports.not_open", "这一批已不在检查中，改动没有保存。请刷新后查看最新状态。")
