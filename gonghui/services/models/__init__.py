"""Tables of the member services (普惠服务的表)."""

from gonghui.services.models.activities import Activity, Bout, Entry, Kit, Prize, Team, TeamMember
from gonghui.services.models.health import CareEvent, HealthPlan, HealthResult, HealthSession, HealthVisit, ResultLook

__all__ = [
    "Activity", "Bout", "CareEvent", "Entry", "HealthPlan", "HealthResult", "HealthSession", "HealthVisit", "Kit", "Prize", "ResultLook", "Team",
    "TeamMember",
]  # fmt: skip
