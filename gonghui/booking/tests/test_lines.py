"""Bookings on a worker's timeline: the subject sees all, an officer those of the items in scope (S051)."""

from __future__ import annotations

import pytest

from gonghui.booking.selectors import lines
from gonghui.booking.tests import shop
from gonghui.core import clock
from gonghui.members import lines as registry

pytestmark = pytest.mark.django_db


@pytest.mark.system("S051")
def test_a_booking_is_a_line_for_the_subject_and_for_the_one_who_runs_the_item() -> None:
    with clock.at(shop.NOW):
        item, who, away = shop.published(), shop.member(), shop.town("云杉镇工会")
    with clock.at(shop.OPEN):
        shop.take(who, shop.noon(item))
        (line,) = lines.lines(shop.worker(who), who.pk, True)
        assert item.name in line.text
        assert [x.text for x in lines.lines(shop.officer(item.union), who.pk, False)] == [line.text]
        assert list(lines.lines(shop.officer(away), who.pk, False)) == []
        assert "booking" in {s.key for s in registry.open_to(shop.worker(who), who.pk, None)}
