"""Reads of documents under merging (同步资料查询)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from gonghui.fieldwork.models import Doc, Edit
from gonghui.fieldwork.rules import merge as rules
from gonghui.orgs.rules.cards import BLOCKS


def canonical(value: Any) -> str:
    """One spelling of a value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain(value: str) -> Any:
    return json.loads(value)


def as_rule(row: Edit) -> rules.Edit:
    return rules.Edit(
        row.uid, row.field, row.value, row.device, row.seq, row.base, row.version, row.made_at.isoformat(timespec="microseconds")
    )


def merged(doc: Doc) -> rules.Merged:
    """The document as it stands."""
    return rules.merge(as_rule(e) for e in Edit.objects.filter(doc=doc))


def merged_many(docs: Iterable[Doc]) -> dict[int, rules.Merged]:
    """Several documents with one query."""
    rows = list(docs)
    held: dict[int, list[rules.Edit]] = defaultdict(list)
    for edit in Edit.objects.filter(doc__in=rows):
        held[edit.doc_id].append(as_rule(edit))
    return {doc.pk: rules.merge(held[doc.pk]) for doc in rows}


def values(found: rules.Merged) -> dict[str, Any]:
    """Field by field, as plain values."""
    return {name: plain(held.value) for name, held in found.fields.items()}


def card_key(employer_id: int, card: str) -> str:
    return f"card:{employer_id}:{card}"


def register_values(employer: Any) -> dict[str, dict[str, tuple[str, Any, Any]]]:
    """What the register says on the cards now: {card: {block: (value, on, recorded at)}}. Uses what is prefetched."""
    found: dict[str, dict[str, tuple[str, Any, Any]]] = {card: {} for card in BLOCKS}
    for row in sorted(employer.blocks.all(), key=lambda b: (b.on, b.pk)):
        found[row.card][row.block] = (row.value, row.on, row.recorded_at)
    return found


def cards_of(employer: Any) -> list[str]:
    """Which cards the employer has."""
    return ["six", "five"] if employer.two_new else ["six"]
