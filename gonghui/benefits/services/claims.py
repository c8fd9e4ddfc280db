"""Taking, giving up and using codes (领取、取消、核销). The quota is held by a conditional update and by the table's constraint."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.accounts.actor import Actor
from gonghui.benefits.enums import HOLDING, ClaimState, MerchantState, OfferKind, OfferState, Perm, TryOutcome
from gonghui.benefits.models import Claim, CounterTry, Offer
from gonghui.benefits.rules import codes
from gonghui.benefits.selectors import common, offers
from gonghui.core import audit, clock
from gonghui.core.errors import Conflict, NotFound, Refusal, RuleViolation
from gonghui.notices import services as notices
from gonghui.notices.enums import NoticeKind

if TYPE_CHECKING:
    from gonghui.benefits.models import Merchant


def take_one(offer: int) -> bool:
    """One piece off the quota, or none left: the whole guard is this statement, the constraint stands behind it."""
    return bool(Offer.objects.filter(pk=offer, state=OfferState.OPEN, taken__lt=F("quota")).update(taken=F("taken") + 1))


@transaction.atomic
def claim_take(*, actor: Actor, offer: Offer) -> Claim:
    """A member takes a piece (领取).

    The statement on the offer's row comes first and locks it, so a person's pieces are counted one after the other.
    Raises: RuleViolation benefits.may_not_claim with the slip's words; Conflict benefits.sold_out, benefits.claimed.
    Source: policy benefits.may_claim.
    """
    person = common.me(actor)
    if not take_one(offer.pk):
        _say_why(offer, person)
        raise Conflict("benefits.sold_out", "刚刚领完了。有人取消时会重新放出来。")
    row = Offer.objects.select_related("merchant", "union").get(pk=offer.pk)
    row.taken -= 1  # the slip judges what was there before this piece
    _say_why(row, person)
    spell = common.spell_of(person)
    held = set(Claim.objects.filter(offer=row, person=person, state__in=HOLDING).values_list("n", flat=True))
    n = next(i for i in range(1, row.per_member + 2) if i not in held)
    group = row.kind == OfferKind.GROUP and row.formed_at is None
    try:
        with transaction.atomic():
            made = Claim.objects.create(
                offer=row, person_id=person, union=spell.union, n=n, code=codes.fresh(), saving_fen=row.saving_fen, claimed_at=clock.now(),
                state=ClaimState.WAITING if group else ClaimState.ISSUED, valid_until=None if group else _valid(row),
            )  # fmt: skip
    except IntegrityError:
        raise Conflict("benefits.claimed", "您已经领过这一份，请到“我的券”里看。") from None
    audit.record(actor, "benefits.code.claimed", made, org_path=row.union.path, offer=row.pk)
    if group:
        group_form(actor=actor, offer=row)
        made.refresh_from_db()
    return made


def _say_why(offer: Offer, person: int) -> None:
    """Refuse with the slip's first reason. Raises RuleViolation."""
    slip = offers.may_claim(offer, person)
    if slip.outcome is not True and slip.blocks:
        raise RuleViolation("benefits.may_not_claim", common.reasons(slip), offer=offer.pk)


def _valid(offer: Offer) -> Any:
    """The last day of a code: its days, but not beyond the merchant's contract."""
    return min(clock.today() + timedelta(days=offer.code_days), offer.merchant.until)


def _give_back(offer: int, pieces: int = 1) -> None:
    Offer.objects.filter(pk=offer, taken__gte=pieces).update(taken=F("taken") - pieces)


@transaction.atomic
def claim_cancel(*, actor: Actor, claim: Claim) -> Claim:
    """The member gives it up; the piece goes back into the quota (取消). Raises NotFound, Conflict benefits.not_usable."""
    if claim.person_id != common.me(actor):
        raise NotFound()
    moved = Claim.objects.filter(pk=claim.pk, state__in=[ClaimState.WAITING, ClaimState.ISSUED]).update(
        state=ClaimState.CANCELLED, ended_at=clock.now()
    )
    if not moved:
        raise Conflict("benefits.not_usable", "这张券已经用过或者已经结束，不用取消。")
    _give_back(claim.offer_id)
    claim.refresh_from_db()
    audit.record(actor, "benefits.code.cancelled", claim, org_path=claim.offer.union.path)
    return claim


# -- group deals -------------------------------------------------------------------------------------------------------


@transaction.atomic
def group_form(*, actor: Actor, offer: Offer) -> bool:
    """When enough have joined, all waiting codes become good (成团)."""
    waiting = Claim.objects.filter(offer=offer, state=ClaimState.WAITING)
    if waiting.count() < offer.group_least or not Offer.objects.filter(pk=offer.pk, formed_at=None).update(formed_at=clock.now()):
        return False
    people = list(waiting.values_list("person_id", flat=True))
    waiting.update(state=ClaimState.ISSUED, valid_until=_valid(offer))
    audit.record(actor, "benefits.offer.formed", offer, org_path=offer.union.path, count=len(people))
    _tell(actor, people, f"“{offer.title}”成团了", f"一共 {len(people)} 人，券码已经可以用。")
    return True


@transaction.atomic
def group_fail(*, actor: Actor, offer: Offer) -> int:
    """Closing time passed without enough people: everybody is told and let go (未成团)."""
    row = Offer.objects.select_for_update().select_related("union").get(pk=offer.pk)
    waiting = Claim.objects.filter(offer=row, state=ClaimState.WAITING)
    if row.formed_at is not None or row.until > clock.now():
        return 0
    people = list(waiting.values_list("person_id", flat=True))
    n = waiting.update(state=ClaimState.FAILED, ended_at=clock.now())
    if n:
        _give_back(row.pk, n)
        audit.record(actor, "benefits.offer.unformed", row, org_path=row.union.path, count=n)
        _tell(actor, people, f"“{row.title}”没有成团", f"要 {row.group_least} 人，只到了 {n} 人。没有收您的钱。")
    return n


def _tell(actor: Actor, people: list[int], title: str, body: str) -> None:
    notices.notice_send(actor, kind=NoticeKind.RESULT, title=title[:80], body=body, link="/m/benefits/mine/", persons=people)


# -- the counter -------------------------------------------------------------------------------------------------------


def counter(merchant: Merchant) -> Actor:
    """The merchant's page as an actor: it holds nothing but the one code it is shown."""
    return Actor(ref=f"merchant:{merchant.pk}", name=merchant.name)


def look(merchant: Merchant, text: str) -> Claim | None:
    """The code if it is one of this merchant's; the page shows offer and state, never whose it is."""
    code = codes.typed(text)
    if len(code) != codes.LENGTH:
        return None
    return Claim.objects.filter(code=code, offer__merchant=merchant).select_related("offer__merchant", "offer__union").first()


def why_not(claim: Claim) -> str:
    """Why a code cannot be used now, empty when it can."""
    merchant = claim.offer.merchant
    if merchant.state != MerchantState.ACTIVE:
        return f"商家合作{MerchantState(merchant.state).label}，不能核销。"
    if claim.state != ClaimState.ISSUED:
        return f"这张券{ClaimState(claim.state).label}，不能使用。"
    if claim.valid_until is not None and claim.valid_until < clock.today():
        return f"这张券 {claim.valid_until:%m月%d日} 已经过期。"
    if common.spell_of(claim.person_id) is None:
        return "这张券现在不能使用，请会员联系工会。"
    return ""


@transaction.atomic
def code_use(*, merchant: Merchant, text: str) -> Claim:
    """Use a code once (核销).

    Raises: NotFound benefits.no_code; Conflict benefits.code_spent. The same press twice gives the same answer within the undo time.
    """
    claim, actor = look(merchant, text), counter(merchant)
    if claim is None:
        raise NotFound("benefits.no_code", "没有这张券，或者不是本店的券。请核对 12 位券码。")
    if reason := why_not(claim):
        raise Conflict("benefits.code_spent", reason)
    moved = Claim.objects.filter(pk=claim.pk, state=ClaimState.ISSUED, valid_until__gte=clock.today()).update(
        state=ClaimState.USED, used_at=clock.now()
    )
    if not moved:
        raise Conflict("benefits.code_spent", "这张券刚刚用过，不能再用。")
    claim.refresh_from_db()
    CounterTry.objects.create(merchant=merchant, claim=claim, outcome=TryOutcome.USED, at=clock.now(), actor=actor.ref)
    audit.record(actor, "benefits.code.code_used", claim, org_path=claim.offer.union.path)
    return claim


@transaction.atomic
def code_failed(*, merchant: Merchant, text: str, refusal: Refusal) -> CounterTry:
    """Keep that a code was refused (记下没有核销成)."""
    claim = look(merchant, text)
    outcome = TryOutcome.UNKNOWN if claim is None else TryOutcome.REFUSED
    return CounterTry.objects.create(
        merchant=merchant, claim=claim, outcome=outcome, at=clock.now(), actor=counter(merchant).ref, reason=refusal.message[:200]
    )


def undo_until(claim: Claim) -> Any:
    """Until when the counter may take a use back. Source: policy benefits.undo_minutes."""
    minutes = common.number("benefits.undo_minutes", claim.offer.union)
    return claim.used_at + timedelta(minutes=minutes) if claim.used_at is not None else None


@transaction.atomic
def code_undo(*, actor: Actor | None = None, merchant: Merchant | None = None, claim: Claim, reason: str) -> Claim:
    """Take a use back (撤回核销): the counter within minutes, an officer with a reason at any time."""
    if merchant is not None:
        doer = counter(merchant)
        if claim.offer.merchant_id != merchant.pk:
            raise NotFound()
        if claim.used_at is not None and clock.now() > undo_until(claim):
            raise RuleViolation("benefits.undo_late", "超过可以撤回的时间，请联系工会办理。")
    elif actor is not None:
        doer = actor
        actor.require(Perm.OFFER_EDIT, claim.offer.union)
    else:
        raise NotFound()
    if len(reason.strip()) < 2:
        raise RuleViolation("benefits.reason", "请写撤回的原因。")
    if not Claim.objects.filter(pk=claim.pk, state=ClaimState.USED).update(state=ClaimState.ISSUED, used_at=None):
        raise Conflict("benefits.not_used", "这张券没有核销过，不用撤回。")
    claim.refresh_from_db()
    CounterTry.objects.create(
        merchant=claim.offer.merchant, claim=claim, outcome=TryOutcome.UNDONE, at=clock.now(), actor=doer.ref, reason=reason.strip()[:200]
    )
    audit.record(doer, "benefits.code.code_undone", claim, org_path=claim.offer.union.path, reason=reason.strip()[:200])
    return claim


@transaction.atomic
def lapse(*, actor: Actor) -> dict[str, int]:
    """Codes past their last day lapse and their pieces return; groups that did not form are let go (到期收回). Safe to run twice."""
    expired = 0
    due = Claim.objects.filter(state=ClaimState.ISSUED, valid_until__lt=clock.today())
    for offer in sorted(set(due.values_list("offer_id", flat=True))):
        n = due.filter(offer=offer).update(state=ClaimState.EXPIRED, ended_at=clock.now())
        _give_back(offer, n)
        expired += n
    failed = sum(
        group_fail(actor=actor, offer=o)
        for o in Offer.objects.filter(
            kind=OfferKind.GROUP, formed_at=None, until__lte=clock.now(), claims__state=ClaimState.WAITING
        ).distinct()
    )
    if expired:
        audit.record(actor, "benefits.code.code_expired", count=expired)
    return {"expired": expired, "failed": failed}
