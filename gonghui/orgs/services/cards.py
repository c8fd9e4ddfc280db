"""Six-grasp card and five-clear survey (六个掌握、五个清), four diversities. Source: S004, S005, S039, R011, R012."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from gonghui.core import audit, clock
from gonghui.orgs.enums import Perm
from gonghui.orgs.models import CardBlock, Employer
from gonghui.orgs.rules import cards as rules
from gonghui.orgs.services.common import not_future, sign, violate
from gonghui.orgs.services.employers import must_be_listed

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


@transaction.atomic
def card_record(*, actor: Actor, employer: Employer, card: str, values: Mapping[str, str], on: date | None = None) -> int:
    """Fill blocks of a card (登记信息卡). Each keeps value, date and collector; earlier entries stay. Returns how many."""
    employer = Employer.objects.select_for_update().select_related("union").get(pk=employer.pk)
    actor.require(Perm.EMPLOYER_EDIT, employer.union)
    must_be_listed(employer)
    day = on or clock.today()
    not_future(day, "采集日期")
    if card == rules.FIVE and not employer.two_new:
        violate("orgs.not_two_new", f"{employer.name}没有标为两新组织，不填“五个清”。请先在登记里标明。")
    known = rules.BLOCKS[card]
    if strangers := set(values) - set(known):
        raise TypeError(f"卡片没有这些项目：{sorted(strangers)}")
    given = {k: v.strip() for k, v in values.items() if v and v.strip()}
    reason = given.get("reason")
    if card == rules.FIVE and reason is not None and reason not in rules.NO_UNION_REASONS:
        violate("orgs.reason_code", f"未建会原因请从列表里选：{'、'.join(rules.NO_UNION_REASONS.values())}。")
    now = clock.now()
    CardBlock.objects.bulk_create(
        CardBlock(employer=employer, card=card, block=k, value=v[:300], on=day, actor=sign(actor), recorded_at=now)
        for k, v in given.items()
    )
    audit.record(actor, "orgs.card.record", employer, org_path=employer.union.path, card=card, blocks=sorted(given), on=day)
    return len(given)


@transaction.atomic
def diversity_set(*, actor: Actor, employer: Employer, values: Mapping[str, list[str]]) -> Employer:
    """Record the four diversities of employment (四个多样化). Source: S039."""
    employer = Employer.objects.select_for_update().select_related("union").get(pk=employer.pk)
    actor.require(Perm.EMPLOYER_EDIT, employer.union)
    must_be_listed(employer)
    for axis, chosen in values.items():
        if axis not in rules.DIVERSITY or set(chosen) - set(rules.DIVERSITY[axis][1]):
            violate("orgs.diversity", "“四个多样化”的选项请从列表里选。")
    old = employer.diversity
    employer.diversity = {k: sorted(v) for k, v in values.items() if v}
    employer.save(update_fields=["diversity"])
    audit.record(actor, "orgs.employer.diversity", employer, org_path=employer.union.path, old=old, new=employer.diversity)
    return employer
