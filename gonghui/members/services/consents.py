"""Consent (同意): given to one version of a notice, withdrawn as easily, asked separately for what is sensitive (PIPL 13–17, 29)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from django.db import transaction

from gonghui.core import audit, clock
from gonghui.core.errors import RuleViolation
from gonghui.members.enums import ConsentPurpose
from gonghui.members.models import Consent
from gonghui.members.selectors import policy_values

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

NOTICES = Path(__file__).resolve().parent.parent / "data" / "notices.yaml"


@dataclass(frozen=True)
class Notice:
    """What a person is told before consenting (告知): processor, purpose, kinds of data, retention, rights (PIPL 17)."""

    purpose: str
    version: str
    title: str
    basis: str
    needed: bool
    sensitive: bool
    what: str
    why: str
    kept: str
    effect: str

    @property
    def hash(self) -> str:
        """Of the text as it was shown."""
        return hashlib.sha256(
            "|".join([self.purpose, self.version, self.title, self.what, self.why, self.kept, self.effect]).encode()
        ).hexdigest()


@cache
def notices() -> dict[str, Notice]:
    """The notice in force for each purpose."""
    rows = yaml.safe_load(NOTICES.read_text(encoding="utf-8"))
    return {row["purpose"]: Notice(**row) for row in rows}


@transaction.atomic
def consent_give(*, actor: Actor, person: Any, purpose: str, how: str = "职工端勾选", guardian: str = "") -> Consent:
    """Record a consent to the notice as it stands (同意). An older version is ended by it.

    Args: guardian: who consents for a child below the age of the rule (PIPL 31), by name and relation.
    Raises: RuleViolation members.guardian_needed.
    """
    notice = notices()[str(ConsentPurpose(purpose))]
    _guardian(person, guardian)
    live = Consent.objects.filter(person_id=person.pk, purpose=purpose, withdrawn_at=None).first()
    if live is not None and live.notice_hash == notice.hash:
        return live
    Consent.objects.filter(person_id=person.pk, purpose=purpose, withdrawn_at=None).update(withdrawn_at=clock.now())
    row = Consent.objects.create(
        person_id=person.pk, purpose=purpose, version=notice.version, notice_hash=notice.hash, given_at=clock.now(), how=how[:20],
        guardian=guardian.strip()[:40],
    )  # fmt: skip
    audit.record(actor, "members.consent.given", row, purpose=purpose, version=notice.version)
    return row


def _guardian(person: Any, guardian: str) -> None:
    """A child's own consent is none: the guardian gives it (不满十四周岁由监护人同意)."""
    if person.birth_date is None or guardian.strip():
        return
    age = policy_values.number("members.guardian_age", clock.today())
    if clock.today() < clock.add_months(person.birth_date, 12 * age):
        raise RuleViolation(
            "members.guardian_needed",
            f"不满 {age} 周岁的，处理个人信息要由父母或者其他监护人同意（个人信息保护法第三十一条）。请由监护人办理，并写明姓名和关系。",
            age=age,
        )


@transaction.atomic
def consent_withdraw(*, actor: Actor, person: Any, purpose: str) -> None:
    """Withdraw a consent (撤回同意); it takes effect with the next request (PRI-06). What is optional is erased at once."""
    moved = Consent.objects.filter(person_id=person.pk, purpose=purpose, withdrawn_at=None).update(withdrawn_at=clock.now())
    if not moved:
        return
    if purpose == ConsentPurpose.SIGNATURE:
        person.applications.update(signature_sealed=None)
    if purpose == ConsentPurpose.ACCOUNT:
        person.service_cards.filter(until=None).update(until=clock.today(), state="closed")
    audit.record(actor, "members.consent.withdrawn", person, purpose=purpose)


def consent_live(person_id: int, purpose: str) -> bool:
    """Is there a consent to the notice in force?"""
    notice = notices()[purpose]
    return Consent.objects.filter(person_id=person_id, purpose=purpose, withdrawn_at=None, notice_hash=notice.hash).exists()


def require(person_id: int, purpose: str) -> None:
    """Refuse processing that has no live basis (PRI-06). Raises RuleViolation members.no_consent."""
    if not consent_live(person_id, purpose):
        title = notices()[purpose].title
        raise RuleViolation(
            "members.no_consent", f"没有本人对“{title}”的有效同意，不能这样使用其个人信息。请先征得本人同意。", purpose=purpose
        )
