"""Tables of booking (服务预约的表)."""

from __future__ import annotations

from gonghui.booking.models.bookings import Bar, Booking, Claim, Demand, Payment, PaymentEvent, ScanLog, Waiting
from gonghui.booking.models.draws import Draw, DrawEntry, Question, QuizTry
from gonghui.booking.models.items import ExclusionGroup, Item, Profile, Quota, Session
from gonghui.booking.models.voices import Appeal, Rating, Reminder

__all__ = [
    "Appeal",
    "Bar",
    "Booking",
    "Claim",
    "Demand",
    "Draw",
    "DrawEntry",
    "ExclusionGroup",
    "Item",
    "Payment",
    "PaymentEvent",
    "Profile",
    "Question",
    "QuizTry",
    "Quota",
    "Rating",
    "Reminder",
    "ScanLog",
    "Session",
    "Waiting",
]
