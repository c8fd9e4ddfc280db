"""Writing into a document under merging (同步资料登记): edits are added, the state follows, conflicts are opened and closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gonghui.core import clock
from gonghui.fieldwork.enums import ClashKind, ClashState, DocKind
from gonghui.fieldwork.models import Clash, Doc, Edit
from gonghui.fieldwork.rules import merge as rules
from gonghui.fieldwork.selectors import docs as reads


def doc_of(kind: str, key: str, employer: Any) -> Doc:
    """The document, made when it is not there; its row is locked."""
    doc, _made = Doc.objects.get_or_create(key=key, defaults={"kind": kind, "employer": employer, "created_at": clock.now()})
    return Doc.objects.select_for_update().get(pk=doc.pk)


def write(
    doc: Doc,
    *,
    ref: str,
    fields: Mapping[str, Any],
    uid: str,
    base: int | None = None,
    device: str = "",
    seq: int = 0,
    made: datetime | None = None,
) -> rules.Merged:
    """Add one change of each field. Args: base what the writer had seen, None for all; the caller holds the document's lock."""
    version, now = doc.version + 1, clock.now()
    seen = doc.version if base is None else max(0, min(base, doc.version))
    Edit.objects.bulk_create(
        Edit(
            doc=doc, uid=f"{uid}:{name}", field=name, value=reads.canonical(value), device=device, seq=seq, base=seen,
            version=version, actor=ref[:40], made_at=made or now,
        )
        for name, value in fields.items()
    )  # fmt: skip
    if fields:
        Doc.objects.filter(pk=doc.pk).update(version=version)
        doc.version = version
    return reads.merged(doc)


def clashes_follow(doc: Doc, found: rules.Merged, user_id: int | None) -> list[Clash]:
    """Conflicts open and close as the document says; the open ones come back."""
    wanted: dict[tuple[str, str], list[str]] = {
        (ClashKind.VALUE, name): [h.uid for h in found.fields[name].heads] for name in found.clashes if not _only_closing(found, name)
    }
    if found.against_closing:
        wanted[(ClashKind.CLOSED, rules.STATE)] = [e.uid for e in found.against_closing]
    kinds = [ClashKind.VALUE, ClashKind.CLOSED]
    held = {(c.kind, c.field): c for c in Clash.objects.filter(doc=doc, state=ClashState.OPEN, kind__in=kinds)}
    for key, row in held.items():
        if key not in wanted:
            Clash.objects.filter(pk=row.pk).update(state=ClashState.GONE, settled_at=clock.now())
    return [_open(doc, kind, name, heads, held.get((kind, name)), user_id) for (kind, name), heads in sorted(wanted.items())]


def _only_closing(found: rules.Merged, name: str) -> bool:
    """A closing against a filling is one conflict, not two."""
    return name == rules.STATE and bool(found.against_closing)


def _open(doc: Doc, kind: str, field: str, heads: list[str], row: Clash | None, user_id: int | None) -> Clash:
    if row is None:
        return Clash.objects.create(
            doc=doc,
            employer=doc.employer,
            org_path=doc.employer.union.path,
            kind=kind,
            field=field,
            heads=heads,
            user_id=user_id,
            opened_at=clock.now(),
        )
    if row.heads != heads:
        Clash.objects.filter(pk=row.pk).update(heads=heads)
        row.heads = heads
    return row


def refused(doc: Doc, field: str, why: str, user_id: int | None) -> Clash:
    """The register did not accept it: kept, and shown to a person."""
    row, _new = Clash.objects.update_or_create(
        doc=doc, kind=ClashKind.REFUSED, field=field, state=ClashState.OPEN,
        defaults={"why": why[:300], "employer": doc.employer, "org_path": doc.employer.union.path, "user_id": user_id, "opened_at": clock.now()},
    )  # fmt: skip
    return row


def cards_refresh(employers: Iterable[Any]) -> dict[str, Doc]:
    """Documents of the cards of these employers, with what the register learned elsewhere taken in (以登记册为准补入)."""
    firms = list(employers)
    held = {d.key: d for d in Doc.objects.filter(kind=DocKind.CARD, employer__in=firms)}
    known = reads.merged_many(held.values())
    found: dict[str, Doc] = {}
    for firm in firms:
        register = reads.register_values(firm)
        for card in reads.cards_of(firm):
            key = reads.card_key(firm.pk, card)
            doc = held.get(key) or doc_of(DocKind.CARD, key, firm)
            now = reads.values(known[doc.pk]) if doc.pk in known else {}
            news = {b: v for b, (v, _on, _at) in register[card].items() if now.get(b) != v}
            if news:
                doc = Doc.objects.select_for_update().get(pk=doc.pk)
                made = max(register[card][b][2] for b in news)
                write(doc, ref="register", fields=news, uid=f"reg:{doc.pk}:{doc.version + 1}", made=made)
            found[key] = doc
    return found
