"""Joining on site (现场入会): each applicant fills in and signs on the organiser's phone, with or without signal (R019, S018).

What turns out doubtful when it arrives (a member already, an open application, another name under the number) is neither
filed nor lost: it stays sealed until a person has looked.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit, clock, crypto
from gonghui.core.errors import BadInput, Conflict, NotFound, Refusal
from gonghui.fieldwork.enums import ClashKind, ClashState, JoinState
from gonghui.fieldwork.models import Clash, OnSiteJoin
from gonghui.fieldwork.services import common
from gonghui.members.enums import Channel, ConsentPurpose, EmploymentKind
from gonghui.members.enums import Perm as MemberPerm
from gonghui.members.selectors import places
from gonghui.members.services import consents, identity, joining
from gonghui.orgs.enums import Perm as OrgPerm
from gonghui.orgs.selectors import unions

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABLE, HOW = "fieldwork.onsitejoin", "上门登记本人签名"
DOUBTS = {
    "members.already_member", "members.applied_already", "members.identity_differs", "members.identity_claimed", "members.not_eligible",
}  # fmt: skip
KINDS = {EmploymentKind.REGULAR, EmploymentKind.SEASONAL, EmploymentKind.TEMPORARY, EmploymentKind.GIG}


def clean(fields: Any) -> dict[str, str]:
    """What the applicant filled in. Raises BadInput."""
    if not isinstance(fields, Mapping):
        raise BadInput("fieldwork.join", "入会申请的内容读不出来。")
    found = {k: common.text_of(fields.get(k), 120, k) for k in ("name", "id_number", "phone", "signed_name", "kind", "employer_name")}
    found["signature"] = str(fields.get("signature") or "")
    if not found["name"] or not found["id_number"]:
        raise BadInput("fieldwork.join_missing", "请申请人填写姓名和身份证号。")
    if fields.get("agree") is not True:
        raise BadInput("fieldwork.join_agree", "申请人要自己勾选同意，才能提交。")
    if not drawing(found["signature"]):
        raise BadInput("fieldwork.join_sign", "申请人要在手机上亲手签名，才能提交。")
    if found["kind"] not in KINDS:
        found["kind"] = EmploymentKind.REGULAR.value
    return found


def drawing(text: str) -> bytes:
    """The signature from the pad: a PNG as data link; empty when it is none."""
    head = "data:image/png;base64,"
    try:
        return base64.b64decode(text[len(head) :], validate=True) if text.startswith(head) else b""
    except (binascii.Error, ValueError):
        return b""


def union_for(actor: Actor, employer: Any, union_id: Any) -> Any:
    """Who receives the application: the union chosen on the phone, else where the employer's workers join."""
    if isinstance(union_id, int) and not isinstance(union_id, bool):
        union = unions.union_get(actor=actor, pk=union_id, perm=OrgPerm.UNION_VIEW)
        if union.successor is not None and union.ended_on is not None:
            union = union.successor
    else:
        route = places.route(employer) if employer is not None else None
        if route is None:
            raise NotFound("fieldwork.join_where", "没有找到可以受理的工会，请先选工会。")
        union = route.union
    actor.require(MemberPerm.APPLICATION_FILE, union)
    return union


@transaction.atomic
def join_file(*, actor: Actor, uid: str, employer: Any, union: Any, fields: Mapping[str, str], made: datetime) -> OnSiteJoin:
    """File an application signed on the phone (现场入会). A doubtful one is kept for a person to look at."""
    row = OnSiteJoin(
        uid=uid,
        union=union,
        employer=employer,
        user_id=actor.user_id or 0,
        name=fields["name"][:60],
        made_at=made,
        received_at=clock.now(),
        state=JoinState.FILED,
    )
    try:
        with transaction.atomic():
            row.application = _submit(actor, employer, union, fields)
    except Refusal as refusal:
        if refusal.code not in DOUBTS and not refusal.code.startswith("people."):
            raise
        row.state, row.why = JoinState.DOUBTFUL, refusal.message[:200]
    row.save(force_insert=True)
    if row.state == JoinState.DOUBTFUL:
        sealed = crypto.seal(TABLE, "payload", row.pk, json.dumps(dict(fields), ensure_ascii=False))
        OnSiteJoin.objects.filter(pk=row.pk).update(payload_sealed=sealed)
        Clash.objects.create(
            join=row, employer=employer, org_path=union.path, kind=ClashKind.PERSON, why=row.why, user_id=row.user_id, opened_at=clock.now()
        )
    audit.record(actor, "fieldwork.join.submitted", row, org_path=union.path, state=row.state)
    return row


def _submit(actor: Actor, employer: Any, union: Any, fields: Mapping[str, str]) -> Any:
    person = identity.person_for_joining(actor=actor, name=fields["name"], id_number=fields["id_number"], phone=fields["phone"])
    consents.consent_give(actor=actor, person=person, purpose=ConsentPurpose.MEMBERSHIP, how=HOW)
    consents.consent_give(actor=actor, person=person, purpose=ConsentPurpose.SIGNATURE, how=HOW)
    signed = joining.Signed(fields["signed_name"] or fields["name"], drawing(fields["signature"]))
    where = employer.name if employer is not None else fields["employer_name"] or union.name
    return joining.application_submit(
        actor=actor, person=person, union=union, channel=Channel.DOOR, employer=employer, employer_name=where,
        employment_kind=fields["kind"], self_filled=True, signed=signed,
    )  # fmt: skip


@transaction.atomic
def join_settle(*, actor: Actor, clash: Clash, verb: str) -> OnSiteJoin:
    """A person has looked at a doubtful application (核对入会申请): filed after all, or dropped; the sealed copy goes.

    Raises: NotPermitted; Conflict; what the register refuses.
    """
    row = clash.join
    if row is None or row.state != JoinState.DOUBTFUL:
        raise Conflict("core.wrong_state", "这份申请已经处理过了。")
    actor.require(MemberPerm.APPLICATION_FILE, row.union)
    changes: dict[str, Any] = {"state": JoinState.DROPPED, "payload_sealed": None}
    if verb == "file" and row.payload_sealed is not None:
        fields = json.loads(crypto.unseal(TABLE, "payload", row.pk, row.payload_sealed))
        changes |= {"state": JoinState.FILED, "application": _submit(actor, row.employer, row.union, fields), "why": ""}
    OnSiteJoin.objects.filter(pk=row.pk).update(**changes)
    row.refresh_from_db()
    Clash.objects.filter(pk=clash.pk).update(state=ClashState.SETTLED, settled_at=clock.now(), settled_by=actor.ref[:40], choice=verb[:60])
    audit.record(actor, "fieldwork.join.settled", row, org_path=row.union.path, choice=verb)
    return row
