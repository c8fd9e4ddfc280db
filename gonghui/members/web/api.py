"""Doors for programs (接口): roster, application, transfer. Typed; the portal mounts `router`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from gonghui.core import clock, idempotency
from gonghui.core.errors import NotFound, NotPermitted
from gonghui.members.enums import Perm
from gonghui.members.models import Transfer
from gonghui.members.selectors import rosters
from gonghui.members.services import identity, joining, transfers
from gonghui.orgs.selectors import unions

router = Router(tags=["members"])
MOST = 200


class RosterRow(Schema):
    """A line of a roster; document and phone masked (名册行)."""

    person: int
    name: str
    sex: str
    id_mask: str
    phone_mask: str
    where: str
    what: str
    since: date | None


class RosterPage(Schema):
    """A page of a roster (名册页)."""

    union: int
    kind: str
    as_of: date
    count: int
    offset: int
    rows: list[RosterRow]


class ApplicationIn(Schema):
    """An application filed by an officer's system; the worker confirms on the own phone (入会申请)."""

    union: int
    name: str
    id_number: str
    phone: str
    employer_name: str = ""
    employment_kind: str = "regular"
    channel: str = "door"


class ApplicationOut(Schema):
    """What came of it (办理结果)."""

    application: int
    state: str


class DecisionIn(Schema):
    """Answer to a transfer: accept, decline, release, withdraw (转会答复)."""

    decision: str
    reason: str = ""
    union: int | None = None


class TransferOut(Schema):
    """A transfer as it stands (转会)."""

    transfer: int
    state: str
    target: int | None


def _actor(request: HttpRequest) -> Any:
    actor = request.actor  # type: ignore[attr-defined]  # set by accounts.middleware
    if not actor.signed_in:
        raise NotPermitted("core.sign_in", "请先登录。")
    return actor


@router.get("/roster", response=RosterPage, summary="花名册")
def roster(request: HttpRequest, union: int, kind: str = "members", as_of: date | None = None, offset: int = 0, limit: int = 50) -> Any:
    """A roster of a union in scope as of a day, masked."""
    actor = _actor(request)
    actor.require(Perm.ROSTER_VIEW)
    node = unions.union_get(actor=actor, pk=union)
    day, start, size = as_of or clock.today(), max(offset, 0), min(max(limit, 1), MOST)
    if kind not in rosters.HEADS:
        raise NotFound("members.no_roster", f"没有“{kind}”这种花名册。")
    source = rosters.roster(actor=actor, union=node, kind=kind, on=day)
    rows = rosters.lines(kind, source[start : start + size])
    return {"union": union, "kind": kind, "as_of": day, "count": source.count(), "offset": start, "rows": [r.__dict__ for r in rows]}


@router.post("/applications", response=ApplicationOut, summary="登记入会申请")
def apply(request: HttpRequest, body: ApplicationIn) -> Any:
    """File an application once per `Idempotency-Key`."""
    actor = _actor(request)
    node = unions.union_get(actor=actor, pk=body.union)
    actor.require(Perm.APPLICATION_FILE, node)
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise NotPermitted("members.no_key", "请求头要带 Idempotency-Key，同一份申请用同一个值。")

    def do() -> dict[str, Any]:
        person = identity.person_for_joining(actor=actor, name=body.name, id_number=body.id_number, phone=body.phone)
        row = joining.application_submit(
            actor=actor, person=person, union=node, employer_name=body.employer_name, employment_kind=body.employment_kind, channel=body.channel,
            self_filled=False,
        )  # fmt: skip
        return {"application": row.pk, "state": row.state}

    return idempotency.once(actor, key, body.dict(), do)


@router.post("/transfers/{pk}", response=TransferOut, summary="答复转会")
def decide(request: HttpRequest, pk: int, body: DecisionIn) -> Any:
    """Answer a transfer in scope; answered already: 409."""
    actor = _actor(request)
    seen = actor.within(Perm.TRANSFER_DECIDE, "source") | actor.within(Perm.TRANSFER_DECIDE, "target")
    row = Transfer.objects.filter(seen, pk=pk).select_related("source", "target").first()
    if row is None:
        raise NotFound()
    node = unions.union_get(actor=actor, pk=body.union) if body.union else None
    acts = {
        "accept": lambda: transfers.transfer_accept(actor=actor, transfer=row, union=node),
        "decline": lambda: transfers.transfer_decline(actor=actor, transfer=row, reason=body.reason),
        "release": lambda: transfers.transfer_release(actor=actor, transfer=row),
        "withdraw": lambda: transfers.transfer_withdraw(actor=actor, transfer=row, reason=body.reason),
    }
    if body.decision not in acts:
        raise NotFound("members.no_decision", "答复只能是 accept、decline、release、withdraw。")
    out = acts[body.decision]()
    return {"transfer": out.pk, "state": out.state, "target": out.target_id}
