"""What a point was used for in a year, counted from its records (阵地年度使用). Source: S175, S176."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from gonghui.core import clock
from gonghui.venues.enums import ReservationState
from gonghui.venues.models import Gathering, Loan, Reservation, Venue, YearMoney

YEARS = 4


@dataclass(frozen=True)
class Year:
    """One year of a point: visits booked and the persons behind them, books lent, heads at gatherings, money in fen."""

    year: int
    visits: int
    persons: int
    loans: int
    gatherings: int
    people: int
    reading: int
    money: YearMoney | None

    @property
    def left_fen(self) -> int:
        """What is left of the budget; negative when overspent."""
        return self.money.budget_fen - self.money.spent_fen if self.money else 0

    @property
    def uses(self) -> int:
        """Visits, loans and heads together (服务人次)."""
        return self.visits + self.loans + self.people


def years(venue: Venue) -> list[Year]:
    """The last four years, newest first; years before the opening are left out."""
    money = {m.year: m for m in YearMoney.objects.filter(venue=venue)}
    last = clock.today().year
    return [_year(venue, y, money.get(y)) for y in range(last, max(last - YEARS, venue.opened_on.year - 1), -1)]


def _year(venue: Venue, year: int, money: YearMoney | None) -> Year:
    zone = timezone.get_current_timezone()
    begin, end = (datetime(y, 1, 1, tzinfo=zone) for y in (year, year + 1))
    booked = Reservation.objects.filter(
        slot__venue=venue, slot__starts_at__gte=begin, slot__starts_at__lt=min(end, clock.now()), state=ReservationState.BOOKED
    ).aggregate(visits=Count("pk"), persons=Count("person", distinct=True))
    loans = Loan.objects.filter(copy__book__venue=venue, lent_on__year=year).count()
    held = gatherings(venue).filter(on__gte=date(year, 1, 1), on__lt=date(year + 1, 1, 1))
    sums = held.aggregate(n=Count("pk"), people=Sum("people"))
    reading = held.filter(kind="reading").count()
    return Year(year, booked["visits"], booked["persons"], loans, sums["n"], sums["people"] or 0, reading, money)


def gatherings(venue: Venue) -> QuerySet[Gathering]:
    """Gatherings that count, newest first."""
    return Gathering.objects.filter(venue=venue, void="")
