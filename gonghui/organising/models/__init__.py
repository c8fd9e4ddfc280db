"""Tables of organising (建会)."""

from gonghui.organising.models.case import Applicant, Case, CaseStep, Elected, Issued, Meeting, Paper, PrepMember, Unit
from gonghui.organising.models.points import Follower, Point, PointVisit, StageReview

__all__ = [
    "Applicant",
    "Case",
    "CaseStep",
    "Elected",
    "Follower",
    "Issued",
    "Meeting",
    "Paper",
    "Point",
    "PointVisit",
    "PrepMember",
    "StageReview",
    "Unit",
]
