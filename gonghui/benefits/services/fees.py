"""The waived fee: scheme, hospitals, passes, uses (免医事服务费的办理)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F

from gonghui.accounts.actor import Actor
from gonghui.benefits import flows
from gonghui.benefits.enums import Perm, SchemeState, VisitLevel
from gonghui.benefits.models import FeeGrant, FeeRate, FeeScheme, FeeUse, Hospital
from gonghui.benefits.rules import codes
from gonghui.benefits.selectors import common
from gonghui.benefits.selectors import fees as reads
from gonghui.core import audit, clock
from gonghui.core.errors import BadInput, Conflict, NotFound, RuleViolation

if TYPE_CHECKING:
    from collections.abc import Mapping


@transaction.atomic
def scheme_add(
    *, actor: Actor, union: Any, year: int, name: str, document_no: str, times: int, budget_fen: int, rates: Mapping[str, int]
) -> FeeScheme:
    """Draft the scheme of a year (新建方案). Args: rates: level -> fen the union pays, from the scheme's own document."""
    actor.require(Perm.FEE_RUN, union)
    if not 2000 <= year <= 2100 or times < 1 or budget_fen <= 0 or not name.strip() or not document_no.strip():
        raise BadInput("benefits.scheme", "请写方案名称和文号；次数至少 1，预算要大于零。")
    try:
        with transaction.atomic():
            made = FeeScheme.objects.create(
                union=union, year=year, name=name.strip(), document_no=document_no.strip(), times=times, budget_fen=budget_fen
            )
    except IntegrityError:
        raise Conflict("benefits.scheme_year", f"{year} 年的方案已经有了，请打开它修改。") from None
    _rates(made, rates)
    audit.record(actor, "benefits.scheme.created", made, org_path=union.path, year=year)
    return made


def _rates(scheme: FeeScheme, rates: Mapping[str, int]) -> None:
    good = {level: fen for level, fen in rates.items() if level in VisitLevel.values and fen > 0}
    if not good or len(good) != len(rates):
        raise BadInput("benefits.rates", "至少写一档金额，金额要大于零。")
    FeeRate.objects.filter(scheme=scheme).exclude(level__in=good).delete()
    for level, fen in good.items():
        FeeRate.objects.update_or_create(scheme=scheme, level=level, defaults={"fee_fen": fen})


@transaction.atomic
def scheme_edit(
    *, actor: Actor, scheme: FeeScheme, name: str, document_no: str, times: int, budget_fen: int, rates: Mapping[str, int]
) -> FeeScheme:
    """Change it (修改方案): passes in hand keep their number, uses keep their amount; the budget never falls below what is spent."""
    actor.require(Perm.FEE_RUN, scheme.union)
    if times < 1 or not name.strip() or not document_no.strip():
        raise BadInput("benefits.scheme", "请写方案名称和文号；次数至少 1。")
    moved = FeeScheme.objects.filter(pk=scheme.pk, spent_fen__lte=budget_fen).exclude(state=SchemeState.CLOSED)
    if not moved.update(name=name.strip(), document_no=document_no.strip(), times=times, budget_fen=budget_fen):
        raise RuleViolation("benefits.budget_below", "方案已结束，或者预算低于已经用掉的金额。")
    _rates(scheme, rates)
    scheme.refresh_from_db()
    audit.record(actor, "benefits.scheme.edited", scheme, org_path=scheme.union.path, budget_fen=budget_fen, times=times)
    return scheme


@transaction.atomic
def scheme_move(*, actor: Actor, scheme: FeeScheme, to: str) -> FeeScheme:
    """Put it in force, end it, take it up again (实施、结束、恢复)."""
    actor.require(Perm.FEE_RUN, scheme.union)
    if to not in SchemeState.values:
        raise BadInput("benefits.state", "没有这种状态。")
    return flows.SCHEME.advance(scheme, to, actor=actor, org_path=scheme.union.path)


def _hospital(data: dict[str, Any]) -> dict[str, Any]:
    if data["until"] < data["since"] or not str(data["name"]).strip():
        raise BadInput("benefits.hospital", "请写医院名称；协议止期不能早于起期。")
    return {k: data[k] for k in ("name", "address", "phone", "agreement_no", "since", "until") if k in data}


@transaction.atomic
def hospital_put(*, actor: Actor, union: Any, hospital: Hospital | None = None, **data: Any) -> Hospital:
    """Register a hospital under agreement, or change it (登记、修改定点医院)."""
    actor.require(Perm.FEE_RUN, union)
    values = _hospital(data)
    try:
        with transaction.atomic():
            if hospital is None:
                hospital = Hospital.objects.create(union=union, **values)
            else:
                Hospital.objects.filter(pk=hospital.pk).update(**values)
                hospital.refresh_from_db()
    except IntegrityError:
        raise Conflict("benefits.hospital_once", "这家医院已经登记，请打开它修改。") from None
    audit.record(actor, "benefits.hospital.put", hospital, org_path=union.path, name=hospital.name)
    return hospital


@transaction.atomic
def hospital_link(*, actor: Actor, hospital: Hospital) -> Hospital:
    """Give the desk a new address; the old one is void at once (更换登记页)."""
    actor.require(Perm.FEE_RUN, hospital.union)
    Hospital.objects.filter(pk=hospital.pk).update(serial=F("serial") + 1)
    hospital.refresh_from_db()
    audit.record(actor, "benefits.hospital.link_changed", hospital, org_path=hospital.union.path)
    return hospital


# -- the member ------------------------------------------------------------------------------------------------------


@transaction.atomic
def grant_take(*, actor: Actor, scheme: FeeScheme) -> FeeGrant:
    """The member's pass of the year (领取就医凭证); asking twice gives the same pass."""
    person = common.me(actor)
    spell = common.spell_of(person)
    if spell is None or not spell.union.path.startswith(scheme.union.path):
        raise RuleViolation("benefits.members_only", "入会后才能享受。方案只发给本级和下级工会的会员。")
    if scheme.state != SchemeState.OPEN or scheme.year != clock.today().year:
        raise Conflict("benefits.scheme_closed", "这个方案现在没有实施。")
    held = FeeGrant.objects.filter(scheme=scheme, person=person).first()
    if held is not None:
        return held
    try:
        with transaction.atomic():
            made = FeeGrant.objects.create(
                scheme=scheme, person_id=person, union=spell.union, code=codes.fresh(), times=scheme.times, made_at=clock.now()
            )
    except IntegrityError:
        return FeeGrant.objects.get(scheme=scheme, person=person)
    audit.record(actor, "benefits.grant.claimed", made, org_path=scheme.union.path)
    return made


# -- the hospital's desk -------------------------------------------------------------------------------------------------


def desk(hospital: Hospital) -> Actor:
    """The hospital's page as an actor."""
    return Actor(ref=f"hospital:{hospital.pk}", name=hospital.name)


def look(hospital: Hospital, text: str) -> FeeGrant | None:
    """The pass of a scheme of this hospital's union; no name is shown."""
    code = codes.typed(text)
    if len(code) != codes.LENGTH:
        return None
    return FeeGrant.objects.filter(code=code, scheme__union=hospital.union_id).select_related("scheme__union").first()


@transaction.atomic
def use_record(*, hospital: Hospital, text: str, level: str, on: date | None = None) -> FeeUse:
    """Put a visit down: one off the pass, the rate's amount off the budget, each by a conditional update (登记就诊).

    Raises: NotFound benefits.no_pass; BadInput benefits.level; RuleViolation benefits.fee_refused; Conflict benefits.fee_race.
    Source: policy benefits.fee_use.
    """
    day, grant = on or clock.today(), look(hospital, text)
    if grant is None:
        raise NotFound("benefits.no_pass", "没有这个凭证号。请核对 12 位凭证号。")
    rate = FeeRate.objects.filter(scheme=grant.scheme, level=level).first()
    if rate is None:
        raise BadInput("benefits.level", "方案里没有这一档，请重新选。")
    if day > clock.today():
        raise BadInput("benefits.future", "就诊日期不能晚于今天。")
    slip = reads.may_use(grant, hospital, rate.fee_fen, day)
    if slip.outcome is not True:
        raise RuleViolation("benefits.fee_refused", common.reasons(slip))
    once = FeeGrant.objects.filter(pk=grant.pk, used__lt=F("times")).update(used=F("used") + 1)
    paid = FeeScheme.objects.filter(pk=grant.scheme_id, state=SchemeState.OPEN, spent_fen__lte=F("budget_fen") - rate.fee_fen)
    if not once or not paid.update(spent_fen=F("spent_fen") + rate.fee_fen):
        raise Conflict("benefits.fee_race", "次数或预算刚刚用完，这一次没有登记上。")
    spell = common.spell_of(grant.person_id)
    made = FeeUse.objects.create(
        grant=grant,
        hospital=hospital,
        level=level,
        fee_fen=rate.fee_fen,
        on=day,
        at=clock.now(),
        union_id=spell.union_id if spell else grant.union_id,
    )
    audit.record(desk(hospital), "benefits.fee.use_recorded", made, org_path=grant.scheme.union.path)
    return made


@transaction.atomic
def use_reverse(*, use: FeeUse, reason: str, actor: Actor | None = None, hospital: Hospital | None = None) -> FeeUse:
    """Take a visit back before it is settled (撤回就诊登记): the desk on the same day, the scheme's officer later."""
    scheme = use.grant.scheme
    if hospital is not None:
        doer = desk(hospital)
        if use.hospital_id != hospital.pk:
            raise NotFound()
        if use.at.astimezone(clock.SHANGHAI).date() != clock.today():
            raise RuleViolation("benefits.undo_late", "只能撤回当天登记的，以前的请联系工会。")
    elif actor is not None:
        doer = actor
        actor.require(Perm.FEE_RUN, scheme.union)
    else:
        raise NotFound()
    if len(reason.strip()) < 2:
        raise RuleViolation("benefits.reason", "请写撤回的原因。")
    moved = FeeUse.objects.filter(pk=use.pk, reversed_at=None, settlement=None).update(reversed_at=clock.now(), reason=reason.strip()[:200])
    if not moved:
        raise Conflict("benefits.use_settled", "已经撤回过，或者已经结算。已结算的请先作废结算单。")
    FeeGrant.objects.filter(pk=use.grant_id, used__gt=0).update(used=F("used") - 1)
    FeeScheme.objects.filter(pk=scheme.pk, spent_fen__gte=use.fee_fen).update(spent_fen=F("spent_fen") - use.fee_fen)
    use.refresh_from_db()
    audit.record(doer, "benefits.fee.use_reversed", use, org_path=scheme.union.path)
    return use
