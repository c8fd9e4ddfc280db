"""Tables of membership (会员会籍)."""

from gonghui.members.models.cards import Card, CardSequence, ServiceCard, ServiceCardReturn
from gonghui.members.models.joining import Application, Attendance, Batch, BatchDocument, Ceremony, CeremonyPhoto
from gonghui.members.models.membership import Employment, Membership
from gonghui.members.models.moves import Exit, Transfer
from gonghui.members.models.privacy import Consent, DataRequest
from gonghui.members.models.rosters import Activist, ActivistDeed, Comparison, Difference, RosterSnapshot, WorkerNote

__all__ = [
    "Activist",
    "ActivistDeed",
    "Application",
    "Attendance",
    "Batch",
    "BatchDocument",
    "Card",
    "CardSequence",
    "Ceremony",
    "CeremonyPhoto",
    "Comparison",
    "Consent",
    "DataRequest",
    "Difference",
    "Employment",
    "Exit",
    "Membership",
    "RosterSnapshot",
    "ServiceCard",
    "ServiceCardReturn",
    "Transfer",
    "WorkerNote",
]
