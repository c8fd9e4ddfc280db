"""Bank-linked service cards (会员互助服务卡, S045): sealed account, check before payment, returned payments put right."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, bulk, clock, crypto, mask
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.members.enums import ConsentPurpose, Perm, ServiceCardState
from gonghui.members.models import Membership, ServiceCard, ServiceCardReturn
from gonghui.members.services import consents

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

SERVICE_TABLE = "members.servicecard"
ACCOUNT_LABEL = "members.service_card.account"


def _allowed(actor: Actor, person_id: int) -> None:
    """An officer acts for members of the own scope; finance acts as the system."""
    if actor.is_system or actor.person_id == person_id:
        return
    spell = Membership.objects.filter(person_id=person_id, until=None).select_related("union").first()
    if spell is None:
        raise NotFound()
    actor.require(Perm.SERVICE_CARD_EDIT, spell.union)


@transaction.atomic
def service_card_link(*, actor: Actor, person: Any, bank: str, account: str, org: Any = None) -> ServiceCard:
    """Link a bank-linked service card (登记服务卡): the account is sealed, shown by its last four digits.

    Raises: NotPermitted; BadInput members.bad_account; RuleViolation members.no_consent; Conflict members.service_card.
    """
    if actor.person_id != person.pk:
        actor.require(Perm.SERVICE_CARD_EDIT, org)
    consents.require(person.pk, ConsentPurpose.ACCOUNT)
    digits = "".join(c for c in account if not c.isspace() and c != "-")
    if not digits.isdigit() or not 8 <= len(digits) <= 30:
        raise BadInput("members.bad_account", f"账户号应是 8 到 30 位数字，这里是 {len(digits)} 位。")
    pk = int(bulk.reserve_ids(ServiceCard, 1)[0])
    try:
        with transaction.atomic():
            row = ServiceCard.objects.create(
                pk=pk, person_id=person.pk, bank=bank.strip()[:60], account_sealed=crypto.seal(SERVICE_TABLE, "account", pk, digits),
                account_index=crypto.blind(ACCOUNT_LABEL, digits), account_mask=mask.card(digits), since=clock.today(),
            )  # fmt: skip
    except IntegrityError as fault:
        raise Conflict("members.service_card", "已有服务卡，或这个账户登记在别人名下。请先停用原卡或核对账号。") from fault
    audit.record(actor, "members.service_card.linked", row, person=person.pk, account=audit.digest("members.account", digits))
    return row


@transaction.atomic
def service_card_check(*, actor: Actor, person_id: int) -> ServiceCard:
    """May money go there? (付款前核验). Raises: RuleViolation members.service_card_unusable; members.no_consent."""
    _allowed(actor, person_id)
    row = ServiceCard.objects.filter(person_id=person_id, until=None).first()
    if row is None:
        raise RuleViolation("members.service_card_unusable", "本人还没有登记服务卡。请本人登记，或改用其他发放方式。")
    if row.state != ServiceCardState.ACTIVE:
        raise RuleViolation(
            "members.service_card_unusable", f"服务卡状态是“{row.get_state_display()}”：{row.fault}。请本人核对账户后再付。"
        )
    consents.require(person_id, ConsentPurpose.ACCOUNT)
    ServiceCard.objects.filter(pk=row.pk).update(checked_on=clock.today())
    audit.record(actor, "members.service_card.checked", row)
    return row


@transaction.atomic
def service_card_returned(
    *, actor: Actor, card: ServiceCard, fault: str, amount_fen: int = 0, on: date | None = None, reference: str = ""
) -> ServiceCard:
    """A payment came back (登记退汇): no further payment until the account was put right.

    Args: amount_fen what came back, 0 when only the fault is known.
    Raises: NotPermitted; RuleViolation members.reason, members.future; Conflict members.service_card_moved.
    """
    _allowed(actor, card.person_id)
    day = on or clock.today()
    if len(fault.strip()) < 2 or amount_fen < 0 or day > clock.today():
        raise RuleViolation("members.reason", "请写明退汇原因、金额和日期，日期不能晚于今天。")
    moved = ServiceCard.objects.filter(pk=card.pk, until=None, state=ServiceCardState.ACTIVE).update(
        state=ServiceCardState.RETURNED, fault=fault.strip()[:120]
    )
    if not moved:
        raise Conflict("members.service_card_moved", "这张服务卡已经停用或已登记退汇。")
    if amount_fen:
        ServiceCardReturn.objects.create(
            card=card, on=day, amount_fen=amount_fen, reference=reference.strip()[:40], fault=fault.strip()[:120], actor=actor.ref
        )
    card.refresh_from_db()
    audit.record(actor, "members.service_card.returned", card, fault=fault.strip()[:120], amount_fen=amount_fen)
    return card


@transaction.atomic
def service_card_restore(*, actor: Actor, card: ServiceCard, outcome: str) -> ServiceCard:
    """The account was checked with the member and the bank and is right (核对无误，恢复付款). Who registered the return does not decide alone.

    Raises: NotPermitted; RuleViolation members.reason, members.maker_decides; Conflict.
    """
    _allowed(actor, card.person_id)
    if len(outcome.strip()) < 4:
        raise RuleViolation("members.reason", "请写明怎么核对的，至少 4 个字，例如“本人补登户名，银行已核”。")
    if card.returns.filter(handled_on=None, actor=actor.ref).exists():
        raise RuleViolation("members.maker_decides", "登记退汇的人不能自己恢复付款。请由另一位经办人核对。")
    moved = ServiceCard.objects.filter(pk=card.pk, until=None, state=ServiceCardState.RETURNED).update(
        state=ServiceCardState.ACTIVE, fault="", checked_on=clock.today()
    )
    if not moved:
        raise Conflict("members.service_card_moved", "这张服务卡没有待核的退汇。")
    _handled(actor, card, outcome)
    card.refresh_from_db()
    audit.record(actor, "members.service_card.restored", card, outcome=outcome.strip()[:120])
    return card


def _handled(actor: Actor, card: ServiceCard, outcome: str) -> None:
    card.returns.filter(handled_on=None).update(handled_on=clock.today(), handled_by=actor.ref, outcome=outcome.strip()[:120])


@transaction.atomic
def service_card_close(*, actor: Actor, card: ServiceCard) -> ServiceCard:
    """Stop a service card (停用服务卡); open returns are handled by it: the money takes another way."""
    _allowed(actor, card.person_id)
    _handled(actor, card, "停用服务卡，改用其他发放方式")
    ServiceCard.objects.filter(pk=card.pk, until=None).update(state=ServiceCardState.CLOSED, until=clock.today())
    card.refresh_from_db()
    audit.record(actor, "members.service_card.closed", card)
    return card
