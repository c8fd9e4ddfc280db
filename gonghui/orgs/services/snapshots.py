"""Whole copies of employers for undo (撤销用的原样): columns, spells, coverages, places, spots."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import ProtectedError

from gonghui.core.audit import canonical
from gonghui.core.errors import RuleViolation
from gonghui.orgs.models import (
    CardBlock,
    Coverage,
    Duplicate,
    Employer,
    EmployerPlace,
    EmployerSpell,
    EmployerValue,
    Licence,
    Matter,
    Spot,
)

PARTS: dict[str, type[models.Model]] = {
    "spells": EmployerSpell,
    "coverages": Coverage,
    "places": EmployerPlace,
    "spots": Spot,
    "licences": Licence,
}
Snapshot = dict[str, Any]


def take(ids: Iterable[int]) -> dict[int, Snapshot]:
    """Copies of these employers, plain JSON."""
    wanted = list(ids)
    found: dict[int, Snapshot] = {e["id"]: {"columns": _plain(e)} for e in Employer.objects.filter(pk__in=wanted).values()}
    for name, model in PARTS.items():
        for snap in found.values():
            snap[name] = []
        for row in model._default_manager.filter(employer_id__in=wanted).order_by("pk").values():
            found[row["employer_id"]][name].append(_plain(row))
    return found


def digest(snaps: Mapping[int, Snapshot]) -> str:
    """One hash over copies."""
    return hashlib.sha256(canonical({str(k): v for k, v in snaps.items()}).encode()).hexdigest()


def restore(snaps: Mapping[int, Snapshot]) -> None:
    """Put employers back exactly."""
    for pk, snap in snaps.items():
        for name, model in PARTS.items():
            model._default_manager.filter(employer_id=pk).delete()
            model._default_manager.bulk_create(model(**_typed(model, row)) for row in snap[name])
        columns = _typed(Employer, snap["columns"])
        Employer.objects.filter(pk=pk).update(**{k: v for k, v in columns.items() if k != "id"})


def must_be_untouched(created: Iterable[int], before: Mapping[int, Snapshot], after: str) -> None:
    """Raises RuleViolation imports.undo_blocked when changed employers have moved on."""
    if digest(take(before)) != after:
        raise RuleViolation("imports.undo_blocked", "这一批里有单位在导入后又被改过，不能整批撤销。请在单位页面逐个更正。")


def remove(ids: Iterable[int]) -> None:
    """Delete employers that were entered by mistake, with all that belongs to them alone."""
    wanted = list(ids)
    try:
        Duplicate.objects.filter(models.Q(first_id__in=wanted) | models.Q(second_id__in=wanted)).delete()
        Matter.objects.filter(employer_id__in=wanted).delete()
        own: list[type[models.Model]] = [*PARTS.values(), EmployerValue, CardBlock]
        for model in own:
            model._default_manager.filter(employer_id__in=wanted).delete()
        Employer.objects.filter(pk__in=wanted).delete()
    except ProtectedError as fault:
        names = sorted({str(o._meta.verbose_name) for o in fault.protected_objects})
        raise RuleViolation(
            "imports.undo_blocked", f"这一批新登记的单位已有{'、'.join(names)}，不能整批撤销。请先撤销后来导入的内容。"
        ) from fault


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _text(v) for k, v in row.items()}


def _text(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return "0x" + bytes(value).hex() if isinstance(value, bytes | memoryview) else value


def _typed(model: type[models.Model], row: Mapping[str, Any]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        value = row[field.attname]
        if isinstance(field, models.BinaryField) and value is not None:
            value = bytes.fromhex(value[2:])
        elif isinstance(field, models.DateTimeField) and value is not None:
            value = datetime.fromisoformat(value)
        elif isinstance(field, models.DateField) and value is not None:
            value = date.fromisoformat(value)
        typed[field.attname] = value
    return typed
