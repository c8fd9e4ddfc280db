"""State tables of income (经费收缴流程)."""

from __future__ import annotations

from gonghui.core.flow import Flow
from gonghui.income.enums import CaseState as C
from gonghui.income.enums import DeclarationState as D
from gonghui.income.enums import DemandState as M
from gonghui.income.enums import LineState, ListState
from gonghui.income.enums import PaymentState as P
from gonghui.income.enums import StaffState as S
from gonghui.income.models import Declaration, Demand, DuesList, Payment, ReconLine, Refund, StaffCheck, Waiver

DECLARATION: Flow[Declaration] = Flow(
    "income.declaration",
    {D.EXPECTED: {D.DECLARED, D.PAID, D.VOID}, D.DECLARED: {D.PAID, D.VOID}, D.PAID: {D.DECLARED, D.VOID}, D.VOID: set()},
)
DEMAND: Flow[Demand] = Flow(
    "income.demand",
    {
        M.ISSUED: {M.DISPUTED, M.APPLIED, M.PAID, M.WITHDRAWN},
        M.DISPUTED: {M.ISSUED, M.APPLIED, M.PAID, M.WITHDRAWN},
        M.APPLIED: {M.ORDERED, M.OBJECTED, M.PAID, M.WITHDRAWN},
        M.ORDERED: {M.OBJECTED, M.ENFORCING, M.PAID},
        M.OBJECTED: {M.PAID, M.WITHDRAWN},
        M.ENFORCING: {M.PAID},
        M.PAID: set(),
        M.WITHDRAWN: set(),
    },
)
WAIVER: Flow[Waiver] = Flow("income.waiver", {C.PENDING: {C.DONE, C.REFUSED}, C.APPROVED: {C.DONE}, C.DONE: set(), C.REFUSED: set()})
REFUND: Flow[Refund] = Flow("income.refund", {C.PENDING: {C.APPROVED, C.REFUSED}, C.APPROVED: {C.DONE}, C.DONE: set(), C.REFUSED: set()})
LISTING: Flow[DuesList] = Flow("income.dues_list", {ListState.OPEN: {ListState.CLOSED}, ListState.CLOSED: {ListState.OPEN}})
PAYMENT: Flow[Payment] = Flow("income.payment", {P.UNMATCHED: {P.MATCHED, P.RETURNED}, P.MATCHED: set(), P.RETURNED: set()})
STAFF: Flow[StaffCheck] = Flow(
    "income.staff",
    {
        S.REMINDED: {S.UNIT, S.REMINDED},
        S.UNIT: {S.CONFIRMED, S.DIFFERS, S.UNIT},
        S.DIFFERS: {S.CONFIRMED, S.DIFFERS},
        S.CONFIRMED: {S.PART, S.ARRIVED},
        S.PART: {S.PART, S.ARRIVED},
        S.ARRIVED: set(),
    },
)
RECON_LINE: Flow[ReconLine] = Flow("income.recon_line", {LineState.OPEN: {LineState.SETTLED}, LineState.SETTLED: {LineState.OPEN}})
