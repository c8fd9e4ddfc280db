"""Writes of documents (文书办理): issue, number, cancel; new versions of templates. Other apps: `from gonghui.documents import services as documents`."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from gonghui.accounts.actor import subtree
from gonghui.core import audit, clock, crypto
from gonghui.core.audit import canonical
from gonghui.core.errors import Conflict, RuleViolation
from gonghui.documents import kinds, rules, selectors
from gonghui.documents.enums import Perm
from gonghui.documents.kinds import Kind
from gonghui.documents.models import Archive, Cancellation, Document, Series, Template

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@transaction.atomic
def document_issue(
    *,
    actor: Actor,
    kind: str,
    subject: str,
    org_path: str,
    facts: Mapping[str, Any],
    org_name: str = "",
    number: str = "",
    signatory: str = "",
    signed_on: date | None = None,
    title: str = "",
) -> Document:
    """Issue a document from the template in use (出具文书). The caller has checked that the actor may.

    Args: subject the record it belongs to, `app.model:pk`; org_path whose scope may read it; facts values of the declared fields.
    Raises: LookupError for an unknown kind; RuleViolation documents.field_missing, documents.field_unknown.
    """
    what = kinds.get(kind)
    day = signed_on or clock.today()
    _complete(what, facts)
    template = _template(actor, what, day)
    values = {**facts, "number": number, "date": day, "org": org_name, "signatory": signatory}
    blocks = rules.merge(rules.parse(template.source), values)
    public_id = "W" + "".join(secrets.choice(ALPHABET) for _ in range(11))
    heading = title or (blocks[0].text if blocks and blocks[0].kind == "title" else what.label)
    text = canonical(
        {
            "id": public_id,
            "kind": kind,
            "version": template.number,
            "title": heading,
            "number": number,
            "org": org_name,
            "signatory": signatory,
            "date": day,
            "blocks": rules.as_plain(blocks),
        }
    )
    row = Document.objects.create(
        public_id=public_id, kind=kind, template=template, title=heading[:160], number=number[:60], subject=subject[:80],
        org_name=org_name[:120], signatory=signatory[:60], signed_on=day, digest=selectors.text_digest(text), actor=actor.ref[:40],
        issued_at=clock.now(),
    )  # fmt: skip
    Archive.objects.create(document=row, org_path=org_path, text_sealed=crypto.seal(selectors.TABLE, selectors.FIELD, row.pk, text))
    audit.record(
        actor, "documents.document.issued", row, org_path=org_path, kind=kind, version=template.number, number=number, digest=row.digest
    )
    return row


def _complete(kind: Kind, facts: Mapping[str, Any]) -> None:
    """Every declared field has its value, nothing else comes in."""
    if strange := sorted(set(facts) - {f.name for f in kind.fields}):
        raise RuleViolation("documents.field_unknown", f"“{kind.label}”没有这些字段：{'、'.join(strange)}。")
    if left := rules.missing(kind.fields, facts):
        raise RuleViolation("documents.field_missing", f"还缺{'、'.join(left)}，出不了“{kind.label}”。请先补齐。", left=left)


def _template(actor: Actor, kind: Kind, on: date) -> Template:
    """The version in use; the shipped text is stored as a version the first time it is used, and again when a release changed it."""
    held = selectors.template_on(kind.key, on)
    digest = hashlib.sha256(kind.source.encode()).hexdigest()
    if held is not None and (not held.shipped or held.digest == digest):
        return held
    if same := Template.objects.filter(kind=kind.key, shipped=True, digest=digest).first():
        return same
    return _store(actor, kind, kind.source, shipped=True, note="随系统提供", active_from=on)


def _store(actor: Actor, kind: Kind, source: str, *, shipped: bool, note: str, active_from: date | None) -> Template:
    last = Template.objects.select_for_update().filter(kind=kind.key).order_by("-number").first()
    return Template.objects.create(
        kind=kind.key, number=last.number + 1 if last else 1, title=kind.label, source=source,
        digest=hashlib.sha256(source.encode()).hexdigest(), shipped=shipped, active_from=active_from, note=note[:200],
        actor=actor.ref[:40], created_at=clock.now(),
    )  # fmt: skip


@transaction.atomic
def number_take(*, actor: Actor, org_path: str, word: str, on: date | None = None) -> str:
    """The next number of a series (取文号), e.g. `江工建〔2026〕12号`. A number is never used twice.

    Args: word the issuing office's word. The row is locked, so two officers cannot take the same.
    """
    year = (on or clock.today()).year
    row, _made = Series.objects.select_for_update().get_or_create(org_path=org_path, word=word, year=year)
    Series.objects.filter(pk=row.pk).update(last=F("last") + 1)
    row.refresh_from_db()
    audit.record(actor, "documents.number.taken", row, org_path=org_path, word=word, year=year, number=row.last)
    return f"{word}〔{year}〕{row.last}号"


@transaction.atomic
def document_cancel(*, actor: Actor, document: Document, reason: str) -> Cancellation:
    """Declare an issued document void (作废). The copy stays; the public page says it no longer holds."""
    actor.require(kinds.get(document.kind).perm, document.archive.org_path)
    actor.require(Perm.TEMPLATE_EDIT, document.archive.org_path)
    if len(reason.strip()) < 4:
        raise RuleViolation("documents.reason", "请写明作废的理由，至少 4 个字。")
    row, made = Cancellation.objects.get_or_create(
        document=document, defaults={"on": clock.today(), "reason": reason.strip()[:200], "actor": actor.ref[:40]}
    )
    if not made:
        raise Conflict("documents.cancelled", f"这份文书已于 {row.on} 作废。")
    audit.record(actor, "documents.document.cancelled", document, org_path=document.archive.org_path, reason=reason)
    return row


@transaction.atomic
def template_draft(*, actor: Actor, kind: str, source: str, note: str) -> Template:
    """Keep a new version of a template as a draft (范本新版). Copies issued before are not touched.

    Raises: NotPermitted; RuleViolation documents.source with every fault, documents.same_source.
    """
    actor.require(Perm.TEMPLATE_EDIT)
    what = kinds.get(kind)
    source = source.replace("\r\n", "\n").strip() + "\n"
    if found := rules.faults(source, what.fields):
        raise RuleViolation("documents.source", "".join(found), faults=found)
    if source.strip() == selectors.source_on(what).strip():
        raise RuleViolation("documents.same_source", "和正在用的版本一字不差，不用再存一版。")
    row = _store(actor, what, source, shipped=False, note=note, active_from=None)
    audit.record(actor, "documents.template.drafted", row, kind=kind, number=row.number, digest=row.digest)
    return row


@transaction.atomic
def template_activate(*, actor: Actor, template: Template, on: date) -> Template:
    """A draft is used from a day on (启用范本), today or later."""
    actor.require(Perm.TEMPLATE_EDIT)
    if on < clock.today():
        raise RuleViolation("documents.activate_past", f"启用日期 {on} 已经过去。请选今天（{clock.today()}）或以后的日期。")
    if not Template.objects.filter(pk=template.pk, active_from=None).update(active_from=on):
        raise Conflict("documents.active_already", "这一版已经启用过，不能再改日期。要改请另存新版。")
    template.active_from = on
    audit.record(actor, "documents.template.activated", template, kind=template.kind, number=template.number, on=on)
    return template


def scope_moved(old_path: str, new_path: str) -> None:
    """Copies follow their union in the tree (档案随迁). Called by the app that knows the tree, in its transaction."""
    for model in (Archive, Series):
        rows = model.objects.filter(subtree(old_path, "org_path"))
        rows.update(org_path=Concat(Value(new_path), Substr("org_path", len(old_path) + 1)))
