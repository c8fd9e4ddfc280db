"""Receiving what phones send (接收手机上送): each act exactly once, in any order, answered the same however often it comes.

An act is taken in one transaction: its effect, and the row with its unique id and its answer. Killed in between, neither is
there and the phone sends again; killed afterwards, the phone gets the kept answer. Source: S008, assurance §4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import Http404

from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, NotPermitted, Refusal
from gonghui.fieldwork.enums import ActKind, ActState, ClashState, EvidenceKind, Perm
from gonghui.fieldwork.models import Act, Clash, Device, Doc
from gonghui.fieldwork.services import cards, clashes, common, evidence, helps, joins, proposals, visits

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 200


@dataclass(frozen=True)
class Sent:
    """One act as it came (一件上送)."""

    uid: str
    seq: int
    kind: str
    base: int
    made: datetime
    employer: int | None
    key: str
    fields: Mapping[str, Any]
    files: Mapping[str, str]
    raw: Mapping[str, Any]

    @property
    def digest(self) -> str:
        return hashlib.sha256(audit.canonical(dict(self.raw)).encode()).hexdigest()


@dataclass(frozen=True)
class Took:
    """What taking it in came to."""

    employer: Any
    answer: dict[str, Any]
    clashes: int = 0
    held: bool = False


def read(raw: Any) -> Sent:
    """The envelope of an act. Raises BadInput fieldwork.act."""
    if not isinstance(raw, Mapping):
        raise BadInput("fieldwork.act", "上送的内容读不出来。")
    uid, seq, base, employer = raw.get("uid"), raw.get("seq"), raw.get("base", 0), raw.get("employer")
    if not isinstance(uid, str) or not 8 <= len(uid) <= 40 or not uid.isascii() or not uid.isprintable():
        raise BadInput("fieldwork.act", "上送的事项没有编号。")
    numbers = (seq, base, *([] if employer is None else [employer]))
    if any(not isinstance(n, int) or isinstance(n, bool) or not 0 <= n < 2**31 for n in numbers):
        raise BadInput("fieldwork.act", "上送的序号读不出来。", uid=uid)
    if raw.get("kind") not in ActKind.values:
        raise BadInput("fieldwork.act", "上送的事项不认识，请更新手机上的页面。", uid=uid)
    files, fields, key = raw.get("files") or {}, raw.get("fields") or {}, raw.get("key") or ""
    if not isinstance(files, Mapping) or not isinstance(fields, Mapping) or not isinstance(key, str) or len(key) > 60 or "\x00" in key:
        raise BadInput("fieldwork.act", "上送的内容读不出来。", uid=uid)
    return Sent(uid, seq, raw["kind"], base, common.moment_of(raw.get("made")), employer, key, fields, files, raw)  # type: ignore[arg-type]  # checked above


def receive_all(*, actor: Actor, device: Device, acts: list[Any]) -> list[dict[str, Any]]:
    """Take in what a phone sent, one transaction each, in the order of its own numbers. One that is refused stops no other."""
    if len(acts) > MOST:
        raise BadInput("fieldwork.too_many", f"一次最多上送 {MOST} 件，请分几次。")
    found = []
    for raw in sorted(acts, key=lambda a: a.get("seq", 0) if isinstance(a, dict) and isinstance(a.get("seq"), int) else 0):
        uid = str(raw.get("uid", ""))[:40] if isinstance(raw, dict) else ""
        try:
            found.append(receive(actor=actor, device=device, sent=read(raw)))
        except (Refusal, Http404) as fault:
            refusal = fault if isinstance(fault, Refusal) else NotFound()
            if refusal.status == 503 or refusal.facts.get("wipe"):
                raise
            found.append({"uid": uid, "state": "refused", "code": refusal.code, "message": refusal.message})
    return found


@transaction.atomic
def receive(*, actor: Actor, device: Device, sent: Sent) -> dict[str, Any]:
    """Take in one act, once (接收一件). Returns its answer, the same for a repeated sending.

    Raises: Conflict fieldwork.uid_reused, fieldwork.seq_reused; NotPermitted; NotFound; BadInput. Nothing is kept then.
    """
    locked = Device.objects.select_for_update().get(pk=device.pk)
    if locked.revoked_at is not None:
        raise NotPermitted("fieldwork.device_revoked", "这台手机已停用。", wipe=True)
    known = Act.objects.filter(uid=sent.uid).first()
    if known is not None:
        if known.device_id != device.pk or known.digest != sent.digest:
            raise Conflict("fieldwork.uid_reused", "同一个事项编号对应了不同的内容。")
        return {**known.answer, "again": True}
    if Act.objects.filter(device=device, seq=sent.seq).exists():
        raise Conflict("fieldwork.seq_reused", f"这台手机的第 {sent.seq} 件已经上送过，内容不同。")
    took = HANDLERS[ActKind(sent.kind)](actor, device, sent)
    state = ActState.HELD if took.held else ActState.CLASH if took.clashes else ActState.APPLIED
    answer = {"uid": sent.uid, "state": str(state), "clashes": took.clashes, **took.answer}
    act = Act.objects.create(
        uid=sent.uid, device=device, seq=sent.seq, kind=sent.kind, employer=took.employer, digest=sent.digest, state=state, answer=answer,
        actor=actor.ref[:40], made_at=sent.made, received_at=clock.now(),
    )  # fmt: skip
    path = took.employer.union.path if took.employer is not None else device.org_path
    audit.record(actor, "fieldwork.act.received", act, org_path=path, kind=sent.kind, state=state, device=device.public_id, seq=sent.seq)
    return answer


def _told(doc: Doc, open_: list[Clash]) -> dict[str, Any]:
    return {"key": doc.key, "version": doc.version, "why": [c.why for c in open_ if c.why]}


def _visit(actor: Actor, device: Device, sent: Sent) -> Took:
    if not sent.key or sent.key.startswith("card:"):
        raise BadInput("fieldwork.key", "走访单没有编号。")
    employer = common.employer_for(actor, sent.employer, Perm.VISIT_EDIT) if sent.employer is not None else None
    doc, open_ = visits.write(
        actor,
        sent.key,
        employer,
        visits.clean(sent.fields),
        uid=sent.uid,
        base=sent.base,
        device=device.public_id,
        seq=sent.seq,
        made=sent.made,
    )
    for kind in EvidenceKind.values:
        if sent.files.get(kind):
            evidence.keep(actor, doc, kind, str(sent.files[kind]), sent.uid)
    return Took(doc.employer, _told(doc, open_), len(open_), any(c.why for c in open_))


def _card(actor: Actor, device: Device, sent: Sent) -> Took:
    asked = sent.employer
    employer = common.employer_for(actor, asked, Perm.VISIT_EDIT)
    card = sent.key or "six"
    values = cards.clean(card, sent.fields)
    base = sent.base if employer.pk == asked else 0  # the version was that of the card that was folded into this one
    doc, open_ = cards.write(actor, employer, card, values, uid=sent.uid, base=base, device=device.public_id, seq=sent.seq, made=sent.made)
    return Took(employer, _told(doc, open_), len(open_), any(c.why for c in open_))


def _help(actor: Actor, device: Device, sent: Sent) -> Took:
    employer = common.employer_for(actor, sent.employer, Perm.VISIT_EDIT)
    row = helps.help_ask(actor=actor, employer=employer, words=common.text_of(sent.fields.get("words"), 300, "请求"), made=sent.made)
    return Took(employer, {"help": row.pk})


def _join(actor: Actor, device: Device, sent: Sent) -> Took:
    employer = common.employer_for(actor, sent.employer, Perm.VISIT_EDIT) if sent.employer is not None else None
    union = joins.union_for(actor, employer, sent.fields.get("union"))
    row = joins.join_file(actor=actor, uid=sent.uid, employer=employer, union=union, fields=joins.clean(sent.fields), made=sent.made)
    return Took(employer, {"join": row.pk, "why": [row.why] if row.why else []}, int(bool(row.why)), bool(row.why))


def _propose(actor: Actor, device: Device, sent: Sent) -> Took:
    employer = common.employer_for(actor, sent.employer, Perm.VISIT_EDIT)
    return Took(employer, proposals.propose(actor, employer, sent.fields))


def _settle(actor: Actor, device: Device, sent: Sent) -> Took:
    wanted = sent.fields.get("clash")
    seen = Clash.objects.filter(actor.within_path(Perm.CLASH_SETTLE, "org_path"))
    row = seen.filter(pk=wanted).first() if isinstance(wanted, int) else None
    if row is None:
        raise NotFound()
    if row.state == ClashState.OPEN:
        row = clashes.clash_settle(actor=actor, clash=row, choice=str(sent.fields.get("choice", ""))[:80], uid=f"settle:{sent.uid}")
    return Took(row.employer, {"clash": row.pk, "settled": row.get_state_display()})


HANDLERS: dict[ActKind, Callable[[Actor, Device, Sent], Took]] = {
    ActKind.VISIT: _visit,
    ActKind.CARD: _card,
    ActKind.HELP: _help,
    ActKind.JOIN: _join,
    ActKind.PROPOSE: _propose,
    ActKind.SETTLE: _settle,
}
