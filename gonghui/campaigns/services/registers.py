"""Dictionaries, declared rates, zone profiles, two-new cards (字典、申报的率、园区画像、两新登记卡). Source: S029, S030, S035, S269."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from gonghui.campaigns.enums import Basis, Perm
from gonghui.campaigns.models import Assignment, Campaign, Category, DeclaredRate, TwoNewCard, ZoneProfile
from gonghui.campaigns.rules import rates as rules
from gonghui.campaigns.services.common import held, saved
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation
from gonghui.orgs import services as orgs
from gonghui.orgs.enums import Perm as OrgPerm

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

CODED = (Basis.GROUP, Basis.SECTOR, Basis.TWO_NEW_TYPE)


@transaction.atomic
def category_add(*, actor: Actor, basis: str, code: str, label: str, since: date) -> Category:
    """Add an entry to a dictionary (新增对象). Raises: NotPermitted; BadInput; Conflict."""
    actor.require(Perm.CATEGORY_EDIT)
    if basis not in CODED:
        raise BadInput("campaigns.category", "只有群体、重点行业、两新类型可以增加条目。")
    if not label.strip() or not code.strip().isascii() or not code.strip():
        raise BadInput("campaigns.category", "请写名称和代码，代码用英文字母。")
    last = Category.objects.filter(basis=basis).order_by("-order").values_list("order", flat=True).first() or 0
    made: Category = saved(Category(basis=basis, code=code.strip()[:16], label=label.strip()[:40], since=since, order=last + 1))
    audit.record(actor, "campaigns.category.added", made, basis=basis, code=made.code)
    return made


@transaction.atomic
def category_rename(*, actor: Actor, category: Category, label: str, on: date) -> Category:
    """Another name from a day (改名): the old entry ends, a new one begins; what was named before keeps its name. Raises: BadInput."""
    actor.require(Perm.CATEGORY_EDIT)
    category_end(actor=actor, category=category, on=on)
    made: Category = saved(Category(basis=category.basis, code=category.code, label=label.strip()[:40], since=on, order=category.order))
    audit.record(actor, "campaigns.category.changed", made, old=category.label, new=made.label)
    return made


@transaction.atomic
def category_end(*, actor: Actor, category: Category, on: date) -> Category:
    """No longer used from a day (停用). Raises: BadInput campaigns.day; Conflict campaigns.ended."""
    actor.require(Perm.CATEGORY_EDIT)
    if on <= category.since:
        raise BadInput("campaigns.day", "停用日期要晚于启用日期。")
    if not Category.objects.filter(pk=category.pk, until=None).update(until=on):
        raise Conflict("campaigns.ended", "这个条目已经停用。")
    category.refresh_from_db()
    audit.record(actor, "campaigns.category.ended", category, on=on)
    return category


@transaction.atomic
def rate_declare(
    *,
    actor: Actor,
    campaign: Campaign,
    name: str,
    numerator: int,
    numerator_words: str,
    denominator: int | None,
    denominator_words: str,
    claimed: str,
    as_of: date,
) -> DeclaredRate:
    """Keep a rate with both its numbers (登记申报的率), in any state of the campaign.

    Raises: BadInput campaigns.rate_text, campaigns.rate_words; RuleViolation campaigns.rate_impossible with the arithmetic.
    """
    row = held(actor, campaign, states=("draft", "running", "settled", "closed"))
    try:
        said = rules.claim(claimed)
    except ValueError as fault:
        raise BadInput("campaigns.rate_text", str(fault)) from fault
    if why := rules.fault(numerator, denominator, said):
        raise RuleViolation("campaigns.rate_impossible", why, numerator=numerator, denominator=denominator, claimed=said.text)
    if denominator is None or not numerator_words.strip() or not denominator_words.strip():
        raise BadInput("campaigns.rate_words", "每个率都要写明分子、分母各是多少、各是什么。")
    made: DeclaredRate = saved(
        DeclaredRate(
            campaign=row, name=name.strip(), numerator=numerator, numerator_words=numerator_words.strip(), denominator=denominator,
            denominator_words=denominator_words.strip(), claimed=said.text, as_of=as_of, actor=actor.ref, at=clock.now(),
        )
    )  # fmt: skip
    audit.record(actor, "campaigns.rate.registered", made, org_path=row.union.path, numerator=numerator, denominator=denominator)
    return made


@transaction.atomic
def zone_rate(*, actor: Actor, union: Any, varied: int, complex_: int, unstable: int, note: str) -> ZoneProfile:
    """Grade a zone's labour relations (评定园区画像). Raises: NotFound for a union that is no zone; BadInput."""
    actor.require(Perm.CAMPAIGN_EDIT, union)
    if union.kind != "zone" and union.form != "joint7":
        raise NotFound()
    if not note.strip():
        raise BadInput("campaigns.note", "请写评定依据，例如走访多少家、看到什么。")
    made: ZoneProfile = saved(
        ZoneProfile(union=union, varied=varied, complex=complex_, unstable=unstable, note=note.strip(), on=clock.today(), actor=actor.ref)
    )
    audit.record(actor, "campaigns.zone.rated", made, org_path=union.path, varied=varied, complex=complex_, unstable=unstable)
    return made


@transaction.atomic
def two_new_set(
    *, actor: Actor, employer: Any, category: Category, contract_no: str = "", contract_until: date | None = None
) -> TwoNewCard:
    """Type and contract of a two-new organisation (登记两新卡): a change ends the old card. Raises: NotPermitted; BadInput campaigns.two_new."""
    actor.require(OrgPerm.EMPLOYER_EDIT, employer.union)
    actor.require(Perm.CAMPAIGN_EDIT, employer.union)
    if not employer.two_new or category.basis != Basis.TWO_NEW_TYPE:
        raise BadInput("campaigns.two_new", f"{employer.name}没有标为两新组织。请先在单位登记里标明。")
    if bool(contract_no.strip()) != bool(contract_until):
        raise BadInput("campaigns.contract", "集体合同要同时写编号和有效期。")
    today = clock.today()
    TwoNewCard.objects.filter(employer=employer, until=None, since=today).delete()
    TwoNewCard.objects.filter(employer=employer, until=None).update(until=today)
    made: TwoNewCard = saved(
        TwoNewCard(
            employer=employer, category=category, contract_no=contract_no.strip()[:40], contract_until=contract_until, since=today, actor=actor.ref
        )
    )  # fmt: skip
    audit.record(actor, "campaigns.twonew.registered", made, org_path=employer.union.path, category=category.code)
    return made


@transaction.atomic
def sector_set(*, actor: Actor, employer: Any, sector: str) -> Any:
    """Say which key sector an employer belongs to (标重点行业): one of the dictionary, or none. Raises: BadInput campaigns.sector."""
    actor.require(Perm.CAMPAIGN_EDIT, employer.union)
    if sector and not Category.objects.filter(basis=Basis.SECTOR, code=sector, until=None).exists():
        raise BadInput("campaigns.sector", "重点行业字典里没有这一项。")
    return orgs.employer_edit(actor=actor, employer=employer, key_sector=sector)


def employer_merged(absorbed: int, survivor: int, on: date) -> None:
    """Cards and assignments follow a merged employer (归并随迁); the survivor's own card stays."""
    if TwoNewCard.objects.filter(employer=survivor, until=None).exists():
        TwoNewCard.objects.filter(employer=absorbed, until=None).update(until=on)
    TwoNewCard.objects.filter(employer=absorbed).update(employer=survivor)
    Assignment.objects.filter(employer=absorbed).update(employer=survivor)
