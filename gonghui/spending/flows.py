"""The life of a plan (计划流程)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.spending.enums import InquiryState, OverrideState, PlanState
from gonghui.spending.models import Inquiry, Override, Plan

PLAN: Flow[Plan] = Flow(
    "spending.plan",
    {
        PlanState.DRAFT: {PlanState.SUBMITTED, PlanState.CANCELLED},
        PlanState.SUBMITTED: {PlanState.APPROVED, PlanState.REFUSED, PlanState.DRAFT},
        PlanState.APPROVED: {PlanState.POSTED, PlanState.CANCELLED},
        PlanState.POSTED: {PlanState.REVERSED},
        PlanState.REVERSED: set(),
        PlanState.REFUSED: set(),
        PlanState.CANCELLED: set(),
    },
)
OVERRIDE: Flow[Override] = Flow(
    "spending.override",
    {OverrideState.ASKED: {OverrideState.GRANTED, OverrideState.DENIED}, OverrideState.GRANTED: set(), OverrideState.DENIED: set()},
)
INQUIRY: Flow[Inquiry] = Flow("spending.inquiry", {InquiryState.OPEN: {InquiryState.CHOSEN}, InquiryState.CHOSEN: {InquiryState.OPEN}})
