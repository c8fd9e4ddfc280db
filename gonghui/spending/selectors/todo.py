"""What of spending waits for me (待办)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from gonghui.approvals.kinds import Item, Source
from gonghui.spending.selectors import overrides

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 20


def inbox(actor: Actor) -> Iterator[Source]:
    """Overrides that wait for a decision. Plans to confirm come through approvals."""
    if not actor.is_officer:
        return
    yield Source(overrides.waiting(actor).select_related("plan__union").order_by("asked_at"), _item, MOST)


def _item(row: Any) -> Item:
    return Item(
        f"spending.override:{row.pk}", "spending.override", "例外办理", f"{row.plan.title}：{row.verdict}", reverse("spending:overrides") + "?state=asked",
        org=row.plan.union.name, since=row.asked_at,
    )  # fmt: skip
