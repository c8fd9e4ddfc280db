"""Tables of psychological care (心理关爱的表)."""

from gonghui.counsel.models.people import Client, Counsellor, Hour, Slot
from gonghui.counsel.models.public import Gathering, Opinion, Seat
from gonghui.counsel.models.risks import Handover, Risk, RiskStep, RiskVote
from gonghui.counsel.models.sessions import Appointment, Letter, Look, Record

__all__ = [
    "Appointment", "Client", "Counsellor", "Gathering", "Handover", "Hour", "Letter", "Look", "Opinion", "Record", "Risk", "RiskStep", "RiskVote",
    "Seat", "Slot",
]  # fmt: skip
