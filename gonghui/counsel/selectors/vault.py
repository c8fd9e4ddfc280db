"""Where sealed texts are closed and opened (密封与启封). Who may open is settled by the callers, which record every look."""

from __future__ import annotations

import json
from typing import Any

from gonghui.core import crypto
from gonghui.counsel.models import Client, Handover, Letter, Record, Risk, RiskStep, RiskVote

PERSON = "counsel.client.person"
FIELDS: dict[type[Any], tuple[str, str]] = {
    Letter: ("text_sealed", "text"),
    Risk: ("why_sealed", "why"),
    RiskVote: ("reason_sealed", "reason"),
    RiskStep: ("text_sealed", "text"),
    Handover: ("why_sealed", "why"),
    Client: ("contact_sealed", "contact"),
}


def index_of(person_id: int) -> bytes:
    """The keyed index of a person: equal for equal persons, and nothing else can be read from it."""
    return crypto.blind(PERSON, str(person_id))


def seal(row: Any, text: str) -> bytes:
    """Text sealed for its row."""
    return crypto.seal(row._meta.label_lower, FIELDS[type(row)][1], row.pk, text)


def unseal(row: Any) -> str:
    """The text of a row, "" when it was deleted."""
    column, field = FIELDS[type(row)]
    value = getattr(row, column)
    return crypto.unseal(row._meta.label_lower, field, row.pk, value) if value is not None else ""


def record_seal(row: Record, text: str) -> bytes:
    """The record sealed for its row and its holder."""
    return crypto.seal("counsel.record", str(row.holder_id), row.pk, text)


def record_unseal(row: Record, user_id: int) -> str:
    """The record for its holder. With another user the seal does not open, whatever the row says."""
    return crypto.unseal("counsel.record", str(user_id), row.pk, row.text_sealed) if row.text_sealed is not None else ""


def contact(client: Client) -> dict[str, Any]:
    """Who it is and how to reach them. Only for messages of the platform and an opened risk."""
    text = unseal(client)
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def contact_seal(client: Client, person_id: int, name: str, phone: str) -> bytes:
    """The contact, sealed."""
    return seal(client, json.dumps({"person": person_id, "name": name, "phone": phone}, ensure_ascii=False))


def person_in(text: str) -> str:
    """The person a sealed contact names, as it is indexed (for making the index anew)."""
    return str(json.loads(text)["person"])
