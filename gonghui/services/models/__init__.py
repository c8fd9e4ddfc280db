"""Tables of the member services (普惠服务的表)."""

from gonghui.services.models.activities import Activity, Bout, Entry, Kit, Practice, PracticeMark, Prize, Team, TeamMember
from gonghui.services.models.events import (
    DutyCare,
    DutyNote,
    EventDuty,
    EventIssue,
    EventPlan,
    EventPost,
    EventShift,
    EventSupply,
    SupplyMove,
)
from gonghui.services.models.feedback import Satisfaction
from gonghui.services.models.health import CareEvent, HealthPlan, HealthResult, HealthSession, HealthVisit, ResultLook

__all__ = [
    "Activity", "Bout", "CareEvent", "DutyCare", "DutyNote", "Entry", "EventDuty", "EventIssue", "EventPlan", "EventPost", "EventShift", "EventSupply",
    "HealthPlan", "HealthResult", "HealthSession", "HealthVisit", "Kit", "Practice", "PracticeMark", "Prize", "ResultLook", "Satisfaction", "SupplyMove",
    "Team", "TeamMember",
]  # fmt: skip
