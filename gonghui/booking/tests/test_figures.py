"""What was booked, used and thought of it, as figures of the union that offers it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gonghui.booking.enums import BookingState
from gonghui.booking.models import Booking
from gonghui.booking.services import feedback
from gonghui.booking.tests import shop
from gonghui.core import clock
from gonghui.figures import selectors as figures

pytestmark = pytest.mark.django_db


@pytest.mark.system("S171")
def test_tickets_uses_and_stars_are_counted_on_their_own_days() -> None:
    with clock.at(shop.NOW):
        here, other = shop.root(), shop.town()
        item = shop.published(here)
        first, second = shop.member(), shop.member()
    with clock.at(shop.OPEN):
        for person in (first, second):
            shop.take(person, shop.noon(item))
        day = clock.today()
    for n, (person, stars) in enumerate(((first, 4), (second, 3)), start=1):
        with clock.at(shop.NOW + timedelta(days=n)):
            row = Booking.objects.get(person=person)
            Booking.objects.filter(pk=row.pk).update(state=BookingState.USED, used_at=clock.now())
            row.refresh_from_db()
            feedback.rate(actor=shop.worker(person), booking=row, stars=stars, words="")

    def at(union, after):
        shot = figures.snapshot(union.pk, day + timedelta(days=after))
        return tuple(shot.get(f"served.{k}") for k in ("ticketed", "used", "rated", "satisfied"))

    assert [at(here, n) for n in (-1, 0, 1, 2)] == [(0, 0, 0, 0), (2, 0, 0, 0), (2, 1, 1, 1), (2, 2, 2, 1)]
    assert at(other, 2) == (0, 0, 0, 0), "the union that offers it counts, not the others"
