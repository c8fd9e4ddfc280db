"""What each field is and whose it is (字段分级与本人数据): one `privacy.yaml` per app, bar 20 and PRI-07.

```yaml
notices.Notice:
  internal: [id, kind, created_at]        # public | internal | personal | sensitive
  personal: [title, body, user, person_id]
  subject: {person: person_id, user: user_id}   # or  subject: {exempt: "为什么不是本人的数据"}
```
Every field of every model stands in exactly one level; a model with a link to a person says how, or why it is exempt.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.db import models

from gonghui.core import crypto, rotation

LEVELS = ("public", "internal", "personal", "sensitive")
PERSON_FIELDS = ("person_id", "user_id", "phone_index", "id_index")
PERSON_MODELS = {"people.Person", "accounts.User"}


@lru_cache(maxsize=64)
def _read(path: Path) -> dict[str, dict[str, Any]]:
    if not path.exists():
        return {}
    # BaseLoader builds plain texts only, so that a field named `on` is not read as a truth value.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) or {}  # noqa: S506


def declared(app_label: str) -> dict[str, dict[str, Any]]:
    """The app's `privacy.yaml` by model label."""
    return _read(Path(apps.get_app_config(app_label).path) / "privacy.yaml")


def level_of(model: type[models.Model], field: str) -> str:
    """Level of one field. Raises LookupError when it is not declared: unknown data is not shown."""
    for level in LEVELS:
        if field in declared(model._meta.app_label).get(model._meta.label, {}).get(level, []):
            return level
    raise LookupError(f"{model._meta.label}.{field} 没有分级")


def fields(model: type[models.Model]) -> list[str]:
    """Names of the stored fields."""
    return [f.name for f in model._meta.concrete_fields]


def links(model: type[models.Model]) -> list[str]:
    """Fields that point at a natural person or an account."""
    found = []
    for f in model._meta.concrete_fields:
        target = f.remote_field.model._meta.label if f.remote_field is not None and not isinstance(f.remote_field.model, str) else ""
        if target in PERSON_MODELS or f.attname in PERSON_FIELDS or f.name.endswith("person_id"):
            found.append(f.name)
    return found


def faults(app_label: str) -> Iterator[str]:
    """What is missing, double or unknown in an app's declarations."""
    config, stated = apps.get_app_config(app_label), declared(app_label)
    known = {m._meta.label: m for m in config.get_models(include_auto_created=True)}
    for label in sorted(set(stated) - set(known)):
        yield f"{app_label}/privacy.yaml 里的 {label} 不是模型。"
    for label, model in sorted(known.items()):
        entry = stated.get(label)
        if entry is None:
            yield f"{label} 没有字段分级，请写进 {app_label}/privacy.yaml。"
            continue
        yield from _model_faults(label, model, entry)


def _model_faults(label: str, model: type[models.Model], entry: dict[str, Any]) -> Iterator[str]:
    if strangers := sorted(set(entry) - {*LEVELS, "subject"}):
        yield f"{label}: 不认识的级别 {strangers}。"
    listed = [name for level in LEVELS for name in entry.get(level, [])]
    for name in sorted({n for n in listed if listed.count(n) > 1}):
        yield f"{label}.{name} 写了两个级别。"
    for name in sorted(set(listed) - set(fields(model))):
        yield f"{label}.{name} 不是字段。"
    for name in sorted(set(fields(model)) - set(listed)):
        yield f"{label}.{name} 没有分级。"
    subject = entry.get("subject") or {}
    if links(model) and not subject:
        yield f"{label} 有指向个人的字段 {links(model)}，请写明 subject，或写明 exempt 的理由。"
    if set(subject) - {"person", "user", "exempt"} or ("exempt" in subject and len(str(subject["exempt"])) < 4):
        yield f"{label}: subject 只能写 person、user 或有理由的 exempt。"


def subjects() -> Iterator[tuple[type[models.Model], dict[str, str]]]:
    """Models that hold data about a person, with the way to the person."""
    for model in apps.get_models(include_auto_created=True):
        subject = declared(model._meta.app_label).get(model._meta.label, {}).get("subject") or {} if _ours(model) else {}
        if subject and "exempt" not in subject:
            yield model, subject


def _ours(model: type[models.Model]) -> bool:
    return str(apps.get_app_config(model._meta.app_label).name).startswith("gonghui.")


def subject_data(*, person_id: int | None = None, user_id: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """All and only the data about one person (本人数据副本, PRI-07): public and personal fields as they are, sealed ones opened.

    Internal columns stay out; sensitive ones are given in clear, for they are the person's own. Callers check who asks.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for model, subject in subjects():
        either = models.Q(pk__in=[])
        if person_id is not None and "person" in subject:
            either |= models.Q(**{subject["person"]: person_id})
        if user_id is not None and "user" in subject:
            either |= models.Q(**{subject["user"]: user_id})
        rows = [_row(obj) for obj in model._default_manager.filter(either).order_by("pk")]
        if rows:
            found[model._meta.label] = rows
    return found


def _row(obj: models.Model) -> dict[str, Any]:
    sealed = next((s for s in rotation.registered() if s.label == obj._meta.label), None)
    shown: dict[str, Any] = {}
    for f in obj._meta.concrete_fields:
        value = getattr(obj, f.attname)
        if level_of(type(obj), f.name) == "internal" or value in (None, ""):
            continue
        if sealed is not None and f.name in sealed.columns:
            name = sealed.columns[f.name]
            name = str(getattr(obj, name[1:])) if name.startswith("@") else name
            value = crypto.unseal(sealed.table, name, getattr(obj, sealed.place), value)
        elif isinstance(value, bytes | memoryview):
            continue
        shown[str(f.verbose_name)] = value
    return shown
