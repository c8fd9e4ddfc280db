"""Conflicts (冲突): shown side by side, settled by a person; the settling is one more edit that has seen both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict
from gonghui.fieldwork.enums import ClashKind, ClashState, DocKind, Perm, VisitState
from gonghui.fieldwork.models import Clash, Doc, Edit
from gonghui.fieldwork.rules import words as known
from gonghui.fieldwork.selectors import docs as reads
from gonghui.fieldwork.services import cards, docs, joins, visits

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TEXTS = 300
BOTH, SEEN, KEEP, CLOSE = "both", "seen", "keep", "close"


@transaction.atomic
def clash_settle(*, actor: Actor, clash: Clash, choice: str, words: str = "", uid: str = "") -> Clash:
    """Settle a conflict (处理冲突).

    Args: choice the uid of the side that stands; `both` for a text that names both; `keep` or `close` for a closing against a
    filling; `seen` for what the register refused; `file` or `drop` for a doubtful application. words: a text in place of both.
    Raises: NotPermitted; BadInput fieldwork.choice; Conflict when it is settled already.
    """
    row = (
        Clash.objects.select_for_update(of=("self",))
        .select_related("doc__employer__union", "join__union", "join__employer")
        .get(pk=clash.pk)
    )
    actor.require(Perm.CLASH_SETTLE, row.org_path)
    if row.state != ClashState.OPEN:
        raise Conflict("fieldwork.clash_settled", f"这处冲突已经是“{row.get_state_display()}”。")
    if row.kind == ClashKind.PERSON:
        if choice not in ("file", "drop"):
            raise BadInput("fieldwork.choice", "请选提交申请，或者核实后不办。")
        joins.join_settle(actor=actor, clash=row, verb=choice)
    elif row.kind == ClashKind.REFUSED:
        if choice != SEEN:
            raise BadInput("fieldwork.choice", "请先核对，再标为已处理。")
        _done(actor, row, choice)
    else:
        _write(actor, row, choice, words, uid)
    row.refresh_from_db()
    audit.record(actor, "fieldwork.clash.settled", row, org_path=row.org_path, kind=row.kind, field=row.field, choice=choice[:60])
    return row


def _done(actor: Actor, row: Clash, choice: str) -> None:
    Clash.objects.filter(pk=row.pk).update(state=ClashState.SETTLED, settled_at=clock.now(), settled_by=actor.ref[:40], choice=choice[:60])


def _write(actor: Actor, row: Clash, choice: str, words: str, uid: str) -> None:
    """One more edit that has seen all: it stands, the others stay in the history."""
    assert row.doc is not None
    _done(actor, row, choice)
    doc = Doc.objects.select_for_update(of=("self",)).select_related("employer__union").get(pk=row.doc.pk)
    found = docs.write(doc, ref=actor.ref, fields={row.field: _value(row, choice, words)}, uid=uid or f"settle:{uuid4().hex}")
    docs.clashes_follow(doc, found, row.user_id)
    if doc.kind == DocKind.CARD:
        cards.register_follow(actor, doc, found, clock.now())
    else:
        visits.show(actor, doc, found)


def _value(row: Clash, choice: str, words: str) -> Any:
    if row.kind == ClashKind.CLOSED:
        if choice == CLOSE:
            return VisitState.CANCELLED.value
        if choice == KEEP:
            rows = Edit.objects.filter(doc=row.doc, field="state").exclude(value='"cancelled"').order_by("made_at", "uid")
            last = rows.last()
            return reads.plain(last.value) if last else VisitState.PLANNED.value
        raise BadInput("fieldwork.choice", "请选保留走访，或者照样撤销。")
    sides = list(Edit.objects.filter(doc=row.doc, uid__in=row.heads).order_by("made_at", "uid"))
    if choice == BOTH:
        said = list(dict.fromkeys(reads.plain(e.value) for e in sides if isinstance(reads.plain(e.value), str)))
        text = words.strip() or "；".join(said)
        if row.field in known.CHOICES or row.field in known.LISTS or row.field in known.DAYS or row.field == "reason":
            raise BadInput("fieldwork.choice", "这一项只能选一个值，请选一边。")
        return text[:TEXTS]
    picked = next((e for e in sides if e.uid == choice), None)
    if picked is None:
        raise BadInput("fieldwork.choice", "请选留哪一边。")
    return reads.plain(picked.value)
