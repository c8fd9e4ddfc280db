"""When two records of one person become one (自然人合并): bookings and the rights they use move together, and back (MEM-03)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F

from gonghui.booking.enums import LIVE_WAITS, WaitState
from gonghui.booking.models import Booking, Claim, Demand, DrawEntry, Profile, QuizTry, Reminder, Session, Waiting
from gonghui.core import clock
from gonghui.people import hooks


class Bookings:
    """Bookings with their claims; a number of a right that both have used moves up, so that both bookings stand."""

    def move(self, survivor: int, absorbed: int) -> dict[str, Any]:
        rows = Booking.objects.filter(person_id=absorbed)
        ids, renamed, claims = list(rows.values_list("pk", flat=True)), {}, {}
        held = set(Booking.objects.filter(person_id=survivor).values_list("key", flat=True))
        for pk, key in rows.filter(key__in=held).values_list("pk", "key"):
            renamed[str(pk)] = key
            Booking.objects.filter(pk=pk).update(key=f"merged-{pk}")
        rows.update(person_id=survivor)
        for claim in Claim.objects.filter(holder=f"p{absorbed}").order_by("pk"):
            used = set(Claim.objects.filter(holder=f"p{survivor}", scope=claim.scope).values_list("n", flat=True))
            claims[str(claim.pk)] = claim.n
            Claim.objects.filter(pk=claim.pk).update(holder=f"p{survivor}", n=next(n for n in range(1, len(used) + 2) if n not in used))
        return {"ids": ids, "keys": renamed, "claims": claims}

    def restore(self, survivor: int, absorbed: int, moved: Any) -> None:
        Booking.objects.filter(pk__in=moved["ids"], person_id=survivor).update(person_id=absorbed)
        for pk, key in moved["keys"].items():
            Booking.objects.filter(pk=int(pk)).update(key=key)
        for pk, n in moved["claims"].items():
            Claim.objects.filter(pk=int(pk), holder=f"p{survivor}").update(holder=f"p{absorbed}", n=n)


class Waits:
    """A place in line; where both stand in one line, the survivor's number counts."""

    def move(self, survivor: int, absorbed: int) -> dict[str, Any]:
        rows, ended = Waiting.objects.filter(person_id=absorbed), {}
        lines = Waiting.objects.filter(person_id=survivor, state__in=LIVE_WAITS).values_list("session_id", flat=True)
        for row in rows.filter(state__in=LIVE_WAITS, session_id__in=set(lines)):
            ended[str(row.pk)] = row.state
            to = WaitState.LEFT if row.state == WaitState.WAITING else WaitState.TAKEN
            Waiting.objects.filter(pk=row.pk).update(state=to, ended_at=clock.now())
            if row.state == WaitState.WAITING:
                Session.objects.filter(pk=row.session_id).update(waiting=F("waiting") - 1)
        ids = list(rows.values_list("pk", flat=True))
        rows.update(person_id=survivor)
        return {"ids": ids, "ended": ended}

    def restore(self, survivor: int, absorbed: int, moved: Any) -> None:
        """Who gave way in a line stays out of it: a cancelled entry never returns (BK-06)."""
        Waiting.objects.filter(pk__in=moved["ids"], person_id=survivor).update(person_id=absorbed)


@dataclass(frozen=True)
class UnlessTaken:
    """Rows of which a person has one for each `unique`: the absorbed record's stay where they are when the survivor has one too."""

    model: type[models.Model]
    unique: tuple[str, ...]

    def move(self, survivor: int, absorbed: int) -> list[int]:
        rows = self.model._default_manager
        taken = set(rows.filter(person_id=survivor).values_list(*self.unique)) if self.unique else set()
        alone = bool(self.unique) or not rows.filter(person_id=survivor).exists()
        ids = [r.pk for r in rows.filter(person_id=absorbed) if alone and tuple(getattr(r, f) for f in self.unique) not in taken]
        rows.filter(pk__in=ids).update(person_id=survivor)
        return ids

    def restore(self, survivor: int, absorbed: int, moved: Any) -> None:
        self.model._default_manager.filter(pk__in=moved, person_id=survivor).update(person_id=absorbed)


def install() -> None:
    """Called from `BookingConfig.ready()`."""
    hooks.register_reference("booking.Booking", "person", Bookings())
    hooks.register_reference("booking.Waiting", "person", Waits())
    hooks.register_reference("booking.Profile", "person", UnlessTaken(Profile, ()))
    hooks.register_reference("booking.DrawEntry", "person", UnlessTaken(DrawEntry, ("draw_id",)))
    hooks.register_reference("booking.QuizTry", "person", UnlessTaken(QuizTry, ("item_id", "day", "number")))
    hooks.register_reference("booking.Demand", "person", UnlessTaken(Demand, ("session_id", "reason", "on")))
    hooks.register_reference("booking.Reminder", "person", UnlessTaken(Reminder, ("session_id",)))
