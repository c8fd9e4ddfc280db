"""What the register puts into the inbox (待办来源): each thing by itself, many of a kind as one line."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.urls import reverse

from gonghui.approvals.services import Item
from gonghui.orgs.selectors.obligations import LABELS, Obligation, obligations

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST_EACH = 8


def inbox(actor: Actor) -> list[Item]:
    """Obligations near the actor's desk as items of the one inbox."""
    by_kind: dict[str, list[Obligation]] = defaultdict(list)
    for row in obligations(actor=actor, near=True):
        by_kind[row.kind].append(row)
    items: list[Item] = []
    for kind, rows in by_kind.items():
        items += [_item(row) for row in rows] if len(rows) <= MOST_EACH else [_many(kind, rows)]
    return items


def _item(row: Obligation) -> Item:
    key = f"orgs.{row.kind}:{row.pk}"
    return Item(key=key, kind=f"orgs.{row.kind}", label=row.label, title=row.title, url=row.url, org=row.org, due=row.due)


def _many(kind: str, rows: list[Obligation]) -> Item:
    late = sum(1 for row in rows if row.late)
    title = f"{LABELS[kind]} {len(rows)} 件" + (f"，其中 {late} 件已到期" if late else "，都还没到期")
    url = reverse("orgs:obligations") + f"?kind={kind}"
    return Item(key=f"orgs.{kind}", kind=f"orgs.{kind}", label=LABELS[kind], title=title, url=url, due=rows[0].due)
