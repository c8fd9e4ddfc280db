"""States of an assessment and of an incident (评估、事件的状态)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.privacy.enums import AssessmentState, IncidentState
from gonghui.privacy.models import Assessment, Incident

ASSESSMENT: Flow[Assessment] = Flow(
    "privacy.assessment",
    {
        AssessmentState.DRAFT: {AssessmentState.SIGNED},
        AssessmentState.SIGNED: {AssessmentState.REPLACED},
        AssessmentState.REPLACED: set(),
    },
)
INCIDENT: Flow[Incident] = Flow(
    "privacy.incident",
    {
        IncidentState.OPEN: {IncidentState.NOTIFIED, IncidentState.CLOSED},
        IncidentState.NOTIFIED: {IncidentState.CLOSED},
        IncidentState.CLOSED: set(),
    },
)
