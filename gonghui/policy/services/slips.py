"""Decision slips that are kept (决定单存档). They are never rewritten; new rules only make a report."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.policy import rules
from gonghui.policy.engine import run, slip
from gonghui.policy.engine.decision import Decision
from gonghui.policy.engine.loader import Pack, canonical
from gonghui.policy.engine.records import Fact, FactError, answer_name
from gonghui.policy.models import StoredDecision
from gonghui.policy.selectors import local_versions

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@transaction.atomic
def store(actor_ref: Actor | str, decision: Decision, *, subject: str = "", org_path: str = "", perm: str = "") -> str:
    """Keep a decision for good (存决定单) and return its public number.

    Args: actor_ref who decided, an Actor or its `ref`; subject `kind:id` as text, e.g. `union:12`; org_path whose scope
    may read it; perm a permission needed beyond `policy.rule.view`, for slips with sensitive facts.
    """
    body = slip.full(decision)
    kind, _, ident = subject.partition(":")
    row = StoredDecision.objects.create(
        public_id="J" + "".join(secrets.choice(ALPHABET) for _ in range(12)),
        key=decision.key,
        subject_kind=kind,
        subject_id=ident,
        org_path=org_path,
        perm=str(perm),
        relevant_on=decision.on,
        region=decision.at,
        outcome=answer_name(decision.outcome),
        severity=decision.severity,
        body=canonical(body),
        pack_hash=decision.pack,
        input_hash=input_hash(body),
        made_at=clock.now(),
        made_by=ref(actor_ref),
    )
    audit.append(
        ref(actor_ref), "policy.decision.stored", kind="policy.storeddecision", object_id=str(row.pk), org_path=org_path,
        data={"public_id": row.public_id, "key": row.key, "outcome": row.outcome, "input": row.input_hash, "pack": row.pack_hash},
    )  # fmt: skip
    return row.public_id


def ref(actor: Actor | str) -> str:
    """The pseudonymous reference of who acts."""
    return actor if isinstance(actor, str) else actor.ref


def input_hash(body: dict[str, Any]) -> str:
    """Hash of what went in: rule, day, place, unit and facts."""
    given = [body["key"], body["on"], body["at"], body["unit_path"], [[f["name"], f["value"]] for f in body["facts"]]]
    return hashlib.sha256(canonical(given).encode()).hexdigest()


def reevaluate(*, key: str = "", pack: Pack | None = None, since: date | None = None) -> Iterator[dict[str, Any]]:
    """Stored decisions that the rules of today would answer differently (按新规则复算). Nothing is rewritten."""
    used = pack or rules.live()
    rows = StoredDecision.objects.order_by("pk")
    rows = rows.filter(key=key) if key else rows
    rows = rows.filter(made_at__date__gte=since) if since else rows
    for row in rows.iterator(chunk_size=500):
        if row.pack_hash == used.hash:
            continue
        if change := _difference(row, used):
            yield {
                "decision": row.public_id,
                "key": row.key,
                "subject": f"{row.subject_kind}:{row.subject_id}",
                "on": row.relevant_on,
                **change,
            }


def _difference(row: StoredDecision, pack: Pack) -> dict[str, Any]:
    body = json.loads(row.body)
    if row.key not in pack.rules:
        return {"before": row.outcome, "after": None, "why": "规则库里已没有这条规则。"}
    given = {f["name"]: Fact(f["value"], f["source"], f["record"]) for f in body["facts"] if f["value"] is not None}
    try:
        now = run.decide(
            pack,
            row.key,
            on=row.relevant_on,
            at=row.region,
            given=given,
            unit_path=body["unit_path"],
            local=local_versions(body["unit_path"]),
        )
    except (FactError, run.NotInForce) as fault:
        return {"before": row.outcome, "after": None, "why": f"按新规则算不出来：{fault}"}
    after = answer_name(now.outcome)
    fresh = slip.full(now)
    changed = {k: [body["values"].get(k), v] for k, v in fresh["values"].items() if body["values"].get(k) != v}
    if after == row.outcome and now.severity == row.severity and not changed:
        return {}
    return {"before": row.outcome, "after": after, "severity": [row.severity, now.severity], "values": changed, "why": now.verdict}
