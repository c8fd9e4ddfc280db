"""Who an applicant is (申请人身份): a name and an ID number are known to the employer, so they open nobody's record.

A self-service account is tied to a person on record only when the phone that was verified at sign-in is the phone on
record; everybody else brings the document to a desk outside the workplace, which sets the phone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.core import audit, crypto
from gonghui.core.errors import BadInput, RuleViolation
from gonghui.members.enums import Perm
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind
from gonghui.people import rules as people_rules
from gonghui.people import selectors as reads
from gonghui.people import services as people

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

CLAIMED = "这个证件号已有登记，登记的手机号不是您登录用的号码。请用登记的手机号登录，或带证件到街道（乡镇）以上工会窗口核对。"


@transaction.atomic
def person_for_joining(
    *, actor: Actor, name: str, id_number: str, phone: str, id_kind: str = "resident", own: Any = None, **attributes: Any
) -> Any:
    """The person of an applicant (申请人登记): found by document, else registered.

    Args: actor the signed-in worker, or an officer at the desk; phone of a worker the one verified at sign-in, of an officer
    what is written on the form, kept for new persons only; own the person the worker's account stands for already.
    Raises: BadInput; RuleViolation members.identity_claimed (a worker), members.identity_differs (an officer).
    """
    system = type(actor).system("join")
    found = reads.person_find(id_number=id_number, id_kind=id_kind) if id_number else []
    officer = actor.is_officer or actor.is_system
    if found:
        if officer:
            _same_name(found[0], name)
        elif found[0].name != name.strip() or not phone_matches(found[0], phone):
            raise RuleViolation("members.identity_claimed", CLAIMED)
        return found[0]
    if own is not None and not officer:
        _same_name(own, name)
        return people.person_correct(actor=system, person=own, reason="本人入会登记证件号", id_number=id_number, id_kind=id_kind)
    return people.person_register(
        actor=system, name=name, id_kind=id_kind, id_number=id_number, phone=phone, source="入会申请", **attributes
    )


def _same_name(person: Any, name: str) -> None:
    if person.name != name.strip():
        raise RuleViolation("members.identity_differs", "登记的姓名与您填写的不一致。请带证件到工会窗口核对。")


def phone_matches(person: Any, phone: str) -> bool:
    """Is this the phone on record? Nobody's phone matches where none is on record."""
    digits, fault = people_rules.phone_read(phone)
    return (
        bool(digits)
        and not fault
        and person.phone_index is not None
        and bytes(person.phone_index) == crypto.blind(reads.PHONE_LABEL, digits)
    )


def person_at_desk(*, actor: Actor, union: Any, id_number: str) -> Any:
    """The person a document at the desk names (窗口按证件找人).

    Raises: NotPermitted; RuleViolation members.identity_no_match, for a person unknown or outside the union's roll alike.
    """
    actor.require(Perm.IDENTITY_DESK, union)
    found = reads.person_find(id_number=id_number, id_kind="resident")
    if not found or not found[0].memberships.filter(union__path__startswith=union.path).exists():
        raise RuleViolation("members.identity_no_match", "本会没有这个证件号的会籍登记。请核对号码，或到会籍所在的工会办理。")
    return found[0]


@transaction.atomic
def phone_set_at_desk(*, actor: Actor, union: Any, name: str, id_number: str, phone: str, seen: bool, id_kind: str = "resident") -> Any:
    """The desk saw the document and sets the phone (窗口核对证件、登记手机号). The person signs in with it from now on.

    Raises: NotPermitted; RuleViolation members.document_unseen, members.identity_no_match; BadInput people.phone.
    """
    actor.require(Perm.IDENTITY_DESK, union)
    if not seen:
        raise RuleViolation("members.document_unseen", "请先看本人的证件原件，再勾选“已看过证件原件”。")
    digits, fault = people_rules.phone_read(phone)
    if fault or not digits:
        raise BadInput("people.phone", fault or "请填写本人的手机号。")
    found = reads.person_find(id_number=id_number, id_kind=id_kind)
    if not found or found[0].name != name.strip():
        raise RuleViolation("members.identity_no_match", "没有找到这个姓名和证件号的人。请照证件再核对一遍；没有登记过的，直接办理入会。")
    if found[0].pk == actor.person_id:
        raise RuleViolation("members.maker_decides", "不能给自己登记手机号。请由另一位经办人办理。")
    had = found[0].phone_index is not None
    person = people.person_correct(actor=type(actor).system("desk"), person=found[0], reason=f"窗口核对证件（{actor.ref}）", phone=digits)
    audit.record(actor, "members.identity.phone_set", person, org_path=union.path, had_phone=had)
    body = f"{union.name}核对证件后，为您登记了手机号{person.phone_mask}。不是您本人办理的，请马上拨打工会电话。"
    notices.notice_send(actor, kind=NoticeKind.RESULT, title="登记手机号已更换", body=body, link="/m/members/data/", persons=[person.pk])
    return person


def may_set_phone(actor: Actor, person: Any, org_path: str) -> None:
    """A phone on record is the key to the person's account: changed by the person, or by a desk outside the workplace.

    Raises: RuleViolation members.phone_desk.
    """
    if person.phone_index is not None and actor.person_id != person.pk and not actor.may(Perm.IDENTITY_DESK, org_path):
        raise RuleViolation(
            "members.phone_desk", "手机号已有登记，是本人登录用的。请本人在“我的资料”里申请更正，或带证件到街道（乡镇）以上工会窗口更换。"
        )
