"""Life of a report (报表流程)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.figures.enums import ReportState
from gonghui.figures.models import Report

REPORT: Flow[Report] = Flow(
    "figures.report",
    {
        ReportState.DRAFT: {ReportState.CHECKED},
        ReportState.CHECKED: {ReportState.DRAFT, ReportState.RELEASED},
        ReportState.RELEASED: set(),
    },
)
