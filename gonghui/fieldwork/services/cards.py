"""Cards filled on the spot (现场填卡): merged block by block, the register keeps what the merge says. Source: S004, S005."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import clock
from gonghui.core.errors import BadInput, Refusal
from gonghui.fieldwork.enums import DocKind
from gonghui.fieldwork.models import Clash, Doc
from gonghui.fieldwork.rules.merge import Merged
from gonghui.fieldwork.selectors import docs as reads
from gonghui.fieldwork.services import common, docs
from gonghui.orgs import services as orgs
from gonghui.orgs.rules.cards import BLOCKS, CARD_LABELS, NO_UNION_REASONS

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 300


def clean(card: Any, fields: Any) -> dict[str, str]:
    """Blocks as sent. Raises BadInput."""
    if card not in BLOCKS or not isinstance(fields, Mapping):
        raise BadInput("fieldwork.card", "卡片的种类读不出来。")
    if strangers := set(fields) - set(BLOCKS[card]):
        raise BadInput("fieldwork.block", f"“{CARD_LABELS[card]}”没有这些项目：{'、'.join(sorted(map(str, strangers)))[:60]}。")
    found = {k: common.text_of(v, MOST, BLOCKS[card][k]) for k, v in fields.items()}
    if card == "five" and found.get("reason") and found["reason"] not in NO_UNION_REASONS:
        raise BadInput("fieldwork.reason", "未建会原因请从列表里选。")
    return {k: v for k, v in found.items() if v}


def write(
    actor: Actor, employer: Any, card: str, values: Mapping[str, str], *, uid: str, base: int | None, device: str, seq: int, made: datetime
) -> tuple[Doc, list[Clash]]:
    """Merge what was filled in and let the register follow."""
    docs.cards_refresh([employer])
    doc = docs.doc_of(DocKind.CARD, reads.card_key(employer.pk, card), employer)
    found = docs.write(doc, ref=actor.ref, fields=values, uid=uid, base=base, device=device, seq=seq, made=made)
    open_ = docs.clashes_follow(doc, found, actor.user_id)
    return doc, open_ + register_follow(actor, doc, found, made)


def register_follow(actor: Actor, doc: Doc, found: Merged, made: datetime) -> list[Clash]:
    """The register shows what the merge shows. What it refuses is kept as a conflict."""
    card = doc.key.rpartition(":")[2]
    register = reads.register_values(type(doc.employer)._default_manager.prefetch_related("blocks").get(pk=doc.employer_id))[card]
    wanted = {b: v for b, v in reads.values(found).items() if register.get(b, ("",))[0] != v and v}
    day = min(max([made.date(), *(register[b][1] for b in wanted if b in register)]), clock.today())
    try:
        with transaction.atomic():
            if wanted:
                orgs.card_record(actor=actor, employer=doc.employer, card=card, values=wanted, on=day)
    except Refusal as refusal:
        return [docs.refused(doc, ",".join(sorted(wanted))[:24], refusal.message, actor.user_id)]
    return []
