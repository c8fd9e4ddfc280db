"""What waits in membership (会籍待办): applications to decide, transfers to answer, requests of members about their data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.urls import reverse

from gonghui.approvals.kinds import Item, Source
from gonghui.core import mask
from gonghui.members.enums import ApplicationState, Perm, RequestState, TransferState
from gonghui.members.models import Application, DataRequest, Transfer

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

LABELS = {"application": "入会审核", "transfer": "会籍转接", "request": "个人信息请求"}
WORDS = {"application": "的入会申请，请审核", "transfer": "的会籍转接，请办理", "request": "对个人信息的请求，请答复"}


def inbox(actor: Actor) -> Iterator[Source]:
    """Rows for those who may decide them; names are masked."""
    if actor.may(Perm.APPLICATION_DECIDE):
        asked = Application.objects.filter(actor.within(Perm.APPLICATION_DECIDE, "union"), state=ApplicationState.SUBMITTED)
        yield Source(asked.select_related("person", "union").order_by("pk"), lambda r: _item("application", r, r.union))
    if actor.may(Perm.TRANSFER_DECIDE):
        incoming = actor.within(Perm.TRANSFER_DECIDE, "target") & Q(state=TransferState.IN_TRANSIT)
        outgoing = actor.within(Perm.TRANSFER_DECIDE, "source") & Q(state=TransferState.REQUESTED)
        moving = Transfer.objects.filter(incoming | outgoing).select_related("person", "source")
        yield Source(moving.order_by(F("due_on").asc(nulls_last=True), "pk"), lambda r: _item("transfer", r, r.source))
    if actor.may(Perm.REQUEST_DECIDE):
        wanted = DataRequest.objects.filter(actor.within(Perm.REQUEST_DECIDE, "union"), state=RequestState.OPEN)
        yield Source(wanted.select_related("person", "union").order_by("due_on", "pk"), lambda r: _item("request", r, r.union))


def _item(kind: str, row: Any, org: Any) -> Item:
    url = reverse("members:application", args=[row.pk]) if kind == "application" else reverse(f"members:{kind}s")
    due = getattr(row, "due_on", None)
    return Item(
        f"{kind}:{row.pk}", f"members.{kind}", LABELS[kind], f"{mask.name(row.person.name)}{WORDS[kind]}", url, org.name if org else "", due
    )
