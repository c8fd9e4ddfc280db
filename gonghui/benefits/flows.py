"""Lives of benefits (状态表)."""

from __future__ import annotations

from gonghui.benefits.enums import MerchantState as M
from gonghui.benefits.enums import OfferState as O
from gonghui.benefits.enums import ProgrammeState as P
from gonghui.benefits.enums import SchemeState as S
from gonghui.benefits.enums import SettlementState as T
from gonghui.benefits.enums import StayState as A
from gonghui.benefits.models import FeeScheme, Merchant, Offer, Programme, Settlement, StayApplication
from gonghui.core.flow import Flow

MERCHANT: Flow[Merchant] = Flow(
    "benefits.merchant", {M.ACTIVE: {M.SUSPENDED, M.ENDED}, M.SUSPENDED: {M.ACTIVE, M.ENDED}, M.ENDED: {M.ACTIVE}}
)
OFFER: Flow[Offer] = Flow(
    "benefits.offer", {O.DRAFT: {O.OPEN}, O.OPEN: {O.PAUSED, O.CLOSED}, O.PAUSED: {O.OPEN, O.CLOSED}, O.CLOSED: {O.PAUSED}}
)
"""A closed one may be taken back to paused: codes in hand were never touched by closing."""
SCHEME: Flow[FeeScheme] = Flow("benefits.feescheme", {S.DRAFT: {S.OPEN}, S.OPEN: {S.CLOSED}, S.CLOSED: {S.OPEN}})
SETTLEMENT: Flow[Settlement] = Flow("benefits.settlement", {T.MADE: {T.PAID, T.VOID}, T.PAID: {T.MADE}, T.VOID: set()})
PROGRAMME: Flow[Programme] = Flow(
    "benefits.programme",
    {
        P.DRAFT: {P.OPEN, P.CANCELLED}, P.OPEN: {P.POSTED, P.CANCELLED}, P.POSTED: {P.OPEN, P.CONFIRMED, P.CANCELLED},
        P.CONFIRMED: {P.CLOSED, P.CANCELLED}, P.CLOSED: {P.CONFIRMED}, P.CANCELLED: set(),
    },
)  # fmt: skip
STAY: Flow[StayApplication] = Flow(
    "benefits.stayapplication",
    {
        A.APPLIED: {A.APPROVED, A.REJECTED, A.WITHDRAWN}, A.APPROVED: {A.APPLIED, A.WITHDRAWN, A.LISTED, A.WAITING},
        A.REJECTED: {A.APPLIED}, A.WITHDRAWN: set(), A.LISTED: {A.GIVEN_UP, A.REJECTED, A.ATTENDED, A.ABSENT, A.APPROVED},
        A.WAITING: {A.LISTED, A.WITHDRAWN, A.REJECTED, A.APPROVED}, A.GIVEN_UP: set(), A.ATTENDED: {A.LISTED}, A.ABSENT: {A.LISTED},
    },
)  # fmt: skip
