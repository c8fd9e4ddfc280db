"""What waits in membership (会籍待办): applications to decide, transfers to answer, requests of members about their data. One compound query."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, DateField, F, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse

from gonghui.approvals.kinds import Item
from gonghui.core import mask
from gonghui.members.enums import ApplicationState, Perm, RequestState, TransferState
from gonghui.members.models import Application, DataRequest, Transfer

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

MOST = 100
LABELS = {"application": "入会审核", "transfer": "会籍转接", "request": "个人信息请求"}
WORDS = {"application": "的入会申请，请审核", "transfer": "的会籍转接，请办理", "request": "对个人信息的请求，请答复"}


def inbox(actor: Actor) -> list[Item]:
    """Items for those who may decide them; names are masked."""
    parts = [make(actor) for perm, make in _SOURCES if actor.may(perm)]
    if not parts:
        return []
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return [_item(*row) for row in found.order_by("due_", "pk_")[:MOST]]


def _columns(rows: QuerySet[Any], kind: str, org: str, due: Any) -> QuerySet[Any, Any]:
    named: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(kind_=Value(kind, output_field=CharField()), pk_=F("pk"), name_=F("person__name"), org_=F(org), due_=due)
        .values_list("kind_", "pk_", "name_", "org_", "due_")
    )
    return named


def _applications(actor: Actor) -> QuerySet[Any, Any]:
    rows = Application.objects.filter(actor.within(Perm.APPLICATION_DECIDE, "union"), state=ApplicationState.SUBMITTED)
    return _columns(rows, "application", "union__name", Cast(Value(None), DateField()))


def _transfers(actor: Actor) -> QuerySet[Any, Any]:
    incoming = actor.within(Perm.TRANSFER_DECIDE, "target") & Q(state=TransferState.IN_TRANSIT)
    outgoing = actor.within(Perm.TRANSFER_DECIDE, "source") & Q(state=TransferState.REQUESTED)
    return _columns(Transfer.objects.filter(incoming | outgoing), "transfer", "source__name", F("due_on"))


def _requests(actor: Actor) -> QuerySet[Any, Any]:
    rows = DataRequest.objects.filter(actor.within(Perm.REQUEST_DECIDE, "union"), state=RequestState.OPEN)
    return _columns(rows, "request", "union__name", F("due_on"))


_SOURCES = ((Perm.APPLICATION_DECIDE, _applications), (Perm.TRANSFER_DECIDE, _transfers), (Perm.REQUEST_DECIDE, _requests))


def _item(kind: str, pk: int, name: str, org: str, due: date | None) -> Item:
    url = reverse("members:application", args=[pk]) if kind == "application" else reverse(f"members:{kind}s")
    return Item(f"{kind}:{pk}", f"members.{kind}", LABELS[kind], f"{mask.name(name)}{WORDS[kind]}", url, org or "", due)
