"""One round of a phone (一次同步): what it sends is taken in, what it takes along is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import clock
from gonghui.fieldwork.models import Device
from gonghui.fieldwork.rules import words
from gonghui.fieldwork.selectors import today, values
from gonghui.fieldwork.services import acts, devices, docs, follow_ups
from gonghui.orgs.rules.cards import BLOCKS, CARD_LABELS, NO_UNION_REASONS

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


def round_of(*, actor: Actor, device: Device, sent: list[Any], here: today.Point = None) -> dict[str, Any]:
    """Results one by one, then the fresh pack. The acts stand even if the pack fails."""
    results = acts.receive_all(actor=actor, device=device, acts=sent)
    return {"results": results, **pack_for(actor=actor, device=device, here=here)}


@transaction.atomic
def pack_for(*, actor: Actor, device: Device, here: today.Point = None) -> dict[str, Any]:
    """What the phone takes along, with how long it may keep it. Source: policy fieldwork.hold_days, fieldwork.outbox_days."""
    devices.seen(device)
    on, user = clock.today(), actor.user_id or 0
    follow_ups.adopt(actor, on, user)
    lines = today.day(actor, user, here, values.number("fieldwork.pull_most", on))
    known = docs.cards_refresh([x.employer for x in lines])
    return {
        "now": clock.now().isoformat(),
        "who": actor.name,
        "hold_days": values.number("fieldwork.hold_days", on),
        "outbox_days": values.number("fieldwork.outbox_days", on),
        "stops": values.number("fieldwork.route_stops", on),
        "gap_days": values.number("fieldwork.visit_gap_days", on),
        "weights": values.numbers("fieldwork.route_distance", on),
        "labels": labels(),
        "pack": today.pack(actor, user, known, lines),
    }


def labels() -> dict[str, Any]:
    """The words the phone shows: fields, choices, blocks."""
    return {
        "fields": words.LABELS,
        "choices": {k: list(map(list, v[1].choices)) for k, v in words.CHOICES.items()},
        "lists": {k: [list(i) for i in v.items()] for k, v in words.LIST_WORDS.items()},
        "cards": {k: {"label": CARD_LABELS[k], "blocks": [list(i) for i in v.items()]} for k, v in BLOCKS.items()},
        "reasons": [list(i) for i in NO_UNION_REASONS.items()],
    }
