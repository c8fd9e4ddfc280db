"""Exceptions (例外): the maker gives the reason, another person decides; the audit committee sees every one (LED-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.finance import flows, hooks
from gonghui.finance.enums import OverrideState, Perm, VoucherState
from gonghui.finance.models import Override, Voucher
from gonghui.finance.services import duties
from gonghui.policy import services as policy

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def finding_override(*, actor: Actor, voucher: Voucher, key: str, reason: str, approver: Actor) -> Override:
    """Ask for an exception and have it granted by another person at hand (例外办理)."""
    return override_decide(actor=approver, override=override_ask(actor=actor, voucher=voucher, key=key, reason=reason), granted=True)


@transaction.atomic
def override_ask(*, actor: Actor, voucher: Voucher, key: str, reason: str) -> Override:
    """Ask for an exception to one finding (申请例外). Raises RuleViolation finance.override_reason; Conflict finance.override_once."""
    row = Voucher.objects.select_for_update(of=("self",)).select_related("book__union", "book__agent").get(pk=voucher.pk)
    mine = duties.hand(actor, Perm.VOUCHER_MAKE, row.book)
    if row.state != VoucherState.DRAFT:
        raise Conflict("finance.wrong_state", f"凭证现在是“{row.get_state_display()}”，不用再申请例外。")
    if len(reason.strip()) < 6:
        raise RuleViolation("finance.override_reason", "请写明例外的理由（至少 6 个字），经审会看得到。")
    found = next((f for f in hooks.findings(row) if f.key == key), None)
    if found is None:
        raise NotFound("finance.finding_gone", "这一条提示已经不在了，请刷新后再看。")
    path = row.book.union.path
    number = policy.store(actor, found.slip, subject=f"voucher:{row.pk}", org_path=path) if found.slip is not None else ""
    try:
        with transaction.atomic():
            override = Override.objects.create(
                voucher=row, key=key, text=found.text[:400], decision=str(number)[:40], reason=reason.strip()[:400],
                asker_id=mine.user_id, asker_person_id=mine.person_id, asker_ref=mine.ref, asked_at=clock.now(),
            )  # fmt: skip
    except IntegrityError:
        raise Conflict("finance.override_once", "这一条已经申请过例外，请等批准。") from None
    audit.record(actor, "finance.override.asked", override, org_path=path, key=key, why=reason)
    return override


@transaction.atomic
def override_decide(*, actor: Actor, override: Override, granted: bool, opinion: str = "") -> Override:
    """Grant or refuse (批准例外): not by the one who asked, nor by the maker. Raises RuleViolation finance.duties_apart."""
    row = Override.objects.select_related("voucher__book__union", "voucher__book__agent").get(pk=override.pk)
    mine = duties.hand(actor, Perm.FINDING_OVERRIDE, row.voucher.book)
    asker = duties.Hand(row.asker_id, row.asker_person_id, row.asker_ref)
    duties.apart(mine, [("申请", asker), ("制单", duties.maker_of(row.voucher))], duty="批准例外")
    if not granted and not opinion.strip():
        raise RuleViolation("finance.override_opinion", "不批准要写明理由，让制单人知道怎么改。")
    changes = {
        "approver_id": mine.user_id, "approver_person_id": mine.person_id, "approver_ref": mine.ref, "decided_at": clock.now(),
        "opinion": opinion.strip()[:200],
    }  # fmt: skip
    to = OverrideState.GRANTED if granted else OverrideState.REFUSED
    return flows.OVERRIDE.advance(row, to, actor=actor, org_path=row.voucher.book.union.path, changes=changes)
