"""Reads of templates and issued documents (文书查询)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from gonghui.accounts.actor import any_of
from gonghui.core import clock, crypto
from gonghui.documents import kinds, rules, word
from gonghui.documents.kinds import Kind
from gonghui.documents.models import Document, Template
from gonghui.documents.rules import Block

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABLE, FIELD = "documents.archive", "text"


@dataclass(frozen=True)
class Content:
    """An issued copy, opened (归档正文)."""

    title: str
    number: str
    org: str
    signatory: str
    signed_on: str
    blocks: list[Block]
    digest: str

    @property
    def body(self) -> list[Block]:
        """Without the title line, which the page shows as its heading."""
        return [b for i, b in enumerate(self.blocks) if not (b.kind == "title" and i == 0)]

    @property
    def heading(self) -> str:
        first = self.blocks[0] if self.blocks else None
        return first.text if first is not None and first.kind == "title" else self.title


def text_digest(text: str) -> str:
    """SHA-256 of the archived text. It holds the random check code, so that the digest tells nothing of the content."""
    return hashlib.sha256(text.encode()).hexdigest()


def template_rows(kind: str) -> QuerySet[Template]:
    """All versions of a kind, the newest first."""
    return Template.objects.filter(kind=kind).order_by("-number")


def template_get(*, kind: str, number: int) -> Template:
    return get_object_or_404(Template, kind=kind, number=number)


def template_on(kind: str, on: date | None = None) -> Template | None:
    """The version in use on a day: an officer's own before the shipped one; None when neither is stored yet."""
    rows = Template.objects.filter(kind=kind, active_from__lte=on or clock.today())
    return rows.order_by("shipped", "-active_from", "-number").first()


def source_on(kind: Kind, on: date | None = None) -> str:
    """The text in use on a day."""
    row = template_on(kind.key, on)
    return row.source if row is not None and not row.shipped else kind.source


def preview(kind: Kind, source: str) -> Content:
    """A template with its sample values (预览)."""
    values = {**kind.samples, "number": "（文号）", "date": clock.today(), "org": "（出具单位）", "signatory": "（签发人）"}
    return Content(kind.label, "（文号）", "", "", "", rules.merge(rules.parse(source), values), "")


def draft(kind: str, facts: dict[str, Any], *, org: str = "") -> Content:
    """How a document would read if it were issued now (先看一遍); nothing is kept."""
    what = kinds.get(kind)
    values = {**facts, "number": "", "date": clock.today(), "org": org, "signatory": ""}
    return Content(what.label, "", org, "", "", rules.merge(rules.parse(source_on(what)), values), "")


def document_visible(actor: Actor) -> Q:
    """Copies the actor may read: each kind by its own permission and place."""
    if actor.is_system:
        return Q()
    by_perm: dict[str, list[str]] = {}
    for kind in kinds.all_kinds():
        by_perm.setdefault(kind.perm, []).append(kind.key)
    return any_of(
        Q(kind__in=keys) & actor.within_path(perm, "archive__org_path") for perm, keys in sorted(by_perm.items()) if actor.may(perm)
    )


def document_list(*, actor: Actor, q: str = "", kind: str = "", cancelled: bool | None = None) -> QuerySet[Document]:
    """Issued documents in scope, the newest first (文书台账)."""
    rows = Document.objects.filter(document_visible(actor)).select_related("template", "cancelled")
    for part in q.split()[:4]:
        rows = rows.filter(Q(title__icontains=part) | Q(number__icontains=part) | Q(org_name__icontains=part) | Q(public_id__iexact=part))
    if kind:
        rows = rows.filter(kind=kind)
    if cancelled is not None:
        rows = rows.filter(cancelled__isnull=not cancelled)
    return rows.order_by("-issued_at", "-pk")


def document_get(*, actor: Actor, pk: int) -> Document:
    """One copy the actor may read, or 404."""
    rows = Document.objects.filter(document_visible(actor)).select_related("template", "archive", "cancelled")
    return get_object_or_404(rows, pk=pk)


def documents_by_pk(*, actor: Actor, pks: list[int]) -> list[Document]:
    """Several copies in the order asked for; one that may not be read makes the whole 404."""
    return [document_get(actor=actor, pk=pk) for pk in dict.fromkeys(pks)]


def documents_of(subject: str) -> list[Document]:
    """All copies issued for a record, in order; the caller has checked that the record may be seen."""
    return list(Document.objects.filter(subject=subject).select_related("template", "archive", "cancelled").order_by("pk"))


def content_of(document: Document) -> Content:
    """Open the archived text. Raises: Unsealable when it was altered."""
    text = crypto.unseal(TABLE, FIELD, document.pk, document.archive.text_sealed)
    data: dict[str, Any] = json.loads(text)
    return Content(
        data["title"], data["number"], data["org"], data["signatory"], data["date"], rules.from_plain(data["blocks"]), text_digest(text)
    )


def whole(document: Document) -> bool:
    """Does the archived text still fit the digest written at issue?"""
    return content_of(document).digest == document.digest


def word_of(document: Document) -> bytes:
    """The copy as a Word file."""
    content = content_of(document)
    foot = f"查验码 {document.public_id}　内容散列 {document.digest[:16]}　范本第 {document.template.number} 版"
    return word.build(content.blocks, head=content.number, foot=foot, at=document.issued_at)


def check(words: str) -> list[Document]:
    """Copies with this check code or exactly this number, for the public page: at most five."""
    words = words.strip()
    if len(words) < 4:
        return []
    found = Document.objects.filter(Q(public_id=words.upper()) | Q(number=words)).select_related("template", "cancelled")
    return list(found.order_by("pk")[:5])
