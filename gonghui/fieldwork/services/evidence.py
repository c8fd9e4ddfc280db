"""Photos and signatures from a visit (走访凭据): checked, re-encoded, kept with the case only."""

from __future__ import annotations

import base64
import binascii
import io
from typing import TYPE_CHECKING

from gonghui.core import clock
from gonghui.core.errors import BadInput
from gonghui.fieldwork.enums import EvidenceKind
from gonghui.fieldwork.models import Doc, Evidence, Visit
from gonghui.files import services as files

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

HEADS = {"data:image/png;base64,": "png", "data:image/jpeg;base64,": "jpg"}
NAMES = {EvidenceKind.PHOTO: "走访照片", EvidenceKind.SIGNATURE: "负责人签名"}
MOST = 3_000_000


class _Held(io.BytesIO):
    """Bytes as an upload."""

    def __init__(self, name: str, data: bytes) -> None:
        super().__init__(data)
        self.name: str | None = name
        self.size: int | None = len(data)


def keep(actor: Actor, doc: Doc, kind: str, link: str, uid: str) -> Evidence:
    """Keep one picture of a visit. Raises: BadInput fieldwork.picture, files.…"""
    head = next((h for h in HEADS if link.startswith(h)), None)
    if head is None or len(link) > MOST:
        raise BadInput("fieldwork.picture", "照片读不出来，或者太大。请重新拍一张。")
    try:
        data = base64.b64decode(link[len(head) :], validate=True)
    except (binascii.Error, ValueError) as fault:
        raise BadInput("fieldwork.picture", "照片没有传完整。请重新拍一张。") from fault
    stored = files.file_store(
        actor,
        upload=_Held(f"{NAMES[EvidenceKind(kind)]}.{HEADS[head]}", data),
        purpose="fieldwork",
        org_path=doc.employer.union.path,
        restricted=True,
    )
    visit = Visit.objects.get(doc=doc)
    return Evidence.objects.create(visit=visit, kind=kind, file=stored, uid=f"{uid}:{kind}"[:48], added_at=clock.now())
