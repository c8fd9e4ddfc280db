"""Employers (用人单位): register, edit, licences, values of both visits. Source: S001, S039, P03."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from gonghui.core import audit, bulk, clock, crypto, mask
from gonghui.core.errors import Conflict
from gonghui.orgs.enums import EmployerStatus, Perm, Sector, Side
from gonghui.orgs.models import Employer, EmployerPlace, EmployerSpell, EmployerValue, Licence, Union
from gonghui.orgs.rules.identifiers import clean_number, licence_ok
from gonghui.orgs.rules.values import COUNTS, TWO_SIDED
from gonghui.orgs.services import spots
from gonghui.orgs.services.common import must_be_alive, not_future, sign, violate
from gonghui.orgs.services.track import employers_changing, employers_created

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor

TABLE = "orgs.employer"
PLAIN = frozenset(
    {"ownership", "area", "key_sector", "two_new", "diversity", "source", "as_of", "latitude", "longitude", "opened_on", "sector"}
)


@transaction.atomic
def employer_register(
    *,
    actor: Actor,
    union: Union,
    name: str,
    sector: str = Sector.NON_PUBLIC,
    opened_on: date,
    listed_on: date | None = None,
    licences: Iterable[tuple[str, str]] = (),
    code: str = "",
    phone: str = "",
    operator_id: str = "",
    side: str = Side.DESK,
    origin: str = "登记",
    evidence: str = "登记",
    **details: Any,
) -> Employer:
    """Enter an employer in the ledger (登记用人单位); without coverage it is a blank spot from that day.

    Args: union of the territory that answers for it; listed_on day it enters the ledger, today by default; licences of
    (number, name); operator_id kept only as a blind index; details: PLAIN and TWO_SIDED columns.
    Raises: NotPermitted; Conflict orgs.licence_taken; RuleViolation orgs.migrants_over …
    """
    actor.require(Perm.EMPLOYER_EDIT, union)
    must_be_alive(union)
    listed = listed_on or clock.today()
    not_future(listed, "列入底册日期")
    not_future(opened_on, "开业日期")
    check_details(name, details)
    pk = bulk.reserve_ids(Employer, 1)[0]
    now = clock.now()
    employer = Employer.objects.create(
        pk=pk,
        code=code or code_of(pk),
        name=name.strip(),
        sector=sector,
        union=union,
        opened_on=opened_on,
        listed_on=listed,
        created_at=now,
        operator_index=operator_index(operator_id),
        **phone_columns(pk, phone),
        **details,
    )
    EmployerSpell.objects.create(
        employer=employer, status=EmployerStatus.NORMAL, since=listed, evidence=evidence, actor=sign(actor), recorded_at=now
    )
    EmployerPlace.objects.create(employer=employer, union=union, since=listed)
    for number, licence_name in licences:
        _licence_create(employer, number, licence_name, opened_on)
    _values_store(
        actor,
        employer,
        side,
        {"name": name, "phone": employer.phone_mask, **{k: v for k, v in details.items() if k in TWO_SIDED}},
        origin,
        details.get("as_of") or clock.today(),
    )
    spots.spot_check(employer, listed)
    employers_created([pk])
    audit.record(actor, "orgs.employer.register", employer, org_path=union.path, name=employer.name, sector=sector, listed_on=listed)
    return employer


def code_of(pk: int) -> str:
    """The ledger number of an employer (单位编号)."""
    return f"DW{pk:08d}"


def operator_index(operator_id: str) -> bytes | None:
    """Blind index of the operator's ID number; the number itself is not kept (P03)."""
    number = clean_number(operator_id)
    return crypto.blind(f"{TABLE}.operator", number) if number else None


def phone_columns(pk: int, phone: str) -> dict[str, Any]:
    """The three columns of a contact phone."""
    digits = clean_number(phone)
    if not digits:
        return {"phone_sealed": None, "phone_index": None, "phone_mask": ""}
    return {
        "phone_sealed": crypto.seal(TABLE, "phone_sealed", pk, digits),
        "phone_index": crypto.blind(f"{TABLE}.phone", digits),
        "phone_mask": mask.phone(digits),
    }


def check_details(name: str, details: Mapping[str, Any]) -> None:
    """Shape and plausibility of an employer's columns."""
    strangers = set(details) - PLAIN - set(TWO_SIDED) | ({"phone", "name"} & set(details))
    if strangers:
        raise TypeError(f"单位没有这些可登记的项目：{sorted(strangers)}")
    if not name.strip():
        violate("orgs.name_missing", "请填写单位名称。")
    total = details.get("headcount")
    for key in ("migrant_headcount", "women_headcount"):
        part = details.get(key)
        if total is not None and part is not None and part > total:
            violate("orgs.part_over_whole", f"{TWO_SIDED[key]} {part} 人，多于职工数 {total} 人，请核对。")


@transaction.atomic
def employer_edit(
    *, actor: Actor, employer: Employer, phone: str | None = None, operator_id: str | None = None, **changes: Any
) -> Employer:
    """Correct columns of an employer (更正登记). Values both visits collect go through `value_record`."""
    employer = Employer.objects.select_for_update().select_related("union").get(pk=employer.pk)
    actor.require(Perm.EMPLOYER_EDIT, employer.union)
    must_be_listed(employer)
    merged = {f: changes.get(f, getattr(employer, f)) for f in COUNTS}
    check_details(str(changes.get("name", employer.name)), {**{k: v for k, v in changes.items() if k != "name"}, **merged})
    columns: dict[str, Any] = dict(changes)
    if phone is not None:
        columns |= phone_columns(employer.pk, phone)
    if operator_id is not None:
        columns["operator_index"] = operator_index(operator_id)
    old = {k: getattr(employer, k) for k in changes}
    with employers_changing([employer.pk]):
        Employer.objects.filter(pk=employer.pk).update(**columns)
        employer.refresh_from_db()
        spots.spot_check(employer, clock.today())
    new = {k: getattr(employer, k) for k in changes}
    differs = {k: (old[k], new[k]) for k in changes if old[k] != new[k]}
    audit.record(
        actor,
        "orgs.employer.edit",
        employer,
        org_path=employer.union.path,
        changed=differs,
        phone=phone is not None,
        operator=operator_id is not None,
    )
    return employer


@transaction.atomic
def value_record(
    *,
    actor: Actor,
    employer: Employer,
    side: str,
    values: Mapping[str, Any],
    origin: str,
    on: date | None = None,
    adopt: bool | None = None,
) -> Employer:
    """Store what a visit found (登记走访值): both sides stay; the field value is taken over unless told otherwise.

    Args: side desk or field; values by TWO_SIDED name; adopt None takes over what the field found, or what nobody knew.
    """
    employer = Employer.objects.select_for_update().select_related("union").get(pk=employer.pk)
    actor.require(Perm.EMPLOYER_EDIT, employer.union)
    must_be_listed(employer)
    day = on or clock.today()
    not_future(day, "采集日期")
    strangers = set(values) - set(TWO_SIDED)
    if strangers:
        raise TypeError(f"不是两个走访的项目：{sorted(strangers)}")
    given = {k: v for k, v in values.items() if v not in (None, "")}
    shown = {k: mask.phone(clean_number(str(v))) if k == "phone" else v for k, v in given.items()}
    _values_store(actor, employer, side, shown, origin, day)
    taken = {k: v for k, v in given.items() if adopt or (adopt is None and (side == Side.FIELD or not _known(employer, k)))}
    _take(employer, taken)
    spots.spot_check(employer, day)
    audit.record(
        actor, "orgs.employer.value", employer, org_path=employer.union.path, side=side, names=sorted(given), taken=sorted(taken), on=day
    )
    return employer


def _known(employer: Employer, name: str) -> bool:
    return getattr(employer, "phone_mask" if name == "phone" else name) not in (None, "")


def _take(employer: Employer, taken: Mapping[str, Any]) -> None:
    columns: dict[str, Any] = {k: int(v) if k in COUNTS else v for k, v in taken.items() if k != "phone"}
    check_details(str(columns.get("name", employer.name)), {f: columns.get(f, getattr(employer, f)) for f in COUNTS})
    if "phone" in taken:
        columns |= phone_columns(employer.pk, str(taken["phone"]))
    if columns:
        with employers_changing([employer.pk]):
            Employer.objects.filter(pk=employer.pk).update(**columns)
        employer.refresh_from_db()


def _values_store(actor: Actor, employer: Employer, side: str, values: Mapping[str, Any], origin: str, on: date) -> None:
    now = clock.now()
    EmployerValue.objects.bulk_create(
        EmployerValue(
            employer=employer, name=k, side=side, value=str(v)[:200], origin=origin[:60], on=on, actor=sign(actor), recorded_at=now
        )
        for k, v in values.items()
        if v not in (None, "")
    )


@transaction.atomic
def licence_add(*, actor: Actor, employer: Employer, number: str, name: str = "", since: date | None = None) -> Licence:
    """A further licence of the same operating employer (加照, 一企多照)."""
    employer = Employer.objects.select_for_update().select_related("union").get(pk=employer.pk)
    actor.require(Perm.EMPLOYER_EDIT, employer.union)
    must_be_listed(employer)
    row = _licence_create(employer, number, name or employer.name, since)
    audit.record(actor, "orgs.licence.add", row, org_path=employer.union.path, number=row.number, checked=row.checked)
    return row


def _licence_create(employer: Employer, number: str, name: str, since: date | None) -> Licence:
    number = clean_number(number)
    if not number:
        violate("orgs.licence_empty", "请填写证照号。")
    try:
        with transaction.atomic():
            return Licence.objects.create(employer=employer, number=number, name=name[:120], checked=licence_ok(number), since=since)
    except IntegrityError:
        holder = Licence.objects.filter(number=number, until=None).select_related("employer").first()
        owner = f"“{holder.employer.name}”（{holder.employer.code}）" if holder else "别的单位"
        raise Conflict(
            "orgs.licence_taken", f"证照号 {number} 已登记在{owner}名下。如果是同一家，请在“疑似重复”里办理归并。", number=number
        ) from None


@transaction.atomic
def licence_end(*, actor: Actor, licence: Licence, on: date, reason: str) -> Licence:
    """A licence is no longer valid from a day (证照失效)."""
    licence = Licence.objects.select_for_update().select_related("employer__union").get(pk=licence.pk)
    actor.require(Perm.EMPLOYER_EDIT, licence.employer.union)
    not_future(on)
    if licence.until is not None:
        raise Conflict("orgs.licence_ended", f"这个证照已于 {licence.until} 失效。")
    Licence.objects.filter(pk=licence.pk).update(until=on)
    licence.until = on
    audit.record(actor, "orgs.licence.end", licence, org_path=licence.employer.union.path, number=licence.number, on=on, reason=reason)
    return licence


def must_be_listed(employer: Employer) -> None:
    if employer.written_off_on is not None:
        violate(
            "orgs.employer_gone",
            f"{employer.name}已于 {employer.written_off_on} 核减（{employer.get_status_display()}），登记内容不能再改。",
        )
