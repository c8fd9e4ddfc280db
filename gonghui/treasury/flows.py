"""Lives of budgets, payments, batches (预算、付款、付款批的状态)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.treasury.enums import BatchState as B
from gonghui.treasury.enums import BudgetState as S
from gonghui.treasury.enums import FinalState as F
from gonghui.treasury.enums import LineState as L
from gonghui.treasury.enums import PaymentState as P
from gonghui.treasury.enums import ProjectState as J
from gonghui.treasury.models import BatchLine, Budget, FinalAccount, FundingProject, Payment, PaymentBatch

BUDGET: Flow[Budget] = Flow(
    "treasury.budget",
    {
        S.DRAFT: {S.PENDING, S.DROPPED, S.IN_FORCE},
        S.PENDING: {S.IN_FORCE, S.DRAFT, S.DROPPED},
        S.IN_FORCE: {S.REPLACED},
        S.REPLACED: set(),
        S.DROPPED: set(),
    },
)

PAYMENT: Flow[Payment] = Flow(
    "treasury.payment",
    {
        P.DRAFT: {P.PENDING, P.CANCELLED},
        P.PENDING: {P.APPROVED, P.DRAFT, P.CANCELLED},
        P.APPROVED: {P.BATCHED, P.PAID, P.DRAFT, P.CANCELLED},
        P.BATCHED: {P.SENT, P.APPROVED, P.DRAFT},
        P.SENT: {P.PAID, P.FAILED, P.UNKNOWN},
        P.UNKNOWN: {P.PAID, P.FAILED},
        P.PAID: set(),
        P.FAILED: set(),
        P.CANCELLED: set(),
    },
)
"""From `sent` and `unknown` no way leads back to a new sending: only the bank's word settles them (AID-04)."""

BATCH: Flow[PaymentBatch] = Flow(
    "treasury.batch",
    {B.DRAFT: {B.APPROVED, B.DROPPED}, B.APPROVED: {B.SENT, B.DROPPED}, B.SENT: {B.SETTLED}, B.SETTLED: set(), B.DROPPED: set()},
)

LINE: Flow[BatchLine] = Flow(
    "treasury.line",
    {L.WAITING: {L.SENT}, L.SENT: {L.PAID, L.FAILED, L.UNKNOWN}, L.UNKNOWN: {L.PAID, L.FAILED}, L.PAID: set(), L.FAILED: set()},
)

PROJECT: Flow[FundingProject] = Flow(
    "treasury.project",
    {J.PLANNED: {J.RUNNING, J.STOPPED}, J.RUNNING: {J.ACCEPTED, J.STOPPED}, J.ACCEPTED: set(), J.STOPPED: set()},
)

FINAL: Flow[FinalAccount] = Flow(
    "treasury.final",
    {
        F.DRAFT: {F.PENDING, F.DROPPED},
        F.PENDING: {F.APPROVED, F.DRAFT, F.DROPPED},
        F.APPROVED: {F.REPORTED},
        F.REPORTED: {F.ACCEPTED, F.RETURNED},
        F.RETURNED: {F.PENDING},
        F.ACCEPTED: set(),
        F.DROPPED: set(),
    },
)
"""Sent back by the union above it goes through the whole procedure again; accepted it stands for good."""
