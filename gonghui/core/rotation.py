"""Key rotation (换钥): re-wrap data keys, re-encrypt a table, re-make blind indexes; each resumable after a crash.

An app tells where its sealed values are: `register_sealed("people.Person", {"id_sealed": "id", "phone_sealed": "phone"},
indexes={"id_index": ("people.person.id", "id_sealed")})` in `AppConfig.ready()`. Source: assurance §5.5, bar 23, PRI-04.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction

from gonghui.core import audit, clock, crypto
from gonghui.core.errors import BadInput
from gonghui.core.models import DataKey

BATCH = 500


@dataclass(frozen=True)
class Sealed:
    """Where one model keeps sealed values (密文登记).

    Args: table the name in the associated data; columns `{column: field name in the associated data}`, where `@x` means the
    value of the row's own column x; place the column whose value stands for the row in the associated data; indexes `{column: (blind-index name, sealed column)}`;
    normal how a value is written before it is indexed.
    """

    label: str
    table: str
    columns: Mapping[str, str]
    place: str = "pk"
    indexes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    normal: Callable[[str], str] = str

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)


_sealed: dict[str, Sealed] = {}


def register_sealed(
    label: str,
    columns: Mapping[str, str],
    *,
    table: str = "",
    place: str = "pk",
    indexes: Mapping[str, tuple[str, str]] | None = None,
    normal: Callable[[str], str] = str,
) -> None:
    """Make sealed columns known to rotation, verification and privacy. `table` is `app.model` unless told."""
    _sealed[label] = Sealed(label, table or label.lower(), dict(columns), place, dict(indexes or {}), normal)


def registered() -> list[Sealed]:
    """All models with sealed values."""
    return [_sealed[label] for label in sorted(_sealed)]


def rotate_kek() -> dict[str, int]:
    """A new key-encryption key; every data key is wrapped anew (换主密钥). Old versions stay in the key file for old backups."""
    crypto.service().create()
    newest, _ = crypto.service().kek()
    if not DataKey.objects.filter(kek_version__lt=newest).exists():
        newest = crypto.service().add_kek()
    return {"kek": newest, "wrapped": rewrap(newest)}


def rewrap(newest: int) -> int:
    """Wrap all data keys that are not yet under `newest`; safe to run again."""
    count = 0
    for row in DataKey.objects.filter(kek_version__lt=newest).order_by("pk"):
        plain = crypto.unwrap(row.kek_version, bytes(row.wrapped), table=row.table)
        version, wrapped = crypto.wrap(plain, table=row.table)
        count += DataKey.objects.filter(pk=row.pk, kek_version=row.kek_version).update(kek_version=version, wrapped=wrapped)
    audit.append("system:rotation", "core.kek.rotated", data={"kek": newest, "keys": count})
    return count


def tables() -> list[str]:
    """Names of tables with data keys of their own."""
    return sorted({s.table for s in registered()})


def rotate_data(
    table: str, *, settle: float = crypto.KEY_MEMORY, tell: Callable[[int], None] | None = None, fault: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Re-encrypt every value of a table under a new data key (换数据密钥), in batches; resumable.

    A first run makes the key; a run after a crash finds older keys not yet retired and goes on with the same new key.
    Other processes use the key they know for a little while, so the old one is retired by a run at least `settle` seconds
    after the new one was made; timed work sees to that when the command does not wait.
    Args: tell is given how many values are done; fault is called at named points, for crash tests.
    Raises: BadInput core.no_such_table.
    """
    places = [s for s in registered() if s.table == table]
    if not places:
        raise BadInput("core.no_such_table", f"没有名为 {table} 的加密表。可选：{'、'.join(tables())}。")
    target = _target(table)
    count = 0
    for place in places:
        for column, name in place.columns.items():
            for done in _reseal(place, column, name, target, fault or (lambda point: None)):
                count += done
                if tell:
                    tell(count)
    retired = _retire(table, target, settle)
    return {"table": table, "key": target, "resealed": count, "retired": retired}


def _target(table: str) -> int:
    """The key to rotate to: the newest, when an older one is still in use (resume), else a fresh one."""
    ids = list(DataKey.objects.filter(table=table, retired_at=None).order_by("pk").values_list("pk", flat=True))
    if len(ids) > 1:
        return int(ids[-1])
    with transaction.atomic():
        return crypto.make_key(table)


def _reseal(place: Sealed, column: str, name: str, target: int, fault: Callable[[str], None]) -> Generator[int, None, None]:
    """Batches of one column; each batch is one transaction, each row a compare-and-set on the old value."""
    last: Any = None
    manager = place.model._default_manager
    while True:
        rows = manager.exclude(**{f"{column}__isnull": True}).order_by("pk")
        rows = rows.filter(pk__gt=last) if last is not None else rows
        found = [spot(place, name, row, row[column]) for row in rows.values(*_picked(place, name), column)[:BATCH]]
        if not found:
            return
        last, done = found[-1].pk, 0
        fault("before_batch")
        with transaction.atomic():
            for at in found:
                if not at.sealed or crypto.key_id_of(at.sealed) == target:
                    continue
                plain = crypto.unseal(place.table, at.name, at.where, at.sealed)
                fresh = crypto.seal_with(target, place.table, at.name, at.where, plain)
                done += manager.filter(pk=at.pk, **{column: at.sealed}).update(**{column: fresh})
                fault("after_row")
        fault("after_batch")
        yield done


@dataclass(frozen=True)
class Spot:
    """One sealed value and its place in the associated data."""

    pk: Any
    name: str
    where: Any
    sealed: bytes


def _picked(place: Sealed, name: str) -> list[str]:
    return list(dict.fromkeys(["pk", place.place, *([name[1:]] if name.startswith("@") else [])]))


def spot(place: Sealed, name: str, row: Mapping[str, Any], sealed: Any) -> Spot:
    """Where a row's value stands."""
    return Spot(row["pk"], str(row[name[1:]]) if name.startswith("@") else name, row[place.place], bytes(sealed))


def unregistered() -> list[str]:
    """Sealed columns (`…_sealed`) nobody registered: rotation and verification would pass them by."""
    known = {(s.label, column) for s in registered() for column in s.columns}
    return [
        f"{model._meta.label}.{f.name}"
        for model in apps.get_models()
        for f in model._meta.concrete_fields
        if isinstance(f, models.BinaryField) and f.name.endswith("sealed") and (model._meta.label, f.name) not in known
    ]


def _retire(table: str, target: int, settle: float) -> list[int]:
    """Retire the older keys that no value uses any more. A value another process sealed meanwhile keeps its key for the next run."""
    if (clock.now() - DataKey.objects.get(pk=target).created_at).total_seconds() < settle:
        return []
    used = {crypto.key_id_of(v) for s in registered() if s.table == table for v in _values(s)}
    older = [k for k in DataKey.objects.filter(table=table, retired_at=None, pk__lt=target).values_list("pk", flat=True) if k not in used]
    DataKey.objects.filter(pk__in=older).update(retired_at=clock.now())
    if older:
        audit.append("system:rotation", "core.datakey.rotated", data={"table": table, "key": target, "retired": older})
    return older


def _values(place: Sealed) -> Generator[bytes, None, None]:
    for column in place.columns:
        rows = place.model._default_manager.exclude(**{f"{column}__isnull": True}).values_list(column, flat=True)
        yield from (bytes(v) for v in rows.iterator(chunk_size=5000) if v)


def open_keys(table: str) -> bool:
    """Is an older key of the table not yet retired?"""
    return DataKey.objects.filter(table=table, retired_at=None).count() > 1


def unfinished() -> list[str]:
    """Tables whose rotation was started and not finished."""
    return [table for table in tables() if open_keys(table)]


def finish() -> dict[str, int]:
    """Go on with every unfinished rotation (续做换钥): timed work."""
    return {table: int(rotate_data(table)["resealed"]) for table in unfinished()}


def reindex(*, tell: Callable[[int], None] | None = None) -> dict[str, int]:
    """Make all blind indexes anew from the sealed values (重建盲索引), after the index key was replaced. Resumable: it compares first."""
    done: dict[str, int] = {}
    for place in registered():
        for column, (name, source) in place.indexes.items():
            done[f"{place.label}.{column}"] = _reindex(place, column, name, source)
            if tell:
                tell(sum(done.values()))
    audit.append("system:rotation", "core.index.rotated", data=dict(done))
    return done


def _reindex(place: Sealed, column: str, name: str, source: str) -> int:
    """One index column, in one transaction: a half-made index would find half the people."""
    blind, count = crypto.blinder(name), 0
    manager = place.model._default_manager
    picked = [*_picked(place, place.columns[source]), source, column]
    with transaction.atomic():
        for row in manager.exclude(**{f"{source}__isnull": True}).order_by("pk").values(*picked).iterator(chunk_size=2000):
            at = spot(place, place.columns[source], row, row[source])
            fresh = blind(place.normal(crypto.unseal(place.table, at.name, at.where, at.sealed)))
            if row[column] is None or bytes(row[column]) != fresh:
                count += manager.filter(pk=at.pk).update(**{column: fresh})
    return count


def faults() -> Generator[str, None, int]:
    """PRI-04: no value under a retired or unknown key; every data key opens."""
    state = {row.pk: row for row in DataKey.objects.all()}
    for row in state.values():
        crypto.unwrap(row.kek_version, bytes(row.wrapped), table=row.table)
    count = 0
    for place in registered():
        for value in _values(place):
            count += 1
            key = state.get(crypto.key_id_of(value))
            if key is None or key.table != place.table:
                yield f"{place.label} 有一条密文用的是不认识的密钥（第 {crypto.key_id_of(value)} 号）。"
            elif key.retired_at is not None:
                yield f"{place.label} 还有密文用着已停用的第 {key.pk} 号密钥，换钥没有做完。"
    return count
