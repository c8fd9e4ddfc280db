"""Member cards (会员证, S044): numbers, receipt, loss, the signed code."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from django.db import transaction

from gonghui.core import audit, clock, crypto
from gonghui.core.errors import Conflict, NotFound, RuleViolation
from gonghui.members import flows
from gonghui.members.enums import LIVE_CARDS, CardState, Perm
from gonghui.members.models import Card, CardSequence, Membership
from gonghui.members.rules import payload
from gonghui.members.selectors import policy_values

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Order of the curve P-256."""


# -- numbers and states ------------------------------------------------------------------------------------------


def allocate(*, actor: Actor, person_id: int, union: Any, replaces: Card | None = None) -> Card:
    """The next number of the year (会员证编号): 2026 + seven digits + a check digit. Called inside a service."""
    year = clock.today().year
    CardSequence.objects.get_or_create(year=year)
    row = CardSequence.objects.select_for_update().get(year=year)
    last = row.last + 1
    CardSequence.objects.filter(year=year).update(last=last)
    stem = f"{year}{last:07d}"
    card = Card.objects.create(
        number=stem + check_digit(stem), person_id=person_id, union=union, allocated_on=clock.today(), replaces=replaces
    )
    audit.record(actor, "members.card.allocated", card, org_path=union.path, person=person_id)
    return card


def check_digit(stem: str) -> str:
    """Luhn: a mistyped digit or two swapped ones are noticed."""
    total = 0
    for i, char in enumerate(reversed(stem)):
        n = int(char) * (2 if i % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return str(-total % 10)


def receive(*, actor: Actor, card: Card, how: str) -> Card:
    """Card handed over and received (领证确认). Called inside a service that has checked who may say so."""
    return flows.CARD.advance(
        card, CardState.ISSUED, actor=actor, org_path=card.union.path, changes={"received_on": clock.today(), "received_how": how[:16]}
    )


@transaction.atomic
def card_confirm(*, actor: Actor, card: Card) -> Card:
    """The member confirms the receipt (本人确认领证): closes the third gate. Raises: NotFound; Conflict."""
    from gonghui.members.services import joining

    if actor.person_id != card.person_id:
        raise NotFound()
    application = card.person.applications.filter(state="approved").select_related("union", "person").first()
    if application is not None:
        joining.gate_three(actor=actor, application=application, how="本人确认")
        card.refresh_from_db()
        return card
    return receive(actor=actor, card=card, how="本人确认")


@transaction.atomic
def card_hand_over(*, actor: Actor, card: Card) -> Card:
    """An officer registers that the member signed for the card (代登记领证)."""
    from gonghui.members.services import joining

    actor.require(Perm.CARD_ISSUE, card.union)
    application = card.person.applications.filter(state="approved").select_related("union", "person").first()
    if application is not None:
        joining.gate_three(actor=actor, application=application, how="签收登记")
        card.refresh_from_db()
        return card
    return receive(actor=actor, card=card, how="签收登记")


@transaction.atomic
def card_issue_missing(*, actor: Actor, membership: Membership) -> Card:
    """Number a card for a member without one (补编会员证), for example after an import. Raises: Conflict members.card_exists."""
    actor.require(Perm.CARD_ISSUE, membership.union)
    if Card.objects.filter(person_id=membership.person_id, state__in=LIVE_CARDS).exists():
        raise Conflict("members.card_exists", "这名会员已有会员证。遗失请办理补发。")
    card = allocate(actor=actor, person_id=membership.person_id, union=membership.union)
    Membership.objects.filter(pk=membership.pk).update(card_no=card.number)
    return card


@transaction.atomic
def card_lose(*, actor: Actor, card: Card) -> Card:
    """Report a loss and get a new number (挂失补发): the old code stops at the next online check, the new card is to be received."""
    if actor.person_id != card.person_id:
        actor.require(Perm.CARD_ISSUE, card.union)
    flows.CARD.advance(card, CardState.LOST, actor=actor, org_path=card.union.path, changes={"ended_on": clock.today()})
    spell = Membership.objects.filter(person_id=card.person_id, until=None).select_related("union").first()
    if spell is None:
        raise RuleViolation("members.no_membership", "这个人现在没有会籍，只登记挂失，不补发会员证。")
    fresh = allocate(actor=actor, person_id=card.person_id, union=spell.union, replaces=card)
    Membership.objects.filter(pk=spell.pk).update(card_no=fresh.number)
    return fresh


def cancel_live(*, actor: Actor, person_id: int, why: str) -> int:
    """Cancel what is live when somebody leaves (注销会员证). Called inside a service."""
    rows = list(Card.objects.filter(person_id=person_id, state__in=LIVE_CARDS).select_related("union"))
    for card in rows:
        flows.CARD.advance(card, CardState.CANCELLED, actor=actor, org_path=card.union.path, changes={"ended_on": clock.today()}, why=why)
    return len(rows)


@transaction.atomic
def cards_printed(*, actor: Actor, cards: list[Card]) -> int:
    """Note that a sheet of cards was printed (打印会员证)."""
    for card in cards:
        actor.require(Perm.CARD_ISSUE, card.union)
    count = Card.objects.filter(pk__in=[c.pk for c in cards]).update(printed_at=clock.now())
    audit.record(actor, "members.card.printed", org_path=cards[0].union.path if cards else "", cards=[c.number for c in cards])
    return count


# -- the signed code ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _private(seed: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(seed, "big") % (ORDER - 1) + 1, ec.SECP256R1())


def _key() -> ec.EllipticCurvePrivateKey:
    """The signing key of this installation, derived from the key service: nothing more to keep."""
    return _private(crypto.service().index_key("members.card.sign"))


def public_key() -> str:
    """The verifying key as hex of the raw point (65 bytes), for the browser's WebCrypto."""
    point = _key().public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return point.hex()


def code_of(card: Card) -> str:
    """The signed code of a card for its QR (会员证二维码), good for some weeks. Source: policy members.card_code_days."""
    today = clock.today()
    days = policy_values.number("members.card_code_days", today, card.union)
    text = payload.body(card.number, today, today + timedelta(days=days))
    r, s = decode_dss_signature(_key().sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return payload.join(text, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def code_check(code: str) -> dict[str, Any]:
    """Check a code on the server (联网核验): signature, date, and whether the card is live. Says nothing of the person."""
    read = payload.split(code)
    if read is None:
        return {"ok": False, "word": "不是会员证二维码", "why": "内容读不出来，请重新扫一次。"}
    signature = encode_dss_signature(int.from_bytes(read.signature[:32], "big"), int.from_bytes(read.signature[32:], "big"))
    try:
        _key().public_key().verify(signature, read.body.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return {"ok": False, "word": "签名不对", "why": "这张二维码不是本平台签发的，或内容被改过。"}
    if read.valid_until < clock.today():
        return {"ok": False, "word": "二维码已过期", "why": f"有效期到 {read.valid_until}，请会员打开手机页面刷新。", "number": read.number}
    card = Card.objects.filter(number=read.number).first()
    if card is None or card.state not in LIVE_CARDS:
        word = card.get_state_display() if card else "没有这张会员证"
        return {"ok": False, "word": word, "why": "签名是真的，但这张会员证现在不能用。", "number": read.number}
    return {"ok": True, "word": "会员证有效", "why": f"有效期到 {read.valid_until}。", "number": read.number, "union": card.union.name}
