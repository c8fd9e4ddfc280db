"""When two records of one person become one (自然人合并时的会籍): spells of both are laid together without overlap, and back (MEM-03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from gonghui.core import clock
from gonghui.members.models import Activist, Application, Card, Consent, DataRequest, Employment, Exit, Membership, ServiceCard, Transfer
from gonghui.members.services import folding
from gonghui.people import hooks


@dataclass(frozen=True)
class Yielding:
    """A reference of which a person has one live row: the absorbed record's gives way when the survivor has one too."""

    model: type[models.Model]
    live: Q
    unique: tuple[str, ...]
    end: dict[str, Any]

    def move(self, survivor: int, absorbed: int) -> dict[str, Any]:
        rows = self.model._default_manager.filter(person_id=absorbed)
        held = set(self.model._default_manager.filter(self.live, person_id=survivor).values_list(*self.unique)) if self.unique else None
        ended = {}
        for row in rows.filter(self.live):
            key = tuple(getattr(row, f) for f in self.unique)
            if key in held if held is not None else self.model._default_manager.filter(self.live, person_id=survivor).exists():
                values = {n: _value(v, row) for n, v in self.end.items()}
                ended[str(row.pk)] = {n: _plain(getattr(row, n)) for n in values}
                self.model._default_manager.filter(pk=row.pk).update(**values)
        ids = list(rows.values_list("pk", flat=True))
        rows.update(person_id=survivor)
        return {"ids": ids, "ended": ended}

    def restore(self, survivor: int, absorbed: int, moved: Any) -> None:
        self.model._default_manager.filter(pk__in=moved["ids"], person_id=survivor).update(person_id=absorbed)
        for pk, values in moved["ended"].items():
            self.model._default_manager.filter(pk=int(pk)).update(**values)


class Employments:
    """Labour relations: two open ones at one employer become one; figures follow."""

    def move(self, survivor: int, absorbed: int) -> dict[str, Any]:
        ended, today = {}, clock.today()
        with folding.refolded([survivor, absorbed]):
            open_at = set(Employment.objects.filter(person_id=survivor, until=None).values_list("employer_id", flat=True))
            for row in Employment.objects.filter(person_id=absorbed, until=None, employer_id__in=open_at):
                ended[str(row.pk)] = {"until": None}
                Employment.objects.filter(pk=row.pk).update(until=max(today, row.since + timedelta(days=1)))
            rows = Employment.objects.filter(person_id=absorbed)
            ids = list(rows.values_list("pk", flat=True))
            rows.update(person_id=survivor)
        return {"ids": ids, "ended": ended}

    def restore(self, survivor: int, absorbed: int, moved: Any) -> None:
        with folding.refolded([survivor, absorbed]):
            Employment.objects.filter(pk__in=moved["ids"], person_id=survivor).update(person_id=absorbed)
            for pk, values in moved["ended"].items():
                Employment.objects.filter(pk=int(pk)).update(**values)


class Memberships:
    """Membership spells: where both records were members on the same day, the survivor's spell stands."""

    def move(self, survivor: int, absorbed: int) -> dict[str, Any]:
        cut: dict[str, Any] = {}
        with folding.refolded([survivor, absorbed]):
            kept = list(Membership.objects.filter(person_id=survivor))
            for row in Membership.objects.filter(person_id=absorbed):
                until = _free_until(row, kept)
                if until != row.until:
                    cut[str(row.pk)] = {"until": _plain(row.until), "ended": row.ended}
                    Membership.objects.filter(pk=row.pk).update(until=until, ended="merged")
            rows = Membership.objects.filter(person_id=absorbed)
            ids = list(rows.values_list("pk", flat=True))
            rows.update(person_id=survivor)
        return {"ids": ids, "ended": cut}

    def restore(self, survivor: int, absorbed: int, moved: Any) -> None:
        with folding.refolded([survivor, absorbed]):
            Membership.objects.filter(pk__in=moved["ids"], person_id=survivor).update(person_id=absorbed)
            for pk, values in moved["ended"].items():
                Membership.objects.filter(pk=int(pk)).update(**values)


def _free_until(row: Membership, kept: list[Membership]) -> date | None:
    """How far the spell may reach before it meets one of the survivor's; its own start when it begins inside one."""
    until = row.until
    for other in kept:
        if other.until is not None and other.until <= other.since:
            continue
        meets = other.since < (until or date.max) and row.since < (other.until or date.max)
        if meets:
            until = max(row.since, min(other.since, until or date.max))
    return until


def _value(value: Any, row: Any) -> Any:
    return value(row) if callable(value) else value


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def install() -> None:
    """Register the movers of this app's tables."""
    hooks.register_reference("members.membership", "person_id", Memberships())
    hooks.register_reference("members.employment", "person_id", Employments())
    rules = (
        Yielding(
            Application,
            Q(state__in=["submitted", "returned", "approved"]),
            (),
            {"state": "withdrawn", "decided_at": lambda _r: clock.now()},
        ),
        Yielding(Transfer, Q(state__in=["requested", "in_transit"]), (), {"state": "withdrawn", "reason": "重复合并"}),
        Yielding(Exit, Q(state="open"), (), {"state": "dropped", "reason": "重复合并"}),
        Yielding(Card, Q(state__in=["allocated", "issued"]), (), {"state": "cancelled", "ended_on": lambda _r: clock.today()}),
        Yielding(ServiceCard, Q(until=None), (), {"until": lambda _r: clock.today(), "state": "closed"}),
        Yielding(Consent, Q(withdrawn_at=None), ("purpose",), {"withdrawn_at": lambda _r: clock.now()}),
        Yielding(Activist, Q(until=None), ("union_id",), {"until": lambda _r: clock.today()}),
        Yielding(DataRequest, Q(state="open"), ("kind", "field"), {"state": "refused"}),
    )
    for rule in rules:
        hooks.register_reference(rule.model._meta.label_lower, "person_id", rule)
