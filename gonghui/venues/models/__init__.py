"""Tables of venues (服务阵地的表)."""

from gonghui.venues.models.library import Book, Copy, Loan, Purchase
from gonghui.venues.models.life import Gathering, YearMoney
from gonghui.venues.models.points import Check, Duty, Equipment, HoursException, Offer, Rating, Ticket, Venue
from gonghui.venues.models.slots import Reservation, Slot

__all__ = [
    "Book", "Check", "Copy", "Duty", "Equipment", "Gathering", "HoursException", "Loan", "Offer", "Purchase", "Rating", "Reservation", "Slot",
    "Ticket", "Venue", "YearMoney",
]  # fmt: skip
