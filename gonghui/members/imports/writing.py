"""Writing a roster (花名册写入): new people in bulk, known people by their changes, roll-ups in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.apps import apps
from django.db import connection

from gonghui.core import bulk, clock, crypto, mask
from gonghui.figures.services import frames
from gonghui.files.imports.protocol import Context
from gonghui.files.imports.reading import ROW
from gonghui.members.enums import LIVE_TRANSFERS, Channel, Standing, TransferCause, TransferState
from gonghui.members.imports import rolls
from gonghui.members.imports.planning import RosterPlan
from gonghui.members.models import Employment, Membership, Transfer
from gonghui.members.selectors import policy_values
from gonghui.members.services import folding
from gonghui.orgs.selectors import facts as org_facts
from gonghui.people.selectors import TABLE

PERSON_FIELDS = (
    "id", "name", "sex", "birth_date", "id_kind", "id_check", "id_sealed", "id_index", "id_mask", "phone_sealed", "phone_index", "phone_mask", "ethnic", "education", "political",
    "home_area", "migrant", "group", "merged_into_id", "created_at", "source",
)  # fmt: skip
JOB_FIELDS = ("id", "person_id", "employer_id", "kind", "post", "season_from", "season_to", "since", "until", "source")
SPELL_FIELDS = (
    "id",
    "person_id",
    "union_id",
    "group_id",
    "standing",
    "since",
    "until",
    "ended",
    "joined_on",
    "channel",
    "card_no",
    "private",
)
Ids = Sequence[int]


def write(plan: RosterPlan, context: Context) -> dict[str, Any]:
    """Write the plan; returns what undo needs. Runs inside the batch's transaction."""
    person = apps.get_model("people", "Person")
    source = f"花名册导入 {context.batch}"[:40]
    ids = bulk.reserve_ids(person, plan.new.height)
    new = plan.new.with_columns(pl.Series("_pid", list(ids), dtype=pl.Int64))
    kept: dict[str, Any] = {"persons": spans(ids)}
    bulk.insert(person, PERSON_FIELDS, person_rows(new, source))
    kept["jobs"], kept["spells"] = _new_jobs(new, source), _new_spells(new)
    frames.post_frame(rolls.deltas(new, org_facts.employer_facts(plan.employers)))
    if plan.touched or plan.second:
        _known(plan, dict(new.select(ROW, "_pid").iter_rows()), source, kept)
    kept["transfers"] = [_ask_transfer(context, person, source_union, target) for person, source_union, target in plan.transfers]
    return kept


def _ask_transfer(context: Context, person: int, source: int, target: int) -> int:
    """Ask the present union for the member (申请转入): a request it confirms, never a second membership. An open request is kept."""
    held = Transfer.objects.filter(person_id=person, state__in=LIVE_TRANSFERS).first()
    if held is not None:
        return 0
    spell = Membership.objects.select_related("union").get(person_id=person, until=None)
    today = clock.today()
    due = today + timedelta(days=policy_values.number("members.transfer_unclaimed_days", today, spell.union))
    values = {
        "state": TransferState.REQUESTED,
        "cause": TransferCause.NEW_JOB,
        "opened_on": today,
        "due_on": due,
        "opened_by": context.actor.ref,
    }
    return int(Transfer.objects.create(person_id=person, source_id=source, target_id=target, **values).pk)


def person_rows(new: pl.DataFrame, source: str) -> list[tuple[Any, ...]]:
    """Rows of `people_person`, sealed for their places."""
    ids, numbers, phones = new["_pid"].to_list(), new["id_number"].to_list(), new["phone"].to_list()
    seal_id, seal_phone = crypto.sealer(TABLE, "id_number"), crypto.sealer(TABLE, "phone")
    id_sealed = [None if n is None else seal_id(pk, n) for pk, n in zip(ids, numbers, strict=True)]
    phone_sealed = [None if n is None else seal_phone(pk, n) for pk, n in zip(ids, phones, strict=True)]
    plain = new.select(
        "name", pl.col("sex").fill_null("0"), pl.col("_born").dt.strftime("%Y-%m-%d"), "id_kind", "_check",
        _mask("id_number", 4, 4).alias("_id_mask"), _mask("phone", 3, 4).alias("_phone_mask"),
        pl.col("ethnic", "education", "political", "home_area", "group").fill_null(""), (pl.col("migrant") == "1").fill_null(False).alias("migrant"),
    )  # fmt: skip
    p = {c: plain[c].to_list() for c in plain.columns}
    now, n = stamp(), new.height
    migrant = p["migrant"] if connection.vendor == "postgresql" else [int(v) for v in p["migrant"]]
    columns = (
        ids, p["name"], p["sex"], p["_born"], p["id_kind"], p["_check"], id_sealed, new["_id"].to_list(), p["_id_mask"], phone_sealed, new["_phone"].to_list(), p["_phone_mask"],
        p["ethnic"], p["education"], p["political"], p["home_area"], migrant, p["group"], [None] * n, [now] * n, [source] * n,
    )  # fmt: skip
    return list(zip(*columns, strict=True))


def _mask(key: str, head: int, tail: int) -> pl.Expr:
    """The same text as `core.mask`, for a whole column."""
    text = pl.col(key)
    size = text.str.len_chars()
    if key == "phone":
        shown = pl.concat_str(text.str.slice(0, head), pl.lit("****"), text.str.slice(-tail))
    else:
        stars = pl.lit("*" * 40).str.slice(0, pl.max_horizontal(size.cast(pl.Int64) - head - tail, pl.lit(4)))
        shown = (
            pl.when(size > head + tail)
            .then(pl.concat_str(text.str.slice(0, head), stars, text.str.slice(-tail)))
            .otherwise(pl.lit("*" * 40).str.slice(0, size))
        )
    return pl.when(text.is_null()).then(pl.lit("")).otherwise(shown)


def stamp() -> datetime | str:
    """Now as each engine stores it in a raw write."""
    now = clock.now()
    return now if connection.vendor == "postgresql" else str(connection.ops.adapt_datetimefield_value(now))


def _new_jobs(new: pl.DataFrame, source: str) -> list[list[int]]:
    rows = new.filter(pl.col("_employer").is_not_null()).select(
        "_pid", "_employer", "kind", "post", pl.col("_hired").dt.strftime("%Y-%m-%d")
    )
    return _insert(
        Employment, JOB_FIELDS, ((p, e, k, post, "", "", since, None, source) for p, e, k, post, since in rows.iter_rows()), rows.height
    )


def _new_spells(new: pl.DataFrame) -> list[list[int]]:
    rows = new.filter(pl.col("_is_member")).select(
        "_pid", "_home", "_group", pl.col("_joined").dt.strftime("%Y-%m-%d"), pl.col("card_no").fill_null("")
    )
    return _insert(Membership, SPELL_FIELDS, (_spell_row(*r) for r in rows.iter_rows()), rows.height)


def _spell_row(person: int, union: int, group: int | None, since: str, card: str) -> tuple[Any, ...]:
    return (
        person,
        union,
        group,
        Standing.ACTIVE.value,
        since,
        None,
        "",
        since,
        Channel.IMPORT.value,
        card,
        False if connection.vendor == "postgresql" else 0,
    )


def _insert(model: Any, fields: Sequence[str], rows: Iterable[tuple[Any, ...]], count: int) -> list[list[int]]:
    if not count:
        return []
    ids = bulk.reserve_ids(model, count)
    bulk.insert(model, fields, [(pk, *row) for pk, row in zip(ids, rows, strict=True)])
    return spans(ids)


def spans(ids: Iterable[int]) -> list[list[int]]:
    """Ids as [first, last] runs: what undo keeps stays small."""
    out: list[list[int]] = []
    for pk in sorted(ids):
        if out and pk == out[-1][1] + 1:
            out[-1][1] = pk
        else:
            out.append([pk, pk])
    return out


def _known(plan: RosterPlan, persons: dict[int, int], source: str, kept: dict[str, Any]) -> None:
    """Changes of people the register knows already, folded before and after by the one writer of facts."""
    second = [(persons[row], e, k, post, since) for row, e, k, post, since in plan.second if row in persons]
    with folding.refolded(plan.touched | {p for p, *_ in second}):
        kept["attributes"] = [[pk, {k: _text(v) for k, v in old.items()}] for pk, _new, old in plan.attributes]
        _set_attributes((pk, new) for pk, new, _old in plan.attributes)
        _set_phones(plan.phones)
        jobs = [(p, e, k, post, "", "", since.isoformat(), None, source) for p, e, k, post, since in [*plan.jobs, *second]]
        kept["jobs"] = kept.get("jobs", []) + _insert(Employment, JOB_FIELDS, jobs, len(jobs))
        kept["job_changes"] = [[pk, kind, post] for pk, _k, _p, kind, post in plan.job_changes]
        _many(
            "UPDATE members_employment SET kind = {0}, post = {0} WHERE id = {0}", [(k, p, pk) for pk, k, p, _ok, _op in plan.job_changes]
        )
        spells = [_spell_row(p, u, g, since.isoformat(), card) for p, u, g, since, card in plan.spells]
        kept["spells"] = kept.get("spells", []) + _insert(Membership, SPELL_FIELDS, spells, len(spells))
        kept["cards"] = [pk for pk, _card in plan.cards]
        _many("UPDATE members_membership SET card_no = {0} WHERE id = {0}", [(card, pk) for pk, card in plan.cards])


def _set_attributes(changes: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """One statement per set of columns."""
    by_columns: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for pk, new in changes:
        names = tuple(sorted(new))
        by_columns.setdefault(names, []).append((*(_raw(new[n]) for n in names), pk))
    for names, rows in by_columns.items():
        sets = ", ".join(f'"{n}" = {{0}}' for n in names)
        _many(f"UPDATE people_person SET {sets} WHERE id = {{0}}", rows)  # noqa: S608  # names from matching.PERSON


def _set_phones(phones: list[tuple[int, str, bytes]]) -> None:
    if phones:
        seal = crypto.sealer(TABLE, "phone")
        _many(
            "UPDATE people_person SET phone_sealed = {0}, phone_index = {0}, phone_mask = {0} WHERE id = {0}",
            [(seal(pk, n), i, mask.phone(n), pk) for pk, n, i in phones],
        )


def _many(sql: str, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.db.connection.executemany(sql.format("?"), rows)
        else:
            cursor.executemany(sql.format("%s"), rows)


def _raw(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) and connection.vendor == "sqlite" else value


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


__all__ = ["JOB_FIELDS", "PERSON_FIELDS", "SPELL_FIELDS", "person_rows", "spans", "stamp", "write"]
