"""States of a health check plan, a visit and an activity (体检计划、预约、活动的状态)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.services.enums import ActivityState, EventState, PlanState, VisitState
from gonghui.services.models import Activity, EventPlan, HealthPlan, HealthVisit

PLAN: Flow[HealthPlan] = Flow(
    "services.plan",
    {PlanState.DRAFT: {PlanState.OPEN}, PlanState.OPEN: {PlanState.CLOSED}, PlanState.CLOSED: {PlanState.OPEN}},
)
VISIT: Flow[HealthVisit] = Flow(
    "services.visit",
    {
        VisitState.BOOKED: {VisitState.ATTENDED, VisitState.MISSED, VisitState.CANCELLED},
        VisitState.MISSED: {VisitState.ATTENDED},
        VisitState.ATTENDED: {VisitState.MISSED},
        VisitState.CANCELLED: set(),
    },
)
ACTIVITY: Flow[Activity] = Flow(
    "services.activity",
    {
        ActivityState.DRAFT: {ActivityState.OPEN, ActivityState.CANCELLED},
        ActivityState.OPEN: {ActivityState.DRAWN, ActivityState.CANCELLED},
        ActivityState.DRAWN: {ActivityState.DONE, ActivityState.OPEN, ActivityState.CANCELLED},
        ActivityState.DONE: set(),
        ActivityState.CANCELLED: set(),
    },
)
EVENT: Flow[EventPlan] = Flow(
    "services.eventplan",
    {EventState.DRAFT: {EventState.RUNNING}, EventState.RUNNING: {EventState.DONE}, EventState.DONE: {EventState.RUNNING}},
)
