"""The employer list in bulk (单位底册批量登记): new rows by bulk insert, changes one by one, undo whole. Source: S001, S002."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from gonghui.core import audit, bulk, clock, crypto, mask
from gonghui.orgs import hooks
from gonghui.orgs.enums import CoverageForm, EmployerStatus, Perm, Sector, Side, SpotState
from gonghui.orgs.models import Coverage, Employer, EmployerPlace, EmployerSpell, EmployerValue, Licence, Spot, Union
from gonghui.orgs.rules.identifiers import licence_ok
from gonghui.orgs.rules.tree import OWN
from gonghui.orgs.rules.values import TWO_SIDED
from gonghui.orgs.selectors.facts import employer_facts
from gonghui.orgs.services import snapshots
from gonghui.orgs.services.common import sign
from gonghui.orgs.services.coverage import coverage_put
from gonghui.orgs.services.employers import TABLE, code_of, operator_index, phone_columns
from gonghui.orgs.services.status import status_put
from gonghui.orgs.services.track import employers_changing, employers_created

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor
    from gonghui.orgs.imports.employer_rows import Change, Row

Tell = Callable[[int, int, str], None]
_EMPLOYER = (
    "id name code sector ownership status union_id organised area industry address latitude longitude operator_name operator_index phone_sealed "
    "phone_index phone_mask headcount migrant_headcount key_sector two_new diversity source as_of opened_on listed_on created_at"
).split()


@transaction.atomic
def employers_import(
    *, actor: Actor, org: Union, new: Sequence[Row], changes: Sequence[Change], as_of: date, origin: str, tell: Tell
) -> dict[str, Any]:
    """Write a judged employer list (导入单位底册). Returns what the undo needs.

    Rows written off at once are entered as normal first and written off on their day, so that the bridge shows both.
    """
    actor.require(Perm.EMPLOYER_IMPORT, org)
    total = len(new) + len(changes)
    before = snapshots.take([c.employer.pk for c in changes])
    ids = _insert_all(actor, org, new, as_of, origin)
    tell(len(new), total, "新单位已登记")
    linked = _link_own(new)
    employers_created(ids)
    with employers_changing([c.employer.pk for c in changes] + [pk for pk, row in zip(ids, new, strict=True) if _off(row)]):
        for pk, row in zip(ids, new, strict=True):
            if row.status and row.status != EmployerStatus.NORMAL:
                _status(actor, Employer.objects.select_related("union").get(pk=pk), row)
        for done, change in enumerate(changes, len(new) + 1):
            _apply(actor, change, as_of, origin)
            if done % 50 == 0:
                tell(done, total, "正在更新已有单位")
    linked += _link_own([c.row for c in changes if c.cover])
    audit.record(actor, "orgs.employer.import", org, org_path=org.path, created=len(ids), updated=len(changes), as_of=as_of, origin=origin)
    after = snapshots.take([c.employer.pk for c in changes])
    return {"created": list(ids), "before": before, "after": snapshots.digest(after), "linked": linked}


def _off(row: Row) -> bool:
    return bool(row.status) and row.status != EmployerStatus.NORMAL


def _insert_all(actor: Actor, org: Union, new: Sequence[Row], as_of: date, origin: str) -> Sequence[int]:
    if not new:
        return []
    ids = bulk.reserve_ids(Employer, len(new))
    now, who = clock.now(), sign(actor)
    seal = crypto.sealer(TABLE, "phone_sealed")
    phones, operators = crypto.blinder(f"{TABLE}.phone"), crypto.blinder(f"{TABLE}.operator")
    employers, licences, spells, places, covers, spots, values = [], [], [], [], [], [], []
    for pk, row in zip(ids, new, strict=True):
        listed = _listed(row)
        home = row.union or org
        phone_mask = mask.phone(row.phone) if row.phone else ""
        v = row.values
        employers.append(
            (
                pk, row.name, row.code or code_of(pk), row.sector or Sector.NON_PUBLIC.value, v.get("ownership", ""), EmployerStatus.NORMAL.value,
                (row.cover or home).pk, row.cover is not None, v.get("area") or home.area, v.get("industry", ""), v.get("address", ""), v.get("latitude"),
                v.get("longitude"), v.get("operator_name", ""), operators(row.operator_id) if row.operator_id else None,
                seal(pk, row.phone) if row.phone else None, phones(row.phone) if row.phone else None, phone_mask, v.get("headcount"),
                v.get("migrant_headcount"), v.get("key_sector", ""), v.get("two_new", False), "{}", origin[:40], as_of, row.opened_on or listed, listed, now,
            )
        )  # fmt: skip
        if row.licence:
            licences.append((pk, row.licence, row.name, licence_ok(row.licence), row.opened_on, None))
        spells.append((pk, EmployerStatus.NORMAL.value, listed, None, origin, None, None, who, now))
        places += _places(pk, row, home, listed)
        if row.cover is not None:
            covers.append((row.cover.pk, pk, row.form, True, row.covered_on, None, row.cover_reason, ""))
        elif v.get("headcount") != 0:
            spots.append((pk, SpotState.UNTOUCHED.value, "", None, "", None, "", listed, None))
        values += _values(pk, row, phone_mask, origin, as_of, who, now)
    _write(Employer, _EMPLOYER, employers)
    _write(Licence, ("employer_id", "number", "name", "checked", "since", "until"), licences)
    _write(EmployerSpell, ("employer_id", "status", "since", "until", "evidence", "file_id", "review_on", "actor", "recorded_at"), spells)
    _write(EmployerPlace, ("employer_id", "union_id", "since", "until"), places)
    _write(Coverage, ("union_id", "employer_id", "form", "main", "since", "until", "reason", "end_reason"), covers)
    _write(Spot, ("employer_id", "state", "reason", "organiser_id", "planned_form", "next_visit", "next_step", "since", "until"), spots)
    _write(EmployerValue, ("employer_id", "name", "side", "value", "origin", "on", "actor", "recorded_at"), values)
    return ids


def _write(model: Any, fields: Sequence[str], rows: list[Any]) -> None:
    if rows:
        bulk.insert(model, fields, [tuple(_raw(v) for v in row) for row in rows])


def _raw(value: Any) -> Any:
    """SQLite takes days and moments as text."""
    if connection.vendor == "sqlite":
        if isinstance(value, datetime):
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        if isinstance(value, date):
            return value.isoformat()
    return value


def _listed(row: Row) -> date:
    """Day of entry in the ledger: stated, else the opening day of the employer."""
    day = row.listed_on or row.opened_on
    assert day is not None
    return day


def _places(pk: int, row: Row, home: Union, listed: date) -> list[tuple[Any, ...]]:
    if row.cover is None or row.covered_on is None:
        return [(pk, home.pk, listed, None)]
    if row.covered_on <= listed or row.cover.pk == home.pk:
        return [(pk, row.cover.pk, listed, None)]
    return [(pk, home.pk, listed, row.covered_on), (pk, row.cover.pk, row.covered_on, None)]


def _values(pk: int, row: Row, phone_mask: str, origin: str, as_of: date, who: str, now: Any) -> list[tuple[Any, ...]]:
    given = {"name": row.name, "phone": phone_mask, **{k: v for k, v in row.values.items() if k in TWO_SIDED}}
    return [(pk, k, Side.DESK.value, str(v)[:200], origin[:60], as_of, who, now) for k, v in given.items() if v not in (None, "")]


def _link_own(rows: Sequence[Row]) -> list[int]:
    """An own union imported before its employer now learns whose it is. Returns the unions linked."""
    wanted = {row.cover.pk: row for row in rows if row.cover is not None and row.form == CoverageForm.SINGLE and row.cover.kind in OWN}
    free = list(Union.objects.filter(pk__in=wanted, employer=None).values_list("pk", flat=True))
    firms = dict(Coverage.objects.filter(union_id__in=free, form=CoverageForm.SINGLE, until=None).values_list("union_id", "employer_id"))
    for pk in free:
        if pk in firms:
            Union.objects.filter(pk=pk).update(employer_id=firms[pk])
    return [pk for pk in free if pk in firms]


def _status(actor: Actor, employer: Employer, row: Row) -> None:
    assert row.status_on is not None
    status_put(actor, employer, row.status, on=row.status_on, evidence=row.evidence, review_on=row.review_on)


def _apply(actor: Actor, change: Change, as_of: date, origin: str) -> None:
    employer, row = change.employer, change.row
    columns: dict[str, Any] = dict(change.columns)
    if change.phone:
        columns |= phone_columns(employer.pk, row.phone)
    if change.operator:
        columns["operator_index"] = operator_index(row.operator_id)
    if columns:
        Employer.objects.filter(pk=employer.pk).update(**columns, as_of=as_of)
    now, who = clock.now(), sign(actor)
    desk = {k: v for k, v in change.columns.items() if k in TWO_SIDED} | ({"phone": mask.phone(row.phone)} if change.phone else {})
    EmployerValue.objects.bulk_create(
        EmployerValue(
            employer=employer, name=k, side=Side.DESK, value=str(v)[:200], origin=origin[:60], on=as_of, actor=who, recorded_at=now
        )
        for k, v in desk.items()
    )
    if change.licence:
        Licence.objects.create(
            employer=employer, number=row.licence, name=row.name[:120], checked=licence_ok(row.licence), since=row.opened_on
        )
    employer.refresh_from_db()
    if change.cover and row.cover is not None and row.covered_on is not None:
        coverage_put(
            actor=actor, union=row.cover, employer=employer, form=row.form, since=row.covered_on, reason=row.cover_reason, replace=True
        )
        employer.refresh_from_db()
    if change.status:
        _status(actor, employer, row)


@transaction.atomic
def employers_import_undo(*, actor: Actor, kept: dict[str, Any]) -> None:
    """Take an imported list back (撤销导入): new employers go, changed ones stand as before.

    Raises: RuleViolation imports.undo_blocked when something has been built on it since.
    """
    created, before = kept["created"], {int(pk): snap for pk, snap in kept["before"].items()}
    snapshots.must_be_untouched(created, before, kept["after"])
    gone = employer_facts(created)
    with employers_changing(before):
        snapshots.restore(before)
    Union.objects.filter(pk__in=kept["linked"]).update(employer=None)
    snapshots.remove(created)
    hooks.fire("employers_changed", [(fact, None) for fact in gone.values()])
    audit.record(actor, "orgs.employer.import_undone", removed=len(created), restored=len(before))
