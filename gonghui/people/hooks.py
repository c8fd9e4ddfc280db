"""What the apps above hang on a person (自然人的挂接点): changes, references, reach. Registered in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from gonghui.accounts.actor import Actor


class Mover(Protocol):
    """Moves the rows of one reference from the absorbed person to the survivor, and back."""

    def move(self, survivor: int, absorbed: int) -> Any: ...

    def restore(self, survivor: int, absorbed: int, moved: Any) -> None: ...


@dataclass(frozen=True)
class Repoint:
    """The usual mover: change the column, remember the ids."""

    model: type[models.Model]
    field: str

    def move(self, survivor: int, absorbed: int) -> Any:
        rows = self.model._default_manager.filter(**{self.field: absorbed})
        ids = list(rows.values_list("pk", flat=True))
        rows.update(**{self.field: survivor})
        return ids

    def restore(self, survivor: int, absorbed: int, moved: Any) -> None:
        self.model._default_manager.filter(pk__in=moved, **{self.field: survivor}).update(**{self.field: absorbed})


Changed = Callable[[Any, Any], None]
Reach = Callable[["Actor", str], models.Q]

_changed: list[Changed] = []
_movers: dict[tuple[str, str], Mover] = {}
_reach: dict[str, Reach] = {}
Story = Callable[["Actor", list[int]], dict[int, str]]
_stories: dict[str, Story] = {}


def register(event: str, handler: Changed) -> None:
    """`person_changed`: handler(before, after) with two `PersonFacts`, in the transaction of the change."""
    if event != "person_changed":
        raise LookupError(f"没有这种挂接点：{event}")
    if handler not in _changed:
        _changed.append(handler)


def register_reference(model_label: str, field: str, mover: Mover) -> None:
    """How to re-point one reference when two persons merge. What is not registered is re-pointed column by column."""
    _movers[(model_label.lower(), field)] = mover


def register_reach(name: str, reach: Reach) -> None:
    """Which persons an actor may see by what lies above: (actor, permission) -> filter over Person."""
    _reach[name] = reach


def register_story(label: str, story: Story) -> None:
    """A line about persons that lies above (工作单位、会籍), for comparing two records: (actor, ids) -> words by person."""
    _stories[label] = story


def stories(actor: Actor, ids: list[int]) -> dict[str, dict[int, str]]:
    """All lines about these persons, by label."""
    return {label: story(actor, ids) for label, story in _stories.items()}


def tell_changed(before: Any, after: Any) -> None:
    """Call every handler of `person_changed`."""
    for handler in _changed:
        handler(before, after)


def reaches() -> list[Reach]:
    """All registered reaches."""
    return list(_reach.values())


def references() -> dict[tuple[str, str], Mover]:
    """Every column that points at a person, found from the models themselves, with its mover (MEM-03)."""
    person = apps.get_model("people", "Person")
    found: dict[tuple[str, str], Mover] = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            points = field.remote_field is not None and field.related_model is person
            loose = field.name == "person_id" and isinstance(field, models.BigIntegerField)
            if (
                (points or loose)
                and not (model is person and field.name == "merged_into")
                and model._meta.label_lower not in ("people.personmerge", "people.twin")
            ):
                key = (model._meta.label_lower, field.attname)
                found[key] = _movers.get((key[0], field.name)) or _movers.get(key) or Repoint(model, field.attname)
    return found
